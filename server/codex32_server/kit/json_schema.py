"""Does a JSON value fit a bot's input schema? With messages for people and a bound on the work.

A subset of JSON Schema 2020-12: what `manifest.signature` writes and what pydantic writes for ordinary
models. Keywords that are not known allow everything (the sandbox checks again), and `pattern` is never
evaluated: a bot's author must not be able to run a regular expression inside the platform.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, Self, cast

from .errors import FieldProblem, InvalidInputError

Schema = Mapping[str, Any]

MAX_PROBLEMS = 20
_SPARE_STEPS = 50_000
_STEPS_PER_PART = 10
_MAX_DEPTH = 200
_KINDS = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}
_FORMATS: Mapping[str, tuple[Callable[[str], Any], str]] = {
    "date": (date.fromisoformat, "a date such as 2026-03-29"),
    "date-time": (datetime.fromisoformat, "a date and time such as 2026-03-29T09:00:00+01:00"),
    "time": (time.fromisoformat, "a time such as 09:00:00"),
    "uuid": (uuid.UUID, "a UUID"),
}


class InputMisfitError(InvalidInputError):
    """An input that does not fit its schema, the same sentence and code with a server and without."""

    code = "input_invalid"
    title = "The input does not fit the bot"
    next_step = "Correct the named fields; the parameters of `main` say what it takes."

    @classmethod
    def of(cls, problems: Sequence[FieldProblem]) -> Self:
        """For at least one problem."""
        first = problems[0]
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        return cls(f"{first.field} {first.detail}{more}.", fields=problems)


class _TooMuchWorkError(Exception):
    """The schema makes checking this value too expensive."""


def check(schema: Schema, value: Any, *, name: str = "input") -> list[FieldProblem]:
    """What does not fit, at most 20 problems, each with a dotted path below `name`; empty if all fits."""
    try:
        problems = list(_Checker(schema, _parts(value)).check(schema, value, name, 0))
    except _TooMuchWorkError:
        return [FieldProblem(name, "it is too complicated to be checked against this schema")]
    return problems[:MAX_PROBLEMS]


class _Checker:
    def __init__(self, root: Schema, parts: int) -> None:
        self.root = root
        self.steps_left = _SPARE_STEPS + _STEPS_PER_PART * parts

    def check(self, schema: Any, value: Any, path: str, depth: int) -> Iterator[FieldProblem]:
        self.steps_left -= 1
        if self.steps_left < 0 or depth > _MAX_DEPTH:
            raise _TooMuchWorkError
        if schema is False:
            yield FieldProblem(path, "is not expected")
        if not isinstance(schema, dict):
            return
        rules = cast("dict[str, Any]", schema)
        if "$ref" in rules:
            yield from self.check(self._resolve(rules["$ref"]), value, path, depth + 1)
        yield from self._unions(rules, value, path, depth)
        if not _is_kind(value, rules.get("type")):
            yield FieldProblem(path, f"must be {_wanted(rules)}, not {_shown(value)}")
            return
        yield from _scalar(rules, value, path)
        if isinstance(value, dict):
            yield from self._object(rules, cast("dict[str, Any]", value), path, depth)
        elif isinstance(value, list):
            yield from self._array(rules, cast("list[Any]", value), path, depth)

    def _resolve(self, reference: str) -> Any:
        if reference.startswith("#/$defs/"):
            return self.root.get("$defs", {}).get(reference.removeprefix("#/$defs/"), True)
        return True

    def _unions(self, rules: dict[str, Any], value: Any, path: str, depth: int) -> Iterator[FieldProblem]:
        for schema in rules.get("allOf", ()):
            yield from self.check(schema, value, path, depth + 1)
        # `oneOf` is read as `anyOf`: pydantic writes it for tagged unions, whose members exclude each other.
        choices: list[Any] = rules.get("anyOf") or rules.get("oneOf") or []
        if not choices:
            return
        closest: list[FieldProblem] = []
        for choice in choices:
            found = list(self.check(choice, value, path, depth + 1))
            if not found:
                return
            if _is_kind(value, self._kind(choice)) and not closest:
                closest = found
        if closest:
            yield from closest
        else:
            yield FieldProblem(path, f"must be {self._any_of(choices)}, not {_shown(value)}")

    def _kind(self, choice: Any) -> Any:
        rules = cast("dict[str, Any]", choice) if isinstance(choice, dict) else {}
        target = self._resolve(rules["$ref"]) if "$ref" in rules else rules
        return cast("dict[str, Any]", target).get("type") if isinstance(target, dict) else None

    def _any_of(self, choices: list[Any]) -> str:
        names = [_wanted({"type": self._kind(choice)}) for choice in choices]
        return " or ".join(dict.fromkeys(names))

    def _object(
        self, rules: dict[str, Any], value: dict[str, Any], path: str, depth: int
    ) -> Iterator[FieldProblem]:
        properties: dict[str, Any] = rules.get("properties", {})
        for key in rules.get("required", ()):
            if key not in value:
                yield FieldProblem(f"{path}.{key}", "is missing")
        others = rules.get("additionalProperties", True)
        for key, item in value.items():
            if key in properties:
                yield from self.check(properties[key], item, f"{path}.{key}", depth + 1)
            elif others is False:
                known = ", ".join(properties) or "none"
                yield FieldProblem(f"{path}.{key}", f"is not expected; known are: {known}")
            else:
                yield from self.check(others, item, f"{path}.{key}", depth + 1)
        yield from _counts(rules, len(value), path, "Properties", "entries")

    def _array(
        self, rules: dict[str, Any], value: list[Any], path: str, depth: int
    ) -> Iterator[FieldProblem]:
        first: list[Any] = rules.get("prefixItems", [])
        rest = rules.get("items", True)
        for index, item in enumerate(value):
            schema = first[index] if index < len(first) else rest
            # Long lists of plain values are common: no generator for each of them.
            plain = isinstance(schema, dict) and len(cast("dict[str, Any]", schema)) == 1 and "type" in schema
            if schema is not True and not (plain and _is_kind(item, schema["type"])):
                yield from self.check(schema, item, f"{path}.{index}", depth + 1)
        yield from _counts(rules, len(value), path, "Items", "items")


def _parts(value: Any) -> int:
    """How many values a value is made of: what may be spent on checking grows with what was sent."""
    count = 0
    waiting = [value]
    while waiting:
        part = waiting.pop()
        count += 1
        if isinstance(part, dict):
            waiting.extend(cast("dict[str, Any]", part).values())
        elif isinstance(part, list):
            waiting.extend(cast("list[Any]", part))
    return count


def _scalar(rules: dict[str, Any], value: Any, path: str) -> Iterator[FieldProblem]:
    if "enum" in rules and not any(_same(value, allowed) for allowed in rules["enum"]):
        yield FieldProblem(
            path, f"must be one of {', '.join(map(repr, rules['enum'][:20]))}, not {_shown(value)}"
        )
    if "const" in rules and not _same(value, rules["const"]):
        yield FieldProblem(path, f"must be {rules['const']!r}, not {_shown(value)}")
    if isinstance(value, str):
        yield from _counts(rules, len(value), path, "Length", "characters")
        parse, example = _FORMATS.get(rules.get("format", ""), (str, ""))
        try:
            parse(value)
        except ValueError:
            yield FieldProblem(path, f"must be {example}, not {_shown(value)}")
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from _bounds(rules, value, path)


def _bounds(rules: dict[str, Any], value: float, path: str) -> Iterator[FieldProblem]:
    if "minimum" in rules and value < rules["minimum"]:
        yield FieldProblem(path, f"must be at least {rules['minimum']}, not {value}")
    if "exclusiveMinimum" in rules and value <= rules["exclusiveMinimum"]:
        yield FieldProblem(path, f"must be more than {rules['exclusiveMinimum']}, not {value}")
    if "maximum" in rules and value > rules["maximum"]:
        yield FieldProblem(path, f"must be at most {rules['maximum']}, not {value}")
    if "exclusiveMaximum" in rules and value >= rules["exclusiveMaximum"]:
        yield FieldProblem(path, f"must be less than {rules['exclusiveMaximum']}, not {value}")
    step = rules.get("multipleOf")
    if isinstance(step, int) and step and value % step:
        yield FieldProblem(path, f"must be a multiple of {step}, not {value}")


def _counts(rules: dict[str, Any], count: int, path: str, kind: str, noun: str) -> Iterator[FieldProblem]:
    low, high = rules.get(f"min{kind}"), rules.get(f"max{kind}")
    if low is not None and count < low:
        yield FieldProblem(path, f"must have at least {low} {noun}, not {count}")
    if high is not None and count > high:
        yield FieldProblem(path, f"must have at most {high} {noun}, not {count}")


def _is_kind(value: Any, wanted: Any) -> bool:
    if wanted is None:
        return True
    if isinstance(wanted, list):
        return any(_is_kind(value, one) for one in cast("list[Any]", wanted))
    match wanted:
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
            return whole and not isinstance(value, bool)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "string":
            return isinstance(value, str)
        case "array":
            return isinstance(value, list)
        case "object":
            return isinstance(value, dict)
        case "null":
            return value is None
        case _:
            return True


def _same(value: Any, allowed: Any) -> bool:
    """JSON equality: true is not 1."""
    return value == allowed and isinstance(value, bool) == isinstance(allowed, bool)


def _wanted(rules: dict[str, Any]) -> str:
    kind = rules.get("type")
    kinds = cast("list[Any]", kind) if isinstance(kind, list) else [kind]
    return " or ".join(_KINDS.get(str(one), "one of the allowed values") for one in kinds)


def _shown(value: Any) -> str:
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    text = "null" if value is None else repr(value)
    return text if len(text) <= 60 else text[:57] + "…"
