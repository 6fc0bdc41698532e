"""Imports against the manifest: the standard library, `codex32_bot`, own files, dependencies."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Final

from codex32_server.features.builder.checks.sources import Bot, Source, told
from codex32_server.features.builder.documents import Told

_ALWAYS: Final = frozenset({"codex32_bot", "__future__"})
_IN_TESTS: Final = frozenset({"pytest", "_pytest"})
_NAMED_OTHERWISE: Final[Mapping[str, tuple[str, ...]]] = {
    "attrs": ("attr", "attrs"),
    "beautifulsoup4": ("bs4",),
    "google-cloud-storage": ("google",),
    "gitpython": ("git",),
    "lxml": ("lxml",),
    "matplotlib": ("matplotlib", "mpl_toolkits"),
    "opencv-python": ("cv2",),
    "opencv-python-headless": ("cv2",),
    "pillow": ("PIL",),
    "psycopg2-binary": ("psycopg2",),
    "pyjwt": ("jwt",),
    "pymupdf": ("fitz", "pymupdf"),
    "pymysql": ("pymysql",),
    "python-dateutil": ("dateutil",),
    "python-docx": ("docx",),
    "python-dotenv": ("dotenv",),
    "python-pptx": ("pptx",),
    "pyyaml": ("yaml",),
    "scikit-learn": ("sklearn",),
    "setuptools": ("setuptools", "pkg_resources"),
}
_NAME = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")


def check(bot: Bot) -> list[Told]:
    """`import` where a module comes from nowhere; a warning where it can only come along with another."""
    known = _ALWAYS | sys.stdlib_module_names | _own(bot)
    declared = {_plain(requirement) for requirement in bot.package.dependencies}
    offered = {module for name in declared for module in _modules(name)}
    used: set[str] = set()
    found: list[Told] = []
    for source in bot.sources:
        for module, line in _imports(source):
            used.add(module)
            if module in known | offered or (source.tests and module in _IN_TESTS):
                continue
            found.append(_missing(source, module, line, bool(declared - _explained(declared, used, bot))))
    unused = [name for name in sorted(declared) if not {*_modules(name)} & used]
    return [*found, *(_unused(bot, name) for name in unused if not found)]


def _explained(declared: set[str], used: set[str], bot: Bot) -> set[str]:
    """Dependencies that some import is plainly of."""
    everything = used | {module for source in bot.sources for module, _ in _imports(source)}
    return {name for name in declared if {*_modules(name)} & everything}


def _missing(source: Source, module: str, line: int, may_come_along: bool) -> Told:
    if may_come_along:
        says = (
            f"{module!r} is none of the names of the dependencies; it may be what one of them is imported as."
        )
        return told("import", source, line, says, "warning")
    says = (
        f"{module!r} is neither in the standard library nor in the manifest. "
        f'Add the package that has it: dependencies = ["{module}"], or do without it.'
    )
    return told("import", source, line, says)


def _unused(bot: Bot, name: str) -> Told:
    says = f"The dependency {name!r} is declared and nothing of that name is imported."
    return told("import", bot.package.entry, 0, says, "note")


def _own(bot: Bot) -> frozenset[str]:
    """Modules and packages beside the entry."""
    return frozenset(PurePosixPath(path).parts[0].removesuffix(".py") for path in bot.package.files)


def _imports(source: Source) -> Iterator[tuple[str, int]]:
    """Top-level modules and their lines; what is tried and done without is left out."""
    optional = {
        id(node)
        for attempt in ast.walk(source.tree)
        if isinstance(attempt, ast.Try) and any(_spares(handler) for handler in attempt.handlers)
        for statement in attempt.body
        for node in ast.walk(statement)
    }
    for node in ast.walk(source.tree):
        if id(node) in optional:
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name.partition(".")[0], node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.partition(".")[0], node.lineno


def _spares(handler: ast.ExceptHandler) -> bool:
    """Whether it goes on without what could not be imported."""
    caught = "" if handler.type is None else ast.dump(handler.type)
    return "ImportError" in caught or "ModuleNotFoundError" in caught


def _plain(requirement: str) -> str:
    """The name of a PEP 508 requirement, as PyPI compares names."""
    match = _NAME.match(requirement)
    return re.sub(r"[-_.]+", "-", match[1]).lower() if match else requirement


def _modules(name: str) -> tuple[str, ...]:
    """What a distribution is imported as: known, or its name in a few spellings."""
    usual = name.replace("-", "_")
    return (*_NAMED_OTHERWISE.get(name, ()), usual, usual.removeprefix("python_"), usual.partition("_")[0])
