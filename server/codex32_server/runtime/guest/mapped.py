"""Lets children inherit the page tables of what is mapped from files.

A fork leaves them out, because the pages are in the cache: a child finds them at the first touch, a fault for
each neighbourhood, seventy of them. It is so only as long as no page of the mapping is the process's own:
one byte of each is therefore written with what it is (`vma_needs_copy` in the kernel's mm/memory.c).
"""

from __future__ import annotations

import os

_KINDS = (b"r-xp", b"r--p")


def inherit() -> None:
    """From now on children have the pages that this process has touched. Only for a dumpable process; a
    kernel that refuses leaves everything as it is.
    """
    with open("/proc/self/maps", "rb") as file:  # noqa: PTH123 - pathlib costs 4 ms
        lines = [line.split() for line in file]
    memory = os.open("/proc/self/mem", os.O_RDWR | os.O_CLOEXEC)
    try:
        for words in lines:
            if len(words) > 5 and words[1] in _KINDS and words[5].startswith(b"/"):
                place = int(words[0].partition(b"-")[0], 16)
                os.pwrite(memory, os.pread(memory, 1, place), place)
    except OSError:
        pass
    finally:
        os.close(memory)
