"""What is printed and where: results on stdout, everything said on the way there on stderr.

With `--json` stdout gets exactly one JSON document.
"""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.control import strip_control_codes
from rich.table import Table
from rich.text import Text

from codex32_sdk.cli.advice import next_step_of
from codex32_sdk.errors import ApiError

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_COLOURS = {
    "succeeded": "green",
    "proven": "green",
    "published": "green",
    "healthy": "green",
    "active": "green",
    "ready": "green",
    "failed": "red",
    "timed_out": "red",
    "refused": "red",
    "quarantined": "red",
    "down": "red",
    "running": "cyan",
    "queued": "cyan",
    "pending": "cyan",
    "cancelled": "yellow",
    "unproven": "yellow",
    "paused": "yellow",
    "degraded": "yellow",
    "unready": "yellow",
    "starting": "cyan",
    "updating": "cyan",
}


def document(value: Any) -> None:
    """The one JSON document of a command."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False, default=_plain) + "\n")
    sys.stdout.flush()


def result(text: str) -> None:
    """A line that is the answer itself."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def say(text: str, *, style: str | None = None) -> None:
    """A line for the person who waits; never part of the result."""
    _stderr().print(Text(text, style=style or ""))


def aside(text: str) -> None:
    """A line of a log for the person who waits. A run writes tens of thousands: no layout is computed."""
    plain = strip_control_codes(text)
    sys.stderr.write(f"\x1b[2m{plain}\x1b[0m\n" if _stderr().color_system else f"{plain}\n")
    sys.stderr.flush()


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table on stdout; words that name a state are coloured on a terminal."""
    grid = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        grid.add_column(column, overflow="fold")
    for row in rows:
        grid.add_row(*(_cell(value) for value in row))
    _stdout().print(grid)


def details(pairs: Iterable[tuple[str, object]]) -> None:
    """Names and values, one a line; those without a value are left out."""
    grid = Table(box=None, pad_edge=False, show_header=False)
    grid.add_column(style="bold")
    grid.add_column(overflow="fold")
    for name, value in pairs:
        if value not in (None, "", [], {}):
            grid.add_row(name, _cell(value))
    _stdout().print(grid)


def complain(error: ApiError, *, as_json: bool) -> None:
    """One sentence and what to do next; the problem as JSON on stdout where JSON was asked for."""
    error.next_step = next_step_of(error)
    if as_json:
        document(error.as_problem())
    say(error.detail, style="red")
    for field in error.fields:
        place = f" (line {field.line}, column {field.column or 1})" if field.line else ""
        if field.detail and field.detail not in error.detail:
            say(f"  {field.field}{place}: {field.detail}")
    if error.next_step:
        say(f"Next: {error.next_step}")


def local_time(moment: datetime | None) -> str:
    """In the time zone of the viewer, to the minute."""
    return "" if moment is None else moment.astimezone().strftime("%a %Y-%m-%d %H:%M")


def counted(number: int, one: str, many: str) -> str:
    """The number with the word that fits it."""
    return f"{number} {one if number == 1 else many}"


def ago(moment: datetime | None, now: datetime | None = None) -> str:
    """How long ago, or how far ahead: "3 min ago", "in 2 h"."""
    if moment is None:
        return ""
    seconds = ((now or datetime.now(UTC)) - moment).total_seconds()
    size = abs(seconds)
    for unit, length in (("d", _DAY), ("h", _HOUR), ("min", _MINUTE), ("s", 1)):
        if size >= length:
            return f"{int(size / length)} {unit} ago" if seconds > 0 else f"in {int(size / length)} {unit}"
    return "now"


def duration(milliseconds: float | None) -> str:
    if milliseconds is None:
        return ""
    return f"{milliseconds:.0f} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.1f} s"


def size(count: int) -> str:
    """Bytes in the largest unit that leaves a number of at least 1."""
    amount = float(count)
    for unit in ("B", "KiB", "MiB"):
        if amount < 1024:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} GiB"


def _cell(value: object) -> Text:
    text = "" if value is None else str(value)
    return Text(text, style=_COLOURS.get(text, ""))


@functools.cache
def _stderr() -> Console:
    """Made once: a run may say fifty thousand lines. It looks up `sys.stderr` at each of them."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def _stdout() -> Console:
    """Piped output is not folded to a width nobody sees."""
    return Console(highlight=False) if sys.stdout.isatty() else Console(highlight=False, width=240)


def _plain(value: object) -> object:
    # Models are recognised by what they can do: importing pydantic for it would slow every command.
    dump = getattr(value, "model_dump", None)
    if dump is not None:
        return dump(mode="json")
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return str(value)
