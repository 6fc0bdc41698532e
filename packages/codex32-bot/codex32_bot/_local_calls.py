"""What a laptop does when a bot calls another or asks a person: it runs the file beside it, it asks the
terminal.
"""

from __future__ import annotations

import getpass
import importlib.util
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from . import _platform
from ._local import LocalPlatform
from .errors import BotCallError

DEEPEST = 8
_ANSWERS = {"y": "approve", "yes": "approve", "n": "reject", "no": "reject"}
_depth = 1


def call(bot: str, given: dict[str, Any]) -> Any:
    """Run `main` of the file of that bot in this process; its state is its own. Raises BotCallError."""
    global _depth
    if _depth >= DEEPEST:
        raise BotCallError("call_too_deep", f"{_depth} bots call each other in a row already")
    path = _find(bot)
    restore = _platform.use(LocalPlatform(bot))
    _depth += 1
    try:
        return json.loads(json.dumps(_main_of(path)(**given), allow_nan=False))
    except BotCallError:
        raise
    except Exception as error:
        raise BotCallError("bot_error", f"{type(error).__name__}: {error}") from error
    finally:
        _depth -= 1
        restore()


def ask(name: str, message: str) -> dict[str, Any]:
    """`CODEX32_APPROVE` (approve or reject) answers; without it the terminal does. Raises RuntimeError."""
    decision = os.environ.get("CODEX32_APPROVE", "")
    if decision not in {"approve", "reject"}:
        decision = _ask_terminal(name, message)
    return {"decision": decision, "comment": None, "by": getpass.getuser(), "at": time.time()}


def _ask_terminal(name: str, message: str) -> str:
    if not sys.stdin.isatty():
        raise RuntimeError(f"nobody can answer {name!r} here: set CODEX32_APPROVE=approve (or reject)")
    while True:
        sys.stderr.write(f"{message or name} [y/n] ")
        sys.stderr.flush()
        line = sys.stdin.readline()
        if not line:
            raise RuntimeError(f"nobody answered {name!r}")
        if (answer := _ANSWERS.get(line.strip().lower())) is not None:
            return answer


def _find(bot: str) -> Path:
    started = getattr(sys.modules.get("__main__"), "__file__", None)
    folders = [Path(started).resolve().parent if started else Path.cwd(), Path.cwd()]
    names = dict.fromkeys([bot, bot.replace("-", "_")])
    for folder in folders:
        for name in names:
            for path in (folder / f"{name}.py", folder / name / "bot.py", folder.parent / name / "bot.py"):
                if path.is_file():
                    return path
    raise BotCallError("bot_not_found", f"there is no {bot}.py and no {bot}/bot.py beside this bot")


def _main_of(path: Path) -> Any:
    name = f"codex32_called_{path.parent.name}_{path.stem}".replace("-", "_")
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise BotCallError("bot_error", f"{path.name} cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(path.parent))
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(path.parent))
    function = getattr(module, "main", None)
    if not callable(function):
        raise BotCallError("bot_error", f"{path.name} has no function `main`")
    return function
