"""Python's syntax trees, made from several threads at once.

CPython 3.11 counts the depth of a tree that it makes once for all threads: two that make trees at the same
time may end in “SystemError: AST constructor recursion depth mismatch” (gh-106905), whatever the source is.
"""

from __future__ import annotations

import ast
import threading
from typing import Final

_ONE_AT_A_TIME: Final = threading.Lock()
_MOST_TRIES: Final = 5
"""Others make trees as well, and know nothing of the lock."""


def parse(source: str | bytes, filename: str = "<unknown>") -> ast.Module:
    """As `ast.parse`: raises SyntaxError, ValueError, RecursionError, MemoryError."""
    for left in reversed(range(_MOST_TRIES)):
        with _ONE_AT_A_TIME:
            try:
                return ast.parse(source, filename=filename)
            except SystemError:
                if not left:
                    raise
    raise AssertionError
