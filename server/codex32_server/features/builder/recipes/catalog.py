"""All blocks. To add one, write it in `blocks/` and name it here."""

from __future__ import annotations

from .blocks.charts import Chart
from .blocks.checks import Validate
from .blocks.columns import ChangeText, FillMissing, FirstRows, RenameColumn, SelectColumns, SortRows
from .blocks.computed import Bands, ComputeColumn, DatePart, RoundNumbers
from .blocks.headings import Clean
from .blocks.joins import JoinTables, StackTables
from .blocks.memory import CountOverRuns, OnlyNew
from .blocks.messages import Reminder
from .blocks.reshape import CompareFiles, Pivot, SampleRows, TopPerGroup
from .blocks.rewrite import ChangeDates, ConvertCurrency, ConvertUnit, MapValues, ReplaceText
from .blocks.rows import Deduplicate, DropEmptyRows, DropMissing, FilterRows
from .blocks.series import MovingAverage, NumberRows, PercentChange, RankRows, RunningTotal
from .blocks.sinks import Archive, ReportCounts, SaveTable
from .blocks.sources import AllFiles, ExcelSheet, TableFile, TextFile
from .blocks.splitting import ExtractFromColumn, ExtractFromText, MergeColumns, SplitColumn
from .blocks.summaries import Profile, Summarise
from .blocks.texts import CountKeywords, FrequentWords
from .blocks.triggers import OnDemand, Schedule, Zone
from .blocks.unusual import Outliers, Share
from .blocks.watches import Watch
from .model import Block

BLOCKS: tuple[type[Block], ...] = (
    Schedule,
    Zone,
    OnDemand,
    TableFile,
    TextFile,
    ExcelSheet,
    AllFiles,
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
    CountKeywords,
    ExtractFromText,
    Watch,
    Reminder,
    ReportCounts,
    SaveTable,
    Archive,
)
