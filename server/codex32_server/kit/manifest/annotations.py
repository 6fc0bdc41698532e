"""Type annotations, as syntax, to JSON Schema (2020-12). Classes of the file are handed on to `classes`.

Two things are left out on purpose, because a bot's author would run them inside the platform: `pattern` (a
regular expression can take exponential time; it is kept as `x-pattern`) and `uniqueItems` (quadratic).
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Sequence
from typing import Any, cast

from ..errors import FieldProblem
from .source import Module

Schema = dict[str, Any]

_MAX_DEPTH = 40
_MAX_STEPS = 5000

_PLAIN: dict[str, Schema] = {
    "builtins.str": {"type": "string"},
    "builtins.int": {"type": "integer"},
    "builtins.float": {"type": "number"},
    "builtins.bool": {"type": "boolean"},
    "builtins.object": {},
    "typing.Any": {},
    "datetime.datetime": {"type": "string", "format": "date-time"},
    "datetime.date": {"type": "string", "format": "date"},
    "datetime.time": {"type": "string", "format": "time"},
    "datetime.timedelta": {"type": "string", "format": "duration"},
    "uuid.UUID": {"type": "string", "format": "uuid"},
    "decimal.Decimal": {"anyOf": [{"type": "number"}, {"type": "string"}]},
    "pathlib.Path": {"type": "string", "format": "path"},
    "pathlib.PurePath": {"type": "string", "format": "path"},
    "pathlib.PurePosixPath": {"type": "string", "format": "path"},
    "pathlib.PosixPath": {"type": "string", "format": "path"},
    "pydantic.EmailStr": {"type": "string", "format": "email"},
    "pydantic.HttpUrl": {"type": "string", "format": "uri"},
    "pydantic.AnyUrl": {"type": "string", "format": "uri"},
    "pydantic.AnyHttpUrl": {"type": "string", "format": "uri"},
    "pydantic.PositiveInt": {"type": "integer", "exclusiveMinimum": 0},
    "pydantic.NonNegativeInt": {"type": "integer", "minimum": 0},
    "pydantic.PositiveFloat": {"type": "number", "exclusiveMinimum": 0},
    "pydantic.NonNegativeFloat": {"type": "number", "minimum": 0},
    "pydantic.StrictStr": {"type": "string"},
    "pydantic.StrictInt": {"type": "integer"},
    "pydantic.StrictFloat": {"type": "number"},
    "pydantic.StrictBool": {"type": "boolean"},
}
_LISTS = {
    "builtins.list", "builtins.set", "builtins.frozenset", "typing.List", "typing.Set", "typing.FrozenSet",
    "typing.Sequence", "typing.MutableSequence", "typing.Iterable", "typing.Collection", "typing.AbstractSet",
    "typing.MutableSet",
}  # fmt: skip
_TUPLES = {"builtins.tuple", "typing.Tuple"}
_TABLES = {"builtins.dict", "typing.Dict", "typing.Mapping", "typing.MutableMapping"}
_NEVER = {
    "builtins.bytes", "builtins.bytearray", "builtins.memoryview", "builtins.complex", "builtins.type",
    "typing.Callable", "typing.Iterator", "typing.Generator", "typing.AsyncIterator", "typing.AsyncGenerator",
    "typing.Awaitable", "typing.Coroutine", "typing.IO", "typing.TextIO", "typing.BinaryIO", "typing.Type",
}  # fmt: skip
_TRANSPARENT = {
    "typing.Required", "typing.NotRequired", "typing.ReadOnly", "typing.Final", "typing.ClassVar",
    "dataclasses.InitVar",
}  # fmt: skip
_CONSTRAINTS = {
    "ge": "minimum",
    "gt": "exclusiveMinimum",
    "le": "maximum",
    "lt": "exclusiveMaximum",
    "multiple_of": "multipleOf",
    "pattern": "x-pattern",
    "description": "description",
    "title": "title",
    "examples": "examples",
}
_MARKS: dict[str, tuple[str, ...]] = {
    "annotated_types.Ge": ("ge",),
    "annotated_types.Gt": ("gt",),
    "annotated_types.Le": ("le",),
    "annotated_types.Lt": ("lt",),
    "annotated_types.Interval": (),
    "annotated_types.MultipleOf": ("multiple_of",),
    "annotated_types.MinLen": ("min_length",),
    "annotated_types.MaxLen": ("max_length",),
    "annotated_types.Len": ("min_length", "max_length"),
    "pydantic.Field": ("default",),
    "pydantic.StringConstraints": (),
    "typing.Doc": ("description",),
    "annotated_doc.Doc": ("description",),
}


class Annotations:
    """Turns annotations of one file into schemas. Collects problems; notes what only an import knows."""

    def __init__(self, module: Module, refer: Callable[[ast.ClassDef], Schema]) -> None:
        self.module = module
        self.refer = refer
        self.problems: list[FieldProblem] = []
        self.inexact = False
        """True once something was met that only importing the file can tell."""
        self._depth = 0
        self._steps = 0
        self._name = "main"

    def parameter(self, name: str, node: ast.expr) -> Schema:
        """The schema of one parameter of main; problems carry its name."""
        self._name = name
        return self.schema(node)

    def schema(self, node: ast.expr) -> Schema:
        """The schema of one annotation; `{}` (anything) where the syntax does not tell."""
        self._depth += 1
        # Aliases that name each other can double at every level: steps are counted as well as depth.
        self._steps += 1
        try:
            bounded = self._depth < _MAX_DEPTH and self._steps < _MAX_STEPS
            return self._schema(node) if bounded else self._unknown()
        finally:
            self._depth -= 1

    def _schema(self, node: ast.expr) -> Schema:
        match node:
            case ast.Constant(value=None):
                return {"type": "null"}
            case ast.Constant(value=str(text)):
                return self._quoted(text, node)
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                return union([self.schema(left), self.schema(right)])
            case ast.Subscript(value=value, slice=inner):
                parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
                return self._generic(value, parts, node)
            case ast.Name() | ast.Attribute():
                return self._named(node)
            case _:
                return self._unknown()

    def _unknown(self) -> Schema:
        self.inexact = True
        return {}

    def _quoted(self, text: str, node: ast.expr) -> Schema:
        try:
            inner = ast.parse(text.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return self._refuse(f"the annotation {text!r} is not a type", node)
        for child in ast.walk(inner):
            ast.copy_location(child, node)
        return self.schema(inner)

    def _refuse(self, detail: str, node: ast.expr) -> Schema:
        self.problems.append(self.module.problem(f"main.{self._name}", detail, node))
        return {}

    def _named(self, node: ast.Name | ast.Attribute) -> Schema:
        name = self.module.qualified(node)
        if name is None:
            alias = self.module.assigned.get(node.id) if isinstance(node, ast.Name) else None
            return self.schema(alias) if alias is not None else self._unknown()
        if name.startswith(".") and name[1:] in self.module.classes:
            return self.refer(self.module.classes[name[1:]])
        if name in _PLAIN:
            return dict(_PLAIN[name])
        if name in _LISTS | _TUPLES:
            return {"type": "array"}
        if name in _TABLES:
            return {"type": "object"}
        if name in _NEVER:
            kind = name.split(".")[-1]
            return self._refuse(f"a value of type {kind} cannot come from JSON; take a text or a file", node)
        return self._unknown()

    def _generic(self, value: ast.expr, parts: Sequence[ast.expr], node: ast.expr) -> Schema:
        name = self.module.qualified(value) or ""
        if name in _TUPLES:
            return self._tuple(parts)
        if not parts:
            return self._unknown()
        if name == "typing.Annotated":
            return self._annotated(parts[0], parts[1:])
        if name == "typing.Optional":
            return union([self.schema(parts[0]), {"type": "null"}])
        if name == "typing.Union":
            return union([self.schema(part) for part in parts])
        if name == "typing.Literal":
            return self._literal(parts, node)
        if name in _LISTS:
            return {"type": "array", "items": self.schema(parts[0])}
        if name in _TABLES:
            return self._table(parts, node)
        if name in _TRANSPARENT:
            return self.schema(parts[0])
        if name in _NEVER:
            return self._named(value) if isinstance(value, ast.Name | ast.Attribute) else self._unknown()
        return self._unknown()

    def _tuple(self, parts: Sequence[ast.expr]) -> Schema:
        match parts:
            case [item, ast.Constant(value=value)] if value is ...:
                return {"type": "array", "items": self.schema(item)}
            case _:
                exact = {"minItems": len(parts), "maxItems": len(parts)}
                listed = {"prefixItems": [self.schema(part) for part in parts]} if parts else {}
                return {"type": "array", **listed, **exact}

    def _table(self, parts: Sequence[ast.expr], node: ast.expr) -> Schema:
        if len(parts) != 2:
            return self._refuse("a dict has two types, of its keys and of its values", node)
        keys = self.schema(parts[0])
        if keys.get("type") not in ("string", "integer", None):
            return self._refuse("the keys of a JSON object are texts; use dict[str, …]", parts[0])
        return {"type": "object", "additionalProperties": self.schema(parts[1])}

    def _literal(self, parts: Sequence[ast.expr], node: ast.expr) -> Schema:
        values: list[Any] = []
        for part in parts:
            try:
                value = ast.literal_eval(part)
            except (ValueError, TypeError):
                return self._unknown()
            if not isinstance(value, str | int | bool | None):
                return self._refuse(f"Literal[{ast.unparse(part)}] cannot come from JSON", node)
            values.append(value)
        return {"enum": values}

    def _annotated(self, of: ast.expr, marks: Sequence[ast.expr]) -> Schema:
        schema = self.schema(of)
        for mark in marks:
            if isinstance(mark, ast.Constant) and isinstance(mark.value, str):
                schema = {**schema, "description": mark.value}
            elif isinstance(mark, ast.Call):
                schema = {**schema, **self.constraints(mark, schema)}
            else:
                self.inexact = True
        return schema

    def constraints(self, call: ast.Call, schema: Schema) -> Schema:
        """What `Field(ge=1, description="…")` or `Ge(1)` adds to a schema; only constants are understood."""
        name = self.module.qualified(call.func) or ""
        if name not in _MARKS:
            self.inexact = True
            return {}
        given = dict(zip(_MARKS[name], call.args, strict=False))
        given |= {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
        found: Schema = {}
        for key, node in given.items():
            target = _CONSTRAINTS.get(key) or _length(key, schema)
            if target is None:
                continue
            try:
                found[target] = as_json(self.module.constant(node))
            except ValueError:
                self.inexact = True
        return found


def _length(key: str, schema: Schema) -> str | None:
    if key not in ("min_length", "max_length"):
        return None
    members: list[Schema] = schema.get("anyOf", [schema])
    kinds = [member.get("type", "") for member in members if member.get("type") != "null"]
    kind = {"array": "Items", "object": "Properties"}.get(kinds[0] if kinds else "", "Length")
    return key[:3] + kind


def union(schemas: Sequence[Schema]) -> Schema:
    """Any of several, flattened; `{}` swallows the rest because it allows everything."""
    flat: list[Schema] = []
    for schema in schemas:
        members: list[Schema] = schema["anyOf"] if set(schema) == {"anyOf"} else [schema]
        flat += [member for member in members if member not in flat]
    if {} in flat:
        return {}
    return flat[0] if len(flat) == 1 else {"anyOf": flat}


def as_json(value: Any) -> Any:
    """A Python literal as JSON (tuples become lists). Raises ValueError where JSON cannot carry it."""
    if isinstance(value, str):
        return clean(value)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return float(value)
    if isinstance(value, list | tuple):
        return [as_json(item) for item in cast("Sequence[Any]", value)]
    if isinstance(value, dict):
        return {clean(key): as_json(item) for key, item in cast("dict[Any, Any]", value).items()}
    raise ValueError("not JSON")


def clean(text: Any) -> str:
    """The text itself. Raises ValueError for NUL and lone surrogates: no database keeps them."""
    if not isinstance(text, str) or "\0" in text:
        raise ValueError("not a text, or NUL in it")
    text.encode()
    return text
