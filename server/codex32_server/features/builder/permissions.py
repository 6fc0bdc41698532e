"""What a bot may touch, read from its manifest: that is what the platform enforces."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from codex32_server.features.builder.contract import Permissions
from codex32_server.kit import syntax
from codex32_server.kit.manifest.package import is_test
from codex32_server.kit.manifest.schema import Manifest


def permissions_of(manifest: Manifest, dependencies: Sequence[str], files: Mapping[str, str]) -> Permissions:
    """State and events need no permission: what the code does about them is told all the same."""
    used = set(_used(files))
    budget = manifest.budget.per_run
    return Permissions(
        network=[str(host) for host in manifest.network],
        secrets=list(manifest.secret_names),
        models="llm" in used or any(vars(manifest.budget).values()),
        budget_per_run=None if budget is None else str(budget),
        dependencies=list(dependencies),
        state="state" in used,
        calls=[str(bot) for bot in manifest.calls],
        events=sorted(_events(files)),
    )


def wider(before: Permissions, after: Permissions) -> list[str]:
    """What the second may touch and the first may not, one line each."""
    lists = {
        "network": "reach {}",
        "secrets": "read the secret {}",
        "dependencies": "use the package {}",
        "calls": "call the bot {}",
        "events": "emit the event {}",
    }
    more = [
        line.format(item)
        for field, line in lists.items()
        for item in getattr(after, field)
        if item not in getattr(before, field)
    ]
    if after.models and not before.models:
        more.append("ask models")
    if after.budget_per_run != before.budget_per_run and after.budget_per_run is not None:
        more.append(
            f"spend up to {after.budget_per_run} a run (before: {before.budget_per_run or 'nothing'})"
        )
    return more


def _trees(files: Mapping[str, str]) -> Iterator[ast.Module]:
    for path, text in files.items():
        if path.endswith(".py") and not is_test(path):
            try:
                yield syntax.parse(text)
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                continue  # the checks say so


def _used(files: Mapping[str, str]) -> Iterator[str]:
    """Names of `codex32_bot` that the code imports or reads."""
    for tree in _trees(files):
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("codex32_bot"):
                yield from (alias.name for alias in node.names)
                yield from (node.module or "").split(".")[1:]
            elif (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id == "codex32_bot"
            ):
                yield node.attr


def _events(files: Mapping[str, str]) -> Iterator[str]:
    """Types of events that are named where they are emitted."""
    for tree in _trees(files):
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            first = node.args[0]
            if called == "emit" and isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value
