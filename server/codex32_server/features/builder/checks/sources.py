"""The Python files of a bot, parsed once for every check that reads syntax trees."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from codex32_server.features.builder.documents import Severity, Told
from codex32_server.kit import syntax
from codex32_server.kit.manifest.package import BotPackage, is_test


@dataclass(frozen=True)
class Source:
    """One file that parses."""

    path: str
    text: str
    tree: ast.Module

    @property
    def tests(self) -> bool:
        return is_test(self.path)

    @cached_property
    def docstrings(self) -> frozenset[int]:
        """`id` of the constants that only document."""
        owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
        found: set[int] = set()
        for node in ast.walk(self.tree):
            first = node.body[0] if isinstance(node, owners) and node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                found.add(id(first.value))
        return frozenset(found)

    def texts(self) -> Iterator[ast.Constant]:
        """String constants that do something."""
        for node in ast.walk(self.tree):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and id(node) not in self.docstrings
            ):
                yield node


@dataclass(frozen=True)
class Bot:
    """A bot that is sound on paper."""

    package: BotPackage
    sources: tuple[Source, ...]


def bot_of(package: BotPackage, files: Mapping[str, str]) -> Bot:
    """`files` are the package's, and were parsed before: they parse."""
    sources = (Source(path, text, syntax.parse(text)) for path, text in files.items() if path.endswith(".py"))
    return Bot(package, tuple(sources))


def told(code: str, source: Source | str, line: int, message: str, severity: Severity = "error") -> Told:
    """A finding of the static checks."""
    path = source if isinstance(source, str) else source.path
    return Told(stage="checks", code=code, file=path, line=line, message=message, severity=severity)
