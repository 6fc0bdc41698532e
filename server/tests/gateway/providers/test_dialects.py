"""Where each kind of provider is asked, in which format, and how it is shown the key."""

from __future__ import annotations

from typing import Any

import pytest
from codex32_server.gateway.contract import Format, Target
from codex32_server.gateway.providers.presets import DIALECTS, LOCAL, PRESETS
from codex32_server.gateway.providers.transport.url import parse_base_url

CHAT, RESPONSES, MESSAGES = Format.CHAT, Format.RESPONSES, Format.MESSAGES
GENERATE, EMBEDDINGS = Format.GENERATE, Format.EMBEDDINGS


def target(kind: str, model: str = "m-1", **more: Any) -> Target:
    return Target("p", kind, model, "https://llm.example/v1", **{"secret": "sk-1", **more})


@pytest.mark.parametrize(
    ("kind", "options", "spoken"),
    [
        ("openai", {}, (CHAT, RESPONSES, CHAT, EMBEDDINGS)),
        ("azure", {}, (CHAT, RESPONSES, CHAT, EMBEDDINGS)),
        ("azure", {"api_version": "2024-10-21"}, (CHAT, CHAT, CHAT, EMBEDDINGS)),
        ("anthropic", {}, (MESSAGES, MESSAGES, MESSAGES, None)),
        ("google", {}, (GENERATE, GENERATE, GENERATE, EMBEDDINGS)),
        ("compatible", {}, (CHAT, CHAT, CHAT, EMBEDDINGS)),
        ("compatible", {"formats": ["responses"]}, (CHAT, RESPONSES, CHAT, EMBEDDINGS)),
        ("compatible", {"formats": ["messages"]}, (CHAT, CHAT, MESSAGES, EMBEDDINGS)),
        (LOCAL, {}, (CHAT, CHAT, CHAT, EMBEDDINGS)),
    ],
)
def test_what_is_spoken(kind: str, options: dict[str, Any], spoken: tuple[Format | None, ...]) -> None:
    asked = (CHAT, RESPONSES, MESSAGES, EMBEDDINGS)
    one = target(kind, options=options)
    assert tuple(DIALECTS[kind].spoken(each, one) for each in asked) == spoken


@pytest.mark.parametrize(
    ("kind", "spoken", "stream", "options", "path"),
    [
        ("openai", CHAT, False, {}, "/chat/completions"),
        ("openai", RESPONSES, True, {}, "/responses"),
        ("compatible", EMBEDDINGS, False, {}, "/embeddings"),
        ("anthropic", MESSAGES, True, {}, "/v1/messages"),
        ("google", GENERATE, False, {}, "/v1beta/models/a%2Fb%20c:generateContent"),
        ("google", GENERATE, True, {}, "/v1beta/models/a%2Fb%20c:streamGenerateContent?alt=sse"),
        ("google", EMBEDDINGS, False, {}, "/v1beta/openai/embeddings"),
        ("azure", CHAT, False, {}, "/openai/v1/chat/completions"),
        (
            "azure",
            CHAT,
            False,
            {"api_version": "2024-10-21&x"},
            "/openai/deployments/a%2Fb%20c/chat/completions?api-version=2024-10-21%26x",
        ),
    ],
)
def test_where_it_is_asked(
    kind: str, spoken: Format, stream: bool, options: dict[str, Any], path: str
) -> None:
    assert DIALECTS[kind].way(spoken, target(kind, "a/b c", options=options), stream=stream).path == path


@pytest.mark.parametrize(
    ("kind", "header", "value"),
    [
        ("openai", "authorization", "Bearer sk-1"),
        ("compatible", "authorization", "Bearer sk-1"),
        ("azure", "api-key", "sk-1"),
        ("anthropic", "x-api-key", "sk-1"),
        ("google", "x-goog-api-key", "sk-1"),
    ],
)
def test_how_the_key_is_shown(kind: str, header: str, value: str) -> None:
    one = target(kind, headers={header.upper(): "stolen", "X-Team": "a"})
    spoken = DIALECTS[kind].spoken(CHAT, one)
    assert spoken is not None
    for way in (DIALECTS[kind].way(spoken, one, stream=False), DIALECTS[kind].listing(one)):
        assert (way.headers[header], way.headers["x-team"]) == (value, "a")
        assert way.headers["accept-encoding"] == "identity"
        assert "sk-1" not in repr(way)
        assert "sk-1" not in way.path
    bare = DIALECTS[kind].way(spoken, target(kind, secret=None), stream=False)
    assert header not in bare.headers


def test_options_of_adapters_become_headers() -> None:
    one = target("openai", options={"organization": "org-1", "project": "p-1"})
    headers = DIALECTS["openai"].way(CHAT, one, stream=False).headers
    assert (headers["openai-organization"], headers["openai-project"]) == ("org-1", "p-1")
    for beta in ("a-1", ["a-1", "b-2"]):
        one = target("anthropic", options={"beta": beta})
        headers = DIALECTS["anthropic"].way(MESSAGES, one, stream=False).headers
        assert headers["anthropic-beta"] == ("a-1" if beta == "a-1" else "a-1,b-2")


def test_presets_are_whole() -> None:
    assert LOCAL not in PRESETS
    for name, preset in PRESETS.items():
        assert preset.kind in DIALECTS, name
        if preset.base_url is not None:
            url = parse_base_url(preset.base_url)
            assert url.origin.secure != preset.free, name
