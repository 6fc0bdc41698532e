"""`main` of a bot that works on rows, whatever they come from, and the sample played through it."""

from __future__ import annotations

from collections.abc import Sequence

from .blocks.sinks import Archive, SaveTable
from .blocks.sources import AllFiles, ExcelSheet
from .blocks.summaries import FUNCTIONS
from .blocks.watches import Watch
from .draft import INDENT, LINE, Draft, Fact, literal
from .flow_values import alerts_of, compare_lines
from .formats import reading_source
from .model import Block, Understanding
from .parts import summing
from .parts.tables import Table
from .writing import Main, finish, summary_lines


def work_blocks(understood: Understanding) -> list[Block]:
    """Blocks that do something to the data, in the order in which they run."""
    return [
        *understood.blocks("step"),
        *understood.blocks("summary"),
        *understood.blocks("text"),
        *understood.blocks("watch"),
    ]


def stem_of(understood: Understanding) -> str:
    """What the data is called in names of files."""
    if understood.tables:
        return understood.tables[0].stem
    return "data"


def table_main(understood: Understanding, title: str, table: Table, other: Table) -> Main:
    """`main`, played with the given tables."""
    draft = Draft(stem_of(understood), title, table=table, other=other)
    _source_lines(understood, draft)
    for block in understood.blocks("step"):
        block.apply(draft)
    _finish_table(understood, draft)
    for block in understood.blocks("summary"):
        block.apply(draft)
    for sink in understood.blocks("sink"):
        if isinstance(sink, Archive) or (isinstance(sink, SaveTable) and sink.groups):
            sink.apply(draft)
    watches = [block for block in understood.blocks("watch") if isinstance(block, Watch)]
    if watches:
        _watch_lines(watches, draft)
    elif understood.deliveries and _shows_rows(understood) and "news" not in draft.gates:
        draft.body.append(_shown(understood))
    ends = Fact("report['rows_in']", "rows in"), Fact("report['rows_out']", "rows out")
    summary_lines(draft, [ends[0], *draft.told, ends[1]])
    return Main(finish(understood, draft, title), draft, table, other)


def _shown(understood: Understanding) -> str:
    """As many rows as somebody asked for."""
    tops = [int(getattr(block, "top", 0)) for block in understood.deliveries]
    return f"show_table(table, {max(tops)})" if any(tops) else "show_table(table)"


def _shows_rows(understood: Understanding) -> bool:
    """Unless only the summary was asked for, in every message."""
    payloads = {getattr(block, "payload", "all") for block in understood.deliveries}
    return "rows" in payloads or ("all" in payloads and not understood.blocks("summary"))


def _source_lines(understood: Understanding, draft: Draft) -> None:
    """`table`, perhaps `other`, and the beginning of the report."""
    sources = understood.sources
    if sources:
        sources[0].apply(draft)
    else:
        name = understood.tables[0].name
        draft.line(f"table = {reading_source(draft, name, 0, _sheet(understood))}")
        draft.props.inputs[name] = draft.table
    draft.expected["rows_in"] = len(draft.table.rows)
    files = understood.tables[0 if sources else 1 :]
    if files:
        draft.line(f"other = {reading_source(draft, files[0].name, 0 if sources else 1)}")
        draft.line('report: Report = {"rows_in": len(table.rows), "rows_in_second_file": len(other.rows)}')
        draft.expected["rows_in_second_file"] = len(draft.other.rows)
        draft.props.inputs[files[0].name] = draft.other
    else:
        draft.line('report: Report = {"rows_in": len(table.rows)}')
    draft.lines.extend(draft.opening)


def _sheet(understood: Understanding) -> str:
    sheets = [block.name for block in understood.blocks("source") if isinstance(block, ExcelSheet)]
    return sheets[0] if sheets else ""


def _finish_table(understood: Understanding, draft: Draft) -> None:
    """Counts and the files that are left, after the last step."""
    if draft.dropped:
        draft.expected["dropped"] = sum(draft.expected[key] for key in draft.dropped)
        draft.lines.extend(_sum_lines(draft.dropped))
    draft.line('report["rows_out"] = len(table.rows)')
    draft.expected["rows_out"] = len(draft.table.rows)
    sinks = [block for block in understood.blocks("sink") if isinstance(block, SaveTable)]
    told = understood.deliveries or understood.blocks("watch", "summary")
    told = told or draft.measured
    packed = any(isinstance(block, Archive) for block in understood.blocks("sink"))
    fetched = any(not isinstance(source, AllFiles) for source in understood.sources)
    worked = bool(understood.blocks("step") or understood.sources)
    if not sinks and (packed or (worked and not (fetched and told))):
        name = f"{draft.stem}-clean.csv" if understood.blocks("step") else f"{draft.stem}.csv"
        draft.line(f"write_csv(table, {literal(name)})")
        draft.outputs[name] = draft.table
    for sink in sinks:
        if not sink.groups:
            sink.apply(draft)


def _sum_lines(keys: Sequence[str]) -> list[str]:
    facts = [f'report["{key}"]' for key in keys]
    line = f'report["dropped"] = {" + ".join(facts)}'
    if len(line) <= LINE - INDENT:
        return [line]
    whole = f"    {' + '.join(facts)}"
    if len(whole) <= LINE - INDENT:
        return ['report["dropped"] = (', whole, ")"]
    inner = [f"    {facts[0]}", *(f"    + {fact}" for fact in facts[1:])]
    return ['report["dropped"] = (', *inner, ")"]


def _watch_lines(watches: Sequence[Watch], draft: Draft) -> None:
    """A figure of the table is remembered and compared."""
    measure = watches[0].measure
    assert measure is not None
    if measure.source == "rows":
        draft.line("value = float(len(table.rows))")
        value = float(len(draft.table.rows))
    else:
        function = {"sum": "total", "median": "statistics.median"}.get(measure.function, measure.function)
        draft.call("value", "measure_column", "table", function, draft.column(measure.name))
        value = summing.measure_column(draft.table, FUNCTIONS[measure.function][1], measure.name)
    alerts = sum(alerts_of(watch, value, None) for watch in watches)
    draft.expected |= {"value": value, "previous": None, "alert": alerts > 0}
    compare_lines(watches, measure, draft)
    draft.line('report |= {"value": value, "previous": previous, "alert": bool(alerts), "alerts": alerts}')
    draft.told.append(Fact("value:g", before="value"))
