"""What every run does, done once with nothing in it while a child waits for its run.

The first touch of a page that is shared with the zygote copies it. Afterwards nothing is different but that:
no module, no file and no random number comes from here.
"""

from __future__ import annotations

import gc
import json
import sys
from importlib.machinery import SourceFileLoader

_SOURCE = b'''"""A bot."""
from __future__ import annotations
import json
WORD: str = f"{1 + 2.5:.1f}"
class Thing:
    number = [n for n in range(3) if n > 1]
def main(name: str = "x", *more: int, **rest: object) -> dict[str, object]:
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


def rehearse() -> None:
    """Compile a small bot, load it nowhere, and read and write a message."""
    loader = SourceFileLoader("rehearsal", "/bot/rehearsal.py")
    code = loader.source_to_code(_SOURCE, loader.path)
    exec(code, {"__name__": "rehearsal"})  # noqa: S102 - of a text that stands above
    json.loads(json.dumps({"kind": "order", "path": [], "run": {"id": "", "attempt": 1, "deadline": 0.5}}))
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True, errors="backslashreplace")  # type: ignore[union-attr]  # pyright: ignore
    gc.collect(0)  # or the run would have to, as soon as it may
