"""One Python source file, read and indexed without running it: imports, classes, aliases, constants."""

from __future__ import annotations

import ast
import builtins
import io
import tokenize
from dataclasses import dataclass, field
from typing import Any

from .. import syntax
from ..errors import FieldProblem
from .errors import SourceError, describe

MAX_FILE_BYTES = 1024 * 1024


@dataclass
class Module:
    """The top level of a file. Names that are bound more than once keep the last binding."""

    path: str
    text: str
    tree: ast.Module
    imports: dict[str, str] = field(default_factory=dict[str, str])
    """Local name → qualified name."""
    classes: dict[str, ast.ClassDef] = field(default_factory=dict[str, ast.ClassDef])
    functions: dict[str, ast.FunctionDef | ast.AsyncFunctionDef] = field(
        default_factory=dict[str, "ast.FunctionDef | ast.AsyncFunctionDef"]
    )
    assigned: dict[str, ast.expr | None] = field(default_factory=dict[str, "ast.expr | None"])

    def place(self, node: ast.expr | ast.stmt | ast.arg) -> tuple[int, int]:
        """Line and column (characters, from 1) of a node."""
        line = self.text.split("\n")[node.lineno - 1] if node.lineno else ""
        return node.lineno, len(line.encode()[: node.col_offset].decode(errors="ignore")) + 1

    def problem(self, name: str, detail: str, node: ast.expr | ast.stmt | ast.arg) -> FieldProblem:
        """A problem with a place in this file."""
        line, column = self.place(node)
        return FieldProblem(name, detail, line, column)

    def qualified(self, node: ast.expr) -> str | None:
        """`typing.Optional` for however the file spells it; `.Name` for its own classes; None if unknown."""
        if isinstance(node, ast.Attribute):
            base = self.qualified(node.value)
            return f"{base}.{node.attr}" if base else None
        if not isinstance(node, ast.Name):
            return None
        if node.id in self.imports:
            return _canonical(self.imports[node.id])
        if node.id in self.classes:
            return f".{node.id}"
        if node.id in self.assigned or node.id in self.functions:
            return None
        return f"builtins.{node.id}" if hasattr(builtins, node.id) else None

    def constant(self, node: ast.expr) -> Any:
        """The value of a literal, or of a module constant that is one. Raises ValueError otherwise."""
        if isinstance(node, ast.Name):
            target = self.assigned.get(node.id)
            if target is None or isinstance(target, ast.Name):
                raise ValueError(node.id)
            return ast.literal_eval(target)
        try:
            return ast.literal_eval(node)
        except (TypeError, SyntaxError, MemoryError, RecursionError) as error:
            raise ValueError("not a literal") from error


def _canonical(name: str) -> str:
    for long, short in (("typing_extensions.", "typing."), ("collections.abc.", "typing.")):
        if name.startswith(long):
            return short + name.removeprefix(long)
    return name


def decode(path: str, content: bytes) -> str:
    """The text of a source file. Raises SourceError if it is too large, not UTF-8, or contains NUL."""
    if len(content) > MAX_FILE_BYTES:
        raise _refusal(path, f"the file is larger than {MAX_FILE_BYTES // 1024} KiB")
    if b"\0" in content:
        raise _refusal(path, "the file contains a NUL byte", content[: content.index(b"\0")].count(b"\n") + 1)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise _refusal(path, f"byte {error.start} is not UTF-8; save the file as UTF-8", line) from None
    if path.endswith(".py"):
        _check_declared(path, content)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _check_declared(path: str, content: bytes) -> None:
    """Python would read a file with another declared encoding differently from how it was checked here."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
    except SyntaxError as error:
        raise _refusal(path, str(error.msg), 1) from None
    if encoding not in ("utf-8", "utf-8-sig"):
        raise _refusal(path, f"the file declares the encoding {encoding}; only UTF-8 is accepted", 1)


def read_module(path: str, text: str) -> Module:
    """Parse and index a decoded file. Raises SourceError with line and column of a syntax error.

    Takes about a second for a file of 1 MiB: call it from a thread, not from an event loop.
    """
    try:
        tree = syntax.parse(text, filename=path)
    except SyntaxError as error:
        raise _refusal(path, f"syntax error: {error.msg}", error.lineno or 1, error.offset or 1) from None
    except (RecursionError, MemoryError):
        raise _refusal(path, "the code nests too deep to be read") from None
    except ValueError as error:
        raise _refusal(path, str(error)) from None
    module = Module(path, text, tree)
    for statement in _top_level(tree.body):
        _index(module, statement)
    return module


def _top_level(body: list[ast.stmt]) -> list[ast.stmt]:
    """Statements of the module, including those under `if` and `try` (TYPE_CHECKING, optional imports)."""
    found: list[ast.stmt] = []
    waiting = list(reversed(body))
    while waiting:
        statement = waiting.pop()
        if isinstance(statement, ast.If):
            waiting.extend(reversed([*statement.body, *statement.orelse]))
        elif isinstance(statement, ast.Try):
            handlers = [inner for handler in statement.handlers for inner in handler.body]
            parts = [*statement.body, *handlers, *statement.orelse, *statement.finalbody]
            waiting.extend(reversed(parts))
        else:
            found.append(statement)
    return found


def _index(module: Module, statement: ast.stmt) -> None:
    match statement:
        case ast.Import(names=names):
            for name in names:
                module.imports[name.asname or name.name.split(".")[0]] = (
                    name.name if name.asname else name.name.split(".")[0]
                )
        case ast.ImportFrom(module=origin, names=names, level=level):
            for name in names:
                module.imports[name.asname or name.name] = f"{'.' * level}{origin or ''}.{name.name}"
        case ast.ClassDef(name=name):
            module.classes[name] = statement
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            module.functions[name] = statement
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                if isinstance(target, ast.Name):
                    module.assigned[target.id] = value
        case ast.AnnAssign(target=ast.Name(id=name), value=value):
            module.assigned[name] = value
        case _:
            pass


def _refusal(path: str, detail: str, line: int | None = None, column: int | None = None) -> SourceError:
    problem = FieldProblem(f"files.{path}", detail, line, column)
    return SourceError(describe([problem], path), fields=[problem])
