"""The tests of who is told: once, even if the run is tried again, and not at all when a gate is closed."""

from __future__ import annotations

from typing import Any

from .blocks.watches import Watch
from .blocks.webhooks import Answer
from .draft import slug
from .flow_tables import table_main
from .model import Delivery, Understanding
from .parts.tables import Table
from .rights import Code
from .staging import Stage
from .writing import Main


def told_trials(understood: Understanding, title: str, main: Main, stage: Stage) -> list[str]:
    """Source of the tests."""
    tests = [_told(understood, block, main, stage) for block in understood.deliveries]
    if understood.deliveries and understood.flow == "table" and _closes_on_nothing(main):
        tests.append(_silent(understood, title, main, stage))
    return tests


def _told(understood: Understanding, block: Delivery, main: Main, stage: Stage) -> str:
    state, arguments = _alarming(understood, main)
    name = slug(block.family)
    call = stage.main(None, **arguments)
    return "\n".join(
        [
            f"def test_{name}_is_done_once_even_if_the_run_is_tried_again() -> None:",
            *stage.bench(" as bench:", state=state),
            f"        report = {call}",
            "        bench.again()",
            f"        {call}",
            f"    (told,) = {block.sent()}",
            *(f"    {line}" for line in block.shows()),
        ]
    )


def _alarming(understood: Understanding, main: Main) -> tuple[dict[str, Any], dict[str, Any]]:
    """State of the run before and arguments with which every watch speaks about the sample."""
    state: dict[str, Any] = dict(main.draft.alarm)
    arguments: dict[str, Any] = dict(main.draft.alarm_arguments)
    if understood.flow == "text" and not understood.sources:
        arguments["text"] = Code("TEXT")
    watches = [block for block in understood.blocks("watch") if isinstance(block, Watch)]
    if not watches or watches[0].measure is None:
        return state, arguments
    measure = watches[0].measure
    key = slug(f"{measure.function}_{measure.name}" if measure.function else measure.name)
    value = main.draft.expected.get("value", main.draft.value)
    if not understood.sources and understood.flow == "value":
        arguments[_parameter(main)] = value
    for watch in watches:
        if watch.kind == "above":
            arguments["above_limit"] = float(value) - 1
        elif watch.kind == "below":
            arguments["below_limit"] = float(value) + 1
        elif watch.kind == "change":
            state[key] = f"not {value}" if isinstance(value, str) else float(value) + 1
        elif watch.kind in ("rise", "fall", "move"):
            state[key] = float(value) / 2 if watch.kind != "fall" else float(value) * 2
            arguments[f"{watch.kind}_percent"] = 1.0
    return state, arguments


def _parameter(main: Main) -> str:
    return next(iter(main.draft.parameters))


def _closes_on_nothing(main: Main) -> bool:
    return "table.rows" in main.draft.gates


def _silent(understood: Understanding, title: str, main: Main, stage: Stage) -> str:
    told = [block for block in understood.deliveries if not isinstance(block, Answer)]
    bare = table_main(understood, title, Table(main.table.columns, []), main.other).draft
    return "\n".join(
        [
            "def test_nobody_is_told_of_nothing() -> None:",
            *stage.bench(" as bench:", bare.props),
            f"        {stage.main(bare.props)}",
            *(f"    assert not {block.sent()}" for block in told),
        ]
    )
