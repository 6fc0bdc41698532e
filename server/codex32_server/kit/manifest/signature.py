"""The input schema of a bot: a JSON Schema (2020-12) from the signature of `main`, read with `ast` alone."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import FieldProblem
from .classes import Classes
from .docstrings import Docstring, parse_docstring
from .errors import MainMissingError, SignatureError, describe
from .source import Module, read_module

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_MAX_PARAMETERS = 100
_MAX_SCHEMA_CHARACTERS = 256 * 1024
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Signature:
    """What `main` takes. `input_schema` always describes one JSON object of keyword arguments."""

    input_schema: dict[str, Any]
    needs_import: bool
    """The syntax did not tell everything and the schema allows more than `main` does; a run in the sandbox in
    mode `schema` would know exactly."""
    is_async: bool
    description: str
    """The docstring of main, without its sections."""
    line: int


def read_signature(source: str, path: str = "bot.py") -> Signature:
    """The signature in a file's text. Raises SourceError, MainMissingError or SignatureError."""
    return signature_of(read_module(path, source))


def signature_of(module: Module) -> Signature:
    """The signature in a file that was read already. Raises MainMissingError or SignatureError."""
    main = module.functions.get("main")
    if main is None:
        return _elsewhere(module)
    try:
        return _described(module, main)
    except RecursionError:
        problem = module.problem("main", "its types nest too deep to be read", main)
        raise SignatureError(describe([problem], module.path), fields=[problem]) from None


def _described(module: Module, main: _Function) -> Signature:
    told = parse_docstring(ast.get_docstring(main))
    classes = Classes(module)
    problems = list(_unsupported(module, main))
    schema = _object(classes, main, told)
    problems += classes.annotations.problems
    if len(json.dumps(schema)) > _MAX_SCHEMA_CHARACTERS:
        problems.append(
            module.problem("main", "its types and defaults describe too much; take less input", main)
        )
    if problems:
        raise SignatureError(describe(problems, module.path), fields=problems)
    inexact = classes.annotations.inexact or bool(main.decorator_list)
    return Signature(schema, inexact, isinstance(main, ast.AsyncFunctionDef), told.text, main.lineno)


def refine(schema: Mapping[str, Any], parameters: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The schema with what a run in mode `schema` told about some parameters (pydantic's own JSON Schemas).

    Defaults and descriptions of the signature stay; `$defs` of the parameters move up to the root, where
    their references look for them.
    """
    properties = dict(schema.get("properties", {}))
    defs = dict(schema.get("$defs", {}))
    for name, told in parameters.items():
        kept = {
            key: properties[name][key]
            for key in ("default", "description")
            if key in properties.get(name, {})
        }
        properties[name] = {key: value for key, value in told.items() if key != "$defs"} | kept
        defs |= told.get("$defs", {})
    refined = {**schema, "properties": properties}
    return {**refined, "$defs": defs} if defs else refined


def _elsewhere(module: Module) -> Signature:
    """`main` that is imported or assigned: known only to an import. Anything else is an error."""
    if "main" in module.imports or module.assigned.get("main") is not None:
        schema = {"$schema": _DIALECT, "type": "object"}
        return Signature(schema, True, False, "", 1)
    detail = "there is no function main at the top level"
    line, column = 1, 1
    if "main" in module.classes:
        line, column = module.place(module.classes["main"])
        detail = "main is a class; it must be a function"
    problem = FieldProblem("main", detail, line, column)
    raise MainMissingError(describe([problem], module.path), fields=[problem])


def _unsupported(module: Module, main: _Function) -> list[FieldProblem]:
    problems: list[FieldProblem] = []
    arguments = main.args
    for argument in arguments.posonlyargs:
        detail = f"{argument.arg} is positional-only; input is given by name, so remove the `/`"
        problems.append(module.problem(f"main.{argument.arg}", detail, argument))
    if arguments.vararg:
        detail = f"*{arguments.vararg.arg} has no names; take a list parameter instead"
        problems.append(module.problem(f"main.{arguments.vararg.arg}", detail, arguments.vararg))
    if len(arguments.args) + len(arguments.kwonlyargs) > _MAX_PARAMETERS:
        problems.append(module.problem("main", f"more than {_MAX_PARAMETERS} parameters", main))
    if _yields(main):
        problems.append(module.problem("main", "main yields; it must return one value", main))
    return problems


def _yields(main: _Function) -> bool:
    waiting: list[ast.AST] = list(main.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            waiting.extend(ast.iter_child_nodes(node))
    return False


def _object(classes: Classes, main: _Function, told: Docstring) -> dict[str, Any]:
    arguments = main.args
    positional = arguments.args
    defaults: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults)) + [
        *arguments.defaults
    ][-len(positional) :]
    properties: dict[str, Any] = {}
    required: list[str] = []
    for argument, default in zip(
        [*positional, *arguments.kwonlyargs], [*defaults, *arguments.kw_defaults], strict=True
    ):
        properties[argument.arg] = _parameter(classes, argument, default, told)
        if default is None:
            required.append(argument.arg)
    schema: dict[str, Any] = {"$schema": _DIALECT, "type": "object", "properties": properties}
    if told.text:
        schema["description"] = told.text
    if required:
        schema["required"] = required
    schema["additionalProperties"] = _others(classes, arguments.kwarg)
    if classes.defs:
        schema["$defs"] = classes.defs
    return schema


def _parameter(
    classes: Classes, argument: ast.arg, default: ast.expr | None, told: Docstring
) -> dict[str, Any]:
    schema: dict[str, Any] = {}
    if argument.annotation is not None:
        schema = classes.annotations.parameter(argument.arg, argument.annotation)
    if argument.arg in told.arguments and "description" not in schema:
        schema = {**schema, "description": told.arguments[argument.arg]}
    return schema if default is None else classes.optional(schema, default)


def _others(classes: Classes, argument: ast.arg | None) -> Any:
    """What `**kwargs` allows; nothing without it."""
    if argument is None:
        return False
    if argument.annotation is None:
        return True
    return classes.annotations.parameter(argument.arg, argument.annotation) or True
