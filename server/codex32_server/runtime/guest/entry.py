"""Loads the bot's entry file under its own module name, as tests and other modules beside it would."""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec, SourceFileLoader

from .failure import Failure

TYPE_CHECKING = False  # typing itself costs 5 ms of each run
if TYPE_CHECKING:
    from types import CodeType, ModuleType
    from typing import Any

BOT_FOLDER = "/bot"
_loaded: dict[str, ModuleType] = {}


def compiled(entry: str) -> CodeType:
    """The code of `entry` (a path below the bot's folder), made of its source and of nothing else that may
    lie there. Raises Failure, SyntaxError.
    """
    loader = _loader(entry)
    try:
        source = loader.get_data(loader.path)
    except FileNotFoundError:
        raise Failure("bot_error", f"There is no file {entry}.") from None
    return loader.source_to_code(source, loader.path)


def load(entry: str, code: CodeType | None = None) -> ModuleType:
    """Import `entry`, compiled already or not, or give it again to a process that is used again.

    Raises whatever the bot raises at import.
    """
    if entry in _loaded:
        return _loaded[entry]
    if code is None:
        code = compiled(entry)
    loader = _loader(entry)
    module = type(sys)(loader.name)
    module.__file__, module.__loader__ = loader.path, loader
    module.__spec__ = ModuleSpec(loader.name, loader, origin=loader.path)
    sys.modules[loader.name] = module
    exec(code, module.__dict__)  # noqa: S102 - what importlib does with it
    _loaded[entry] = module
    return module


def _loader(entry: str) -> SourceFileLoader:
    name = entry.removesuffix(".py").replace("/", ".").replace("-", "_")
    return SourceFileLoader(name, f"{BOT_FOLDER}/{entry}")


def forget(entry: str) -> None:
    """As if `entry` had never been loaded."""
    module = _loaded.pop(entry, None)
    if module is not None:
        sys.modules.pop(module.__name__, None)


def main_of(module: ModuleType, entry: str) -> Any:
    """The function `main`. Raises Failure if there is none."""
    function = getattr(module, "main", None)
    if not callable(function):
        raise Failure("bot_error", f"{entry} has no function `main`.")
    return function
