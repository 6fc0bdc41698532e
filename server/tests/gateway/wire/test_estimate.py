"""Bounds of the estimate. Against a real tokenizer it is held in the live suite."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from codex32_server.gateway.contract import Format
from codex32_server.gateway.errors import RequestNotValidError
from codex32_server.gateway.wire import estimate
from hypothesis import given
from hypothesis import strategies as st
from support.model_apis import CLIENTS, REQUESTS


def chat(content: Any, **more: Any) -> dict[str, Any]:
    return {"model": "m", "messages": [{"role": "user", "content": content}], **more}


@given(st.text(max_size=400))
def test_never_above_a_token_a_byte_nor_below_half_of_it(text: str) -> None:
    size = len(text.encode("utf-8", "surrogatepass"))
    assert size / 2 <= estimate.most_in_text(text) <= size


@given(st.text(alphabet=st.characters(min_codepoint=0x80), max_size=200))
def test_rare_scripts_are_at_the_ceiling(text: str) -> None:
    assert estimate.most_in_text(text) == len(text.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("format", CLIENTS)
def test_longer_requests_have_more(format: Format) -> None:
    field = {Format.CHAT: "messages", Format.MESSAGES: "messages", Format.RESPONSES: "input"}[format]
    short = estimate.most_input(format, {**REQUESTS[format], field: [{"role": "user", "content": "a" * 10}]})
    long = estimate.most_input(format, {**REQUESTS[format], field: [{"role": "user", "content": "a" * 1000}]})
    assert long - short == pytest.approx(990 * 0.6, abs=1)


def test_everything_that_is_sent_counts() -> None:
    plain = estimate.most_input(Format.CHAT, chat("hi"))
    tool = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}
    assert estimate.most_input(Format.CHAT, chat("hi", tools=[tool])) > plain + 900
    schema = {"type": "json_schema", "json_schema": {"name": "s", "schema": {"x" * 50: 1}}}
    assert estimate.most_input(Format.CHAT, chat("hi", response_format=schema)) > plain + 30
    system = {**REQUESTS[Format.MESSAGES], "system": "be" * 100}
    assert estimate.most_input(Format.MESSAGES, system) > 120
    assert estimate.most_input(Format.RESPONSES, {"input": "x", "instructions": "be" * 100}) > 120
    google = {"contents": [{"parts": [{"text": "x" * 100}]}]}
    assert estimate.most_input(Format.GENERATE, google) > 60
    assert estimate.most_input(Format.CHAT, chat("hi", temperature=0.5, user="u" * 100)) == plain


IMAGE = "data:image/png;base64," + "A" * 100_000


@pytest.mark.parametrize(
    ("format", "part"),
    [
        (Format.CHAT, {"type": "image_url", "image_url": {"url": IMAGE}}),
        (Format.RESPONSES, {"type": "input_image", "image_url": IMAGE}),
        (Format.MESSAGES, {"type": "image", "source": {"type": "base64", "data": "A" * 100_000}}),
    ],
)
def test_an_image_is_not_counted_by_its_bytes(format: Format, part: dict[str, Any]) -> None:
    turn = [{"role": "user", "content": [part]}]
    count = estimate.most_input(format, {"model": "m", "messages": turn, "input": turn})
    assert estimate.IMAGE <= count < estimate.IMAGE + 100


def test_images_by_detail_and_model() -> None:
    low = {"type": "image_url", "image_url": {"url": IMAGE, "detail": "low"}}
    assert estimate.most_input(Format.CHAT, chat([low])) < 400
    assert estimate.most_input(Format.CHAT, chat([low]), model="gpt-4o-mini") > 48_000
    inline = {"contents": [{"parts": [{"inlineData": {"mimeType": "image/png", "data": "A" * 1000}}]}]}
    assert 4_800 <= estimate.most_input(Format.GENERATE, inline) < 4_900


def test_sound_and_documents() -> None:
    minute = base64.b64encode(bytes(60 * 4_000)).decode()  # 32 kbit/s
    sound = {"type": "input_audio", "input_audio": {"data": minute, "format": "mp3"}}
    assert estimate.most_input(Format.CHAT, chat([sound])) > 60 * 32
    pdf = base64.b64encode(bytes(9_000)).decode()
    inline = {"type": "document", "source": {"type": "base64", "data": pdf}}
    assert 9_000 <= estimate.most_input(Format.MESSAGES, chat([inline])) < 9_100
    far = {"type": "document", "source": {"type": "url", "url": "https://x.example/a.pdf"}}
    assert estimate.most_input(Format.MESSAGES, chat([far])) >= 200_000
    text = {"type": "document", "source": {"type": "text", "data": "a" * 100}}
    assert estimate.most_input(Format.MESSAGES, chat([text])) < 150
    inner = {
        "type": "document",
        "source": {"type": "content", "content": [{"type": "text", "text": "a" * 99}]},
    }
    assert 60 < estimate.most_input(Format.MESSAGES, chat([inner])) < 160
    file = {"type": "file", "file": {"file_data": pdf, "filename": "a.pdf"}}
    assert estimate.most_input(Format.CHAT, chat([file])) >= 9_000


@pytest.mark.parametrize(
    ("given", "least", "most"),
    [("abcd", 2, 50), (["abcd", "efgh"], 4, 60), ([1, 2, 3], 3, 40), ([[1, 2], [3]], 3, 50), (None, 0, 40)],
)
def test_embeddings(given: Any, least: int, most: int) -> None:
    assert least <= estimate.most_input(Format.EMBEDDINGS, {"model": "e", "input": given}) <= most


def test_deep_nesting_ends() -> None:
    value: Any = "x"
    for _ in range(500):
        value = {"a": [value]}
    with pytest.raises(RequestNotValidError, match="nested too deeply"):
        estimate.most_input(Format.CHAT, chat([value]))


def test_likely() -> None:
    english = "The quick brown fox jumps over the lazy dog. " * 20
    assert 180 <= estimate.likely(english) <= 300
    body = chat(english)
    assert 200 < estimate.likely_input(Format.CHAT, body) < estimate.most_input(Format.CHAT, body)
    picture = chat([{"type": "image_url", "image_url": {"url": IMAGE}}])
    assert estimate.likely_input(Format.CHAT, picture) == estimate.most_input(Format.CHAT, picture)
