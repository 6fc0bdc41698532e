"""Writes `main` for each kind of flow, and plays the sample through the same blocks.

A `Draft` is one way through the sample: what goes in, what the report must say, which files must be left, and
what the world must answer. Rows are `flow_tables`, single values `flow_values`; who is told is `writing`.
"""

from __future__ import annotations

from .blocks.messages import Reminder
from .draft import Draft, Fact, literal, slug
from .flow_tables import table_main, work_blocks
from .flow_values import value_main
from .formats import text_source_of
from .model import Block, Source, Understanding
from .parts.tables import Table
from .samples import sample_table
from .writing import Main, finish, summary_lines

SAMPLE_TEXT = (
    "The garden needs water. Water the garden in the morning,\n"
    "and not at noon: the Garden likes water, but the sun takes it.\n"
    "\n"
    "An error is an Error; a timeout is a time-out.\n"
)


def write_main(understood: Understanding, title: str) -> Main:
    """`main` with its parameters. Raises ValueError if the blocks do not fit together."""
    if understood.flow == "text":
        return text_main(understood, title)
    if understood.flow == "value":
        return value_main(understood, title)
    if understood.flow == "message":
        return _message_main(understood, title)
    return table_main(understood, title, *sample_tables(understood))


def sample_tables(understood: Understanding) -> tuple[Table, Table]:
    """The sample of the first table and of the second; a source of its own may give the columns."""
    blocks: list[Block] = [*understood.sources, *work_blocks(understood)]
    sources: list[Source] = understood.sources
    base = sources[0].base() if sources else None
    return sample_table(blocks, base=base), sample_table(blocks, 1)


def text_main(understood: Understanding, title: str, text: str = SAMPLE_TEXT) -> Main:
    """`main` of a bot that works on a text, played with the given one."""
    name = understood.documents[0].name if understood.documents else "text.txt"
    draft = Draft(slug(name.rsplit(".", 1)[0], "-"), title, "text", text=text)
    if understood.sources:
        understood.sources[0].apply(draft)
    else:
        draft.parameter("text", "str", '""', f"the text; empty: the file {name} is read")
        draft.line("if not text:")
        draft.line(f"    text = {text_source_of(name)}")
    draft.line("report: Report = {}")
    for block in [*understood.blocks("step"), *understood.blocks("text")]:
        block.apply(draft)
    if understood.deliveries and not draft.body and not understood.blocks("text"):
        draft.body.append("text")
    if not understood.deliveries and not understood.blocks("text"):
        draft.line('report["text"] = text')
    draft.told = draft.told or [Fact("len(text)", "characters")]
    summary_lines(draft, draft.told)
    return Main(finish(understood, draft, title), draft)


def _message_main(understood: Understanding, title: str) -> Main:
    reminder = next(block for block in understood.blocks("message") if isinstance(block, Reminder))
    draft = Draft(slug(reminder.message, "-"), title, "message")
    draft.parameter("message", "str", literal(reminder.message), "what to remind of")
    summary = "message" if understood.deliveries else 'f"Reminder: {message}"'
    draft.line(f'report: Report = {{"reminder": message, "summary": {summary}}}')
    draft.line('log.info(report["summary"])')
    draft.expected["reminder"] = reminder.message
    return Main(finish(understood, draft, title), draft)
