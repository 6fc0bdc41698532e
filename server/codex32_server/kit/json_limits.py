"""JSON from strangers, with limits: bytes, depth, numbers and texts that every part of the platform can keep.

Used for the input of runs and for what bots hand back. RFC 8259; NaN and infinities are refused, as are
duplicate keys, lone surrogates and NUL, which PostgreSQL cannot keep.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NoReturn, cast

from .errors import FieldProblem, InvalidInputError

MIB = 1024 * 1024


class JsonInvalidError(InvalidInputError):
    """Not JSON, or JSON with something in it that cannot be kept."""

    code = "json_invalid"
    title = "That is not acceptable JSON"
    next_step = "Send one JSON document (RFC 8259, UTF-8); write NaN and infinities as null or as texts."


class JsonTooLargeError(InvalidInputError):
    """More bytes than allowed."""

    code = "json_too_large"
    status = 413
    title = "The JSON document is too large"
    next_step = "Send less, or give large data as a file."


class JsonTooDeepError(InvalidInputError):
    """Lists and objects nested deeper than allowed."""

    code = "json_too_deep"
    title = "The JSON document nests too deep"
    next_step = "Flatten the data."


@dataclass(frozen=True)
class JsonLimits:
    """`max_bytes` of the UTF-8 document; `max_depth` of nested lists and objects (a scalar has depth 0)."""

    max_bytes: int = 1 * MIB
    max_depth: int = 64


DEFAULT_LIMITS = JsonLimits()


def parse_json(data: bytes | str, limits: JsonLimits = DEFAULT_LIMITS, *, name: str = "input") -> Any:
    """The value of a JSON document. Problems name `name` and the path below it.

    Raises JsonInvalidError (with line and column for broken syntax), JsonTooLargeError or JsonTooDeepError.
    """
    size = len(data) if isinstance(data, bytes) else _encoded_length(data, name)
    if size > limits.max_bytes:
        raise JsonTooLargeError(f"{name} has {size} bytes; at most {limits.max_bytes} are allowed")
    try:
        value = json.loads(data, parse_constant=_no_constant, object_pairs_hook=_distinct)
    except json.JSONDecodeError as error:
        detail = f"{name} is not JSON: {error.msg.lower()} (line {error.lineno}, column {error.colno})"
        problem = FieldProblem(name, error.msg.lower(), error.lineno, error.colno)
        raise JsonInvalidError(detail, fields=[problem]) from None
    except UnicodeDecodeError as error:
        _refuse(name, f"byte {error.start} is not UTF-8")
    except RecursionError:
        raise JsonTooDeepError(_too_deep(name, limits)) from None
    except ValueError as error:
        # Duplicate keys, NaN, or a whole number of more than 4,300 digits.
        detail = str(error) if isinstance(error, _ContentError) else "a number has too many digits"
        _refuse(name, detail)
    check_value(value, limits, name=name)
    return value


def dump_json(value: Any, limits: JsonLimits = DEFAULT_LIMITS, *, name: str = "output") -> bytes:
    """The value as compact UTF-8 JSON. Raises the same errors as parse_json."""
    check_value(value, limits, name=name)
    text = json.dumps(value, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    data = text.encode()
    if len(data) > limits.max_bytes:
        raise JsonTooLargeError(f"{name} has {len(data)} bytes; at most {limits.max_bytes} are allowed")
    return data


def check_value(value: Any, limits: JsonLimits = DEFAULT_LIMITS, *, name: str = "value") -> None:
    """Walk a value that JSON should carry, without recursion. Raises JsonInvalidError or JsonTooDeepError.

    A value that contains itself is too deep.
    """
    waiting: list[tuple[str, Any, int]] = [(name, value, 0)]
    while waiting:
        path, item, depth = waiting.pop()
        if isinstance(item, str):
            _check_text(path, item)
        elif isinstance(item, float):
            if not math.isfinite(item):
                _refuse(path, f"{item} is not a JSON number")
        elif isinstance(item, dict | list | tuple):
            if depth >= limits.max_depth:
                raise JsonTooDeepError(_too_deep(name, limits), fields=[FieldProblem(path, "nests too deep")])
            waiting.extend((below, part, depth + 1) for below, part in _parts(path, item))
        elif not (item is None or isinstance(item, bool | int)):
            _refuse(path, f"a value of type {type(item).__name__} is not JSON")


def _parts(path: str, item: Any) -> Iterable[tuple[str, Any]]:
    if isinstance(item, dict):
        table = cast("dict[Any, Any]", item)
        for key, part in table.items():
            if not isinstance(key, str):
                _refuse(path, f"the key {key!r} is not a text")
            _check_text(path, key)
            yield f"{path}.{key}", part
    else:
        for index, part in enumerate(cast("list[Any]", item)):
            yield f"{path}.{index}", part


def _check_text(path: str, text: str) -> None:
    if "\0" in text:
        _refuse(path, "a text contains NUL")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            _refuse(path, "a text contains half of a surrogate pair")


class _ContentError(ValueError):
    """Raised inside the decoder's hooks; its text is for people."""


def _no_constant(text: str) -> NoReturn:
    raise _ContentError(f"{text} is not a JSON number")


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))
        raise _ContentError(f"the key {twice!r} stands twice in one object")
    return table


def _encoded_length(text: str, name: str) -> int:
    try:
        return len(text.encode())
    except UnicodeEncodeError:
        _refuse(name, "the text contains half of a surrogate pair")


def _too_deep(name: str, limits: JsonLimits) -> str:
    return f"{name} nests deeper than {limits.max_depth} levels"


def _refuse(path: str, detail: str) -> NoReturn:
    raise JsonInvalidError(f"{path}: {detail}", fields=[FieldProblem(path, detail)])
