"""Prices that the catalogue lacks or has wrong, each with the page that says so. Data only.

US dollars per million tokens. A correction replaces the rates it names and leaves the others as they are; it
holds from `since` on, until the catalogue catches up and it is removed here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Correction:
    """`provider` and `model` are ids of the catalogue."""

    provider: str
    model: str
    rates: dict[str, str]
    since: datetime
    source: str
    whole: bool = False
    """Whether rates that are not named do not exist, instead of being the catalogue's."""


_OPENAI = "https://platform.openai.com/docs/pricing"
_DEEPSEEK = "https://api-docs.deepseek.com/quick_start/pricing"
_ALWAYS = datetime(2024, 1, 1, tzinfo=UTC)
_V32 = datetime(2025, 9, 29, tzinfo=UTC)
"""DeepSeek-V3.2-Exp: one price for chat and reasoner, no hours of discount any more."""

_DEEPSEEK_RATES = {"input": "0.28", "cached": "0.028", "output": "0.42"}

CORRECTIONS = (
    Correction(
        "openai", "gpt-4o-audio-preview", {"audio_input": "40", "audio_output": "80"}, _ALWAYS, _OPENAI
    ),
    Correction(
        "openai", "gpt-4o-mini-audio-preview", {"audio_input": "10", "audio_output": "20"}, _ALWAYS, _OPENAI
    ),
    Correction("deepseek", "deepseek-chat", _DEEPSEEK_RATES, _V32, _DEEPSEEK, whole=True),
    Correction("deepseek", "deepseek-reasoner", _DEEPSEEK_RATES, _V32, _DEEPSEEK, whole=True),
)

ONE_HOUR_WRITE = {"anthropic": 2}
"""Where the catalogue has no rate for what is kept an hour: so many times the input's.

https://platform.claude.com/docs/en/build-with-claude/prompt-caching#pricing
"""

BATCH_HALVES = {
    "openai": ("input", "output"),
    "google": ("input", "output", "audio_input"),
    "anthropic": ("input", "output", "cached", "cache_write", "cache_write_1h"),
}
"""Rates that are half in a batch, where the catalogue knows them only since it looked (October 2026).

https://platform.openai.com/docs/guides/batch, https://ai.google.dev/gemini-api/docs/batch-api,
https://platform.claude.com/docs/en/build-with-claude/batch-processing#pricing
"""
