"""What every run does, done with nothing in it: in the zygote before it forks, and while a child waits.

In the zygote it fills what the interpreter remembers of a program that runs: specialised instructions, caches
of methods, symbols that were found. Each child would do that anew, in memory that it shares and so copies. In
a child it touches those pages ahead of the run. Afterwards nothing is different but that: no module, no file
and no random number comes from here.
"""

from __future__ import annotations

import _socket
import gc
import json
import os
import sys
from importlib.machinery import SourceFileLoader

from codex32_bot import _platform

from . import bot, confine, entry, namespaces
from .wire import Wire, show

_TIMES = 8
"""After so many calls a function is specialised, step by step."""
_FOLDER = "/tmp"  # noqa: S108 - the zygote's own, which each child covers
_NAME = "rehearsal"
_FILE = f"../{_FOLDER[1:]}/{_NAME}.py"

_SOURCE = b'''"""A bot."""
from __future__ import annotations
import json
WORD: str = f"{1 + 2.5:.1f}"
class Thing:
    number = [n for n in range(3) if n > 1]
def main(name: str = "/dev/null", *more: int, **rest: object) -> dict[str, object]:
    """What it does."""
    try:
        with open(name) as file:
            return {"text": file.read(), **rest}
    except (OSError, ValueError) as error:
        raise RuntimeError(str(error)) from error
    for number in more:
        if not number or number < 2:
            continue
    return {"sum": sum(more), "word": name.upper()}
'''


def in_zygote() -> None:
    """Runs of a small bot from the order to the answer, and then nothing of them."""
    path, argv = list(sys.path), list(sys.argv)
    file = f"{_FOLDER}/{_NAME}.py"
    with open(file, "wb") as text:  # noqa: PTH123 - pathlib costs more than all of this
        text.write(_SOURCE)
    try:
        code = _run_once()
        for _ in range(_TIMES):
            _set_up_once()
            _run_once(code)
        _run_once()
    finally:
        sys.path[:], sys.argv = path, argv
        _platform.use(None)
        os.unlink(file)  # noqa: PTH108 - as above


def _set_up_once() -> None:
    """Of what a child does to itself, that which changes nothing here: this process has no capability."""
    confine.set_dumpable(False)
    namespaces.drop_capabilities()
    ours, theirs = _socket.socketpair(_socket.AF_UNIX, _socket.SOCK_SEQPACKET)
    channel = _socket.socket(_socket.AF_UNIX, _socket.SOCK_SEQPACKET, 0, theirs.detach())
    show(channel, b"built", [ours.fileno()])
    for one in (ours, channel):
        one.close()


def _run_once(code: bytes = b"") -> bytes:
    """With the compiled bot, or without; gives what was compiled."""
    ours, theirs = _socket.socketpair()
    host, wire = Wire(ours.detach()), Wire(theirs.detach())
    host.tell(
        {
            "kind": "order",
            "acknowledge": True,
            "code": len(code),
            "compile": not code,
            "mode": "main",
            "entry": _FILE,
            "path": [],
            "input_folder": "/input",
            "output_folder": "/output",
            "largest_output": 1 << 20,
            "environment": {},
            "run": {"id": "", "bot": _NAME, "attempt": 1, "environment": "dev", "deadline": 0.5},
        },
        code + b"{}",
    )
    if bot.serve(wire):
        raise RuntimeError("a small bot does not run here")
    answers = [host.receive() for _ in range(2 if code else 3)]  # begun, compiled, result
    for end in (host, wire):
        end.close()
    entry.forget(_FILE)
    return code or answers[1][1]


def rehearse() -> None:
    """Compile a small bot, load it nowhere, and read and write a message."""
    loader = SourceFileLoader("rehearsal", "/bot/rehearsal.py")
    code = loader.source_to_code(_SOURCE, loader.path)
    exec(code, {"__name__": "rehearsal"})  # noqa: S102 - of a text that stands above
    json.loads(json.dumps({"kind": "order", "path": [], "run": {"id": "", "attempt": 1, "deadline": 0.5}}))
    gc.collect(0)  # or the run would have to, as soon as it may
