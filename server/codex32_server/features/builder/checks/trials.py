"""Whether there are tests that say something: functions that pytest collects, and assertions in them."""

from __future__ import annotations

import ast
from typing import Final

from codex32_server.features.builder.checks.sources import Bot, Source, told
from codex32_server.features.builder.documents import Told

_ASSERTS: Final = frozenset({"raises", "warns", "fail", "approx"})
_MOST_NAMED: Final = 5


def check(bot: Bot) -> list[Told]:
    """`tests-missing` is an error; tests of which some assert nothing are a warning."""
    tests = [(source, test) for source in bot.sources if source.tests for test in _tests(source)]
    if not tests:
        says = "There are no tests: nothing is published that was not proven. Add test_bot.py."
        return [told("tests-missing", "test_bot.py", 0, says)]
    empty = [(source, test) for source, test in tests if not _asserts(test, source)]
    if len(empty) == len(tests):
        return [
            told("tests-missing", tests[0][0], 0, "No test asserts anything, so nothing would be proven.")
        ]
    if not empty:
        return []
    names = ", ".join(test.name for _, test in empty[:_MOST_NAMED])
    first, test = empty[0]
    return [told("tests-empty", first, test.lineno, f"These tests assert nothing: {names}.", "warning")]


def _tests(source: Source) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [
        node
        for node in ast.walk(source.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test")
    ]


def _asserts(test: ast.AST, source: Source, deep: bool = True) -> bool:
    """Itself, by pytest, or in a function of the same file that it calls."""
    called: set[str] = set()
    for node in ast.walk(test):
        if isinstance(node, ast.Assert) and any(isinstance(part, ast.Name) for part in ast.walk(node.test)):
            return True  # `assert True` says nothing of the bot
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in _ASSERTS or name.startswith(("assert", "check", "expect")):
                return True
            called.add(name)
    near = [node for node in source.tree.body if isinstance(node, ast.FunctionDef) and node.name in called]
    return deep and any(_asserts(node, source, deep=False) for node in near)
