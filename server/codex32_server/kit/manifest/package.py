"""A bot as a whole: its files, checked, with everything that can be known of it without running it.

`package_from_files` is what the server uses, `read_package` what the command line uses. Neither resolves
dependencies, and neither imports the bot.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any

from .. import json_schema
from ..errors import FieldProblem
from .digest import digest
from .docstrings import parse_docstring
from .errors import ManifestError, PackageError, SourceError, describe
from .filenames import name_problems, path_problem
from .limits import Ceilings
from .manifest import EXAMPLE, Header, parse_header
from .reading import check_size, check_totals, read_files
from .schema import Manifest
from .script import blocks
from .signature import Signature, signature_of
from .source import Module, decode, read_module

_DEFAULT_ENTRY = "bot.py"
_PAGE = "README.md"
_MAX_DESCRIPTION = 2000


@dataclass(frozen=True)
class BotPackage:
    """A bot that is sound on paper. Immutable; equal files make equal packages."""

    entry: str
    """File that holds `main`."""
    files: Mapping[str, bytes]
    """Relative POSIX path → content."""
    manifest: Manifest
    requires_python: str
    dependencies: tuple[str, ...]
    """PEP 508 requirements of the header."""
    input_schema: Mapping[str, Any]
    """JSON Schema (2020-12) of the object of keyword arguments of `main`."""
    needs_import: bool
    """The schema allows more than `main` does; a run in mode `schema` would know exactly."""
    tests: tuple[str, ...]
    """Files that pytest collects: `test_*.py` and `*_test.py`."""
    docs: str | None
    """The page of documentation, README.md."""
    description: str
    """The manifest's, else the first paragraph of the entry file, else of main."""
    digest: str = field(compare=False)
    """`digest(files)` without a lock; a version's name is `digest_with(lock)`."""

    def digest_with(self, lock: bytes | None) -> str:
        """The name of a version of these files with that dependency lock."""
        return digest(self.files, lock)


def read_package(path: Path, *, ceilings: Ceilings | None = None, python: str | None = None) -> BotPackage:
    """The bot in a folder or a single file on disk. Raises BotFileError and its kinds."""
    return package_from_files(read_files(path), ceilings=ceilings, python=python)


def package_from_files(
    files: Mapping[str, bytes], *, ceilings: Ceilings | None = None, python: str | None = None
) -> BotPackage:
    """The bot made of these files (path → content).

    `ceilings` are the most its limits may ask for; `python` is the version it will run on (default: this
    interpreter's). Raises PackageError, PackageTooLargeError, SourceError, ManifestError, MainMissingError or
    SignatureError. Takes up to seconds for the largest allowed sources: call it from a thread.
    """
    _check_files(files)
    modules = _read_sources(files)
    home = _header_file(modules)
    header = parse_header(modules[home].text, path=home, ceilings=ceilings, python=python)
    entry = _entry(header, modules)
    signature = signature_of(modules[entry])
    _check_trigger_inputs(header, signature)
    return BotPackage(
        entry=entry,
        files=MappingProxyType(dict(files)),
        manifest=header.manifest,
        requires_python=header.requires_python,
        dependencies=header.dependencies,
        input_schema=signature.input_schema,
        needs_import=signature.needs_import,
        tests=tuple(sorted(path for path in modules if is_test(path))),
        docs=decode(_PAGE, files[_PAGE]) if _PAGE in files else None,
        description=header.manifest.description or _first_paragraph(modules[entry], signature),
        digest=digest(files),
    )


def is_test(path: str) -> bool:
    """Does pytest collect this file by its defaults?"""
    name = PurePosixPath(path).name
    return name.endswith(".py") and (name.startswith("test_") or name.endswith("_test.py"))


def _check_files(files: Mapping[str, bytes]) -> None:
    check_totals(len(files), sum(len(content) for content in files.values()))
    for path, content in files.items():
        check_size(path, content)
    problems = list(name_problems(set(files)))
    if not files:
        problems = [FieldProblem("files", "the bot has no files")]
    if problems:
        raise PackageError(describe(problems, problems[0].field.removeprefix("files.")), fields=problems)


def _read_sources(files: Mapping[str, bytes]) -> dict[str, Module]:
    """Every Python file, parsed. All files with errors are named at once."""
    modules: dict[str, Module] = {}
    problems: list[FieldProblem] = []
    for path in sorted(files):
        if path.endswith(".py"):
            try:
                modules[path] = read_module(path, decode(path, files[path]))
            except SourceError as error:
                problems += error.fields
    if problems:
        raise SourceError(describe(problems, problems[0].field.removeprefix("files.")), fields=problems)
    return modules


def _header_file(modules: Mapping[str, Module]) -> str:
    """The file whose header is the bot's: bot.py, else the only candidate at the top of the folder."""
    if _DEFAULT_ENTRY in modules:
        return _DEFAULT_ENTRY
    candidates = [path for path in modules if "/" not in path and not is_test(path) and path != "conftest.py"]
    marked = [
        path for path in candidates if any(block.kind == "script" for block in blocks(modules[path].text))
    ]
    chosen = marked or candidates
    if len(chosen) == 1:
        return chosen[0]
    if not chosen:
        detail, step = "there is no Python file that could be the bot", f"Add bot.py; it begins:\n\n{EXAMPLE}"
    else:
        detail, step = (
            f"{' and '.join(chosen[:3])} could each be the bot",
            "Name the one with the header bot.py.",
        )
    raise PackageError(detail, fields=[FieldProblem("files", detail)], next_step=step)


def _entry(header: Header, modules: Mapping[str, Module]) -> str:
    entry = header.manifest.entry
    if entry is None:
        return header.path
    if entry not in modules or path_problem(entry):
        problem = header.problem(("entry",), f"{entry!r} is not a Python file of this bot")
        raise ManifestError(describe([problem], header.path), fields=[problem])
    return entry


def _check_trigger_inputs(header: Header, signature: Signature) -> None:
    """A schedule whose input main refuses would fail every time: say so before it is deployed."""
    problems: list[FieldProblem] = []
    for index, trigger in enumerate(header.manifest.triggers):
        # What a webhook does not fix is sent to it.
        schema: Mapping[str, Any] = signature.input_schema
        if trigger.schedule is None:
            schema = {name: rule for name, rule in schema.items() if name != "required"}
        for found in json_schema.check(schema, trigger.input):
            below = tuple(found.field.split(".")[1:])
            detail = f"{'.'.join(('input', *below))} {found.detail}"
            problems.append(header.problem(("triggers", index, "input", *below), detail))
    if problems:
        raise ManifestError(describe(problems, header.path), fields=problems)


def _first_paragraph(module: Module, signature: Signature) -> str:
    text = parse_docstring(ast.get_docstring(module.tree)).text or signature.description
    return " ".join(text.split("\n\n")[0].split())[:_MAX_DESCRIPTION]
