"""From the body of a delivery to the input of a run. Pure; whoever sent it was checked before.

JSON, forms, texts and everything else (as base64) become one value. A bot gets either the fields of that
value as arguments, or of `method`, `headers`, `query` and `body` those that its main names.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import parse_qsl

from codex32_server.features.triggers.errors import WebhookBodyError
from codex32_server.kit.json_limits import JsonLimits, parse_json

_HIDDEN = frozenset(
    {"authorization", "proxy-authorization", "cookie", "x-codex32-token", "webhook-signature"}
)
"""Credentials: a bot needs none of them, and its input is shown to everybody who sees the run."""
_MOST_FIELDS = 1000
_BODY = "body"


@dataclass(frozen=True)
class Delivery:
    """One request as it came in. Header names are in lower case, repeated ones joined."""

    method: str
    headers: Mapping[str, str]
    query: str
    body: bytes

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


def run_input(
    delivery: Delivery, payload: str, fixed: Mapping[str, Any], schema: Mapping[str, Any], limits: JsonLimits
) -> dict[str, Any]:
    """Arguments of main. What is `fixed` wins over what was sent.

    Raises WebhookBodyError, or an error of kit.json_limits for JSON that is none.
    """
    value, texts = _value(delivery, limits)
    if payload == "request":
        offered = {
            "method": delivery.method,
            "headers": {name: text for name, text in delivery.headers.items() if name not in _HIDDEN},
            "query": _fields(delivery.query),
            _BODY: value,
        }
        return {**_wanted(offered, schema), **fixed}
    if not delivery.body:
        value, texts = _fields(delivery.query), True
    if not isinstance(value, dict):
        return {_BODY: value, **fixed}
    arguments = cast("dict[str, Any]", value)
    if texts:
        arguments = {name: _typed(text, schema, name) for name, text in arguments.items()}
    return {**arguments, **fixed}


def _value(delivery: Delivery, limits: JsonLimits) -> tuple[Any, bool]:
    """The body as a value, and whether it is made of texts only, as forms are."""
    kind, body = delivery.content_type, delivery.body
    if not body:
        return None, False
    if kind in ("", "application/json") or kind.endswith("+json"):
        return parse_json(body, limits, name=_BODY), False
    if kind == "application/x-www-form-urlencoded":
        return _fields(_text(body)), True
    if kind.startswith("text/") or kind in ("application/xml",) or kind.endswith("+xml"):
        return _text(body), False
    encoded = base64.b64encode(body).decode()
    return {"content_type": delivery.headers.get("content-type", ""), "base64": encoded}, False


def _text(body: bytes) -> str:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise WebhookBodyError(f"Byte {error.start} of the body is not UTF-8.") from error
    if "\0" in text:
        raise WebhookBodyError("The body holds the character U+0000.")
    return text


def _fields(encoded: str) -> dict[str, Any]:
    """Names and values of a form or a query; a name that comes several times has a list."""
    try:
        pairs = parse_qsl(encoded, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except UnicodeDecodeError as error:
        raise WebhookBodyError("A form or query is not UTF-8.") from error
    except ValueError as error:
        raise WebhookBodyError(f"A form or query has more than {_MOST_FIELDS} fields.") from error
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name not in found:
            found[name] = value
        elif isinstance(found[name], list):
            found[name].append(value)
        else:
            found[name] = [found[name], value]
    return found


def _wanted(offered: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """Those that main names; all of them for a main that takes anything."""
    names: Mapping[str, Any] = schema.get("properties", {})
    if schema.get("additionalProperties", True) is not False:
        return dict(offered)
    return {name: value for name, value in offered.items() if name in names}


def _typed(text: Any, schema: Mapping[str, Any], name: str) -> Any:
    """A text of a form as the number or truth value that main declares; any other text as it is."""
    rules: Any = schema.get("properties", {}).get(name)
    kind: Any = cast("dict[str, Any]", rules).get("type") if isinstance(rules, dict) else None
    if not isinstance(text, str):
        return text
    try:
        if kind == "integer":
            return int(text)
        if kind == "number":
            return float(text)
    except ValueError:
        return text
    if kind == "boolean":
        return {"true": True, "on": True, "1": True, "false": False, "off": False, "0": False}.get(
            text.lower(), text
        )
    return [text] if kind == "array" else text
