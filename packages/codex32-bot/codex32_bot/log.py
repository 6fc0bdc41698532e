"""Log lines with a level and fields: `log.info("rows dropped", count=3)`.

Fields are JSON values; anything else is shown by `str`. `print` works too and becomes a line of stdout
without a level.
"""

from __future__ import annotations

from ._current import platform

TYPE_CHECKING = False  # typing itself costs 5 ms of each run
if TYPE_CHECKING:
    from typing import Any


def debug(text: str, /, **fields: Any) -> None:
    """For the person who looks for a fault."""
    platform().log("debug", str(text), fields)


def info(text: str, /, **fields: Any) -> None:
    """What the bot did."""
    platform().log("info", str(text), fields)


def warning(text: str, /, **fields: Any) -> None:
    """Something a person should look at, the bot goes on."""
    platform().log("warning", str(text), fields)


def error(text: str, /, **fields: Any) -> None:
    """Something went wrong. Does not end the run: raise for that."""
    platform().log("error", str(text), fields)
