"""JSON answers that skip the response model: for hot paths, serialised once and straight to bytes.

The route still names its `response_model`, so that the OpenAPI document is complete; a test compares the two.
"""

from __future__ import annotations

from typing import Any

import orjson
from fastapi import Response

_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS
JSON = "application/json"


def to_json(content: Any) -> bytes:
    """UUIDs as strings, times in ISO 8601 with Z, dataclasses as objects: the spelling that pydantic uses.

    Raises TypeError (orjson.JSONEncodeError) for anything else.
    """
    return orjson.dumps(content, option=_OPTIONS)


def json_answer(content: Any, status: int = 200) -> Response:
    return Response(to_json(content), status, media_type=JSON)
