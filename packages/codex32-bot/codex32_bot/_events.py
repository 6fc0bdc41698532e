"""`emit`: tell the workspace that something has happened."""

from __future__ import annotations

import json

from . import _scope
from ._current import platform

TYPE_CHECKING = False  # typing itself costs 5 ms of each run
if TYPE_CHECKING:
    from typing import Any

LONGEST_TYPE = 128
LONGEST_SUBJECT = 256


def emit(type: str, data: Any = None, subject: str | None = None) -> None:
    """Record an event such as `emit("invoice.paid", {"total": 12}, subject="invoice/17")`.

    It is recorded if the run succeeds, or with the step it is emitted in; a failed attempt emits nothing.
    `type` and `subject` are printable texts of up to 128 and 256 characters, `data` a JSON document of up to
    64 KiB. A run emits up to 1,000 events. Raises TypeError or ValueError for anything else.
    """
    document = json.dumps(data, allow_nan=False)
    for name, text, longest in (("type", type, LONGEST_TYPE), ("subject", subject, LONGEST_SUBJECT)):
        if text is None and name == "subject":
            continue
        if not isinstance(text, str):
            raise TypeError(f"the {name} of an event is a text")
        if not 0 < len(text) <= longest or not text.isprintable():
            raise ValueError(f"the {name} of an event is a printable text of 1 to {longest} characters")
    platform().emit(_scope.open_step(), type, subject, document)
