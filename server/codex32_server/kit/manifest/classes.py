"""Classes of the bot's file to JSON Schema: enums, TypedDicts, dataclasses, pydantic models. Syntax only."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from .annotations import Annotations, Schema, as_json, union
from .docstrings import parse_docstring
from .source import Module

Kind = Literal["enum", "typeddict", "dataclass", "model", "plain", "unknown"]

_ENUMS = {"enum.Enum", "enum.StrEnum", "enum.IntEnum"}
_MIXINS = {"builtins.str", "builtins.int", "builtins.float"}
_DATACLASSES = {"dataclasses.dataclass", "pydantic.dataclasses.dataclass"}
_FIELD_CALLS = {"pydantic.Field", "dataclasses.field"}
_MISSING: Any = object()


@dataclass(frozen=True)
class _Field:
    """One field of a class, as its syntax tells it."""

    name: str
    annotation: ast.expr
    value: ast.expr | None


class Classes:
    """The classes that a signature refers to, each once under `$defs`, so that they may be recursive."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.defs: dict[str, Schema] = {}
        self.kinds: dict[str, Kind] = {}
        self.annotations = Annotations(module, self.refer)

    def refer(self, node: ast.ClassDef) -> Schema:
        """A `$ref` to the class, described on first sight; `{}` if its syntax does not tell enough."""
        kind = self._kind(node)
        if kind == "unknown":
            self.annotations.inexact = True
            return {}
        if kind == "plain":
            detail = (
                f"{node.name} cannot come from JSON; make it a dataclass, a TypedDict or a pydantic model"
            )
            self.annotations.problems.append(self.module.problem(f"main.{node.name}", detail, node))
            return {}
        if node.name not in self.defs:
            self.defs[node.name] = {}
            self.defs[node.name] = self._enum(node) if kind == "enum" else self._object(node, kind)
        return {"$ref": f"#/$defs/{node.name}"}

    def default(self, node: ast.expr) -> Any:
        """The JSON value of a default (literal, constant, member of an own enum), `_MISSING` without one."""
        if isinstance(node, ast.Attribute):
            owner = self.module.classes.get(node.value.id) if isinstance(node.value, ast.Name) else None
            members = dict(self._members(owner)) if owner else {}
            return members.get(node.attr, _MISSING)
        try:
            return as_json(self.module.constant(node))
        except ValueError:
            return _MISSING

    def optional(self, schema: Schema, value: ast.expr) -> Schema:
        """The schema with its default, where JSON can show it."""
        default = self.default(value)
        if default is _MISSING:
            return schema
        if default is None and not allows_null(schema):
            # `x: int = None` means that None is fine, whatever a strict type checker says.
            told = {key: schema[key] for key in ("description", "title") if key in schema}
            bare = {key: item for key, item in schema.items() if key not in told}
            schema = {**union([bare, {"type": "null"}]), **told}
        return {**schema, "default": default}

    def _kind(self, node: ast.ClassDef) -> Kind:
        """Each class is judged once; while that goes on, a class that inherits from itself is unknown."""
        if node.name not in self.kinds:
            self.kinds[node.name] = "unknown"
            self.kinds[node.name] = self._judge(node)
        return self.kinds[node.name]

    def _judge(self, node: ast.ClassDef) -> Kind:
        decorators = [_called(decorator) for decorator in node.decorator_list]
        if any(self.module.qualified(decorator) in _DATACLASSES for decorator in decorators):
            return "dataclass"
        bases = [self._base(base) for base in node.bases]
        for kind in ("enum", "typeddict", "model", "dataclass"):
            if kind in bases:
                return kind
        known = not node.decorator_list and not node.keywords and all(base == "plain" for base in bases)
        return "plain" if known else "unknown"

    def _base(self, base: ast.expr) -> Kind:
        name = self.module.qualified(base)
        if name is None:
            return "unknown"
        if name.startswith(".") and name[1:] in self.module.classes:
            return self._kind(self.module.classes[name[1:]])
        if name in _ENUMS:
            return "enum"
        if name == "typing.TypedDict":
            return "typeddict"
        if name == "pydantic.BaseModel":
            return "model"
        return "plain" if name == "builtins.object" or name in _MIXINS else "unknown"

    def _enum(self, node: ast.ClassDef) -> Schema:
        members = list(self._members(node))
        if not members or any(value is _MISSING for _, value in members):
            self.annotations.inexact = True
            return {}
        return {**_described(node), "enum": [value for _, value in members]}

    def _members(self, node: ast.ClassDef) -> Iterator[tuple[str, Any]]:
        lowered = any(self.module.qualified(base) == "enum.StrEnum" for base in node.bases)
        for statement in node.body:
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)], value=value) if not name.startswith("_"):
                    yield name, self._member(name, value, lowered)
                case _:
                    pass

    def _member(self, name: str, value: ast.expr, lowered: bool) -> Any:
        if isinstance(value, ast.Call) and self.module.qualified(value.func) == "enum.auto" and lowered:
            return name.lower()
        try:
            literal = as_json(self.module.constant(value))
        except ValueError:
            return _MISSING
        return literal if isinstance(literal, str | int | float | bool | None) else _MISSING

    def _object(self, node: ast.ClassDef, kind: Kind) -> Schema:
        properties: dict[str, Schema] = {}
        required: list[str] = []
        told = parse_docstring(_doc(node))
        for owner, item in self._fields(node, kind, set()):
            name, schema, needed = self._property(owner, item, kind)
            if item.name in told.arguments:
                schema = {"description": told.arguments[item.name], **schema}
            properties[name] = schema
            required = [other for other in required if other != name]
            if needed:
                required.append(name)
        schema = {**_described(node), "type": "object", "properties": properties}
        if required:
            schema["required"] = required
        extra = self._extra(node, kind)
        return schema if extra is None else {**schema, "additionalProperties": extra}

    def _fields(
        self, node: ast.ClassDef, kind: Kind, seen: set[str]
    ) -> Iterator[tuple[ast.ClassDef, _Field]]:
        """Own and inherited fields, those of bases first, as dataclasses and pydantic order them."""
        seen.add(node.name)
        for base in reversed(node.bases):
            name = self.module.qualified(base) or ""
            parent = self.module.classes.get(name[1:]) if name.startswith(".") else None
            if parent is not None:
                if parent.name not in seen:
                    yield from self._fields(parent, kind, seen)
            elif name not in ("pydantic.BaseModel", "typing.TypedDict", "builtins.object"):
                self.annotations.inexact = True
        for statement in node.body:
            match statement:
                case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=value):
                    hidden = kind == "model" and (name.startswith("_") or name == "model_config")
                    if not hidden and not self._is_class_variable(annotation):
                        yield node, _Field(name, annotation, value)
                case ast.FunctionDef(decorator_list=decorators) if decorators:
                    # A validator that runs before may accept other shapes than the annotation says.
                    self.annotations.inexact |= any(map(_runs_first, decorators))
                case _:
                    pass

    def _is_class_variable(self, annotation: ast.expr) -> bool:
        outer = annotation.value if isinstance(annotation, ast.Subscript) else annotation
        return self.module.qualified(outer) == "typing.ClassVar"

    def _property(self, owner: ast.ClassDef, item: _Field, kind: Kind) -> tuple[str, Schema, bool]:
        schema = self.annotations.schema(item.annotation)
        if kind == "typeddict":
            return item.name, schema, self._demanded(owner, item.annotation)
        value = item.value
        if value is None:
            return item.name, schema, True
        if isinstance(value, ast.Call) and self.module.qualified(value.func) in _FIELD_CALLS:
            return self._called_field(item.name, schema, value)
        if isinstance(value, ast.Constant) and value.value is ...:
            return item.name, schema, True
        return item.name, self.optional(schema, value), False

    def _called_field(self, name: str, schema: Schema, call: ast.Call) -> tuple[str, Schema, bool]:
        if self.module.qualified(call.func) == "pydantic.Field":
            schema = {**schema, **self.annotations.constraints(call, schema)}
        given = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
        if call.args:
            given["default"] = call.args[0]
        for key in ("alias", "validation_alias"):
            alias = given.get(key)
            if isinstance(alias, ast.Constant) and isinstance(alias.value, str):
                name = alias.value
            elif alias is not None:
                self.annotations.inexact = True
        default = given.get("default")
        if default is None:
            return name, schema, "default_factory" not in given
        if isinstance(default, ast.Constant) and default.value is ...:
            return name, schema, True
        return name, self.optional(schema, default), False

    def _demanded(self, owner: ast.ClassDef, annotation: ast.expr) -> bool:
        outer = self.module.qualified(annotation.value) if isinstance(annotation, ast.Subscript) else None
        if outer in ("typing.Required", "typing.NotRequired"):
            return outer == "typing.Required"
        total = [keyword.value for keyword in owner.keywords if keyword.arg == "total"]
        return not (total and isinstance(total[0], ast.Constant) and total[0].value is False)

    def _extra(self, node: ast.ClassDef, kind: Kind) -> bool | None:
        if kind == "dataclass":
            return False
        for statement in node.body:
            match statement:
                case ast.Assign(targets=[ast.Name(id="model_config")], value=ast.Call(keywords=keywords)):
                    settings = {keyword.arg: keyword.value for keyword in keywords}
                    self.annotations.inexact |= (
                        "alias_generator" in settings or "populate_by_name" in settings
                    )
                    extra = settings.get("extra")
                    return False if isinstance(extra, ast.Constant) and extra.value == "forbid" else None
                case ast.Assign(targets=[ast.Name(id="model_config")]) | ast.ClassDef(name="Config"):
                    self.annotations.inexact = True
                case _:
                    pass
        return None


def allows_null(schema: Schema) -> bool:
    """Is None among the values of this schema?"""
    members: list[Schema] = schema.get("anyOf", [schema])
    return any(
        not member.keys() - {"description", "title"}
        or member.get("type") == "null"
        or None in member.get("enum", ())
        for member in members
    )


def _runs_first(decorator: ast.expr) -> bool:
    modes = (node.value for node in ast.walk(decorator) if isinstance(node, ast.Constant))
    return any(mode in ("before", "wrap", "plain") for mode in modes)


def _called(node: ast.expr) -> ast.expr:
    return node.func if isinstance(node, ast.Call) else node


def _doc(node: ast.ClassDef) -> str | None:
    text = ast.get_docstring(node, clean=False)
    return inspect.cleandoc(text) if text else None


def _described(node: ast.ClassDef) -> Schema:
    text = parse_docstring(_doc(node)).text
    return {"title": node.name, "description": text} if text else {"title": node.name}
