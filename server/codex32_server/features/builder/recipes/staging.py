"""From the props of a draft to the source of a bench: constants of a test file, and `with workbench(…):`."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any, cast

from .draft import INDENT, LINE, literal, text_source, wrapped
from .formats import given_file, table_text
from .parts.tables import Table
from .rights import Code, Named, Props

_LONGEST_URL = 70
_SHORT = 60
"""A longer text of an answer gets a constant of its own."""


def answer_key(url: str) -> str:
    """The address in the bench; of a very long one the beginning."""
    return url if len(url) <= _LONGEST_URL else f"{url[:_LONGEST_URL]}*"


def csv_text(table: Table) -> str:
    """The table as the bot writes it."""
    target = io.StringIO()
    writer = csv.DictWriter(target, table.columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(table.rows)
    return target.getvalue()


def file_text(name: str, table: Table) -> str:
    """The table as the content of a file of that name."""
    written = table_text(name, table)
    return csv_text(table) if written is None else written


def pretty(value: Any, indent: int = 0, taken: int = 0) -> str:
    """Python source of a value as formatters write it; `taken` characters stand before and after it."""
    flat = _flat(value)
    if "\n" not in flat and len(flat) <= LINE - indent - taken:
        return flat
    inner = " " * (indent + INDENT)
    if isinstance(value, dict):
        pairs = cast("dict[str, Any]", value).items()
        entries = [
            f"{inner}{key},\n"
            if key.startswith("**")
            else f"{inner}{_key(key)}{pretty(item, indent + INDENT, len(_key(key)) + 1)},\n"
            for key, item in pairs
        ]
        return "{\n" + "".join(entries) + " " * indent + "}"
    if isinstance(value, list):
        items = cast("list[Any]", value)
        return (
            "[\n"
            + "".join(f"{inner}{pretty(item, indent + INDENT, 1)},\n" for item in items)
            + " " * indent
            + "]"
        )
    if isinstance(value, str):
        return text_source(value, 0).replace("\n", "\n" + " " * indent)
    return flat


def _key(key: str) -> str:
    return key if key.startswith("**") else f"{literal(key)}: "


def _flat(value: Any) -> str:
    if isinstance(value, Code):
        return value.source
    if isinstance(value, Named):
        return value.name
    if isinstance(value, dict):
        pairs = cast("dict[str, Any]", value).items()
        entries = [_key(key) if key.startswith("**") else _key(key) + _flat(item) for key, item in pairs]
        return f"{{{', '.join(entries)}}}"
    if isinstance(value, list):
        return f"[{', '.join(_flat(item) for item in cast('list[Any]', value))}]"
    return literal(value)


def text_constant(name: str, text: str) -> str:
    """A text over several lines; written so that spaces at the ends of lines can be seen."""
    whole = f"{name} = {literal(text)}"
    if len(whole) <= LINE:
        return whole
    if len(literal(text)) <= LINE - INDENT:
        return f"{name} = (\n    {literal(text)}\n)"
    pieces = [piece for line in text.splitlines(keepends=True) for piece in _pieces(line)]
    return f"{name} = (\n{chr(10).join(f'    {literal(piece)}' for piece in pieces)}\n)"


def _pieces(line: str) -> list[str]:
    size = LINE - 2 * INDENT - 24
    return [line[at : at + size] for at in range(0, len(line), size)]


class Stage:
    """The bench of one bot's tests. Constants are those of its ordinary run; other runs differ from it."""

    def __init__(self, props: Props) -> None:
        self.props = props
        self._names: dict[str, str] = {}
        for name, table in props.inputs.items():
            if isinstance(table, Table):
                self._names[name] = "SAMPLE" if not self._names else "OTHER"

    def constants(self) -> list[str]:
        """Source of the constants."""
        lines = [
            text_constant(constant, file_text(name, self.props.inputs[name]))
            for name, constant in self._names.items()
        ]
        named = {value.name: value.text for value in _walk(self.props.keywords()) if isinstance(value, Named)}
        lines += [text_constant(name, text) for name, text in named.items()]
        for name, value in self.props.arguments.items():
            if len(_flat(value)) > _SHORT:
                lines.append(f"{name.upper()}: Any = {pretty(value, 0, len(name) + 8)}")
        for keyword, values in self.props.keywords().items():
            if keyword != "inputs":
                name = keyword.upper()
                kind = (
                    f"{name}: dict[str, Any] = "
                    if keyword in ("http", "models", "calls", "sql")
                    else f"{name} = "
                )
                lines.append(kind + _exploded(values))
        return lines

    def bench(
        self, tail: str = ":", props: Props | None = None, state: Mapping[str, Any] | None = None
    ) -> list[str]:
        """`with workbench(…)` of the ordinary run, or of one with other props; indented for a test."""
        given = {
            keyword: self.source(keyword, values)
            for keyword, values in (props or self.props).keywords().items()
        }
        if state:
            given["state"] = _flat(dict(state))
        flat = [f"{keyword}={source}" for keyword, source in given.items()]
        lines = wrapped("with workbench", flat, LINE - INDENT - len(tail))
        if max(len(line) for line in lines) > LINE - INDENT:
            lines = ["with workbench(", *self._broken(given, props or self.props), ")"]
        lines[-1] += tail
        return [f"    {line}" for line in lines]

    def _broken(self, given: Mapping[str, str], props: Props) -> list[str]:
        """Each keyword on lines of its own."""
        lines: list[str] = []
        for keyword, source in given.items():
            if len(source) + len(keyword) + 2 * INDENT + 2 > LINE and keyword in props.keywords():
                value = self.differing(keyword, props.keywords()[keyword])
                source = pretty(value, 2 * INDENT, len(keyword) + 2)
            lines += f"    {keyword}={source},".replace("\n    ", "\n").split("\n")
        return lines

    def main(self, props: Props | None = None, **more: Any) -> str:
        """The call of `main`, with the arguments it needs."""
        arguments = {**(props or self.props).arguments, **more}
        given = (f"{name}={self._argument(name, value)}" for name, value in arguments.items())
        return f"main({', '.join(given)})"

    def _argument(self, name: str, value: Any) -> str:
        usual = len(_flat(value)) > _SHORT and self.props.arguments.get(name) == value
        return name.upper() if usual else _flat(value)

    def source(self, keyword: str, values: dict[str, Any]) -> str:
        """A keyword of `workbench`: a constant, or what differs from it."""
        if keyword == "inputs":
            pairs = [f"{literal(name)}: {self._file(name, value)}" for name, value in values.items()]
            return f"{{{', '.join(pairs)}}}"
        usual = self.props.keywords().get(keyword, {})
        other = self.differing(keyword, values)
        if usual and len(other) == 1 and usual.keys() == values.keys():
            return keyword.upper()
        return _flat(other)

    def differing(self, keyword: str, values: dict[str, Any]) -> dict[str, Any]:
        """The constant, and what is different."""
        if keyword == "inputs":
            return {name: Code(self._file(name, value)) for name, value in values.items()}
        usual = self.props.keywords().get(keyword, {})
        known = {value for value in _walk(usual) if isinstance(value, Named)}
        other = {
            name: value.text if isinstance(value, Named) and value not in known else value
            for name, value in values.items()
            if usual.get(name) != value
        }
        return {f"**{keyword.upper()}": None, **other} if usual else other

    def _file(self, name: str, value: Any) -> str:
        if not isinstance(value, Table):
            return _flat(value)
        sheet = self.props.sheets.get(name, "")
        if value is self.props.inputs.get(name) or value == self.props.inputs.get(name):
            return given_file(name, self._names[name], sheet)
        return given_file(name, literal(file_text(name, value)), sheet) if value.columns else literal("")


def _exploded(values: dict[str, Any]) -> str:
    entries = [
        f"    {literal(key)}: {pretty(value, INDENT, len(literal(key)) + 3)},\n"
        for key, value in values.items()
    ]
    return "{\n" + "".join(entries) + "}"


def _walk(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [found for item in cast("dict[str, Any]", value).values() for found in _walk(item)]
    if isinstance(value, list):
        return [found for item in cast("list[Any]", value) for found in _walk(item)]
    return [value]


def document(name: str, text: str) -> Any:
    """A text as an answer: with a constant of its own if it is long."""
    return text if len(text) <= _SHORT and "\n" not in text else Named(name, text)
