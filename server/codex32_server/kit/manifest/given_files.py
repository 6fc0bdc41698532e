"""Which files a run of a bot must be given, told from its syntax trees alone: nothing of the bot is imported.

It follows `main` through the functions of the bot's own files to what they ask `codex32_bot.files` for.
What it cannot follow it does not claim: a file is `required` only if every run that ends well has read it.
It gives up where the code is more than it may look at, and then says that there may be others.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Literal, cast

from .package import is_test
from .source import Module, decode, read_module

Others = Literal["none", "some", "needed"]
_INPUT, _INPUTS = "codex32_bot.files.input", "codex32_bot.files.inputs"
_NEARLY = "choose_input"
"""How bots that were built from recipes ask for a file: one of nearly that name does, or the only one."""
_CATCHING = {"FileNotFoundError", "OSError", "IOError", "EnvironmentError", "Exception", "BaseException"}
_DEEPEST, _MOST_CALLS = 12, 1000
_MOST_BYTES = 512 * 1024
"""Of sources that are read; what comes after them is not, the entry first. Half a second."""
_MOST_NODES = 200_000
"""Looked at, each as often as a call leads to it; of a bot that was written by hand it is a few thousand."""
_MOST_FILES, _LONGEST_NAME = 500, 255
"""What an answer holds, because answers are kept."""
_MOST_DOTS = 8
"""In a name that may be a function of the bot's own."""
_Function = ast.FunctionDef | ast.AsyncFunctionDef
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(frozen=True)
class GivenFile:
    """A file that the code asks for: by a name that it spells out, or by a parameter of `main`."""

    name: str | None
    parameter: str | None
    required: bool
    exact: bool = True
    """Whether it must have just this name."""


@dataclass(frozen=True)
class GivenFiles:
    """All that a run may read of what it is given."""

    files: tuple[GivenFile, ...]
    others: Others
    """Files whose names the code works out or lists: none, some if there are any, or at least one."""


@dataclass(frozen=True)
class _Parameter:
    name: str


_Value = str | _Parameter | None
"""Of an expression: a text, a parameter of `main`, or not known."""


@dataclass
class _Scope:
    """A function while it is looked at."""

    module: Module
    values: dict[str, _Value] = field(default_factory=dict[str, "_Value"])
    lists: set[str] = field(default_factory=set[str])
    """Names that hold `files.inputs()`."""


class _Sure(IntEnum):
    """Whether a run that ends well has come through a place in the code."""

    NO = 0
    FIRST = 1
    """It has begun there, and may have left at the first thing that failed."""
    YES = 2


_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def given_files(files: Mapping[str, bytes], entry: str) -> GivenFiles:
    """Of the files (path → content) of a sound bot. Up to seconds: call it from a thread."""
    sources = [path for path in files if path.endswith(".py") and not is_test(path)]
    modules = _read(files, sorted(sources, key=lambda path: path != entry))
    walk = _Walk(modules)
    try:
        if entry in modules:
            walk.run(modules[entry])
        walk.look_for_unseen()
    except RecursionError:
        walk.ask_others("some")
    if walk.exhausted or len(modules) < len(sources):
        walk.ask_others("some")
    return GivenFiles(tuple(walk.found.values()), walk.others)


def _read(files: Mapping[str, bytes], sources: Sequence[str]) -> dict[str, Module]:
    """Those of the sources, in their order, that there is room for."""
    modules: dict[str, Module] = {}
    room = _MOST_BYTES
    for path in sources:
        if len(files[path]) <= room:
            room -= len(files[path])
            modules[path] = _with_all_imports(read_module(path, decode(path, files[path])))
    return modules


def _with_all_imports(module: Module) -> Module:
    """Names that are imported inside of functions too; of two meanings of a name the module's own holds."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                top = name.name if name.asname else name.name.partition(".")[0]
                module.imports.setdefault(name.asname or top, top)
        elif isinstance(node, ast.ImportFrom):
            for name in node.names:
                origin = f"{'.' * node.level}{node.module or ''}.{name.name}"
                module.imports.setdefault(name.asname or name.name, origin)
    return module


class _Walk:
    def __init__(self, modules: Mapping[str, Module]) -> None:
        self._modules = modules
        self._reach = _Reach()
        self._seen: set[int] = set()
        self._depth = self._entered = 0
        self._left = _MOST_NODES
        self.found: dict[tuple[_Value, bool], GivenFile] = {}
        self.others: Others = "none"

    @property
    def exhausted(self) -> bool:
        """Whether there was more than it may look at; it claims nothing from there on."""
        return self._left < 0

    def run(self, home: Module) -> None:
        """The entry, and then the function that a run calls, wherever it comes from."""
        loose = [node for node in home.tree.body if not isinstance(node, (*_FUNCTIONS, ast.ClassDef))]
        self._statements(_Scope(home), loose, _Sure.YES)
        target = self._function(home, ast.Name("main"))
        if target is not None:
            module, main = target
            arguments = [*main.args.args, *main.args.kwonlyargs]
            scope = _Scope(module, {argument.arg: _Parameter(argument.arg) for argument in arguments})
            self._statements(scope, main.body, _Sure.YES)

    def look_for_unseen(self) -> None:
        """What asks for files where nothing was seen to lead, such as a method, may be asked for."""
        for module in self._modules.values():
            skipped = module.functions.get(_NEARLY)
            known = {id(node) for node in ast.walk(skipped)} if skipped else set[int]()
            for node in ast.walk(module.tree):
                asks = isinstance(node, ast.Name | ast.Attribute) and _asks(module, node)
                if asks and id(node) not in known and id(node) not in self._seen:
                    self.ask_others("some")

    def ask_others(self, asked: Others) -> None:
        """Of files whose names are not known."""
        if self.others != "needed":
            self.others = asked

    def _statements(self, scope: _Scope, body: Sequence[ast.stmt], certain: _Sure) -> None:
        """What comes after a statement that may leave is not certain any more."""
        for statement in body:
            if self.exhausted:
                return
            if certain is _Sure.YES and _demands_some(scope, statement):
                self.ask_others("needed")
            self._look(scope, statement, certain)
            fails = certain is _Sure.FIRST and not _cannot_fail(statement)
            if fails or self._reach.may_leave(statement):
                certain = _Sure.NO

    def _look(self, scope: _Scope, node: ast.AST, certain: _Sure) -> None:
        self._left -= 1
        if self.exhausted:
            return
        for part, sure in self._reach.parts(scope.module, node):
            if isinstance(part, list):
                self._statements(scope, part, sure if certain is _Sure.YES else _Sure.NO)
            else:
                self._look(scope, part, min(certain, sure))
        if not self.exhausted:
            self._note(scope, node, certain)

    def _note(self, scope: _Scope, node: ast.AST, certain: _Sure) -> None:
        """What the node itself does, after all that is inside of it."""
        if isinstance(node, ast.Call):
            self._call(scope, node, certain)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            self._bind(scope, node, certain)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            scope.values[node.id] = None

    def _bind(self, scope: _Scope, node: ast.Assign | ast.AnnAssign, certain: _Sure) -> None:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if len(targets) != 1 or not isinstance(targets[0], ast.Name) or node.value is None:
            return
        name = targets[0].id
        scope.values[name] = _value(scope, node.value) if certain else None
        if _lists(scope, node.value):
            scope.lists.add(name)
        else:
            scope.lists.discard(name)

    def _call(self, scope: _Scope, call: ast.Call, certain: _Sure) -> None:
        name = _qualified(scope.module, call.func)
        if name in (_INPUT, _INPUTS):
            self._seen.add(id(call.func))
        if name == _INPUTS:
            self.ask_others("some")
        elif name == _INPUT:
            self._ask(_first(scope, call, "name"), certain, exact=True)
        elif isinstance(call.func, ast.Name | ast.Attribute):
            self._enter(scope, call, certain)

    def _enter(self, scope: _Scope, call: ast.Call, certain: _Sure) -> None:
        """Into a function of the bot's own."""
        target = self._function(scope.module, call.func)
        if target is None or self._depth >= _DEEPEST:
            return
        if self._entered >= _MOST_CALLS:
            self.ask_others("some")
            return
        module, function = target
        if function.name == _NEARLY:
            self._ask(_first(scope, call, "name"), certain, exact=False)
            return
        values = _bound(scope, call, module, function)
        self._left -= len(values)
        self._depth += 1
        self._entered += 1
        self._statements(_Scope(module, values), function.body, certain)
        self._depth -= 1

    def _function(self, module: Module, called: ast.expr) -> tuple[Module, _Function] | None:
        if isinstance(called, ast.Name) and called.id in module.functions:
            return module, module.functions[called.id]
        home, _, name = (_qualified(module, called) or "").strip(".").rpartition(".")
        other = self._modules.get(f"{home.replace('.', '/')}.py")
        found = other.functions.get(name) if other else None
        return (other, found) if other and found else None

    def _ask(self, value: _Value, certain: _Sure, *, exact: bool) -> None:
        name, parameter = (None, value.name) if isinstance(value, _Parameter) else (value, None)
        known = self.found.get((value, exact))
        full = len(self.found) >= _MOST_FILES or len(name or parameter or "") > _LONGEST_NAME
        if value is None or (known is None and full):
            self.ask_others("needed" if certain else "some")
            return
        required = certain > _Sure.NO or (known is not None and known.required)
        self.found[(value, exact)] = GivenFile(name, parameter, required, exact)


class _Reach:
    """How surely the inside of a node is reached by a run that reaches the node and ends well."""

    def __init__(self) -> None:
        self._leaving: dict[int, bool] = {}

    def parts(self, module: Module, node: ast.AST) -> Iterator[tuple[ast.AST | list[ast.stmt], _Sure]]:
        """What is inside of a node, in its order."""
        if isinstance(node, ast.BoolOp):
            yield from ((value, _Sure.NO if at else _Sure.YES) for at, value in enumerate(node.values))
        elif isinstance(node, _COMPREHENSIONS):
            yield node.generators[0].iter, _Sure.YES
            yield from ((part, _Sure.NO) for part in ast.iter_child_nodes(node))
        else:
            sure = self._sure(module, node)
            for name in node._fields:
                how = sure.get(name, _Sure.NO)
                yield from ((part, how) for part in _listed(getattr(node, name, None)))

    def may_leave(self, node: ast.AST) -> bool:
        """Whether the function may end well inside of the statement."""
        if isinstance(node, (*_FUNCTIONS, ast.ClassDef, ast.expr)):
            return False
        if id(node) not in self._leaving:
            inside = any(map(self.may_leave, ast.iter_child_nodes(node)))
            self._leaving[id(node)] = inside or isinstance(node, ast.Return)
        return self._leaving[id(node)]

    def _sure(self, module: Module, node: ast.AST) -> Mapping[str, _Sure]:
        """Of the fields of a node; the others are not sure to be reached."""
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda() | ast.ClassDef():
                return {}
            case ast.If() | ast.IfExp() | ast.While() | ast.Assert():
                return {"test": _Sure.YES}
            case ast.For() | ast.AsyncFor():
                return {"iter": _Sure.YES, "target": _Sure.YES}
            case ast.Match():
                return {"subject": _Sure.YES}
            case ast.Try() | ast.TryStar():
                return {"body": self._tried(node), "finalbody": _Sure.YES}
            case ast.With() | ast.AsyncWith():
                return {"items": _Sure.YES, "body": min(_held(module, item) for item in node.items)}
            case _:
                return dict.fromkeys(node._fields, _Sure.YES)

    def _tried(self, node: ast.Try | ast.TryStar) -> _Sure:
        """Of the body of a `try`: a handler that does not raise again swallows what failed."""
        swallowing = [handler for handler in node.handlers if not self._raises(handler)]
        if any(map(self.may_leave, node.finalbody)) or any(_catches(one.type) for one in swallowing):
            return _Sure.NO
        return _Sure.FIRST if swallowing else _Sure.YES

    def _raises(self, handler: ast.ExceptHandler) -> bool:
        return isinstance(handler.body[-1], ast.Raise) and not any(map(self.may_leave, handler.body))


def _listed(inside: object) -> Iterator[ast.AST | list[ast.stmt]]:
    if isinstance(inside, ast.AST):
        yield inside
    elif isinstance(inside, list):
        nodes = [one for one in cast("list[object]", inside) if isinstance(one, ast.AST)]
        statements = [one for one in nodes if isinstance(one, ast.stmt)]
        if statements:
            yield statements
        else:
            yield from nodes


def _held(module: Module, item: ast.withitem) -> _Sure:
    """Of the body of a `with`: what the bot itself wrote may swallow anything, as `suppress` does."""
    called = item.context_expr.func if isinstance(item.context_expr, ast.Call) else None
    name = _qualified(module, called) if called else None
    if isinstance(item.context_expr, ast.Call) and name == "contextlib.suppress":
        return _Sure.NO if any(map(_catches, item.context_expr.args)) else _Sure.FIRST
    own = isinstance(called, ast.Name) and (called.id in module.functions or called.id in module.classes)
    return _Sure.NO if own else _Sure.YES


def _catches(kind: ast.expr | None) -> bool:
    """Whether it may catch that a file is not there. A name that is not written like a class may hold any."""
    if isinstance(kind, ast.Tuple):
        return any(map(_catches, kind.elts))
    name = kind.attr if isinstance(kind, ast.Attribute) else kind.id if isinstance(kind, ast.Name) else ""
    return name in _CATCHING or name.isupper() or not name.lstrip("_")[:1].isupper()


def _cannot_fail(statement: ast.stmt) -> bool:
    """A docstring, `pass`, or a name for a literal."""
    if isinstance(statement, ast.Assign):
        named = all(isinstance(target, ast.Name) for target in statement.targets)
        return named and isinstance(statement.value, ast.Constant)
    expression = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(statement, ast.Pass) or isinstance(expression, ast.Constant)


def _qualified(module: Module, node: ast.expr) -> str | None:
    """As `Module.qualified`; of a name too long to be looked for it is not worked out."""
    base: ast.expr = node
    for _ in range(_MOST_DOTS):
        if not isinstance(base, ast.Attribute):
            break
        base = base.value
    return module.qualified(node) if isinstance(base, ast.Name) else None


def _asks(module: Module, node: ast.expr) -> bool:
    return _qualified(module, node) in (_INPUT, _INPUTS)


def _demands_some(scope: _Scope, statement: ast.stmt) -> bool:
    """`if not files.inputs(): raise …`, or the same of a name that holds them."""
    if not isinstance(statement, ast.If) or not isinstance(statement.body[-1], ast.Raise):
        return False
    test = statement.test
    return isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) and _lists(scope, test.operand)


def _lists(scope: _Scope, node: ast.expr) -> bool:
    if isinstance(node, ast.Name):
        return node.id in scope.lists
    return isinstance(node, ast.Call) and _qualified(scope.module, node.func) == _INPUTS


def _value(scope: _Scope, node: ast.expr) -> _Value:
    """Of a name, a constant of the module, or a text that is spelled out."""
    if isinstance(node, ast.Name) and node.id in scope.values:
        return scope.values[node.id]
    meant = scope.module.assigned.get(node.id) if isinstance(node, ast.Name) else node
    return meant.value if isinstance(meant, ast.Constant) and isinstance(meant.value, str) else None


def _first(scope: _Scope, call: ast.Call, name: str) -> _Value:
    """The value of the first argument, however it is given."""
    named = [keyword.value for keyword in call.keywords if keyword.arg == name]
    given = [*call.args, *named]
    return _value(scope, given[0]) if given else None


def _bound(scope: _Scope, call: ast.Call, home: Module, function: _Function) -> dict[str, _Value]:
    """What the parameters of a called function hold."""
    arguments = function.args
    names = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
    values: dict[str, _Value] = dict.fromkeys([*names, *(one.arg for one in arguments.kwonlyargs)])
    defaults = dict(zip(reversed(names), reversed(arguments.defaults), strict=False))
    values |= {name: _value(_Scope(home), default) for name, default in defaults.items()}
    if any(isinstance(argument, ast.Starred) for argument in call.args):
        return values
    values |= {name: _value(scope, given) for name, given in zip(names, call.args, strict=False)}
    named = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg in values}
    return values | {str(name): _value(scope, given) for name, given in named.items()}
