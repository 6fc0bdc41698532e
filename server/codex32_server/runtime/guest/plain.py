"""Turns what `main` returned into JSON, within limits that are checked before anything is encoded.

NaN and infinity are refused, so are cycles (they nest too deep) and types without an obvious JSON form.
"""

from __future__ import annotations

import json

from .failure import Failure

TYPE_CHECKING = False  # typing itself costs 5 ms of each run
if TYPE_CHECKING:
    from typing import Any

DEEPEST = 64
"""Levels of nesting; deeper documents break JSON readers elsewhere."""

_MOST_BITS = 14_284
"""The most that the interpreter writes as digits (`sys.int_info.default_max_str_digits`)."""


def encode(value: Any, limit: int) -> bytes:
    """The JSON document of `value`, at most `limit` bytes. Raises Failure."""
    document = json.dumps(_Budget(limit).plain(value, 0), ensure_ascii=False, separators=(",", ":"))
    try:
        encoded = document.encode()
    except UnicodeEncodeError:
        encoded = json.dumps(json.loads(document), separators=(",", ":")).encode()
    if len(encoded) > limit:
        raise _too_large(limit)
    return encoded


class _Budget:
    """Counts a lower bound of the document's size on the way, so that 100 MB are refused without being
    copied.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._left = limit

    def plain(self, value: Any, depth: int) -> Any:
        if depth > DEEPEST:
            raise Failure("output_too_deep", f"The output nests deeper than {DEEPEST} levels.")
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            self._spend(len(value) + 2)
            return value
        if isinstance(value, int):
            if value.bit_length() > _MOST_BITS:
                raise Failure("output_not_json", "The output holds a number of more than 4,300 digits.")
            self._spend(value.bit_length() // 4 + 1)
            return int(value)
        if isinstance(value, float):
            return _finite(value)
        if isinstance(value, dict):
            return {self._key(key): self.plain(item, depth + 1) for key, item in value.items()}  # pyright: ignore
        if isinstance(value, (list, tuple)):
            self._spend(len(value))  # pyright: ignore[reportUnknownArgumentType]
            return [self.plain(item, depth + 1) for item in value]  # pyright: ignore[reportUnknownVariableType]
        return self.plain(_converted(value), depth + 1)

    def _key(self, key: Any) -> str:
        text = (
            key if isinstance(key, str) else json.dumps(key) if isinstance(key, (int, float, bool)) else None
        )
        if text is None:
            raise Failure(
                "output_not_json", f"The output has a key of type {type(key).__name__}; keys are texts."
            )
        self._spend(len(text) + 4)
        return text

    def _spend(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise _too_large(self._limit)


def _too_large(limit: int) -> Failure:
    return Failure(
        "output_too_large", f"The output is larger than {limit} bytes; write large results to a file."
    )


def _finite(value: float) -> float:
    if value != value or value in (float("inf"), float("-inf")):
        raise Failure("output_not_json", f"The output holds {value}, which JSON has no word for.")
    return value


def _converted(value: Any) -> Any:
    """Common types that have one obvious form."""
    kind = type(value).__name__
    if hasattr(value, "__dataclass_fields__") and not isinstance(value, type):
        return {name: getattr(value, name) for name in value.__dataclass_fields__}
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")  # pyright: ignore
    if hasattr(value, "isoformat"):
        return value.isoformat()  # pyright: ignore
    if kind in {"UUID", "Decimal", "PosixPath"}:
        return str(value)
    if getattr(type(value), "__members__", None):  # an enum  # pyright: ignore
        return getattr(value, "value", None)
    raise Failure("output_not_json", f"The output holds a value of type {kind}, which is not JSON.")
