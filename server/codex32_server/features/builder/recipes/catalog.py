"""All blocks. To add one, write it in `blocks/` and name it here."""

from __future__ import annotations

from .blocks.channels import Discord, Email, SendVerb, Slack, Teams, Telegram
from .blocks.checks import Validate
from .blocks.columns import ChangeText, FillMissing, FirstRows, RenameColumn, SelectColumns, SortRows
from .blocks.databases import SqlQuery
from .blocks.feeds import Feed
from .blocks.gates import MessageOption, NewRows, OnlyIf
from .blocks.github import GitHub, OpenIssue
from .blocks.handing import CallBot, EmitEvent, PostTo
from .blocks.headings import Clean
from .blocks.joins import JoinTables, StackTables
from .blocks.messages import Reminder
from .blocks.rows import Deduplicate, DropEmptyRows, DropMissing, FilterRows
from .blocks.sinks import ReportCounts, SaveTable
from .blocks.sites import CheckSites, SiteOption
from .blocks.sources import TableFile, TextFile
from .blocks.summaries import Profile, Summarise
from .blocks.texts import CountKeywords, FrequentWords
from .blocks.triggers import OnDemand, Schedule, Zone
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
    Summarise,
    Profile,
    FrequentWords,
    CountKeywords,
    Watch,
    Reminder,
    ReportCounts,
    SaveTable,
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
