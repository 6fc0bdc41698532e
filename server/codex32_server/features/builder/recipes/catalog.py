"""All blocks. To add one, write it in `blocks/` and name it here."""

from __future__ import annotations

from .blocks.channels import Discord, Email, SendVerb, Slack, Teams, Telegram
from .blocks.charts import Chart
from .blocks.checks import Validate
from .blocks.columns import ChangeText, FillMissing, FirstRows, RenameColumn, SelectColumns, SortRows
from .blocks.computed import Bands, ComputeColumn, DatePart, RoundNumbers
from .blocks.conversions import ConvertCurrency, ConvertUnit
from .blocks.databases import SqlQuery
from .blocks.feeds import Feed
from .blocks.gates import MessageOption, NewRows, OnlyIf
from .blocks.github import GitHub, OpenIssue
from .blocks.handing import CallBot, EmitEvent, PostTo
from .blocks.headings import Clean
from .blocks.joins import JoinTables, StackTables
from .blocks.memory import CountOverRuns, OnlyNew
from .blocks.messages import Reminder
from .blocks.model_rows import (
    ClassifyRows,
    DraftReplies,
    ExtractFieldsRows,
    SentimentRows,
    SummariseRows,
    TranslateColumn,
)
from .blocks.model_texts import (
    AnswerQuestion,
    ClassifyText,
    DraftReply,
    ExtractFieldsText,
    SentimentText,
    SummariseText,
    TranslateText,
)
from .blocks.model_ways import ModelWay, Verdict
from .blocks.reshape import CompareFiles, Pivot, SampleRows, TopPerGroup
from .blocks.rewrite import ChangeDates, MapValues, ReplaceText
from .blocks.rows import Deduplicate, DropEmptyRows, DropMissing, FilterRows
from .blocks.series import MovingAverage, NumberRows, PercentChange, RankRows, RunningTotal
from .blocks.sinks import Archive, ReportCounts, SaveTable
from .blocks.sites import CheckSites, SiteOption
from .blocks.sources import AllFiles, ExcelSheet, TableFile, TextFile
from .blocks.splitting import ExtractFromColumn, ExtractFromText, MergeColumns, SplitColumn
from .blocks.summaries import Profile, Summarise
from .blocks.texts import CountKeywords, FrequentWords
from .blocks.triggers import OnDemand, Schedule, Zone
from .blocks.unusual import Outliers, Share
from .blocks.watches import Watch
from .blocks.web import SourceOption, WebData
from .blocks.webhooks import Answer, Payload, Webhook
from .blocks.webpages import WebPage
from .model import Block

BLOCKS: tuple[type[Block], ...] = (
    Schedule,
    Zone,
    OnDemand,
    Webhook,
    TableFile,
    TextFile,
    ExcelSheet,
    AllFiles,
    WebData,
    Feed,
    WebPage,
    CheckSites,
    SiteOption,
    GitHub,
    SqlQuery,
    Payload,
    SourceOption,
    NewRows,
    DropMissing,
    DropEmptyRows,
    FilterRows,
    Deduplicate,
    Validate,
    Clean,
    ChangeText,
    FillMissing,
    SelectColumns,
    RenameColumn,
    SortRows,
    FirstRows,
    JoinTables,
    StackTables,
    ComputeColumn,
    RoundNumbers,
    Bands,
    DatePart,
    RunningTotal,
    PercentChange,
    MovingAverage,
    RankRows,
    NumberRows,
    SplitColumn,
    MergeColumns,
    ExtractFromColumn,
    MapValues,
    ReplaceText,
    ChangeDates,
    ConvertUnit,
    ConvertCurrency,
    Pivot,
    TopPerGroup,
    SampleRows,
    CompareFiles,
    OnlyNew,
    Outliers,
    Summarise,
    Profile,
    Chart,
    Share,
    CountOverRuns,
    FrequentWords,
    ExtractFromText,
    CountKeywords,
    ClassifyRows,
    SentimentRows,
    ExtractFieldsRows,
    TranslateColumn,
    SummariseRows,
    DraftReplies,
    SummariseText,
    AnswerQuestion,
    ExtractFieldsText,
    ClassifyText,
    SentimentText,
    TranslateText,
    DraftReply,
    ModelWay,
    Verdict,
    Watch,
    Reminder,
    ReportCounts,
    SaveTable,
    Archive,
    SendVerb,
    Email,
    Slack,
    Telegram,
    Discord,
    Teams,
    PostTo,
    OpenIssue,
    EmitEvent,
    CallBot,
    Answer,
    OnlyIf,
    MessageOption,
)
