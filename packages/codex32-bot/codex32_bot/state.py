"""Durable values of this bot in this environment: they outlive the run.

Keys are texts of 1 to 200 characters, values JSON documents. A value is written when `set` returns. Two runs
at the same time both write: the last one wins, so keep a counter in one run or use `concurrency = 1`.
"""

from __future__ import annotations

import json

from ._current import platform

TYPE_CHECKING = False  # typing itself costs 5 ms of each run
if TYPE_CHECKING:
    from typing import Any

LONGEST_KEY = 200


def get(key: str, default: Any = None) -> Any:
    """The value under `key`, or `default` if there is none."""
    found, value = platform().state_get(_checked(key))
    return value if found else default


def set(key: str, value: Any) -> None:
    """Keep `value`. Raises TypeError or ValueError if it is not JSON (NaN and infinity are not)."""
    json.dumps(value, allow_nan=False)
    platform().state_set(_checked(key), value)


def delete(key: str) -> None:
    """Forget the value; no error if there is none."""
    platform().state_delete(_checked(key))


def keys(prefix: str = "") -> list[str]:
    """All keys that begin with `prefix`, sorted."""
    return sorted(platform().state_keys(prefix))


def _checked(key: str) -> str:
    if not 0 < len(key) <= LONGEST_KEY or not key.isprintable():
        raise ValueError(
            f"a state key is a printable text of 1 to {LONGEST_KEY} characters, not {key[:40]!r}"
        )
    return key
