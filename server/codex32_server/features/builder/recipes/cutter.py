"""Cuts out of `parts` what a bot needs: functions with everything they call, constants, types and imports.

Works on source text only; the parts are never executed here.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_PACKAGE = "codex32_server.features.builder.recipes.parts"
_IMPORT_LINE = 88
"""Broken early, so that formatters with any usual line length agree."""
_OWN = ("codex32_bot", "openpyxl", "psycopg", "pypdf", "pytest")
"""Not of the standard library: a group of imports of its own."""


@dataclass(frozen=True)
class Definition:
    """One function, class or constant with its source and the names it mentions."""

    name: str
    source: str
    mentions: frozenset[str]
    is_function: bool
    module: str


@dataclass(frozen=True)
class Import:
    """`from module import name`, or `import module` if `name` is empty."""

    module: str
    name: str = ""


@dataclass(frozen=True)
class Library:
    """Everything in `parts`, by name, in the order of the files."""

    definitions: dict[str, Definition]
    proofs: dict[str, Definition]
    imports: dict[str, Import]


@dataclass(frozen=True)
class Cut:
    """What a piece of source needs."""

    imports: str
    types: tuple[str, ...]
    functions: tuple[str, ...]
    names: frozenset[str]


_CALLS = {name: Import("codex32_bot", name) for name in ("call", "emit", "log", "secrets", "state", "step")}
"""What `main` itself may call, whether or not a part does."""


def _read_sources() -> dict[str, str]:
    paths = sorted(files(_PACKAGE).iterdir(), key=lambda path: path.name)
    return {
        path.name: path.read_text(encoding="utf-8")
        for path in paths
        if path.name.endswith(".py") and path.name != "__init__.py"
    }


_SOURCES = _read_sources()
"""Read when the process starts: an upgrade under a running server must not mix old parts with new ones."""


@cache
def library() -> Library:
    """The parts as they were when the process started, parsed once."""
    found = Library({}, {}, dict(_CALLS))
    for name, source in _SOURCES.items():
        _read_module(name, source, found)
    return found


def _read_module(name: str, source: str, found: Library) -> None:
    lines = source.splitlines()
    target = found.proofs if name.startswith("proofs_") else found.definitions
    nodes = ast.parse(source).body
    for at, node in enumerate(nodes):
        if isinstance(node, ast.Import):
            found.imports.update({alias.name: Import(alias.name) for alias in node.names})
        elif isinstance(node, ast.ImportFrom):
            if node.level == 0 and node.module != "__future__":
                found.imports.update(
                    {alias.name: Import(node.module or "", alias.name) for alias in node.names}
                )
        elif defined := _defined_name(node):
            decorators = getattr(node, "decorator_list", [])
            first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
            follow = nodes[at + 1] if at + 1 < len(nodes) else None
            last = (follow.end_lineno if follow and _is_docstring(follow) else node.end_lineno) or node.lineno
            text = "\n".join(lines[first - 1 : last])
            is_function = isinstance(node, ast.FunctionDef)
            target[defined] = Definition(defined, text, mentioned(ast.parse(text)), is_function, name)


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _defined_name(node: ast.stmt) -> str | None:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return node.name
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id
    return None


def mentioned(tree: ast.AST) -> frozenset[str]:
    """All names in the source, also those inside quoted annotations of `cast`."""
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    quoted = [
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "cast"
        and isinstance(node.args[0], ast.Constant)
    ]
    for text in quoted:
        names |= mentioned(ast.parse(str(text)))
    return frozenset(names)


def cut(source: str) -> Cut:
    """Everything from `parts` that the source needs, callers before callees, and the imports of it."""
    known = library()
    wanted: dict[str, Definition] = {}
    queue = _in_order(source)
    names: set[str] = set(queue)
    while queue:
        name = queue.pop(0)
        if name in wanted or name not in known.definitions:
            continue
        definition = known.definitions[name]
        wanted[name] = definition
        names |= definition.mentions
        queue.extend(_in_order(definition.source))
    types = [
        definition
        for name, definition in known.definitions.items()
        if name in wanted and not definition.is_function
    ]
    functions = [definition.source for definition in wanted.values() if definition.is_function]
    imports = render_imports(known.imports[name] for name in names if name in known.imports)
    return Cut(imports, _spaced(types), tuple(functions), frozenset(wanted))


def _in_order(source: str) -> list[str]:
    named = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)]
    ordered = sorted(named, key=lambda node: (node.lineno, node.col_offset))
    every = [node.id for node in ordered]
    return [*dict.fromkeys(every), *sorted(mentioned(ast.parse(source)) - set(every))]


def _spaced(types: Sequence[Definition]) -> tuple[str, ...]:
    """Constants that follow each other in one block of lines; classes on their own."""
    blocks: list[str] = []
    single = False
    for definition in types:
        is_class = "class " in definition.source.splitlines()[-1] or definition.source.startswith(
            ("class", "@")
        )
        if blocks and single and not is_class:
            blocks[-1] += "\n" + definition.source
        else:
            blocks.append(definition.source)
        single = not is_class
    return tuple(blocks)


def proofs_for(names: frozenset[str]) -> list[Definition]:
    """The tests that speak only of functions the bot has, behind the constants that they use."""
    known = library()
    tests = [
        proof
        for proof in known.proofs.values()
        if proof.name.startswith("test_") and (proof.mentions & known.definitions.keys()) <= names
    ]
    mentioned_by_them = frozenset(name for test in tests for name in test.mentions)
    shared = [
        one
        for one in known.proofs.values()
        if not one.name.startswith("test_") and one.name in mentioned_by_them
    ]
    return [*shared, *tests]


def with_helpers(source: str) -> str:
    """The tests with the functions of `proofs_*` that are no tests but help them, such as makers of files."""
    named = mentioned(ast.parse(source))
    helpers = [
        proof.source
        for name, proof in library().proofs.items()
        if name in named
        and proof.is_function
        and not name.startswith("test_")
        and f"def {name}(" not in source
    ]
    return "\n\n\n".join([source, *helpers])


def test_imports(source: str, names: frozenset[str]) -> str:
    """Import lines of a test file: what it uses of the bot (`names`) and of everything else."""
    known = library()
    used = mentioned(ast.parse(source))
    others = render_imports(known.imports[name] for name in used - names if name in known.imports)
    from_bot = sorted((used & names) | {"main"}, key=_import_order)
    line = f"from bot import {', '.join(from_bot)}"
    if len(line) > _IMPORT_LINE:
        line = "\n".join(["from bot import (", *(f"    {name}," for name in from_bot), ")"])
    return "\n\n".join(part for part in (others, line) if part)


def render_imports(needed: Iterable[Import]) -> str:
    """Import lines in groups (standard library, the rest), sorted as isort does."""
    grouped: dict[bool, dict[str, set[str]]] = {False: {}, True: {}}
    for one in needed:
        own = one.module.split(".")[0] in _OWN
        grouped[own].setdefault(one.module if one.name else f" {one.module}", set()).add(one.name)
    blocks = ["\n".join(_import_lines(modules)) for modules in grouped.values() if modules]
    return "\n\n".join(blocks)


def _import_lines(modules: dict[str, set[str]]) -> list[str]:
    plain = [f"import {module.strip()}" for module in sorted(modules) if module.startswith(" ")]
    others = [
        f"from {module} import {', '.join(sorted(modules[module], key=_import_order))}"
        for module in sorted(modules)
        if not module.startswith(" ")
    ]
    return [*plain, *others]


def _import_order(name: str) -> tuple[int, str]:
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[0].isupper() else 2
    return kind, name
