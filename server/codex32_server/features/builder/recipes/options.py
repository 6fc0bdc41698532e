"""Gathers what a sentence says in several places about one source or one message into one block."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import MISSING, Field, fields, replace
from typing import Any

from .blocks.asking import ModelBlock
from .blocks.channels import Message, SendVerb
from .blocks.charts import Chart
from .blocks.gates import MessageOption, OnlyIf
from .blocks.github import OpenIssue
from .blocks.handing import PostTo
from .blocks.messages import Reminder
from .blocks.model_rows import MOODS, ClassifyRows, SentimentRows
from .blocks.model_ways import ModelWay, Verdict
from .blocks.reshape import CompareFiles
from .blocks.rows import FilterRows
from .blocks.sites import CheckSites, SiteOption
from .blocks.summaries import Summarise
from .blocks.watches import Watch
from .blocks.web import SourceOption, WebData
from .blocks.webhooks import Answer, Webhook
from .blocks.webpages import WebPage
from .conditions import CellTest, Condition
from .measures import Measure
from .model import Block, Delivery, Placed, Question, Questions, Source
from .tokens import fold

_STANDS = re.compile(r"\b(is|are|be|es|sea|son|este|está|esté)\b", re.IGNORECASE)
"""`is above` speaks of a row; `goes above` of a value that changes from run to run."""
_OPTIONS = (MessageOption, SourceOption, SiteOption, ModelWay)


def gather(placed: Sequence[Placed]) -> tuple[Placed, ...] | Questions:
    """The same meaning with each option in its block; a question about an option that belongs to nothing."""
    for one in placed:
        if isinstance(one.block, OnlyIf) and not _is_named(one.block.noun, one, placed):
            text = (
                f"Which rows are “{one.block.noun}”? Say the whole wish again with a condition, "
                "such as “keep rows where status is failed”."
            )
            return Questions((Question("goal", text, "text", one.words),))
    result = _answering(_with_words(_merged_deliveries(_without_verbs(placed))))
    result = _charted(_rows_of_limits(_checked_sites(result)))
    judged = _judged(result)
    if isinstance(judged, Questions):
        return judged
    result = judged
    lost = next((one for one in result if getattr(one.block, "payload", "") == "changes"), None)
    if lost is not None and not any(isinstance(one.block, CompareFiles) for one in result):
        return Questions((_lost(lost),))
    result = [replace(one, block=_whole(one.block)) for one in result]
    for option in [one for one in result if isinstance(one.block, _OPTIONS)]:
        result.remove(option)
        taken = [at for at, one in enumerate(result) if _takes(one.block, option.block)]
        if isinstance(option.block, SourceOption) and taken:
            taken = [_nearest(result, taken, option)]
        if not taken:
            return Questions((_lost(option),))
        for at in taken:
            result[at] = replace(result[at], block=_with(result[at].block, option.block))
    return tuple(result)


def _is_named(noun: str, where: Placed, placed: Sequence[Placed]) -> bool:
    """`fetch the orders …, if there are any orders`: the noun means rows; `any errors` is no such noun."""
    stem = noun.rstrip("s")
    return not noun or any(
        stem in fold(one.words) for one in placed if one.block is not where.block and one.words != where.words
    )


def _without_verbs(placed: Sequence[Placed]) -> list[Placed]:
    """`post … to Slack`: the verb has done its work as soon as it is known who is told."""
    told = any(isinstance(one.block, Delivery) for one in placed)
    return [one for one in placed if not (told and isinstance(one.block, SendVerb))]


def _merged_deliveries(placed: Sequence[Placed]) -> list[Placed]:
    """`email the rows … to ann@example.com` names one message twice."""
    result: list[Placed] = []
    for one in placed:
        same = next((at for at, other in enumerate(result) if _belong(other.block, one.block)), None)
        if same is None:
            result.append(one)
        else:
            result[same] = replace(result[same], block=_joined(result[same].block, one.block))
    return result


def _belong(first: Block, second: Block) -> bool:
    if not isinstance(first, Message) or type(first) is not type(second):
        return False
    return all(
        getattr(first, one.name) == getattr(second, one.name)
        or usual_of(one) in (getattr(first, one.name), getattr(second, one.name))
        for one in fields(first)
    )


def _joined(first: Block, second: Block) -> Block:
    told = {
        one.name: getattr(first if getattr(first, one.name) != usual_of(one) else second, one.name)
        for one in fields(first)  # type: ignore[arg-type]
    }
    return type(first)(**told)


def usual_of(one: Field[Any]) -> Any:
    """The value of a slot that was not said."""
    return None if one.default is MISSING else one.default


def _with_words(placed: list[Placed]) -> list[Placed]:
    """`if …, post "Stock is low" to Slack`: the words are those of the message, not a reminder of its own."""
    worked = any(one.block.role in ("step", "summary", "text", "watch", "source") for one in placed)
    told = any(isinstance(one.block, Message) for one in placed)
    if not (worked and told):
        return placed
    return [
        replace(one, block=MessageOption("said", one.block.message))
        if isinstance(one.block, Reminder) and one.block.quoted
        else one
        for one in placed
    ]


def _checked_sites(placed: list[Placed]) -> list[Placed]:
    """`check https://…, and tell me if it is down` is about the site, not about what it sends."""
    if not any(isinstance(one.block, SiteOption) for one in placed):
        return placed
    return [
        replace(one, block=CheckSites((one.block.url,))) if isinstance(one.block, WebData | WebPage) else one
        for one in placed
        if not (isinstance(one.block, Watch) and one.block.kind == "change" and one.block.measure is None)
    ]


def _judged(placed: list[Placed]) -> list[Placed] | Questions:
    """What a model decided as a condition on the column that it filled."""
    known = {
        fold(mood): ("sentiment", mood)
        for mood in MOODS
        if any(isinstance(one.block, SentimentRows) for one in placed)
    }
    for one in placed:
        if isinstance(one.block, ClassifyRows):
            known |= {fold(label): ("category", label) for label in one.block.labels}
    result: list[Placed] = []
    for one in placed:
        if not isinstance(one.block, Verdict):
            result.append(one)
            continue
        plain = fold(one.block.value)
        found = known.get(plain) or known.get(plain.removesuffix("s")) or known.get(plain.removesuffix("es"))
        if found is None:
            return Questions((_lost(one),))
        column, label = found
        kept: list[Block] = [FilterRows(Condition((CellTest(column, "is_same", (label,)),)), True)]
        kept += [OnlyIf("any")] if one.block.told else []
        result.extend(replace(one, block=block) for block in kept)
    return result


def _rows_of_limits(placed: list[Placed]) -> list[Placed]:
    """`tell me when amount is above 100` asks for rows where there are rows: in a webhook or in a file.

    Each call of a webhook stands for itself; in a file `amount` is a column and no single value.
    """
    called = any(isinstance(one.block, Webhook) for one in placed)
    given = any("table" in one.slots for one in placed) or called
    told = any(isinstance(one.block, Delivery) for one in placed)
    if not (given and told) or sum(isinstance(one.block, Watch) for one in placed) != 1:
        return placed
    result: list[Placed] = []
    for one in placed:
        condition = _limit_of(one, called)
        kept = (FilterRows(condition, True), OnlyIf("any")) if condition else (one.block,)
        result.extend(replace(one, block=block) for block in kept)
    return result


def _limit_of(one: Placed, called: bool) -> Condition | None:
    watch = one.block
    if not isinstance(watch, Watch) or watch.measure is None or watch.measure.source != "input":
        return None
    stands = bool(_STANDS.search(one.words))
    if watch.kind not in ("above", "below") or not (stands or called):
        return None
    return Condition((CellTest(watch.measure.name, f"is_{watch.kind}", (watch.amount,)),))


def _charted(placed: list[Placed]) -> list[Placed]:
    """`sum amount per region and draw a bar chart of it` draws the one figure of the groups."""
    sums = [one.block for one in placed if isinstance(one.block, Summarise)]
    if len(sums) != 1 or len(sums[0].by) != 1 or max(len(sums[0].functions), len(sums[0].columns)) > 1:
        return placed
    summary = sums[0]
    column, function = (*summary.columns, "")[0], (*summary.functions, "count")[0]
    return [
        replace(one, block=replace(one.block, by=summary.by[0], column=column, function=function))
        if isinstance(one.block, Chart) and not one.block.by and not one.block.column
        else one
        for one in placed
    ]


def _whole(block: Block) -> Block:
    """What was added and removed is all that comparing gives."""
    changes = isinstance(block, Message) and block.payload == "changes"
    return replace(block, payload="all") if changes and isinstance(block, Message) else block


def _answering(placed: list[Placed]) -> list[Placed]:
    """Who is answered waits for the answer."""
    if not any(isinstance(one.block, Answer) for one in placed):
        return placed
    return [
        replace(one, block=replace(one.block, answer=True)) if isinstance(one.block, Webhook) else one
        for one in placed
    ]


def _nearest(placed: Sequence[Placed], taken: Sequence[int], option: Placed) -> int:
    """What an option is said of: the last that was named before it, else the first after it."""
    before = [at for at in taken if placed[at].start < option.start]
    return max(before, key=lambda at: placed[at].start) if before else taken[0]


def _takes(block: Block, option: Block) -> bool:
    """Whether the block has what the option is about."""
    if isinstance(option, ModelWay):
        return isinstance(block, ModelBlock) and (option.field == "model" or hasattr(block, option.field))
    kinds = (Message, OpenIssue) if isinstance(option, MessageOption) else (Source, PostTo)
    named = getattr(option, "field", "")
    return isinstance(block, kinds) and any(one.name == named for one in fields(block))  # type: ignore[arg-type]


def _with(block: Block, option: Block) -> Block:
    assert isinstance(option, _OPTIONS)
    if isinstance(option, ModelWay) and option.field == "model":
        return block
    told: dict[str, Any] = {option.field: option.value}
    return replace(block, **told)  # type: ignore[type-var]


def _lost(option: Placed) -> Question:
    text = (
        f"What does “{option.words}” belong to? Say the whole wish again with where the data comes from "
        "and who is told."
    )
    return Question("goal", text, "text", option.words)


def with_fetched_value(placed: Sequence[Placed], measure: Measure) -> tuple[Placed, ...] | None:
    """The source gives the one value that is watched; None if it cannot."""
    result: list[Placed] = []
    for one in placed:
        source = one.block.for_value(measure) if isinstance(one.block, Source) else one.block
        if source is None:
            return None
        result.append(replace(one, block=source))
    return tuple(result)


def spoken(placed: Sequence[Placed]) -> tuple[Placed, ...]:
    """`send me a Slack message every weekday at 17:00 saying "…"` is a reminder if nothing else is done."""
    worked = any(
        one.block.role in ("step", "summary", "text", "watch", "source", "message") for one in placed
    )
    told = any(isinstance(one.block, Message) for one in placed)
    if worked or not told:
        return tuple(placed)
    return tuple(
        replace(one, block=Reminder(str(one.block.value), quoted=True))
        if isinstance(one.block, MessageOption) and one.block.field == "said"
        else one
        for one in placed
    )
