"""The first tests of a bot that has none: from its signature, and what its last runs were given and gave.

They claim no more than is known. What runs gave is held against the same again only where nothing outside can
change it; where the time or chance is asked, only its form is. Whether they pass is for the sandbox to say.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from pprint import pformat
from typing import Any, cast

from codex32_server.features.builder.permissions import permissions_of

from .model import Evidence, Recorded

TESTS = "test_bot.py"
_WIDTH = 96
_MOST_RUNS = 3
_LARGEST = 4_000
"""Characters of one thing that was given or given back."""
_PLAIN = frozenset({"str", "int", "float", "bool", "list", "dict", "Any", "None", "object", "typing"})
_CHANGING = re.compile(
    r"\b(?:random|secrets|uuid|monotonic|perf_counter|utcnow|urandom)\b|\.now\(|\.today\(|\btime\.time\("
)
Main = ast.FunctionDef | ast.AsyncFunctionDef


def first_tests(seen: Evidence) -> str | None:
    """The file; None where a bot has no `main` that tests beside it could call."""
    path = PurePosixPath(seen.entry)
    main = next((one for one in seen.tree.body if isinstance(one, Main) and one.name == "main"), None)
    if main is None or len(path.parts) > 1 or not path.stem.isidentifier():
        return None
    runs = _usable(seen, main)
    tests = [_taking(main), *(_as_run(one, at, _exact(seen)) for at, one in enumerate(runs, 1))]
    return f"{_head(path.stem, bool(runs), seen.name)}\n\n" + "\n\n\n".join(tests) + "\n"


def shows(seen: Evidence) -> str:
    """What the tests show, in words."""
    main = next((one for one in seen.tree.body if isinstance(one, Main) and one.name == "main"), None)
    runs = len(_usable(seen, main)) if main else 0
    told = "They show that it loads and takes the arguments that it takes"
    if not runs:
        return f"{told}; what it gives is for you to add."
    same = "the same as" if _exact(seen) else "things of the same form as"
    return f"{told}, and that it gives {same} in its last {runs} different runs that succeeded."


def _usable(seen: Evidence, main: Main) -> list[Recorded]:
    """Runs of which everything is known that went in, each with something else given."""
    if not _closed(seen, main):
        return []
    found: dict[str, Recorded] = {}
    for run in seen.recorded:
        small = all(len(text) <= _LARGEST for text in (repr(run.given), repr(dict(run.files))))
        if small and isinstance(run.given, Mapping):
            found.setdefault(f"{run.given!r} {sorted(run.files.items())!r}", run)  # pyright: ignore[reportUnknownMemberType] - any JSON
    return list(found.values())[:_MOST_RUNS]


def _closed(seen: Evidence, main: Main) -> bool:
    """Whether nothing but arguments and files goes in, and the arguments are plain JSON."""
    may = permissions_of(seen.manifest, seen.dependencies, seen.files)
    outside = may.network or may.secrets or may.models or may.calls or may.state
    names = {
        node.id
        for argument in (*main.args.args, *main.args.kwonlyargs)
        if argument.annotation is not None
        for node in ast.walk(argument.annotation)
        if isinstance(node, ast.Name)
    }
    service = seen.manifest.kind == "service"
    return not outside and not service and names <= _PLAIN and isinstance(main, ast.FunctionDef)


def _exact(seen: Evidence) -> bool:
    return not any(_CHANGING.search(text) for path, text in seen.files.items() if path.endswith(".py"))


def _head(module: str, runs: bool, name: str) -> str:
    lines = [f'"""Tests of {name}."""', "", "from __future__ import annotations", ""]
    lines += ["import json"] if runs else []
    lines += ["from inspect import signature", "", f"from {module} import main"]
    lines += ["from codex32_bot.testing import workbench"] if runs else []
    return "\n".join([*lines, ""])


def _taking(main: Main) -> str:
    names = [one.arg for one in (*main.args.posonlyargs, *main.args.args)]
    names += [one.arg for one in (main.args.vararg,) if one]
    names += [one.arg for one in (*main.args.kwonlyargs, main.args.kwarg) if one]
    return (
        "def test_it_takes_what_it_took() -> None:\n"
        '    """Whoever starts it relies on these names."""\n'
        f"    assert list(signature(main).parameters) == {_literal(names, 8)}"
    )


def _as_run(run: Recorded, at: int, exact: bool) -> str:
    inputs = f"inputs={_literal(dict(run.files), 8)}" if run.files else ""
    same = exact and len(repr(run.output)) <= _LARGEST
    return "\n".join(
        [
            f"def test_it_gives_what_it_gave_{at}() -> None:",
            f'    """As run {run.id} was given and gave."""',
            f"    given = {_literal(run.given, 4)}",
            f"    with workbench({inputs}):",
            "        gives = json.loads(json.dumps(main(**given)))",
            f"    {_claim(run.output, same)}",
        ]
    )


def _claim(output: Any, same: bool) -> str:
    if same:
        return f"assert gives == {_literal(output, 4)}"
    if isinstance(output, dict):
        return f"assert sorted(gives) == {_literal(sorted(cast('dict[str, Any]', output)), 4)}"
    return "assert gives is None" if output is None else f"assert isinstance(gives, {type(output).__name__})"


def _literal(value: Any, indent: int) -> str:
    """As Python writes it, on as many lines as it takes."""
    lines: Sequence[str] = pformat(value, width=_WIDTH - indent, sort_dicts=False).split("\n")
    if len(lines) == 1:
        return lines[0]
    return "(\n" + "\n".join(f"{' ' * (indent + 4)}{line}" for line in lines) + f"\n{' ' * indent})"
