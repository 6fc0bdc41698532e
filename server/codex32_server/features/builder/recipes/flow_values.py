"""`main` of a bot that watches one value, given as input or fetched, and what its sample must give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .blocks.watches import Watch
from .draft import Draft, fstring_text, slug
from .measures import Measure
from .model import Understanding
from .parts import watching
from .writing import Main, finish


def value_main(understood: Understanding, title: str, value: Any = None, previous: Any = None) -> Main:
    """`main`, played with one value after another one."""
    watches = [block for block in understood.blocks("watch") if isinstance(block, Watch)]
    measure = watches[0].measure
    assert measure is not None
    draft = Draft(
        slug(measure.name, "-"), title, "value", value=watch_values(watches)[0] if value is None else value
    )
    if understood.sources:
        understood.sources[0].apply(draft)
    else:
        _as_input(measure, draft)
    compare_lines(watches, measure, draft)
    draft.lines.extend(
        [
            "report: Report = {",
            '    "value": value,',
            '    "previous": previous,',
            '    "changed": has_changed(value, previous),',
            '    "alert": bool(alerts),',
            '    "alerts": alerts,',
            "}",
            *_summary(measure),
            'log.info(report["summary"])',
        ]
    )
    del previous
    return Main(finish(understood, draft, title), draft)


def _as_input(measure: Measure, draft: Draft) -> None:
    ident = slug(measure.name)
    taken = ident in ("previous", "change", "alerts", "alert")
    ident = f"{ident}_now" if taken else ident
    draft.parameter(ident, "float" if measure.numeric else "str", "", f"the {measure.name} now")
    if ident != "value":
        draft.line(f"value = {ident}")


def _summary(measure: Measure) -> list[str]:
    is_now = "is as it was" if measure.source == "page" else "is {value}, nothing to report"
    quoted = fstring_text(measure.short())
    quiet = f'quiet = {"" if measure.source == "page" else "f"}"{quoted} {is_now}"'
    return [quiet, 'report["summary"] = "; ".join(alerts) or quiet']


def compare_lines(watches: Sequence[Watch], measure: Measure, draft: Draft) -> None:
    """`value` against what the run before kept; `alerts` says what is worth telling."""
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
    if any(watch.kind != "remember" for watch in watches):
        draft.gates.append("alerts")


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
    return [round(value, 6) for value in values]


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
