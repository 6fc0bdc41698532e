"""A sentence's meaning in one short line, for the tables of the tests."""

from __future__ import annotations

from typing import Any

from codex32_server.features.builder.recipes.blocks.triggers import Schedule
from codex32_server.features.builder.recipes.conditions import CellTest, Condition
from codex32_server.features.builder.recipes.formulas import Formula
from codex32_server.features.builder.recipes.measures import Measure
from codex32_server.features.builder.recipes.model import Block, Questions, Refusal, Understanding
from codex32_server.features.builder.recipes.slots import FileName
from codex32_server.features.builder.recipes.understand import understand


def describe(sentence: str, **arguments: Any) -> str:
    """`tables | block; block` or `? ids of questions` or `! words refused`."""
    meaning = understand(sentence, **arguments)
    if isinstance(meaning, Questions):
        return "? " + ", ".join(question.id for question in meaning.questions)
    if isinstance(meaning, Refusal):
        return "! " + meaning.reason.split(".")[0]
    return _told(meaning)


def _told(meaning: Understanding) -> str:
    files = " ".join(file.name for file in (*meaning.tables, *meaning.documents))
    zone = "" if meaning.zone == "UTC" else f" @{meaning.zone}"
    skipped = {"table file", "text file"}
    blocks = [_block(placed.block) for placed in meaning.placed if placed.block.family not in skipped]
    return f"{files}{zone} | {'; '.join(blocks)}".strip()


def _block(block: Block) -> str:
    if isinstance(block, Schedule):
        return f"cron {' & '.join(block.crons())}"
    default = {"DropMissing.mode": "any", "SortRows.scope": "all columns", "WebData.sure": "True"}
    slots: list[str] = []
    for name, value in vars(block).items():
        plain = _value(value) if name not in ("quoted", "numeric") else ""
        if plain and plain != default.get(f"{type(block).__name__}.{name}"):
            slots.append(plain)
    return " ".join([type(block).__name__, *slots])


def _value(value: Any) -> str:
    if isinstance(value, Condition):
        return f"[{value.say()}]"
    if isinstance(value, CellTest):
        return value.say().removeprefix(f"{value.column} ")
    if isinstance(value, Formula):
        return f"[{value.say()}]"
    if isinstance(value, Measure):
        return value.say() + ("" if value.numeric else " (text)")
    if isinstance(value, FileName):
        return value.name
    if isinstance(value, tuple):
        return ",".join(_value(item) for item in value)  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, bool):
        return str(value) if value else ""
    if isinstance(value, float):
        return f"{value:g}" if value else ""
    return str(value) if value not in (None, 0) else ""
