"""Which questions are the same: a digest over the request without what does not change its answer.

In it are the format, whether it is streamed, and which model stands first for the name that was asked for:
when an alias is pointed elsewhere, its old answers are not found any more. The workspace is not in it: the
store keeps workspaces apart.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson

from codex32_server.gateway.contract import Call, Format, Target

_VOLATILE = frozenset(
    {
        "model",  # said by the target
        "stream",  # said apart
        "user",
        "metadata",
        "safety_identifier",
        "prompt_cache_key",
        "prompt_cache_retention",
        "store",
        "service_tier",
    }
)
_REPEATABLE = orjson.OPT_SORT_KEYS
_GENERATION = b"1"
"""Change it when kept answers of older versions must not be served any more."""


def digest(call: Call, target: Target) -> bytes:
    """32 bytes. Raises TypeError for a body that is not JSON."""
    body = {name: value for name, value in call.body.items() if name not in _VOLATILE}
    if not call.stream:
        body.pop("stream_options", None)
    found = hashlib.sha256(_GENERATION)
    place = (target.kind, target.provider, target.base_url, target.model)
    for part in (call.format.value, "stream" if call.stream else "whole", *place):
        found.update(part.encode() + b"\0")
    found.update(orjson.dumps(body, option=_REPEATABLE))
    return found.digest()


def keeps(call: Call) -> tuple[bool, bool]:
    """Whether a kept answer may be given, and whether the new one may be kept."""
    match call.options.cache:
        case "off":
            return False, False
        case "refresh":
            return False, _may_be_stored(call.body)
        case "use":
            may = _may_be_stored(call.body)
        case "auto":
            may = _may_be_stored(call.body) and _repeatable(call.format, call.body)
    return may, may


def _may_be_stored(body: Mapping[str, Any]) -> bool:
    """Not what the client does not want stored, and not what builds on a state that the provider keeps."""
    asked = (body.get(name) for name in ("store", "background", "previous_response_id", "conversation"))
    return body.get("store") is None and not any(asked)


def _repeatable(spoken: Format, body: Mapping[str, Any]) -> bool:
    """Whether the client wants the same answer each time."""
    if spoken is Format.EMBEDDINGS:
        return True
    return body.get("temperature") == 0 or isinstance(body.get("seed"), int)
