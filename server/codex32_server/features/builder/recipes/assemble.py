"""Do the blocks of a sentence fit together? Collects the sources, sets the time zone, chooses the flow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from .blocks.checks import Validate
from .blocks.headings import Clean
from .blocks.joins import JoinTables, StackTables
from .blocks.messages import Reminder
from .blocks.reshape import CompareFiles
from .blocks.rows import DropMissing
from .blocks.summaries import Profile, Summarise
from .blocks.triggers import OnDemand, Schedule, Zone
from .blocks.watches import Watch
from .draft import slug
from .measures import Measure
from .model import Flow, Placed, Question, Questions, Refusal, Understanding
from .parts.tables import plain_name
from .slots import FileName

_PURPOSE: Mapping[Flow, str] = {
    "table": "work on the rows of a file",
    "text": "a report on a text",
    "value": "watching a value",
    "message": "a reminder",
}


def assemble(understood: Understanding) -> Understanding | Questions | Refusal:
    """The same meaning with everything in its place, or what speaks against it."""
    placed = _without_headings(understood.placed)
    zones = [one.block.zone for one in placed if isinstance(one.block, Zone)]
    zone = zones[-1] if zones else understood.zone
    placed = _with_measures(placed)
    if placed is None:
        words = next(one.words for one in understood.placed if isinstance(one.block, Watch))
        return Questions((_ask_measure(words),))
    flow = _flow(placed)
    if isinstance(flow, Refusal):
        return flow
    tables = _files(understood.placed, "table", "described", "left", "right")
    documents = _files(understood.placed, "document")
    placed = _joined_rules(_merged(placed))
    whole = replace(understood, placed=placed, zone=zone, flow=flow, tables=tables, documents=documents)
    return _check_triggers(whole) or _check_tables(whole) or _check_contradiction(whole) or whole


def _without_headings(placed: Sequence[Placed]) -> tuple[Placed, ...]:
    """`clean X: …` only announces the steps after it; a report on a file is its own summary."""
    steps = [one for one in placed if one.block.role == "step" and not isinstance(one.block, Clean)]
    summaries = [one for one in placed if one.block.role == "summary" and not isinstance(one.block, Profile)]
    watched = [one for one in placed if isinstance(one.block, Watch)]
    return tuple(
        one
        for one in placed
        if not (isinstance(one.block, Clean) and steps)
        and not (isinstance(one.block, Profile) and (summaries or watched))
    )


def _with_measures(placed: Sequence[Placed]) -> tuple[Placed, ...] | None:
    """Every watch knows what it watches; None if nobody said it."""
    watches = [one.block for one in placed if isinstance(one.block, Watch)]
    named = [watch.measure for watch in watches if watch.measure] or _figure(placed)
    counted = bool(_files(placed, "table", "described", "left", "right"))
    if watches and not named:
        return None
    numeric = any(watch.kind not in ("remember", "change") for watch in watches)
    result: list[Placed] = []
    for one in placed:
        block = one.block
        if isinstance(block, Watch):
            measure = named[0] if block.measure is None else block.measure
            if measure.source == "rows" and measure.name != "rows" and not counted:
                # `the number of followers` without any file is a number somebody gives.
                measure = Measure("input", f"number of {measure.name}")
            block = replace(block, measure=replace(measure, numeric=measure.numeric or numeric))
        result.append(replace(one, block=block))
    return tuple(result)


def _figure(placed: Sequence[Placed]) -> list[Measure]:
    """`count the rows and tell me when it …` watches the one figure that is computed."""
    summaries = [one.block for one in placed if isinstance(one.block, Summarise)]
    if len(summaries) != 1 or summaries[0].by:
        return []
    functions, columns = summaries[0].functions, summaries[0].columns
    if not functions and not columns:
        return [Measure("rows", "rows")]
    return [Measure("column", columns[0], functions[0])] if len(functions) == len(columns) == 1 else []


def _ask_measure(words: str) -> Question:
    text = "Which value should be watched? For example “the price” or “the sum of amount in sales.csv”."
    return Question("goal", f"{text} Begin with “remember”.", "text", words)


def _flow(placed: Sequence[Placed]) -> Flow | Refusal:
    flows: set[Flow] = set()
    for one in placed:
        block = one.block
        if isinstance(block, Watch) and block.measure:
            flows.add("value" if block.measure.source == "input" else "table")
        elif block.role not in ("trigger", "sink") and len(block.flows) == 1:
            flows |= block.flows
    if not flows:
        return "table"
    if len(flows) > 1:
        told = " and ".join(_PURPOSE[flow] for flow in sorted(flows))
        return Refusal(f"This mixes {told}; that is more than one bot. Build one for each.")
    return next(iter(flows))


def _files(placed: Sequence[Placed], *slots: str) -> tuple[FileName, ...]:
    """Files in the order of the sentence; `the CSV` means the named one if there is one."""
    found = [one.slots[slot] for one in placed for slot in slots if isinstance(one.slots.get(slot), FileName)]
    unique = list({file.name.casefold(): file for file in found}.values())
    named = [file for file in unique if file.named]
    return tuple(named or unique[:1])


def _merged(placed: Sequence[Placed]) -> tuple[Placed, ...]:
    """The same block said twice is one; sources and zones have done their work."""
    kept: list[Placed] = []
    for one in placed:
        if isinstance(one.block, Zone) or any(one.block == other.block for other in kept):
            continue
        kept.append(one)
    return tuple(kept)


def _joined_rules(placed: Sequence[Placed]) -> tuple[Placed, ...]:
    """Rules that follow each other hold together: a row is judged by all of them at once."""
    joined: list[Placed] = []
    for one in placed:
        before = next((at for at in range(len(joined) - 1, -1, -1) if joined[at].block.role == "step"), None)
        earlier = joined[before].block if before is not None else None
        if before is not None and isinstance(one.block, Validate) and isinstance(earlier, Validate):
            rules = tuple(dict.fromkeys((*earlier.rules, *one.block.rules)))
            joined[before] = replace(joined[before], block=replace(earlier, rules=rules))
        else:
            joined.append(one)
    return tuple(joined)


def _check_triggers(whole: Understanding) -> Questions | Refusal | None:
    schedules = [block for block in whole.blocks("trigger") if isinstance(block, Schedule)]
    demanded = any(isinstance(block, OnDemand) for block in whole.blocks("trigger"))
    reminder = next((block for block in whole.blocks("message") if isinstance(block, Reminder)), None)
    if reminder and not schedules and not demanded:
        text = f"When should it remind you of “{reminder.message}”? For example: every weekday at 9."
        return Questions((Question("schedule", text, "text", reminder.message),))
    watch = next((block for block in whole.blocks("watch") if isinstance(block, Watch)), None)
    if whole.flow == "value" and schedules and watch and watch.measure:
        name = watch.measure.name
        words = next(one.words for one in whole.placed if isinstance(one.block, Watch))
        text = (
            f"A scheduled run has nobody to give it the {name}. Where does it come from? "
            "Say the whole wish again with a file, "
            f"such as “watch the sum of {name} in data.csv”, or without a schedule."
        )
        return Questions((Question(f"source-{slug(name, '-')}", text, "text", words),))
    return None


def _check_tables(whole: Understanding) -> Questions | Refusal | None:
    pairs = [
        block for block in whole.blocks("step") if isinstance(block, JoinTables | StackTables | CompareFiles)
    ]
    if len(pairs) > 1:
        return Refusal("Only two files can be put together in one bot so far. The nearest: two bots.")
    named = [table.name for table in whole.tables]
    if whole.flow == "value" and named:
        return Questions((_ask_figure(whole, named[0]),))
    if whole.flow == "table" and not pairs and len(named) > 1:
        example = f"join {named[0]} with {named[1]} by id"
        text = f"How do {' and '.join(named)} belong together? For example: {example}."
        return Questions((Question("goal", text, "text", ", ".join(named)),))
    if pairs and {pairs[0].left.name, pairs[0].right.name} != set(named):
        return Refusal(
            f"Two files are put together, but {len(named)} are named: {', '.join(named)}. Two bots can do it."
        )
    if len(whole.documents) > 1:
        return Refusal("One text can be read by a bot so far. The nearest: one bot for each text.")
    return None


def _ask_figure(whole: Understanding, table: str) -> Question:
    """`check the price in data.csv` names a column, and a watch needs one value."""
    one, watch = next((one, one.block) for one in whole.placed if isinstance(one.block, Watch))
    name = watch.measure.name if watch.measure else "value"
    text = (
        f"What should happen with {name} in {table}? Say the whole wish again, such as "
        f"“watch the sum of {name} in {table}” or “validate that {name} is present in {table}”."
    )
    return Question(f"source-{slug(name, '-')}", text, "text", one.words)


def _check_contradiction(whole: Understanding) -> Refusal | None:
    """Keeping only rows without a value that other rows are dropped for leaves nothing: somebody slipped."""
    dropped = {
        plain_name(name)
        for block in whole.blocks("step")
        if isinstance(block, DropMissing)
        for name in block.columns
    }
    for block in whole.blocks("step"):
        condition = getattr(block, "condition", None)
        for test in condition.tests if condition else ():
            wants_missing = (test.operator == "is_missing") != test.negated and getattr(block, "keep", False)
            if wants_missing and plain_name(test.column) in dropped:
                return Refusal(
                    f"One part drops rows without {test.column}, another keeps only those: nothing is left."
                )
    return None
