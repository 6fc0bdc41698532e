"""Changing single values of a manifest where they stand: everything else of the file stays as written.

Comments, order and spelling of the header are kept (tomlkit); the code below it is not looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

import tomlkit
from tomlkit.items import AbstractTable, InlineTable

from ..errors import FieldProblem
from .errors import ManifestError, describe
from .script import find_block

_TABLE: Final = ("tool", "codex32")
_TOP: Final = ("dependencies", "requires-python")
"""Keys of the header that stand outside of the manifest's table."""


def patch_manifest(source: str, changes: Mapping[str, Any]) -> str:
    """The file with these values in its manifest. Keys are paths such as `limits.timeout`; None removes.

    Line ends are those of the file. Raises ManifestError if there is no header, it is no TOML, or a path
    leads through something that is no table.
    """
    block = find_block(source)
    if block is None:
        raise _refused("the file has no header to change", 1)
    try:
        document = tomlkit.parse(block.text)
    except ValueError as error:
        raise _refused(f"the header is no TOML: {error}", block.line) from error
    for path, value in changes.items():
        keys = path.split(".")
        whole = tuple(keys) if keys[0] in _TOP else (*_TABLE, *keys)
        _set(cast("dict[str, Any]", document), whole, value, block.line)
    end = "\r\n" if "\r\n" in source else "\n"
    lines = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    header = [f"# {line}".rstrip() for line in tomlkit.dumps(document).removesuffix("\n").split("\n")]
    first = block.line
    return end.join([*lines[:first], *header, *lines[first + len(block.margins) :]])


def _set(document: dict[str, Any], path: tuple[str, ...], value: Any, line: int) -> None:
    table: dict[str, Any] = document
    for key in path[:-1]:
        if key not in table:
            if value is None:
                return
            table[key] = tomlkit.inline_table() if isinstance(table, InlineTable) else _fresh(key)
        below = table[key]
        if not isinstance(below, AbstractTable | dict):
            raise _refused(f"{'.'.join(path)}: {key} is not a table", line)
        table = cast("dict[str, Any]", below)
    if value is None:
        table.pop(path[-1], None)
    else:
        table[path[-1]] = _inline(value)


def _fresh(key: str) -> Any:
    """A table of its own for `tool.codex32`; inside of it what a person would write on one line."""
    return tomlkit.table() if key in _TABLE else tomlkit.inline_table()


def _inline(value: Any) -> Any:
    """Tables on one line; lists of them a line each, as in every manifest of ours."""
    if isinstance(value, Mapping):
        table = tomlkit.inline_table()
        for key, item in cast("Mapping[str, Any]", value).items():
            table[key] = _inline(item)
        return table
    if isinstance(value, list | tuple):
        items = [_inline(item) for item in cast("list[Any]", value)]
        found = tomlkit.array()
        for item in items:
            found.append(item)  # pyright: ignore[reportUnknownMemberType] - a list of anything
        if any(isinstance(item, InlineTable) for item in items):
            found.multiline(multiline=True)
        return found
    return value


def _refused(detail: str, line: int) -> ManifestError:
    problem = FieldProblem("manifest", detail, line, 1)
    return ManifestError(describe([problem], "bot.py"), fields=[problem])
