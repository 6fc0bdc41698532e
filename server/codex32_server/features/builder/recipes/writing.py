"""From a draft to the source of `main`: its head, its docstring, its end, and who is told."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from .draft import LINE, Draft, Fact, Parameter, prose, wrapped
from .model import Understanding
from .parts.tables import Table


@dataclass(frozen=True)
class Main:
    """The source of `main` and what its sample gave."""

    source: str
    draft: Draft
    table: Table = field(default_factory=lambda: Table([], []))
    other: Table = field(default_factory=lambda: Table([], []))


def finish(understood: Understanding, draft: Draft, title: str) -> str:
    """The whole function: deliveries, what is kept for the next run, and the answer come last."""
    for block in understood.blocks("gate"):
        block.apply(draft)
    draft.lines.extend(delivery_lines(understood, draft))
    draft.lines.extend(draft.last)
    draft.line("return report")
    return function_source(draft, title)


def delivery_lines(understood: Understanding, draft: Draft) -> list[str]:
    """Telling everybody who is to be told, if every gate is open."""
    deliveries = understood.deliveries
    if not deliveries:
        return []
    message = "message" if draft.content == "message" else 'report["summary"]'
    lines: list[str] = []
    if draft.body:
        lines += wrapped("message = compose_message", [message, *draft.body], draft.room, draft.room)
        message = "message"
    sent = [line for block in deliveries for line in block.send(draft, message)]
    if not any(re.search(r"\bmessage\b", line) for line in sent):
        lines = []
    lines += sent
    if not draft.gates:
        return lines
    gates = " and ".join(dict.fromkeys(draft.gates))
    return [f"if {gates}:", *(f"    {line}" for line in lines)]


def summary_lines(draft: Draft, told: Sequence[Fact]) -> None:
    """The facts in one sentence."""
    draft.line("facts = [")
    draft.lines.extend(fact.line() for fact in told)
    draft.line("]")
    draft.line('report["summary"] = "; ".join(facts)')
    draft.line('log.info(report["summary"])')


def function_source(draft: Draft, title: str) -> str:
    """`main` with its parameters and their meanings."""
    parameters = list(draft.parameters.values())
    returns = " -> Report:"
    head = wrapped("def main", [_declared(parameter) for parameter in parameters], LINE - len(returns))
    head[-1] += returns
    meanings = [f"    {parameter.name}: {prose(parameter.meaning, 70)}." for parameter in parameters]
    docstring = [f'    """{title}.', *([""] if meanings else []), *meanings, '    """']
    if not meanings:
        docstring = [f'    """{title}."""']
    return "\n".join([*head, *docstring, *(f"    {line}" if line else "" for line in draft.lines)])


def _declared(parameter: Parameter) -> str:
    default = f" = {parameter.default}" if parameter.default else ""
    return f"{parameter.name}: {parameter.annotation}{default}"
