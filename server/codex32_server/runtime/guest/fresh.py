"""Makes a forked process as good as a new one: randomness of its own, and no module in the way of the bot's.

What cannot be made new is the seed of `hash()` and the layout of memory: all children of a zygote share
them, as `docs/guides/sandbox.md` says.
"""

from __future__ import annotations

import gc
import os
import sys

_SEED = 32


def reseed() -> None:
    """Every generator that copied its state from the zygote. Needed although some notice a fork: they
    compare process ids, and those are the same in all pid namespaces.
    """
    if (random := sys.modules.get("random")) is not None:
        random.seed(os.urandom(_SEED))
    if (ssl := sys.modules.get("_ssl")) is not None:
        ssl.RAND_add(os.urandom(_SEED), float(_SEED))
    if (numpy := sys.modules.get("numpy.random")) is not None:
        numpy.seed(int.from_bytes(os.urandom(4), "big"))
    for module, kept in (("uuid", "_last_timestamp"), ("tempfile", "_name_sequence")):
        if module in sys.modules:
            setattr(sys.modules[module], kept, None)
    gc.enable()


def make_way(bot_folder: str, needed: frozenset[str]) -> None:
    """A bot's own modules come before installed ones of the same name, as in a cold start. `needed` are
    those that a cold start has imported before it looks at the bot.
    """
    for entry in os.listdir(bot_folder):  # noqa: PTH208 - pathlib costs 4 ms of each run
        own = entry.partition(".")[0]
        if own in sys.modules and own not in needed:
            # Only now all of them: to look at a name is to copy the page that it shares with the zygote.
            for name in [name for name in sys.modules if name.partition(".")[0] == own]:
                del sys.modules[name]
