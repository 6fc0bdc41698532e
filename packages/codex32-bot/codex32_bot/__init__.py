"""What a Codex-32 bot calls. Standard library only.

    from codex32_bot import approval, call, emit, files, log, run, search, secrets, sleep, state, step

Inside the sandbox the calls go to the platform; on a laptop (plain `python bot.py`, pytest) the same calls
work with the console, the current folder and a small state file. `codex32_bot.testing` gives a test a clean
workbench.

Deliberately absent: anything that decides what a bot may do. That is enforced outside of the process.
"""

from __future__ import annotations

from ._secrets import secrets as secrets

TYPE_CHECKING = False  # typing itself costs 5 ms of each run
if TYPE_CHECKING:
    from ._calls import call as call
    from ._events import emit as emit
    from ._knowledge import search as search
    from ._steps import step as step
    from ._waits import Decision as Decision
    from ._waits import approval as approval
    from ._waits import sleep as sleep
    from .errors import ApprovalRejected as ApprovalRejected
    from .errors import BotCallError as BotCallError

__version__ = "0.1.0"

_HOMES = {
    "ApprovalRejected": "errors",
    "BotCallError": "errors",
    "Decision": "_waits",
    "approval": "_waits",
    "call": "_calls",
    "emit": "_events",
    "search": "_knowledge",
    "sleep": "_waits",
    "step": "_steps",
}


def __getattr__(name: str) -> object:
    """Loads a call on first use: a bot pays only for what it imports."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - as little as possible until it is needed

    found = getattr(import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = found
    return found
