"""How a fault of a bot is told to the host: a code, a sentence, a traceback without the guest's own
frames.
"""

from __future__ import annotations

import errno
import os

TYPE_CHECKING = False  # typing itself costs 5 ms of each run
if TYPE_CHECKING:
    from typing import Any

LONGEST_DETAIL = 2_000
LONGEST_TRACEBACK = 64_000
_WITHOUT_MEMORY: dict[str, Any] = {
    "code": "out_of_memory",
    "detail": "The bot left no memory even to say what went wrong.",
    "traceback": None,
    "retryable": True,
}


class Failure(Exception):
    """A fault that the guest itself found; trying again would end the same way unless `retryable`."""

    def __init__(
        self, code: str, detail: str, *, traceback: str | None = None, retryable: bool = False
    ) -> None:
        super().__init__(detail)
        self.code, self.detail, self.traceback, self.retryable = code, detail, traceback, retryable

    def header(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "detail": whole(self.detail[:LONGEST_DETAIL]),
            "traceback": self.traceback and whole(self.traceback[-LONGEST_TRACEBACK:]),
            "retryable": self.retryable,
        }


def whole(text: str) -> str:
    """The text with halves of surrogate pairs escaped: names of files hold some, and JSON takes none."""
    return text.encode("utf-8", "backslashreplace").decode()


def describe(error: BaseException) -> dict[str, Any]:
    """The header of an error frame for whatever a bot raised.

    A bot that used up its memory, or the number of mappings that a process may have, leaves none for telling
    it: then what its functions still hold is let go, and if even that is not enough the frame is a bare one.
    """
    try:
        return _described(error)
    except Exception:  # noqa: BLE001 - the interpreter raises MemoryError, OSError or SystemError, as it comes
        _let_go(error)
    try:
        return _described(error)
    except Exception:  # noqa: BLE001 - as above
        return _WITHOUT_MEMORY


def _described(error: BaseException) -> dict[str, Any]:
    return Failure(
        _code(error),
        _sentence(error),
        traceback=_traceback(error),
        retryable=not isinstance(error, SyntaxError) and not _rejected(error),
    ).header()


def _let_go(error: BaseException) -> None:
    """Clears the local variables of every function that the fault went through."""
    place = error.__traceback__
    while place:
        try:  # noqa: SIM105 - nothing can be imported where memory lacks
            place.tb_frame.clear()
        except RuntimeError:
            pass  # it is still running: the guest's own
        place = place.tb_next


def _code(error: BaseException) -> str:
    if isinstance(error, MemoryError):
        return "out_of_memory"
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return "disk_full"
    return "approval_rejected" if _rejected(error) else "bot_error"


def _rejected(error: BaseException) -> bool:
    """Whether it is somebody's no that the bot let through; asking again would get the same answer."""
    kind = type(error)
    return (kind.__module__, kind.__qualname__) == ("codex32_bot.errors", "ApprovalRejected")


def _sentence(error: BaseException) -> str:
    name = type(error).__qualname__
    try:
        text = str(error)
    except Exception:  # noqa: BLE001 - a bot's own __str__
        text = "(its text cannot be shown)"
    return f"{name}: {text}" if text else name


def _traceback(error: BaseException) -> str:
    """As the interpreter shows it; a plain list of places where not even a file can be opened any more."""
    try:
        return _full_traceback(error)
    except (OSError, MemoryError):
        places: list[str] = []
        frame = error.__traceback__
        while frame:
            code = frame.tb_frame.f_code
            places.append(f'  File "{code.co_filename}", line {frame.tb_lineno}, in {code.co_name}\n')
            frame = frame.tb_next
        return "".join(("Traceback (most recent call last):\n", *places[-50:]))


def _full_traceback(error: BaseException) -> str:
    import traceback  # noqa: PLC0415 - only needed when something broke

    here = os.path.dirname(__file__)  # noqa: PTH120 - pathlib costs 4 ms of each run
    frame = error.__traceback__
    while frame and (frame.tb_frame.f_code.co_filename.startswith((here, "<frozen importlib"))):
        frame = frame.tb_next
    return "".join(traceback.format_exception(type(error), error, frame))
