"""Where in a bot something happens: the step that is open, and how often a name has come before.

A place has the same name in every attempt as long as the bot takes the same way; that is how a later attempt
knows what is done already.
"""

from __future__ import annotations

from _contextvars import ContextVar

from ._current import platform

TYPE_CHECKING = False  # typing itself costs 5 ms of each run
if TYPE_CHECKING:
    from _contextvars import Token

LONGEST_NAME = 100
_step: ContextVar[str] = ContextVar("codex32_step", default="")


def open_step() -> str:
    """The place of the innermost open step, empty outside of all."""
    return _step.get()


def enter(place: str) -> Token[str]:
    """Open a step for what is called from here."""
    return _step.set(place)


def leave(token: Token[str]) -> None:
    """Close it again."""
    _step.reset(token)


def place(kind: str, name: str) -> str:
    """`kind:name#count`, below the open step."""
    outer = open_step()
    here = f"{outer}/{kind}:{name}" if outer else f"{kind}:{name}"
    return f"{here}#{count(here)}"


def count(what: str) -> int:
    """How often this has been asked in this attempt, this time included."""
    counts = platform().counts
    counts[what] = counts.get(what, 0) + 1
    return counts[what]


def checked_name(name: str, what: str) -> str:
    """Raises ValueError for what cannot name a step."""
    if not isinstance(name, str):  # pyright: ignore[reportUnnecessaryIsInstance] - a bot's argument
        raise TypeError(f"the name of {what} is a text, not {type(name).__name__}")
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable() or "#" in name:
        raise ValueError(
            f"the name of {what} is a printable text of 1 to {LONGEST_NAME} characters without #, "
            f"not {name[:40]!r}"
        )
    return name
