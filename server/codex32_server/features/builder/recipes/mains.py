"""Writes `main` for each kind of flow, and plays the sample through the same blocks.

A `Play` is one way through the sample: what goes in, what the report must say, which files must be left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .blocks.messages import Reminder
from .blocks.sinks import SaveTable
from .blocks.summaries import FUNCTIONS
from .blocks.watches import Watch
from .draft import INDENT, LINE, Draft, Fact, Parameter, fstring_text, literal, prose, slug, wrapped
from .measures import Measure
from .model import Block, Understanding
from .parts import summing, watching
from .parts.tables import Table
from .samples import sample_table


@dataclass(frozen=True)
class Main:
    """The source of `main` and what its sample gave."""

    source: str
    draft: Draft
    table: Table = field(default_factory=lambda: Table([], []))
    other: Table = field(default_factory=lambda: Table([], []))


def write_main(understood: Understanding, title: str) -> Main:
    """`main` with its parameters. Raises ValueError if the blocks do not fit together."""
    if understood.flow == "text":
        return _text_main(understood, title)
    if understood.flow == "value":
        return _value_main(understood, title)
    if understood.flow == "message":
        return _message_main(understood, title)
    blocks = work_blocks(understood)
    return table_main(understood, title, sample_table(blocks), sample_table(blocks, 1))


def work_blocks(understood: Understanding) -> list[Block]:
    """Blocks that do something to the data, in the order in which they run."""
    return [
        *understood.blocks("step"),
        *understood.blocks("summary"),
        *understood.blocks("text"),
        *understood.blocks("watch"),
    ]


def table_main(understood: Understanding, title: str, table: Table, other: Table) -> Main:
    """`main` of a bot that works on rows, played with the given tables."""
    draft = Draft(understood.tables[0].stem, table=table, other=other)
    draft.line(f"table = read_table(choose_input({literal(understood.tables[0].name)}))")
    draft.expected["rows_in"] = len(table.rows)
    if len(understood.tables) > 1:
        draft.line(f"other = read_table(choose_input({literal(understood.tables[1].name)}, position=1))")
        draft.line('report: Report = {"rows_in": len(table.rows), "rows_in_second_file": len(other.rows)}')
        draft.expected["rows_in_second_file"] = len(other.rows)
    else:
        draft.line('report: Report = {"rows_in": len(table.rows)}')
    for block in understood.blocks("step"):
        block.apply(draft)
    _finish_table(understood, draft)
    for block in understood.blocks("summary"):
        block.apply(draft)
    watches = [block for block in understood.blocks("watch") if isinstance(block, Watch)]
    if watches:
        _watch_lines(watches, draft)
    ends = Fact("report['rows_in']", "rows in"), Fact("report['rows_out']", "rows out")
    _summary_lines(draft, [ends[0], *draft.told, ends[1]])
    return Main(_function(draft, title), draft, table, other)


def _finish_table(understood: Understanding, draft: Draft) -> None:
    """Counts and the files that are left, after the last step."""
    if draft.dropped:
        draft.expected["dropped"] = sum(draft.expected[key] for key in draft.dropped)
        draft.lines.extend(_sum_lines(draft.dropped))
    draft.line('report["rows_out"] = len(table.rows)')
    draft.expected["rows_out"] = len(draft.table.rows)
    sinks = [block for block in understood.blocks("sink") if isinstance(block, SaveTable)]
    if not sinks and understood.blocks("step"):
        name = f"{draft.stem}-clean.csv"
        draft.line(f"write_csv(table, {literal(name)})")
        draft.outputs[name] = draft.table
    for sink in sinks:
        sink.apply(draft)


def _sum_lines(keys: Sequence[str]) -> list[str]:
    facts = [f'report["{key}"]' for key in keys]
    line = f'report["dropped"] = {" + ".join(facts)}'
    if len(line) <= LINE - INDENT:
        return [line]
    inner = [f"    {facts[0]}", *(f"    + {fact}" for fact in facts[1:])]
    return ['report["dropped"] = (', *inner, ")"]


def _summary_lines(draft: Draft, told: Sequence[Fact]) -> None:
    draft.line("facts = [")
    draft.lines.extend(fact.line() for fact in told)
    draft.line("]")
    draft.line('report["summary"] = "; ".join(facts)')
    draft.line('log.info(report["summary"])')
    draft.lines.extend(draft.last)
    draft.line("return report")


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
    _compare_lines(watches, measure, draft)
    draft.lines.extend(
        ['report |= {"value": value, "previous": previous, "alert": bool(alerts), "alerts": alerts}']
    )
    draft.told.append(Fact("value:g", before="value"))


def _compare_lines(watches: Sequence[Watch], measure: Measure, draft: Draft) -> None:
    key = slug(f"{measure.function}_{measure.name}" if measure.function else measure.name)
    draft.line(f'previous = recall("{key}")')
    draft.last.append(f'keep("{key}", value)')
    if any(watch.kind in ("rise", "fall", "move") for watch in watches):
        draft.line("change = percent_change(value, previous)")
    draft.line("alerts: list[str] = []")
    for watch in watches:
        watch.apply(draft)
    draft.line("for alert in alerts:")
    draft.line("    log.warning(alert)")


def _value_main(understood: Understanding, title: str) -> Main:
    watches = [block for block in understood.blocks("watch") if isinstance(block, Watch)]
    measure = watches[0].measure
    assert measure is not None
    draft = Draft(slug(measure.name, "-"))
    kind = "float" if measure.numeric else "str"
    ident = slug(measure.name)
    ident = (
        f"{ident}_now"
        if ident in ("value", "previous", "change", "alerts", "alert") and ident != "value"
        else ident
    )
    draft.parameter(ident, kind, "", f"the {measure.name} now")
    if ident != "value":
        draft.line(f"value = {ident}")
    _compare_lines(watches, measure, draft)
    draft.lines.extend(
        [
            "report: Report = {",
            '    "value": value,',
            '    "previous": previous,',
            '    "changed": has_changed(value, previous),',
            '    "alert": bool(alerts),',
            '    "alerts": alerts,',
            "}",
            f'quiet = f"{fstring_text(measure.name)} is {{value}}, nothing to report"',
            'report["summary"] = "; ".join(alerts) or quiet',
            'log.info(report["summary"])',
            *draft.last,
            "return report",
        ]
    )
    return Main(_function(draft, title), draft)


def _text_main(understood: Understanding, title: str) -> Main:
    name = understood.documents[0].name if understood.documents else "text.txt"
    draft = Draft(slug(name.rsplit(".", 1)[0], "-"), text=SAMPLE_TEXT)
    draft.parameter("text", "str", '""', f"the text; empty: the file {name} is read")
    draft.line("if not text:")
    draft.line(f"    text = read_text(choose_input({literal(name)}))")
    draft.line("report: Report = {}")
    for block in understood.blocks("text"):
        block.apply(draft)
    _summary_lines(draft, draft.told)
    return Main(_function(draft, title), draft)


def _message_main(understood: Understanding, title: str) -> Main:
    reminder = next(block for block in understood.blocks("message") if isinstance(block, Reminder))
    draft = Draft(slug(reminder.message, "-"))
    draft.parameter("message", "str", literal(reminder.message), "what to remind of")
    draft.line('report: Report = {"reminder": message, "summary": f"Reminder: {message}"}')
    draft.line('log.info(report["summary"])')
    draft.line("return report")
    draft.expected["reminder"] = reminder.message
    return Main(_function(draft, title), draft)


def _function(draft: Draft, title: str) -> str:
    parameters = list(draft.parameters.values())
    returns = " -> Report:"
    head = wrapped("def main", [_declared(parameter) for parameter in parameters], LINE - len(returns))
    head[-1] += returns
    meanings = [f"    {parameter.name}: {prose(parameter.meaning, 70)}." for parameter in parameters]
    docstring = [f'    """{title}.', *([""] if meanings else []), *meanings, '    """']
    if not meanings:
        docstring = [f'    """{title}."""']
    return "\n".join([*head, *docstring, *(f"    {line}" for line in draft.lines)])


def _declared(parameter: Parameter) -> str:
    default = f" = {parameter.default}" if parameter.default else ""
    return f"{parameter.name}: {parameter.annotation}{default}"


SAMPLE_TEXT = (
    "The garden needs water. Water the garden in the morning,\n"
    "and not at noon: the Garden likes water, but the sun takes it.\n"
    "\n"
    "An error is an Error; a timeout is a time-out.\n"
)


def watch_values(watches: Sequence[Watch]) -> list[Any]:
    """Values that make each watch speak and be silent, in an order in which they could come."""
    if watches[0].measure and not watches[0].measure.numeric:
        return ["calm", "calm", "rough", "calm"]
    values: list[float] = [100.0, 100.0]
    for watch in watches:
        if watch.kind == "above":
            values += [watch.amount - 1, watch.amount + 1, watch.amount + 2, watch.amount, watch.amount + 1]
        elif watch.kind == "below":
            values += [watch.amount + 1, watch.amount - 1, watch.amount - 2, watch.amount, watch.amount - 1]
        elif watch.kind in ("rise", "fall", "move"):
            step = max(watch.amount, 0.5)
            values += [100.0, 100 + step / 2, 100.0, 100 + 2 * step, 100.0, 100 - min(2 * step, 90), 100.0]
        else:
            values += [101.0, 101.0]
    return values


def alerts_of(watch: Watch, value: Any, previous: Any) -> bool:
    """Whether the watch must speak: the same question as in the bot, put to the same functions."""
    if watch.kind == "remember":
        return False
    if watch.kind == "change":
        return watching.has_changed(value, previous)
    if watch.kind in ("above", "below"):
        return watching.has_crossed(value, previous, watch.amount, watch.kind == "above")
    change = watching.percent_change(value, previous)
    if change is None:
        return False
    signed: Mapping[str, float] = {"rise": change, "fall": -change, "move": abs(change)}
    return signed[watch.kind] > watch.amount
