"""Requests made up from the OpenAPI document: whatever comes, the answer is never a 5xx."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.api import Api, Tenant, source

_PARAMETER = re.compile(r"\{[^}]+\}")
_WAITS = {"/api/v1/builder/bots", "/api/v1/models/catalogue/refresh"}
"""Operations that wait for a worker, which there is none of here, or ask a server elsewhere."""

_SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=30), st.sampled_from(["", "\0", "\u2028", "💥", "../..", "dev", "prod", "%", "a" * 300]),
)  # fmt: skip
_JSON = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
)


def _value(schema: dict[str, Any], document: dict[str, Any], depth: int = 0) -> st.SearchStrategy[Any]:
    """Mostly what a schema asks for, sometimes anything else."""
    fitting = _fitting(schema, document, depth)
    return st.one_of(fitting, fitting, fitting, _JSON)


def _fitting(schema: dict[str, Any], document: dict[str, Any], depth: int) -> st.SearchStrategy[Any]:
    if depth > 4:
        return st.none()
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return _fitting(document["components"]["schemas"][name], document, depth + 1)
    for key in ("anyOf", "oneOf"):
        if key in schema:
            return st.one_of([_fitting(choice, document, depth + 1) for choice in schema[key]])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    kind = schema.get("type")
    if kind == "object" and "properties" in schema:
        fields = {name: _value(item, document, depth + 1) for name, item in schema["properties"].items()}
        required = set(schema.get("required", ()))
        return st.fixed_dictionaries(
            {name: item for name, item in fields.items() if name in required},
            optional={name: item for name, item in fields.items() if name not in required},
        )
    simple = {
        "string": st.text(max_size=20) | st.sampled_from(["fuzzed", "UTC", "* * * * *", "2026-01-01T00:00Z"]),
        "integer": st.integers(), "number": st.floats(allow_nan=False, allow_infinity=False),
        "boolean": st.booleans(), "array": st.lists(_JSON, max_size=3), "null": st.none(),
    }  # fmt: skip
    return simple.get(str(kind), _JSON)


def _operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if path not in _WAITS and not path.endswith("/stream") and path != "/api/v1/session"
    ]


@pytest.fixture
async def target(api: Api, one: Tenant) -> tuple[dict[str, Any], list[str]]:
    """The document, and things that exist."""
    made = await api.call(
        one.keys["administrator"], "POST", "/bots", json={"files": {"bot.py": source("fuzzed")}}
    )
    document = (await api.call(None, "GET", "/api/openapi.json")).json()
    return document, [made.json()["bot"]["id"], made.json()["version"]["digest"]]


@pytest.mark.slow
@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(data=st.data())
async def test_whatever_is_sent_nothing_breaks(
    api: Api, one: Tenant, target: tuple[dict[str, Any], list[str]], data: st.DataObject
) -> None:
    document, known = target
    method, path, operation = data.draw(st.sampled_from(_operations(document)), "operation")
    names = st.sampled_from([*known, "fuzzed", "1", "nope", "0" * 36, "%00", "é", "%2e%2e"])
    url = _PARAMETER.sub(lambda _: data.draw(names, "name"), path)
    params, body = (
        data.draw(_query(operation, document), "query"),
        data.draw(_body(operation, document), "body"),
    )
    answer = await api.call(one.keys["administrator"], method, url, json=body, params=params)
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400 and not path.startswith("/health"):
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"]


def _query(operation: dict[str, Any], document: dict[str, Any]) -> st.SearchStrategy[dict[str, str]]:
    """A value for some of the parameters; nothing that waits."""
    fields = {
        item["name"]: _value(item.get("schema", {}), document).map(str)
        for item in operation.get("parameters", [])
        if item["in"] == "query" and item["name"] != "wait"
    }
    return st.fixed_dictionaries({}, optional=fields)


def _body(operation: dict[str, Any], document: dict[str, Any]) -> st.SearchStrategy[Any]:
    contents = operation.get("requestBody", {}).get("content", {})
    schema = contents.get("application/json", {}).get("schema")
    return _value(schema, document).map(_without_waiting) if schema else st.none()


def _without_waiting(body: Any) -> Any:
    return {key: value for key, value in body.items() if key != "wait"} if isinstance(body, dict) else body
