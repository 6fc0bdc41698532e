"""The collector of garbage, in a process that answers requests."""

from __future__ import annotations

import gc

_ALLOCATIONS = 20_000
"""Objects made between two collections of the youngest; a page of bots makes a few hundred."""


def settle_memory() -> None:
    """What was built by now lives as long as the process: full collections need not walk it each time.

    They took 100 ms and more of the slowest requests; with them rarer and smaller that is gone.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS, 20, 50)
