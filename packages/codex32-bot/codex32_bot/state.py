"""Durable values of this bot in this environment: they outlive the run.

Keys are texts of 1 to 200 characters, values JSON documents. A value is written when `set` returns; what is
refused raises ValueError, such as the write of a process whose run was given to another meanwhile. Where
two runs may write at the same time, the last `set` wins; `swap` and `update` let none of them get lost.
"""

from __future__ import annotations

import json

from ._current import platform

TYPE_CHECKING = False  # typing itself costs 5 ms of each run
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

LONGEST_KEY = 200
ABSENT = object()
"""What `swap` expects of a key that has no value."""
_PATIENCE = 200


def get(key: str, default: Any = None) -> Any:
    """The value under `key`, or `default` if there is none."""
    found, value = platform().state_get(_checked(key))
    return value if found else default


def set(key: str, value: Any) -> None:
    """Keep `value`. Raises TypeError or ValueError if it is not JSON (NaN and infinity are not)."""
    json.dumps(value, allow_nan=False)
    platform().state_set(_checked(key), value)


def swap(key: str, expected: Any, value: Any) -> bool:
    """Keep `value` if the present one equals `expected` as a JSON document (`ABSENT`: if there is none).

    False if it is another one; nothing is written then. Raises as `set` does.
    """
    there = expected is not ABSENT
    for document in (expected, value) if there else (value,):
        json.dumps(document, allow_nan=False)
    return platform().state_swap(_checked(key), (there, expected if there else None), value)


def update(key: str, function: Callable[[Any], Any], default: Any = None) -> Any:
    """Replace the value by `function(value)`, whatever other runs do meanwhile; gives the new one.

    `function` may be called several times. Raises TimeoutError if others are always faster.
    """
    for _ in range(_PATIENCE):
        found, present = platform().state_get(_checked(key))
        new = function(present if found else default)
        if swap(key, present if found else ABSENT, new):
            return new
    raise TimeoutError(f"the state {key!r} was changed by others {_PATIENCE} times in a row")


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
