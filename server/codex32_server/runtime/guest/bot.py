"""The bot's main process: takes the order from the host, runs one mode, sends result or error, ends.

What is asked of each mode is in `main_mode`, `tests_mode` and `schema_mode`.
"""

from __future__ import annotations

import importlib
import marshal
import os
import sys

from codex32_bot import _platform

from . import entry
from .entry import BOT_FOLDER
from .failure import Failure, describe
from .link import Link
from .wire import Wire

TYPE_CHECKING = False  # typing itself costs 5 ms of each run
if TYPE_CHECKING:
    from typing import Any

_ERRORS = "backslashreplace"
_LARGEST_CODE = 512 * 1024
"""The host keeps no more (`runtime.compiled`), and ends a run whose messages are larger than it reads."""
_MODES = {"main": "main_mode", "tests": "tests_mode", "schema": "schema_mode", "service": "service_mode"}


def main(control: int) -> None:
    """Never returns: the process ends here, with everything the bot left running in it."""
    finish(serve(Wire(control)))


def serve(wire: Wire) -> int:
    """One run; gives the exit code."""
    order, body = wire.receive()
    if order.get("acknowledge"):
        wire.tell({"kind": "begun"})
    if order["mode"] == "service":
        from .duplex import Duplex  # noqa: PLC0415 - only services speak both ways

        wire = Duplex(wire)
    if environment := order.get("environment"):
        os.environ.update(environment)
    _platform.use(Link(wire, order))
    if BOT_FOLDER not in sys.path:
        sys.path.insert(0, BOT_FOLDER)
    sys.path.extend(folder for folder in order["path"] if folder not in sys.path)
    sys.argv = [order["entry"]]
    for stream in (sys.stdout, sys.stderr):
        if stream.errors != _ERRORS:  # a zygote has done it
            stream.reconfigure(line_buffering=True, errors=_ERRORS)  # type: ignore[union-attr]  # pyright: ignore
    return _run(wire, order, body)


def _run(wire: Wire, order: dict[str, Any], body: bytes) -> int:
    try:
        mode = importlib.import_module(f".{_MODES[order['mode']]}", __package__)
        _tell(wire, {"kind": "result"}, mode.run(order, _take_code(wire, order, body)))
    except Failure as failure:
        _tell(wire, {"kind": "error", **failure.header()})
        return 1
    except SystemExit as leaving:
        return _exit_code(leaving)
    except BaseException as error:  # noqa: BLE001 - whatever a bot raises is how it ended
        if type(error).__name__ == "Suspended" and type(error).__module__ == "codex32_bot.errors":
            return 0  # the run waits: the host knows, and counts nothing that is said from here
        _tell(wire, {"kind": "error", **_described(error, order)})
        return 1
    return 0


def _take_code(wire: Wire, order: dict[str, Any], body: bytes) -> bytes:
    """The body without the code that came with it, which is put into the order. If the host has none, it is
    made and handed over here, before the bot begins: what comes later may be the bot's. So the message is
    sent even where the code is too large to hand over.
    """
    if size := order.get("code", 0):
        order["compiled"] = marshal.loads(body[:size])  # noqa: S302 - of a guest, through the host
        return body[size:]
    if order.get("compile"):
        order["compiled"] = code = entry.compiled(order["entry"])
        coded = marshal.dumps(code)
        wire.tell({"kind": "compiled"}, coded if len(coded) <= _LARGEST_CODE else b"")
    return body


def _described(error: BaseException, order: dict[str, Any]) -> dict[str, Any]:
    told = describe(error)
    try:
        from . import unresolved  # noqa: PLC0415 - only needed when something broke

        if advice := unresolved.advice(error, order.get("network", ())):
            told["detail"] = f"{told['detail'].rstrip('.')}.{advice}"
    except Exception:  # noqa: BLE001, S110 - a bot that left no memory, or made a traceback of its own
        pass
    return told


def _tell(wire: Wire, header: dict[str, Any], body: bytes = b"") -> None:
    """How it ended, told by the main process only: a fork that comes back from `main` has no say."""
    if wire.mine():
        wire.tell(header, body)


def _exit_code(leaving: SystemExit) -> int:
    """As the interpreter does it: None is 0, a text is printed and is 1."""
    if leaving.code is None or isinstance(leaving.code, int):
        return (leaving.code or 0) & 0xFF
    print(leaving.code, file=sys.stderr)  # noqa: T201 - what the interpreter does with sys.exit("text")
    return 1


def finish(code: int) -> None:
    """Exit handlers and buffers still run; threads that the bot forgot do not keep the run open."""
    import atexit  # noqa: PLC0415 - see the package's note on imports

    try:
        atexit._run_exitfuncs()  # pyright: ignore[reportPrivateUsage]
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)
