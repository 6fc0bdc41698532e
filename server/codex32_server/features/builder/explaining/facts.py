"""`Explainer` without a model: a bot from its manifest, README, signature and syntax tree."""

from __future__ import annotations

import ast
import asyncio
import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from codex32_server.kit import syntax
from codex32_server.kit.manifest.package import BotPackage, is_test, package_from_files
from codex32_server.kit.manifest.quantities import format_duration, format_size
from codex32_server.kit.manifest.schema import Manifest, Trigger
from codex32_server.kit.markdown import unescaped

from .failing import failure_of
from .port import Explanation, FailedRun, FailureExplanation
from .schedules import said

_READS = frozenset({"files.input", "choose_input"})
"""The second is how bots that were built from recipes find a file of nearly that name."""
_KINDS = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "yes or no",
    "array": "a list",
    "object": "named values",
}
_FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
_MOST_STEPS = 12
_BULLET = re.compile(r"^\s*(?:[-*]|\d+\.)\s+(?P<text>.+)$", re.MULTILINE)
_WHAT_IT_DOES = re.compile(
    r"^##\s+(?:What it does|Qué hace)\s*$(?P<body>.*?)(?=^##\s|\Z)", re.MULTILINE | re.DOTALL
)


class FactsExplainer:
    """Deterministic, free of charge, in English."""

    async def bot(self, files: Mapping[str, str], language: str = "en") -> Explanation:
        """Raises BotFileError and its kinds."""
        del language
        return await asyncio.to_thread(explanation_of, files)

    async def failure(
        self, files: Mapping[str, str], run: FailedRun, language: str = "en"
    ) -> FailureExplanation:
        del language
        return await asyncio.to_thread(failure_of, files, run)


def explanation_of(files: Mapping[str, str]) -> Explanation:
    """Raises BotFileError and its kinds."""
    package = package_from_files({path: text.encode() for path, text in files.items()})
    tree = syntax.parse(files[package.entry])
    calls = list(_calls(files))
    manifest = package.manifest
    return Explanation(
        by="facts",
        title=manifest.title or manifest.name,
        summary=package.description or "It does not say what it does.",
        steps=_steps(package, tree),
        starts=starts_of(manifest),
        takes=_takes(package, calls),
        gives=_gives(tree, calls),
        touches=_touches(package, calls),
    )


def _steps(package: BotPackage, tree: ast.Module) -> list[str]:
    """What the page says, else what `main` calls, in its order."""
    found = _WHAT_IT_DOES.search(package.docs or "")
    if found:
        told = [unescaped(bullet["text"].strip()) for bullet in _BULLET.finditer(found["body"])]
        if told:
            return told[:_MOST_STEPS]
    functions = {node.name: node for node in tree.body if isinstance(node, _FUNCTION)}
    main = functions.get("main")
    called = [node.func.id for node in _in_order(main) if isinstance(node.func, ast.Name)] if main else []
    named = [functions[name] for name in dict.fromkeys(called) if name in functions and name != "main"]
    docs = [ast.get_docstring(function) for function in named]
    return [_sentence(doc) for doc in docs if doc][:_MOST_STEPS]


def starts_of(manifest: Manifest) -> list[str]:
    """What starts a bot, a sentence each."""
    if manifest.kind == "service":
        return ["It stays up by itself."]
    return [_trigger(one) for one in manifest.triggers] or ["Only when somebody starts it."]


def _trigger(trigger: Trigger) -> str:
    if trigger.schedule is not None:
        return f"It starts {said(trigger.schedule, trigger.timezone)}."
    return "A call from outside (webhook) starts it."


def _takes(package: BotPackage, calls: list[tuple[str, str]]) -> list[str]:
    properties = cast("Mapping[str, Mapping[str, Any]]", package.input_schema.get("properties", {}))
    needed = set(cast("list[str]", package.input_schema.get("required", [])))
    told = [_parameter(name, schema, name in needed) for name, schema in properties.items()]
    named = {schema.get("default") for schema in properties.values()}
    files = [name for call, name in calls if call in _READS and name not in named]
    return told + _files(files, "Files that are given to its run.")


def _parameter(name: str, schema: Mapping[str, Any], needed: bool) -> str:
    kind = _KINDS.get(str(schema.get("type")), "a value")
    meaning = str(schema.get("description", "")).strip()
    return (
        f"{name} ({kind}, {_left_out(schema, needed)}){f': {meaning}' if meaning else ''}".rstrip(".") + "."
    )


def _left_out(schema: Mapping[str, Any], needed: bool) -> str:
    """What it is where nobody says it."""
    value = schema.get("default")
    if needed:
        return "needed"
    if value is None or value in ("", [], {}):
        return "may be left out"
    if isinstance(value, bool):
        return f"{'yes' if value else 'no'} unless you say otherwise"
    return (
        f"{value:g} unless you say otherwise"
        if isinstance(value, float)
        else f"{value} unless you say otherwise"
    )


def _gives(tree: ast.Module, calls: list[tuple[str, str]]) -> list[str]:
    mains = (node for node in tree.body if isinstance(node, _FUNCTION) and node.name == "main")
    keys: list[str] = []
    for node in (inner for main in mains for inner in ast.walk(main)):
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Dict):
            constants = [key.value for key in node.value.keys if isinstance(key, ast.Constant)]
            keys += [value for value in constants if isinstance(value, str)]
    told = [f"A result with {', '.join(dict.fromkeys(keys))}."] if keys else []
    written = [name for call, name in calls if call == "files.output"]
    told += _files(written, "Files; it names them itself.")
    return told + [f"The event {name}." for name in dict.fromkeys(_named(calls, "emit"))]


def _files(names: list[str], unnamed: str) -> list[str]:
    """The files by name; `unnamed` where there are only names that the code does not spell out."""
    told = [f"The file {name}." for name in dict.fromkeys(names) if name]
    return told or ([unnamed] if names else [])


def _touches(package: BotPackage, calls: list[tuple[str, str]]) -> list[str]:
    """What the platform enforces, then what it uses of its own."""
    manifest = package.manifest
    told = [f"It may reach {host}." for host in manifest.network]
    told += [f"It may read the secret {name}." for name in manifest.secret_names]
    told += [
        "It may call every bot." if name == "*" else f"It may call the bot {name}." for name in manifest.calls
    ]
    told += [f"It may search the knowledge base {name}." for name in manifest.knowledge]
    caps = [("a run", manifest.budget.per_run), ("a day", manifest.budget.per_day)]
    caps += [("a month", manifest.budget.per_month), ("in all", manifest.budget.total)]
    told += [f"It may spend {money} {period} on models." for period, money in caps if money is not None]
    told += [f"It uses the package {requirement}." for requirement in package.dependencies]
    if any(call.startswith("state.") for call, _ in calls):
        told.append("It remembers values from run to run.")
    if not (manifest.network or manifest.secrets or manifest.calls or package.dependencies):
        told.append("It has no network, no secrets and no other bots.")
    limits = manifest.limits
    return [
        *told,
        f"A run ends after {format_duration(limits.timeout)} and has {_memory(limits.memory)} of memory.",
    ]


def _memory(size: int) -> str:
    """As people say it: `256 MB` for 256 MiB; other sizes as a manifest spells them."""
    return f"{size // 1024**2} MB" if size % 1024**2 == 0 else format_size(size)


def _calls(files: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """(`files.input`, its first argument where that is a text) of every call outside of tests."""
    for path, text in sorted(files.items()):
        if path.endswith(".py") and not is_test(path):
            for node in _in_order(syntax.parse(text)):
                first = node.args[0] if node.args else None
                value = first.value if isinstance(first, ast.Constant) else None
                yield ast.unparse(node.func), value if isinstance(value, str) else ""


def _in_order(tree: ast.AST | None) -> list[ast.Call]:
    """Calls by their place in the file."""
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Call)] if tree else []
    return sorted(found, key=lambda node: (node.lineno, node.col_offset))


def _named(calls: list[tuple[str, str]], function: str) -> list[str]:
    return [name for call, name in calls if call.rpartition(".")[2] == function and name]


def _sentence(doc: str) -> str:
    return " ".join(doc.strip().split("\n\n")[0].split())
