"""From the text of an entry file to its `Header`, or to every problem in it with line and column.

What the keys mean is in `schema`, what single texts must look like in `rules`; here they meet a file.
"""

from __future__ import annotations

import platform
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, cast

from pydantic import BaseModel, ValidationError

from ..errors import FieldProblem
from . import rules
from .errors import ManifestError, describe
from .limits import Budget, Ceilings, Limits, Retries
from .locate import Path, Positions, locate
from .schema import PLAIN, TABLE, InjectedSecret, Manifest, Trigger
from .script import Block, find_block, unclosed
from .services import Probe, Service
from .webhook import Webhook

EXAMPLE = """\
# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.codex32]
# name = "my-bot"
# ///"""

_TABLE: Path = ("tool", "codex32")
_TOP_LEVEL = ("requires-python", "dependencies", "tool")
_MAX_DEPENDENCIES = 100
_TOML_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_WHAT = {
    "string_type": 'write a text in quotes, for example "…"',
    "int_type": "write a whole number",
    "int_from_float": "write a whole number",
    "float_type": "write a number",
    "finite_number": "write a finite number",
    "bool_type": "write true or false",
    "tuple_type": "write a list, for example [ … ]",
    "dict_type": "write a table, for example { … }",
    "model_type": "write a table, for example { … }",
}


@dataclass(frozen=True)
class Header:
    """The whole PEP 723 header of a bot, checked."""

    manifest: Manifest
    requires_python: str
    dependencies: tuple[str, ...]
    """PEP 508 requirements, names and versions only."""
    path: str
    block: Block
    positions: Positions

    def problem(self, key: Path, detail: str) -> FieldProblem:
        """A problem with a key of the manifest that was found later (against the signature, say)."""
        return _Reporter(self.block, self.positions).problem((*_TABLE, *key), detail)


class _Reporter:
    """Turns paths of the TOML document into problems with places of the file."""

    def __init__(self, block: Block, positions: Positions) -> None:
        self.block = block
        self.positions = positions

    def problem(self, path: Path, detail: str, *, at_key: bool = False) -> FieldProblem:
        place = self.positions.key(path) if at_key else self.positions.value(path)
        line, column = self.block.position(*place) if place else (self.block.line, 1)
        shown = path[len(_TABLE) :] if path[: len(_TABLE)] == _TABLE else path
        return FieldProblem(".".join(["manifest", *(str(part) for part in shown)]), detail, line, column)


def parse_manifest(
    source: str, *, path: str = "bot.py", ceilings: Ceilings | None = None, python: str | None = None
) -> Manifest:
    """The manifest in the header of a file. Raises ManifestError with every problem in it."""
    return parse_header(source, path=path, ceilings=ceilings, python=python).manifest


def parse_header(
    source: str, *, path: str = "bot.py", ceilings: Ceilings | None = None, python: str | None = None
) -> Header:
    """The whole header of a file; `python` is the version bots run on (this interpreter's without it).

    Raises ManifestError with all problems, in the order of the file.
    """
    block = find_block(source, path)
    if block is None:
        raise _no_header(source, path)
    document = _toml(block, path)
    positions = locate(block.text)
    report = _Reporter(block, positions)
    table = _table(document)
    if table is None:
        step = 'Add to the header:\n\n# [tool.codex32]\n# name = "my-bot"'
        raise _missing(path, "the header has no [tool.codex32] table", block.line, step)
    problems = list(_top_level(document, report, python or platform.python_version()))
    manifest: Manifest | None = None
    try:
        manifest = Manifest.model_validate(table, context=ceilings or Ceilings())
    except ValidationError as error:
        problems += [_explain(cast("dict[str, Any]", item), report) for item in error.errors()]
    if problems or manifest is None:
        problems.sort(key=lambda problem: (problem.line or 0, problem.column or 0))
        raise ManifestError(describe(problems, path), fields=problems)
    requirements = tuple(rules.requirement(text) for text in document.get("dependencies", []))
    return Header(manifest, document.get("requires-python", ""), requirements, path, block, positions)


def _no_header(source: str, path: str) -> ManifestError:
    line = unclosed(source)
    if line is None:
        step = f"Begin the file with:\n\n{EXAMPLE}"
        return _missing(path, "there is no `# /// script` header", 1, step)
    detail = "the header that begins here has no content or no end: a line `# ///` right after its comments"
    return _missing(path, detail, line, f"A header looks like this:\n\n{EXAMPLE}")


def _missing(path: str, detail: str, line: int, next_step: str) -> ManifestError:
    problem = FieldProblem("manifest", detail, line, 1)
    return ManifestError(describe([problem], path), fields=[problem], next_step=next_step)


def _toml(block: Block, path: str) -> dict[str, Any]:
    try:
        return tomllib.loads(block.text)
    except RecursionError:
        problem = FieldProblem("manifest", "the header nests too deep", block.line, 1)
    except ValueError as error:
        # TOMLDecodeError, or a plain ValueError for a number of thousands of digits.
        text = str(error)
        place = _TOML_PLACE.search(text)
        line, column = block.line, 1
        if place and place[1]:
            line, column = block.position(int(place[1]), int(place[2]))
        elif place:
            line, column = block.position(len(block.margins) + 1, 1)
        detail = _TOML_PLACE.sub("", text)
        problem = FieldProblem(
            "manifest", f"the header is not TOML: {detail[:1].lower()}{detail[1:]}", line, column
        )
    raise ManifestError(describe([problem], path), fields=[problem])


def _table(document: dict[str, Any]) -> dict[str, Any] | None:
    tools = document.get("tool")
    table = cast("dict[str, Any]", tools).get("codex32") if isinstance(tools, dict) else None
    return cast("dict[str, Any]", table) if isinstance(table, dict) else None


def _top_level(document: dict[str, Any], report: _Reporter, python: str) -> Iterator[FieldProblem]:
    for key in document:
        if key not in _TOP_LEVEL:
            yield report.problem((key,), _unknown(key, _TOP_LEVEL), at_key=True)
    wanted = document.get("requires-python", "")
    if not isinstance(wanted, str):
        yield report.problem(("requires-python",), _WHAT["string_type"])
    else:
        yield from _complaints(("requires-python",), report, rules.requires_python, wanted, python)
    requirements = document.get("dependencies", [])
    if not isinstance(requirements, list):
        yield report.problem(("dependencies",), _WHAT["tuple_type"])
        return
    items = cast("list[Any]", requirements)
    if len(items) > _MAX_DEPENDENCIES:
        yield report.problem(("dependencies",), f"more than {_MAX_DEPENDENCIES} dependencies")
    for index, text in enumerate(items[:_MAX_DEPENDENCIES]):
        if isinstance(text, str):
            yield from _complaints(("dependencies", index), report, rules.requirement, text)
        else:
            yield report.problem(("dependencies", index), _WHAT["string_type"])


def _complaints(path: Path, report: _Reporter, rule: Any, *arguments: str) -> Iterator[FieldProblem]:
    try:
        rule(*arguments)
    except ValueError as error:
        yield report.problem(path, str(error))


def _explain(error: dict[str, Any], report: _Reporter) -> FieldProblem:
    """One pydantic error as a sentence with a place."""
    kind: str = error["type"]
    location: Path = tuple(error["loc"])
    if location[:1] == ("secrets",) and location[2:3] in ((PLAIN,), (TABLE,)):
        location = (*location[:2], *location[3:])  # which of the two ways it was is not a key
    context: dict[str, Any] = error.get("ctx", {})
    if kind == "extra_forbidden":
        detail = _unknown(str(location[-1]), tuple(_model(location[:-1]).model_fields))
        return report.problem((*_TABLE, *location), detail, at_key=True)
    if kind == "missing":
        examples = _model(location[:-1]).model_fields[str(location[-1])].examples or ["…"]
        detail = f'{location[-1]} is missing; write for example {location[-1]} = "{examples[0]}"'
    elif kind == "literal_error":
        detail = f"{error['input']!r} is not allowed here; write {context['expected']}"
    elif kind == "value_error":
        detail = str(context["error"])
    elif kind == "codex32":
        location, detail = (*location, *context["below"]), context["detail"]
    else:
        detail = _WHAT.get(kind) or str(error["msg"]).replace("Input should", "it should")
    return report.problem((*_TABLE, *location), detail)


def _model(location: Path) -> type[BaseModel]:
    """The table that stands at a path of the manifest."""
    tables: dict[str, type[BaseModel]] = {
        "limits": Limits,
        "budget": Budget,
        "retries": Retries,
        "triggers": Trigger,
        "secrets": InjectedSecret,
    }
    if location[:1] == ("service",):
        return Probe if location[1:] else Service
    if "webhook" in location:
        return Webhook
    return tables[str(location[0])] if location else Manifest


def _unknown(key: str, known: Sequence[str]) -> str:
    near = get_close_matches(key, known, n=1, cutoff=0.6)
    if near:
        return f"unknown key {key!r}; did you mean {near[0]!r}?"
    return f"unknown key {key!r}; known are {', '.join(known)}"
