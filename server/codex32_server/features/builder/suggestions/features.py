"""Advice on what is missing: nobody is told, nothing starts it, nothing tests it; and on bots alike."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from .model import Evidence, Suggestion

_ALIKE = 0.92
_MOST_NAMED = 5


def advise(seen: Evidence) -> Iterator[Suggestion]:
    yield from _told(seen)
    yield from _started(seen)
    yield from _untested(seen)
    yield from _undocumented(seen)
    yield from _twins(seen)


def _told(seen: Evidence) -> Iterator[Suggestion]:
    scheduled = any(trigger.schedule for trigger in seen.manifest.triggers)
    quiet = not seen.manifest.network and not seen.manifest.calls and "emit(" not in seen.code
    if scheduled and quiet and seen.from_recipes:
        yield Suggestion(
            id="tell-somebody",
            kind="feature",
            title="Tell somebody what came out",
            why="It runs by the clock, and its result stands only in the run: nobody is told.",
            impact="medium",
            effort="small",
            wish="also post it to Slack",
        )


def _started(seen: Evidence) -> Iterator[Suggestion]:
    by_hand = [run for run in seen.runs if run.trigger == "api"]
    if seen.manifest.triggers or seen.manifest.kind == "service" or len(by_hand) < _MOST_NAMED:
        return
    yield Suggestion(
        id="schedule",
        kind="feature",
        title="Run it by the clock",
        why=f"Its last {len(by_hand)} runs were started by hand.",
        impact="medium",
        effort="small",
        wish="run it every weekday at 9",
    )


def _untested(seen: Evidence) -> Iterator[Suggestion]:
    """Functions that no test names and nothing that a test names ever calls."""
    functions = {
        node.name: node for node in seen.tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }
    if not seen.tests or not functions:
        return
    reached: set[str] = set()
    queue = [name for name in functions if re.search(rf"\b{re.escape(name)}\b", seen.tests)]
    while queue:
        name = queue.pop()
        if name not in reached:
            reached.add(name)
            queue += [one for one in _names_in(functions[name]) if one in functions]
    missing = [
        name for name, node in functions.items() if name not in reached and isinstance(node, ast.FunctionDef)
    ]
    if not missing:
        return
    shown = ", ".join(missing[:_MOST_NAMED])
    yield Suggestion(
        id="untested-functions",
        kind="test",
        title=f"Test {shown}",
        why=f"{len(missing)} of {len(functions)} functions are named by no test, nor called by any that is.",
        impact="medium",
        effort="medium",
        wish=f"Write tests for {shown}.",
    )


def _names_in(definition: ast.FunctionDef | ast.ClassDef) -> set[str]:
    return {node.id for node in ast.walk(definition) if isinstance(node, ast.Name)}


def _undocumented(seen: Evidence) -> Iterator[Suggestion]:
    if "README.md" not in seen.files and ast.get_docstring(seen.tree) is None and seen.tree.body:
        yield Suggestion(
            id="no-page",
            kind="feature",
            title="Say what it does",
            why="It has neither a page of documentation nor a docstring.",
            impact="low",
            effort="small",
            wish="Write its docstring and a README.",
        )


def _twins(seen: Evidence) -> Iterator[Suggestion]:
    for name, score in seen.similar:
        if score >= _ALIKE:
            yield Suggestion(
                id=f"similar-{name}",
                kind="similar",
                title=f"It is much like {name}",
                why=f"Their descriptions mean nearly the same (likeness {score:.2f}): "
                "perhaps one of them is enough.",
                impact="low",
                effort="medium",
                bot=name,
            )
