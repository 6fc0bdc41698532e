"""Which files a run of a bot must be given, told from its syntax trees alone: nothing of the bot is imported.

It follows `main` through the functions of the bot's own files to what they ask `codex32_bot.files` for.
What it cannot follow it does not claim: a file is `required` only if every run that ends well has read it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, cast

from .package import is_test
from .source import Module, decode, read_module

Others = Literal["none", "some", "needed"]
_INPUT, _INPUTS = "codex32_bot.files.input", "codex32_bot.files.inputs"
_NEARLY = "choose_input"
"""How bots that were built from recipes ask for a file: one of nearly that name does, or the only one."""
_CATCHING = {"FileNotFoundError", "OSError", "IOError", "EnvironmentError", "Exception", "BaseException"}
_DEEPEST, _MOST_CALLS = 12, 1000
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


def given_files(files: Mapping[str, bytes], entry: str) -> GivenFiles:
    """Of the files (path → content) of a sound bot. Seconds for the largest: call it from a thread."""
    modules = {
        path: _with_all_imports(read_module(path, decode(path, content)))
        for path, content in files.items()
        if path.endswith(".py") and not is_test(path)
    }
    walk = _Walk(modules)
    home = modules[entry]
    loose = [node for node in home.tree.body if not isinstance(node, (*_FUNCTIONS, ast.ClassDef))]
    walk.statements(_Scope(home), loose, certain=True)
    walk.main(home)
    walk.look_for_unseen()
    return GivenFiles(tuple(walk.found.values()), walk.others)


_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


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
        self._seen: set[int] = set()
        self._depth = self._entered = 0
        self.found: dict[tuple[_Value, bool], GivenFile] = {}
        self.others: Others = "none"

    def main(self, home: Module) -> None:
        """The function that a run calls, wherever it comes from."""
        target = self._function(home, ast.Name("main"))
        if target is not None:
            module, main = target
            arguments = [*main.args.args, *main.args.kwonlyargs]
            scope = _Scope(module, {argument.arg: _Parameter(argument.arg) for argument in arguments})
            self.statements(scope, main.body, certain=True)

    def statements(self, scope: _Scope, body: Sequence[ast.stmt], *, certain: bool) -> None:
        """What comes after a statement that may leave the function is not certain any more."""
        for statement in body:
            if certain and _demands_some(scope, statement):
                self._ask_others("needed")
            self._look(scope, statement, certain)
            certain = certain and not _may_leave(statement)

    def look_for_unseen(self) -> None:
        """What asks for files where nothing was seen to lead, such as a method, may be asked for."""
        for module in self._modules.values():
            skipped = module.functions.get(_NEARLY)
            known = {id(node) for node in ast.walk(skipped)} if skipped else set[int]()
            for node in ast.walk(module.tree):
                asks = isinstance(node, ast.Name | ast.Attribute) and module.qualified(node) in (
                    _INPUT,
                    _INPUTS,
                )
                if asks and id(node) not in self._seen | known:
                    self._ask_others("some")

    def _look(self, scope: _Scope, node: ast.AST, certain: bool) -> None:
        for part, sure in _parts(node):
            if isinstance(part, list):
                self.statements(scope, part, certain=certain and sure)
            else:
                self._look(scope, part, certain and sure)
        if isinstance(node, ast.Call):
            self._call(scope, node, certain)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            self._bind(scope, node, certain)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            scope.values[node.id] = None

    def _bind(self, scope: _Scope, node: ast.Assign | ast.AnnAssign, certain: bool) -> None:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if len(targets) != 1 or not isinstance(targets[0], ast.Name) or node.value is None:
            return
        name = targets[0].id
        scope.values[name] = _value(scope, node.value) if certain else None
        if _lists(scope, node.value):
            scope.lists.add(name)
        else:
            scope.lists.discard(name)

    def _call(self, scope: _Scope, call: ast.Call, certain: bool) -> None:
        name = scope.module.qualified(call.func)
        if name in (_INPUT, _INPUTS):
            self._seen.add(id(call.func))
        if name == _INPUTS:
            self._ask_others("some")
        elif name == _INPUT:
            self._ask(_first(scope, call, "name"), certain, exact=True)
        elif isinstance(call.func, ast.Name | ast.Attribute):
            self._enter(scope, call, certain)

    def _enter(self, scope: _Scope, call: ast.Call, certain: bool) -> None:
        """Into a function of the bot's own."""
        target = self._function(scope.module, call.func)
        if target is None or self._depth >= _DEEPEST or self._entered >= _MOST_CALLS:
            return
        module, function = target
        if function.name == _NEARLY:
            self._ask(_first(scope, call, "name"), certain, exact=False)
            return
        self._depth += 1
        self._entered += 1
        self.statements(_Scope(module, _bound(scope, call, module, function)), function.body, certain=certain)
        self._depth -= 1

    def _function(self, module: Module, called: ast.expr) -> tuple[Module, _Function] | None:
        if isinstance(called, ast.Name) and called.id in module.functions:
            return module, module.functions[called.id]
        home, _, name = (module.qualified(called) or "").strip(".").rpartition(".")
        other = self._modules.get(f"{home.replace('.', '/')}.py")
        found = other.functions.get(name) if other else None
        return (other, found) if other and found else None

    def _ask(self, value: _Value, certain: bool, *, exact: bool) -> None:
        if value is None:
            self._ask_others("needed" if certain else "some")
            return
        name, parameter = (None, value.name) if isinstance(value, _Parameter) else (value, None)
        known = self.found.get((value, exact))
        required = certain or (known is not None and known.required)
        self.found[(value, exact)] = GivenFile(name, parameter, required, exact)

    def _ask_others(self, asked: Others) -> None:
        if self.others != "needed":
            self.others = asked


def _parts(node: ast.AST) -> Iterator[tuple[ast.AST | list[ast.stmt], bool]]:
    """What is inside of a node, in its order, and whether it is reached whenever the node is."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda() | ast.ClassDef():
            sure: set[str] = set()
        case ast.If() | ast.IfExp() | ast.While():
            sure = {"test"}
        case ast.For() | ast.AsyncFor():
            sure = {"iter", "target"}
        case ast.Match():
            sure = {"subject"}
        case ast.Try():
            sure = {"finalbody"} if any(map(_forgives, node.handlers)) else {"body", "finalbody"}
        case ast.BoolOp():
            yield from ((value, at == 0) for at, value in enumerate(node.values))
            return
        case _ if isinstance(node, _COMPREHENSIONS):
            yield node.generators[0].iter, True
            yield from ((part, False) for part in ast.iter_child_nodes(node))
            return
        case _:
            sure = set(node._fields)
    for name in node._fields:
        yield from ((part, name in sure) for part in _listed(getattr(node, name, None)))


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


def _forgives(handler: ast.excepthandler) -> bool:
    """Whether a file that is not there may go unnoticed."""
    if not isinstance(handler, ast.ExceptHandler) or isinstance(handler.body[-1], ast.Raise):
        return False
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or ast.unparse(kind).rpartition(".")[2] in _CATCHING for kind in kinds)


def _may_leave(statement: ast.AST) -> bool:
    """Whether the function may end well inside of the statement."""
    if isinstance(statement, (*_FUNCTIONS, ast.ClassDef, ast.Lambda)):
        return False
    return isinstance(statement, ast.Return) or any(map(_may_leave, ast.iter_child_nodes(statement)))


def _demands_some(scope: _Scope, statement: ast.stmt) -> bool:
    """`if not files.inputs(): raise …`, or the same of a name that holds them."""
    if not isinstance(statement, ast.If) or not isinstance(statement.body[-1], ast.Raise):
        return False
    test = statement.test
    return isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) and _lists(scope, test.operand)


def _lists(scope: _Scope, node: ast.expr) -> bool:
    if isinstance(node, ast.Name):
        return node.id in scope.lists
    return isinstance(node, ast.Call) and scope.module.qualified(node.func) == _INPUTS


def _value(scope: _Scope, node: ast.expr) -> _Value:
    if isinstance(node, ast.Name) and node.id in scope.values:
        return scope.values[node.id]
    try:
        constant = scope.module.constant(node)
    except ValueError:
        return None
    return constant if isinstance(constant, str) else None


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
