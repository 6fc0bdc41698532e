"""Look into JSON that a stranger wrote, without trusting any of its shapes. What has another kind counts as
absent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias, cast

import orjson

from codex32_server.gateway.errors import UpstreamFailedError

Json: TypeAlias = dict[str, Any]
"""One JSON object."""

MOST_TOKENS = 1_000_000_000
"""No single request has more; larger numbers are a mistake."""

MOST_LEVELS = 100
"""Of nested lists and objects in a request."""


def mapping(value: Any) -> Json:
    """The value if it is an object, else an empty one."""
    return cast("Json", value) if isinstance(value, dict) else {}


def array(value: Any) -> list[Any]:
    """The value if it is a list, else an empty one."""
    return cast("list[Any]", value) if isinstance(value, list) else []


def objects(value: Any) -> list[Json]:
    """The objects in a list; whatever else it has is left out."""
    return [cast("Json", item) for item in array(value) if isinstance(item, dict)]


def string(value: Any) -> str:
    """The value if it is a text, else an empty one."""
    return value if isinstance(value, str) else ""


def whole(value: Any) -> int | None:
    """The value if it is a whole number (3.0 counts, true does not), else None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    return value if isinstance(value, int) else None


def tokens(value: Any) -> int | None:
    """A number of tokens that can be true, else None."""
    number = whole(value)
    return number if number is not None and 0 <= number <= MOST_TOKENS else None


def parsed(data: bytes | str) -> Any:
    """The JSON value, or None if it is none."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return None


def dumped(value: Any) -> bytes:
    """As JSON. Raises UpstreamFailedError for what is nested more than 254 deep: requests never are (see
    `reading`), and no answer means anything so.
    """
    try:
        return orjson.dumps(value)
    except TypeError as error:
        raise UpstreamFailedError("The provider's answer is nested too deeply.") from error


def too_deep(value: Any) -> bool:
    """Whether a JSON value has more than MOST_LEVELS levels."""
    level: list[Any] = [value]
    for _ in range(MOST_LEVELS):
        below: list[Any] = []
        for item in level:
            below += mapping(item).values() if isinstance(item, dict) else array(item)
        if not below:
            return False
        level = below
    return True


def present(values: Mapping[str, Any]) -> Json:
    """Without what is None."""
    return {name: value for name, value in values.items() if value is not None}
