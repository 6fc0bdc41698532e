"""What the tests of a bot showed before and show no more: fewer cases, empty ones, functions out of reach.

Read from the syntax trees; nothing is run. A test under another name is no loss, and a function that is not
there any more needs none.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from codex32_server.kit import syntax
from codex32_server.kit.manifest.package import is_test

_ASSERTS = frozenset({"raises", "warns", "fail"})
_SKIPS = frozenset({"skip", "skipif", "xfail"})
_MOST_NAMED = 5
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class Shown:
    """What tests show of a bot."""

    cases: dict[str, int | None] = field(default_factory=dict[str, "int | None"])
    """Test → how often it runs; None: its cases are not written down in the test."""
    empty: set[str] = field(default_factory=set[str])
    """Tests that assert nothing."""
    functions: set[str] = field(default_factory=set[str])
    covered: set[str] = field(default_factory=set[str])
    """Functions that a test names, or that are called by one that is."""


def lost(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """What is shown no more, one line each. Files that do not parse show nothing, and lose nothing."""
    old, new = shown(before), shown(after)
    if old is None or new is None:
        return []
    told: list[str] = []
    was = sum(count or 1 for count in old.cases.values())
    now = sum((old.cases.get(name) or 1) if count is None else count for name, count in new.cases.items())
    gone = sorted(old.cases.keys() - new.cases.keys())
    if now < was:
        named = f" (gone: {_named(gone)})" if gone else ""
        told.append(f"there are {now} cases where there were {was}{named}")
    emptied = sorted((old.cases.keys() & new.empty) - old.empty)
    if emptied:
        told.append(f"these tests assert nothing any more: {_named(emptied)}")
    bare = sorted((old.covered & new.functions) - new.covered)
    if bare:
        told.append(f"no test reaches any more: {_named(bare)}")
    return told


def shown(files: Mapping[str, str]) -> Shown | None:
    """None where a file does not parse."""
    found = Shown()
    names: set[str] = set()
    definitions: dict[str, Function] = {}
    for path, text in files.items():
        if not path.endswith(".py"):
            continue
        try:
            tree = syntax.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
        if is_test(path):
            names |= _names_in(tree)
            for test in _tests(tree):
                found.cases[test.name] = _count(test)
                if not _asserts(test, tree):
                    found.empty.add(test.name)
        else:
            definitions |= {one.name: one for one in _functions(tree.body)}
    found.functions = set(definitions)
    found.covered = _reached(names, definitions)
    return found


def _tests(tree: ast.Module) -> Iterator[Function]:
    """Those that run: a test that is skipped shows nothing."""
    classes = [one.body for one in tree.body if isinstance(one, ast.ClassDef)]
    for body in (tree.body, *classes):
        for node in _functions(body):
            if node.name.startswith("test") and not _SKIPS & set(map(_mark, node.decorator_list)):
                yield node


def _functions(body: Sequence[ast.stmt]) -> list[Function]:
    return [node for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def _mark(decorator: ast.expr) -> str:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return called.attr if isinstance(called, ast.Attribute) else ""


def _count(test: Function) -> int | None:
    """How many cases its marks make of it."""
    count = 1
    for decorator in test.decorator_list:
        if _mark(decorator) != "parametrize" or not isinstance(decorator, ast.Call):
            continue
        values = decorator.args[1] if len(decorator.args) > 1 else None
        if not isinstance(values, ast.List | ast.Tuple):
            return None
        count *= len(values.elts)
    return count


def _asserts(test: Function, tree: ast.Module) -> bool:
    """Itself, or a function of the same file that it calls."""
    called = {
        node.func.id
        for node in ast.walk(test)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    near = [one for one in _functions(tree.body) if one.name in called]
    return any(_says(node) for one in (test, *near) for node in ast.walk(one))


def _says(node: ast.AST) -> bool:
    if isinstance(node, ast.Assert):
        return any(isinstance(part, ast.Name) for part in ast.walk(node.test))
    if not isinstance(node, ast.Call):
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return name in _ASSERTS or name.startswith("assert")


def _names_in(tree: ast.AST) -> set[str]:
    return {
        node.attr if isinstance(node, ast.Attribute) else node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name | ast.Attribute)
    }


def _reached(names: set[str], definitions: Mapping[str, Function]) -> set[str]:
    reached: set[str] = set()
    queue = [name for name in definitions if name in names]
    while queue:
        name = queue.pop()
        if name not in reached:
            reached.add(name)
            queue += [one for one in _names_in(definitions[name]) if one in definitions]
    return reached


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return f"{', '.join(names[:_MOST_NAMED])}{more}"
