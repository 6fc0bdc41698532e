"""The manifest of a bot that is built again from other words: what somebody set in it by hand stays.

Three manifests are known: the one the old words make, the one that stands in the bot, and the one the new
words make. What the words change is changed in the manifest that stands; the rest of that is kept.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from codex32_server.kit.manifest.patching import patch_manifest
from codex32_server.kit.manifest.script import find_block

_TABLE = "tool.codex32."
_TRIGGERS = "triggers"


class TimesSetByHandError(Exception):
    """The words and somebody's hand changed when the bot runs: only the manifest says when that is."""


@dataclass(frozen=True)
class Merged:
    """A file, and what the words could not change because somebody had set it."""

    source: str
    kept: tuple[str, ...] = ()


def parted(source: str) -> tuple[str, str]:
    """The header with its marks, and the file without it. Line ends become those of Unix."""
    lines = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    block = find_block(source)
    if block is None:
        return "", "\n".join(lines)
    first, last = block.line - 1, block.line + len(block.margins) + 1
    return "\n".join(lines[first:last]), "\n".join([*lines[:first], *lines[last:]])


def merged(old: str, standing: str, new: str) -> Merged:
    """`new` with the header of `standing`, in which what differs between `old` and `new` is changed.

    Raises TimesSetByHandError, ManifestError.
    """
    header, body = parted(new)
    if parted(old)[0] == parted(standing)[0]:
        return Merged(new)
    changes: dict[str, Any] = {}
    kept: list[str] = []
    for path, before, after in _changed(_values(old), _values(new)):
        there = _at(_values(standing), path)
        key = path.removeprefix(_TABLE)
        if there == before:
            changes[key] = after
        elif key == _TRIGGERS:
            raise TimesSetByHandError
        elif any(isinstance(one, list) for one in (before, there, after)):
            changes[key] = _joined(*(cast("list[Any]", one or []) for one in (before, there, after))) or None
        elif there != after:
            kept.append(f"{key} stays at {there}, as somebody set it; the words alone would make it {after}.")
    patched, _ = parted(patch_manifest(standing, changes))
    return Merged(body if not header else new.replace("\r\n", "\n").replace(header, patched, 1), tuple(kept))


def _values(source: str) -> dict[str, Any]:
    block = find_block(source)
    return tomllib.loads(block.text) if block else {}


def _changed(
    old: Mapping[str, Any], new: Mapping[str, Any], path: str = ""
) -> Iterator[tuple[str, Any, Any]]:
    """(path, before, after) of every value that differs; None stands for absent."""
    for key in {**old, **new}:
        before, after = old.get(key), new.get(key)
        if isinstance(before, dict) and isinstance(after, dict):
            tables = cast("dict[str, Any]", before), cast("dict[str, Any]", after)
            yield from _changed(*tables, f"{path}{key}.")
        elif before != after:
            yield f"{path}{key}", before, after


def _at(values: Mapping[str, Any], path: str) -> Any:
    found: Any = values
    for key in path.split("."):
        found = cast("dict[str, Any]", found).get(key) if isinstance(found, dict) else None
    return found


def _joined(before: list[Any], there: list[Any], after: list[Any]) -> list[Any]:
    """What stands, without what the words took away and with what they added."""
    kept = [item for item in there if item in after or item not in before]
    return [*kept, *(item for item in after if item not in before and item not in kept)]
