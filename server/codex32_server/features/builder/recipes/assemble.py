"""Do the blocks of a sentence fit together? Collects the sources, sets the time zone, chooses the flow."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from .blocks.checks import Validate
from .blocks.columns import ChangeText
from .blocks.headings import Clean
from .blocks.joins import JoinTables, StackTables
from .blocks.messages import Reminder
from .blocks.reshape import CompareFiles
from .blocks.rows import Deduplicate
from .blocks.sinks import SaveTable
from .blocks.sources import TableFile
from .blocks.summaries import Profile, Summarise
from .blocks.triggers import OnDemand, Schedule, Zone
from .blocks.watches import Watch
from .blocks.webhooks import Webhook
from .contradictions import contradiction
from .draft import slug
from .measures import Measure
from .model import Block, Flow, Placed, Question, Questions, Refusal, Source, Understanding
from .options import with_fetched_value
from .slots import FileName
from .tokens import fold, tokenize

_PURPOSE: Mapping[Flow, str] = {
    "table": "work on the rows of a file",
    "text": "a report on a text",
    "value": "watching a value",
    "message": "a reminder",
}
_ROWS = re.compile(r"\b(rows?|lines?|data|table|list|file of rows|filas?|lineas?|datos|tabla|lista)\b")
_TABLES = ("table", "described", "left", "right")
"""Slots with a file of rows."""


def assemble(understood: Understanding) -> Understanding | Questions | Refusal:
    """The same meaning with everything in its place, or what speaks against it."""
    placed = without_headings(understood.sentence, understood.placed)
    zones = [one.block.zone for one in placed if isinstance(one.block, Zone)]
    if len(set(zones)) > 1:
        told = " and ".join(dict.fromkeys(zones))
        return Refusal(f"One bot runs in one time zone, and these are {told}. The nearest: one of them.")
    zone = zones[-1] if zones else understood.zone
    placed = _with_measures(placed)
    if placed is None:
        words = next(one.words for one in understood.placed if isinstance(one.block, Watch))
        return Questions((_ask_measure(words),))
    fetched = _with_fetched(placed)
    if isinstance(fetched, Questions):
        return fetched
    placed = fetched
    flow = _flow(placed)
    if isinstance(flow, Refusal):
        return flow
    tables = _files(understood.placed, *_TABLES)
    documents = _files(understood.placed, "document")
    placed = _saved_figures(_tidied_first(_joined_rules(_merged(placed))))
    whole = replace(understood, placed=placed, zone=zone, flow=flow, tables=tables, documents=documents)
    problem = _check_triggers(whole) or _check_sources(whole) or _check_tables(whole)
    return problem or _check_contradiction(whole) or whole


def _saved_figures(placed: Sequence[Placed]) -> tuple[Placed, ...]:
    """“sum the amount by shop and save the result”: the result are the figures, unless the rows are named."""
    grouped = [one for one in placed if isinstance(one.block, Summarise) and one.block.by]
    if len(grouped) != 1:
        return tuple(placed)
    at, by = placed.index(grouped[0]), getattr(grouped[0].block, "by", ())
    after = (_of_figures(one, by) for one in placed[at + 1 :])
    return (*placed[: at + 1], *after)


def _of_figures(one: Placed, by: tuple[str, ...]) -> Placed:
    names_rows = "table" in one.slots or _ROWS.search(fold(one.words))
    if isinstance(one.block, SaveTable) and not names_rows:
        return replace(one, block=replace(one.block, groups=by))
    return one


def announces(sentence: str, one: Placed) -> bool:
    """`clean X: …`, `clean X by …`: the words say what the steps after them are for, and do nothing."""
    if isinstance(one.block, Profile) or _names_rows(one.block):
        return True
    after = sentence[tokenize(sentence)[one.start].start + len(one.words) :].lstrip()
    return isinstance(one.block, Clean) and (one.words.endswith(" by") or after[:1] in (":", "("))


def without_headings(sentence: str, placed: Sequence[Placed]) -> tuple[Placed, ...]:
    """Without what only announces the steps after it; a report on a file is its own summary."""
    steps = [one for one in placed if one.block.role == "step" and not isinstance(one.block, Clean)]
    summaries = [one for one in placed if one.block.role == "summary" and not isinstance(one.block, Profile)]
    watched = [one for one in placed if isinstance(one.block, Watch)]
    return tuple(
        one
        for one in placed
        if not (isinstance(one.block, Clean) and steps and announces(sentence, one))
        and not (isinstance(one.block, Profile) and (summaries or watched))
        and not (_names_rows(one.block) and (steps or summaries))
    )


def _names_rows(block: Block) -> bool:
    """`fetch the sales from … and sum amount`: what sounds like one value is what the rows are called."""
    fetched = isinstance(block, Watch) and block.measure is not None and block.measure.source == "fetched"
    return fetched and isinstance(block, Watch) and block.kind == "remember"


def _with_measures(placed: Sequence[Placed]) -> tuple[Placed, ...] | None:
    """Every watch knows what it watches; None if nobody said it."""
    watches = [one.block for one in placed if isinstance(one.block, Watch)]
    sources = [one.block for one in placed if isinstance(one.block, Source)]
    named = [watch.measure for watch in watches if watch.measure] or _figure(placed)
    named = named or [measure for source in sources if (measure := source.measure())]
    counted = bool(_files(placed, *_TABLES))
    if watches and not named:
        return None
    numeric = any(watch.kind not in ("remember", "change") for watch in watches)
    result: list[Placed] = []
    for one in placed:
        block = one.block
        if isinstance(block, Watch):
            measure = named[0] if block.measure is None else block.measure
            fetched = any(isinstance(other.block, Source) for other in placed)
            if measure.source == "rows" and measure.name != "rows" and not counted and not fetched:
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
    return Question("measure", text, "text", words)


def _flow(placed: Sequence[Placed]) -> Flow | Refusal:
    flows: set[Flow] = set()
    for one in placed:
        block = one.block
        if isinstance(block, Watch) and block.measure:
            flows.add("value" if block.measure.source in ("input", "fetched", "page") else "table")
        elif block.role not in ("trigger", "sink", "gate") and len(block.flows) == 1:
            flows |= block.flows
    if not flows:
        sources = [one.block for one in placed if isinstance(one.block, Source)]
        usual = [flow for flow in ("table", "text") if not sources or flow in sources[0].flows]
        return "table" if not usual or "table" in usual else "text"
    if len(flows) > 1:
        told = " and ".join(_PURPOSE[flow] for flow in sorted(flows))
        return Refusal(f"This mixes {told}; that is more than one bot. Build one for each.")
    return next(iter(flows))


def _with_fetched(placed: tuple[Placed, ...]) -> tuple[Placed, ...] | Questions:
    """A value that is watched comes from the source, if there is one that can give it."""
    if not any(isinstance(one.block, Source) for one in placed):
        return placed
    watched = [(one, one.block) for one in placed if isinstance(one.block, Watch)]
    measure = next((watch.measure for _, watch in watched if watch.measure), None)
    if measure is None or measure.source not in ("input", "fetched", "page"):
        return placed
    measure = measure if measure.source == "page" else replace(measure, source="fetched")
    fetched = with_fetched_value(placed, measure)
    if fetched is None:
        text = f"Where does {measure.name} come from? Say it all again, such as “watch the number of rows”."
        return Questions((Question("goal", text, "text", watched[0][0].words),))
    return tuple(
        replace(one, block=replace(one.block, measure=replace(measure, numeric=one.block.measure.numeric)))
        if isinstance(one.block, Watch) and one.block.measure
        else one
        for one in fetched
    )


def _check_sources(whole: Understanding) -> Questions | Refusal | None:
    """One source that fetches, and not a file beside it that nothing joins."""
    sources = whole.sources
    if len(sources) > 1:
        told = " and ".join(source.place() for source in sources)
        return Refusal(
            f"Only one source can be fetched by a bot so far, and these are {told}. The nearest: two bots."
        )
    if sources and whole.flow not in sources[0].flows:
        return Refusal(
            f"{sources[0].say().rstrip('.')}, and that does not fit {_PURPOSE[whole.flow]}. "
            "The nearest: say what is to be done with it in other words, or two bots."
        )
    if sources and whole.tables and whole.flow == "table":
        example = f"a bot for {sources[0].place()} and another one for {whole.tables[0].name}"
        return Refusal(
            f"Rows that are fetched and rows of a file cannot be put together so far. The nearest: {example}."
        )
    return None


def _files(placed: Sequence[Placed], *slots: str) -> tuple[FileName, ...]:
    """Files in the order of the sentence; `the CSV` means the named one if there is one."""
    found = [one.slots[slot] for one in placed for slot in slots if isinstance(one.slots.get(slot), FileName)]
    unique = list({file.name.casefold(): file for file in found}.values())
    named = [file for file in unique if file.named]
    return tuple(named or unique[:1])


def _merged(placed: Sequence[Placed]) -> tuple[Placed, ...]:
    """The same block said twice is one; zones have done their work, and `the CSV` beside a file that is named
    means that one.
    """
    named = any(file.named for file in _files(placed, *_TABLES))
    kept: list[Placed] = []
    for one in placed:
        if isinstance(one.block, Zone) or any(one.block == other.block for other in kept):
            continue
        if named and isinstance(one.block, TableFile) and not one.block.file.named:
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


def _tidied_first(placed: Sequence[Placed]) -> tuple[Placed, ...]:
    """Values are tidied before duplicates are looked for, where one directly follows the other."""
    result = list(placed)
    for at, one in enumerate(placed):
        while (
            at and isinstance(one.block, Clean | ChangeText) and isinstance(result[at - 1].block, Deduplicate)
        ):
            result[at - 1], result[at] = one, result[at - 1]
            at -= 1
    return tuple(result)


def _check_triggers(whole: Understanding) -> Questions | Refusal | None:
    schedules = [block for block in whole.blocks("trigger") if isinstance(block, Schedule)]
    demanded = any(isinstance(block, OnDemand | Webhook) for block in whole.blocks("trigger"))
    reminder = next((block for block in whole.blocks("message") if isinstance(block, Reminder)), None)
    if reminder and not schedules and not demanded:
        text = f"When should it remind you of “{reminder.message}”? For example: every weekday at 9."
        return Questions((Question("schedule", text, "text", reminder.message),))
    watch = next((block for block in whole.blocks("watch") if isinstance(block, Watch)), None)
    if whole.flow == "value" and schedules and watch and watch.measure and not whole.sources:
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
    """Conditions that exclude each other leave nothing: somebody slipped."""
    told = contradiction(whole.blocks("step"))
    if not told:
        return None
    return Refusal(f"No row can be left where {told}. The nearest: one of them, or “or” between them.")
