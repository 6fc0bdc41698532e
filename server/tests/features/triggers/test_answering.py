"""From a bot's output to an answer that is harmless on the platform's own origin."""

from __future__ import annotations

import json
from typing import Any

import pytest
from codex32_server.features.triggers.service.answering import POLICY, HookAnswer, answer_of
from hypothesis import given
from hypothesis import strategies as st


def answer(value: Any) -> HookAnswer:
    return answer_of(json.dumps(value))


@pytest.mark.parametrize(
    "value",
    [
        {"rows": 3},
        [1],
        "text",
        None,
        {},
        {"status": 200},
        {"status": "ok", "body": 1},
        {"status": 302, "body": ""},
        {"status": 100, "body": ""},
        {"status": True, "body": ""},
        {"status": 200, "body": 1, "extra": 2},
        {"status": 200, "body": 1, "headers": []},
    ],
)
def test_an_output_is_the_json_of_a_200(value: Any) -> None:
    found = answer(value)
    assert (found.status, json.loads(found.body)) == (200, value)
    assert found.headers["Content-Type"] == "application/json"
    assert found.headers["Content-Security-Policy"] == POLICY


def test_no_output_is_null() -> None:
    assert answer_of(None).body == b"null"


def test_an_answer_spelled_out() -> None:
    found = answer({"status": 201, "headers": {"X-Order": "7", "ETag": '"a"'}, "body": {"id": 7}})
    assert (found.status, found.body) == (201, b'{"id":7}')
    assert found.headers["X-Order"] == "7"
    assert found.headers["Etag"] == '"a"'


@pytest.mark.parametrize(
    ("value", "kind", "body"),
    [
        ({"status": 200, "body": "ok"}, "text/plain; charset=utf-8", b"ok"),
        ({"status": 200, "body": "a,b", "headers": {"content-type": "text/csv"}}, "text/csv", b"a,b"),
        ({"status": 400, "body": {"e": 1}}, "application/json", b'{"e":1}'),
        ({"status": 204, "body": None}, None, b""),
        ({"status": 202, "body": None}, None, b""),
        ({"status": 200, "body": None, "headers": {}}, "application/json", b"null"),
    ],
)
def test_types_of_bodies(value: Any, kind: str | None, body: bytes) -> None:
    found = answer(value)
    assert (found.headers.get("Content-Type"), found.body) == (kind, body)


@pytest.mark.parametrize(
    "kind",
    [
        "text/javascript", "application/javascript", "application/ecmascript", "text/css", "image/svg+xml",
        "application/xhtml+xml", "text/html; charset=utf-7", "text/html\r\nSet-Cookie: a=b", "",
        "multipart/x", "application/wasm", "text/cache-manifest", "application/manifest+json; x",
    ],
)  # fmt: skip
def test_what_a_browser_could_run_is_plain_text(kind: str) -> None:
    found = answer({"status": 200, "headers": {"Content-Type": kind}, "body": "alert(1)"})
    assert found.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_html_is_of_no_origin_and_runs_nothing() -> None:
    found = answer({"status": 200, "headers": {"Content-Type": "text/html"}, "body": "<script>x</script>"})
    assert found.headers["Content-Type"] == "text/html"
    policy = found.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox;")
    assert "allow-" not in policy
    assert "default-src 'none'" in policy


@pytest.mark.parametrize(
    "name",
    [
        "Set-Cookie", "set-cookie2", "Connection", "Transfer-Encoding", "Content-Length",
        "Content-Encoding", "Location", "Refresh", "Link", "Clear-Site-Data", "Content-Security-Policy",
        "Service-Worker-Allowed", "Access-Control-Allow-Origin", "Strict-Transport-Security",
        "X-Frame-Options", "X-Content-Type-Options", "X-Accel-Redirect", "X-Sendfile", "X-Request-Id",
        "X-Codex32-Request", "X-Forwarded-For", "X-XSS-Protection", "WWW-Authenticate", "Upgrade",
        "Keep-Alive", "Trailer", "X-A\r\nSet-Cookie", "X-", "", "SourceMap", "X-DNS-Prefetch-Control",
    ],
)  # fmt: skip
def test_headers_that_are_not_passed_on(name: str) -> None:
    plain = answer({"status": 200, "body": "x"})
    found = answer({"status": 200, "body": "x", "headers": {name: "value"}})
    assert found == plain


@pytest.mark.parametrize("value", ["a\r\nSet-Cookie: x=1", "a\nb", "a\0", "ü", 7, None, ["a"], "x" * 2049])
def test_values_that_are_not_passed_on(value: Any) -> None:
    found = answer({"status": 200, "body": "x", "headers": {"X-Own": value}})
    assert "X-Own" not in found.headers


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-600, 600) | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["status", "headers", "body", "content-type", "x-a"]), inner)
        ),
        max_leaves=8,
    )
)
def test_any_output_is_an_answer_that_can_be_sent(value: Any) -> None:
    found = answer(value)
    assert 200 <= found.status <= 599
    assert not 300 <= found.status <= 399
    assert found.headers["Content-Security-Policy"] == POLICY
    for name, text in found.headers.items():
        assert not any(character in name + text for character in "\r\n\0")
