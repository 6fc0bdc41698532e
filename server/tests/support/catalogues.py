"""Files of published prices as genai-prices has them, written from what the package holds."""

from __future__ import annotations

import copy
import functools
import json
from dataclasses import fields, is_dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any

from codex32_server.gateway import published
from genai_prices import types

_UNUSED = {"extractors", "_reported_usage_keys"}


@functools.cache
def _document() -> list[Any]:
    return plain(list(published.packaged().providers))


def document() -> list[Any]:
    """The package's catalogue, to be changed and written."""
    return copy.deepcopy(_document())


def a_model(providers: list[Any], provider: str, model: str) -> dict[str, Any]:
    """One model of a document."""
    found = next(one for one in providers if one["id"] == provider)
    return next(one for one in found["models"] if one["id"] == model)


def written(providers: Any) -> bytes:
    return json.dumps(providers).encode()


def plain(value: Any) -> Any:
    """Without what the JSON of genai-prices does not have."""
    if isinstance(value, types.ModelPrice):
        return {name: plain(rate) for name, rate in value.__dict__.items() if rate is not None}
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, list):
        return [plain(one) for one in value]
    if is_dataclass(value):
        given = {one.name: getattr(value, one.name) for one in fields(value) if one.name not in _UNUSED}
        return {name.rstrip("_"): plain(one) for name, one in given.items() if one is not None}
    return value
