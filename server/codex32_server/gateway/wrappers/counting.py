"""Estimates tokens from what was received, and knows which numbers of a provider cannot be true."""

from __future__ import annotations

import re
from dataclasses import replace

from codex32_server.gateway.contract import Target, Usage

_TEXT = re.compile(
    rb'"(?:content|reasoning_content|reasoning|refusal|arguments|text|thinking|partial_json|delta)"'
    rb'\s*:\s*"((?:[^"\\]|\\.)*)"'
)
_BYTES_PER_TOKEN = 4
_SLACK = 100_000
"""Tokens that a provider may add by itself: its own prompt, what it looked up, thoughts past the ceiling."""


class Counting:
    """Counts the text of an answer while it passes."""

    __slots__ = ("_bytes", "_pieces")

    def __init__(self) -> None:
        self._bytes = 0
        self._pieces = 0

    def event(self, event: bytes) -> None:
        """One event of a stream, or a whole body. A piece of text in it is at least one token."""
        for text in _TEXT.findall(event):
            if text:
                self._pieces += 1
                self._bytes += len(text)

    def estimate(self, said: Usage, most_output: int) -> Usage:
        """What was received cost at least what was said so far, and its text not more than was claimed."""
        output = min(most_output, max(self._pieces, -(-self._bytes // _BYTES_PER_TOKEN)))
        return replace(said, output=max(said.output, output), estimated=True)


def believable(usage: Usage | None, target: Target, most_input: int, most_output: int) -> bool:
    """Whether these can be the numbers of an attempt that could use that much at most."""
    if usage is None:
        return False
    parts = (usage.cached, usage.cache_write, usage.audio_input, usage.reasoning, usage.audio_output)
    if min(usage.input, usage.output, *parts) < 0:
        return False
    inside = usage.cached + usage.cache_write <= usage.input and usage.reasoning <= usage.output
    most_in = max(4 * most_input + _SLACK, target.context_tokens or 0)
    most_out = 4 * max(most_output, target.most_output_tokens or 0) + _SLACK
    return inside and usage.input <= most_in and usage.output <= most_out
