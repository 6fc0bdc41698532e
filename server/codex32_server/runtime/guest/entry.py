"""Loads the bot's entry file under its own module name, as tests and other modules beside it would."""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec, SourceFileLoader

from .failure import Failure

TYPE_CHECKING = False  # typing itself costs 5 ms of each run
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

BOT_FOLDER = "/bot"
_loaded: dict[str, ModuleType] = {}


def load(entry: str) -> ModuleType:
    """Import `entry` (a path below the bot's folder), or give it again to a process that is used again.

    Raises whatever the bot raises at import.
    """
    if entry in _loaded:
        return _loaded[entry]
    name = entry.removesuffix(".py").replace("/", ".").replace("-", "_")
    path = f"{BOT_FOLDER}/{entry}"
    loader = SourceFileLoader(name, path)
    module = type(sys)(name)
    module.__file__, module.__loader__ = path, loader
    module.__spec__ = ModuleSpec(name, loader, origin=path)
    sys.modules[name] = module
    try:
        loader.exec_module(module)
    except FileNotFoundError as error:
        if error.filename == path:
            raise Failure("bot_error", f"There is no file {entry}.") from None
        raise
    _loaded[entry] = module
    return module


def main_of(module: ModuleType, entry: str) -> Any:
    """The function `main`. Raises Failure if there is none."""
    function = getattr(module, "main", None)
    if not callable(function):
        raise Failure("bot_error", f"{entry} has no function `main`.")
    return function
