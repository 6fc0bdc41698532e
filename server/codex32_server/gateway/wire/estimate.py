"""How many tokens a request may have, before anybody counted: `most_input` for reservations, `likely` for the
rest.

`most_input` must not be too low, whatever the tokenizer. Every tokenizer in use falls back to bytes, so one
token a byte is the ceiling that nothing passes; but ordinary text has a quarter of that, and a reservation
of four times the price refuses calls that could be paid. So bytes are weighed by what makes tokens short:

    lower-case letters 0.6 · upper-case 0.95 · spaces 0.5 · digits 1.2 · all else 1 · together at most 1 a
    byte

Punctuation and non-ASCII are at the ceiling because there are tokenizers that cut each byte of a rare
script. A digit is more than itself because it breaks the word that it stands in. Held in the live suite
against a vocabulary of 49,152 entries that cuts every digit, smaller than those of any provider: never below
it for prose and code in several scripts, random letters, hexadecimal, base64; for prose and code 1.6 to 2.8
times it.

Images: the largest of the providers' published rules (32-pixel patches or 768- and 512-pixel tiles) for the
largest picture that they do not scale down is below 4,800 tokens; one model counts 33 times as many tiles.
Audio: 32 tokens a second (Google's rule, three times OpenAI's) at the lowest rate of bits that speech is
sent with, 8 kbit/s. Documents: one token a byte, and what lies behind an address is taken for a context
full.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, cast

from codex32_server.gateway.contract import Format
from codex32_server.gateway.errors import RequestNotValidError

from .fields import MOST_LEVELS, Json, array, dumped, mapping, string

_LOWER = b"abcdefghijklmnopqrstuvwxyz"
_UPPER = _LOWER.upper()

IMAGE = 4_800
_SMALL_IMAGE = 300
"""OpenAI's `low` is 85; the smallest tile of others 258."""
_MINI_IMAGE = 48_169
"""gpt-4o-mini: 2,833 and 5,667 for each of eight tiles."""
_AUDIO_BYTES_PER_TOKEN = 31
_DOCUMENT = 200_000
_MOST_DOCUMENT = 1_000_000
_PER_REQUEST = 32
_PER_TURN = 8
_WITH_TOOLS = 900
"""The prompt that providers put before tools: Anthropic's is 264 to 804 tokens."""
_BYTES_PER_LIKELY_TOKEN = 3.4
_DEEPEST = 2 * MOST_LEVELS

_PROMPTED: Mapping[Format, tuple[str, ...]] = {
    Format.CHAT: ("messages", "functions", "response_format", "prediction"),
    Format.RESPONSES: ("input", "instructions", "text", "prompt"),
    Format.MESSAGES: ("messages", "system", "output_config"),
    Format.GENERATE: ("contents", "systemInstruction", "generationConfig"),
}


def most_input(format: Format, body: Mapping[str, Any], *, model: str = "") -> int:
    """Tokens of the request at most. `model` is the provider's name of it, where known already."""
    if format is Format.EMBEDDINGS:
        return _most_embedded(body.get("input")) + _PER_REQUEST
    image = _MINI_IMAGE if "4o-mini" in (model or string(body.get("model"))) else IMAGE
    weight = float(_PER_REQUEST)
    for name in _PROMPTED[format]:
        if name in body:
            weight += _weigh(body[name], image)
    tools = body.get("tools")
    if tools:
        weight += _WITH_TOOLS + most_in_text(dumped(tools))
    return math.ceil(weight)


def most_in_text(text: str | bytes) -> float:
    """Tokens of a text at most, as the module says."""
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    size = len(data)
    lower = size - len(data.translate(None, _LOWER))
    upper = size - len(data.translate(None, _UPPER))
    digits = size - len(data.translate(None, b"0123456789"))
    spaces = data.count(b" ")
    return min(size, size - 0.4 * lower - 0.05 * upper - 0.5 * spaces + 0.2 * digits)


def likely(text: str | bytes) -> int:
    """About the tokens of a text: for what a provider did not count. A little high for English, right for
    others.
    """
    size = len(text.encode("utf-8", "surrogatepass")) if isinstance(text, str) else len(text)
    return math.ceil(size / _BYTES_PER_LIKELY_TOKEN)


def likely_input(format: Format, body: Mapping[str, Any]) -> int:
    """About the tokens of a request: for `count_tokens`, and for settling what a provider did not count.

    Half the ceiling for what is weighed (see the module), the whole of it for images and documents.
    """
    return math.ceil(most_input(format, body) / 2) if not _has_media(body) else most_input(format, body)


def _has_media(value: Any, depth: int = 0) -> bool:
    if depth > _DEEPEST or not isinstance(value, list | dict):
        return False
    part = mapping(cast("Any", value))
    if part and _media(part, IMAGE) is not None:
        return True
    inner = list(part.values()) or array(cast("Any", value))
    return any(_has_media(item, depth + 1) for item in inner)


def _weigh(value: Any, image: int, depth: int = 0) -> float:
    if isinstance(value, str):
        return most_in_text(value)
    items = array(value)
    if items:
        return sum(_PER_TURN + _weigh(item, image, depth + 1) for item in items)
    if not isinstance(value, dict):
        return 1.0 if value is not None else 0.0
    part = mapping(value)
    if depth > _DEEPEST:
        raise RequestNotValidError("The request is nested too deeply.")
    media = _media(part, image)
    if media is not None:
        return media
    return sum(most_in_text(name) + 2 + _weigh(item, image, depth + 1) for name, item in part.items())


def _media(part: Json, image: int) -> float | None:
    """Tokens of an image, a sound or a document in any format; None for other parts."""
    kind = string(part.get("type"))
    if kind in ("image_url", "input_image", "image"):
        detail = part.get("detail") or mapping(part.get("image_url")).get("detail")
        return _SMALL_IMAGE if detail == "low" and image == IMAGE else image
    if kind == "input_audio":
        return _audio(string(mapping(part.get("input_audio")).get("data")))
    if kind in ("document", "file", "input_file"):
        return _document(part)
    inline = mapping(part.get("inlineData"))
    if inline:
        media_type, data = string(inline.get("mimeType")), string(inline.get("data"))
        if media_type.startswith("image/"):
            return image
        return _audio(data) if media_type.startswith("audio/") else _by_size(data)
    return None


def _audio(data: str) -> float:
    return len(data) * 3 / 4 / _AUDIO_BYTES_PER_TOKEN + _PER_TURN


def _document(part: Json) -> float:
    source = mapping(part.get("source"))
    if source.get("type") == "text":
        return most_in_text(string(source.get("data"))) + _PER_TURN
    if source.get("type") == "content":
        return _weigh(source.get("content"), IMAGE, 1)
    data = source.get("data") or mapping(part.get("file")).get("file_data") or part.get("file_data")
    return _by_size(string(data)) if data else float(_DOCUMENT)


def _by_size(data: str) -> float:
    return min(len(data) * 3 / 4, _MOST_DOCUMENT)


def _most_embedded(value: Any) -> int:
    """A text, token numbers, or a list of either."""
    if isinstance(value, str):
        return math.ceil(most_in_text(value))
    return sum(1 if isinstance(item, int) else _most_embedded(item) + 2 for item in array(value))
