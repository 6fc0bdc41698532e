"""What stands between words is no part of them, in any script."""

from __future__ import annotations

import unicodedata

import pytest
from codex32_server.kit.words import spaced


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("plain, text!", "plain, text!"),
        ("¿Cuánto cuesta? ¡Mucho!", "Cuánto cuesta? Mucho!"),
        ("“holidays” — it’s «gut»…", "holidays it's gut"),
        ("Donau\u00addampfer 5 €/m²", "Donaudampfer 5 /m"),
        ("東京、大阪。ー々〇", "東京 大阪 ー々〇"),
        ("हिन्दी भाषा।", "हिन्दी भाषा"),
        ("كيف؟ نعم، لا", "كيف نعم لا"),
        ("naïve º ª µ", "naïve º ª µ"),
    ],
)
def test_between(text: str, words: str) -> None:
    assert " ".join(spaced(text).split()) == words


def test_letters_marks_and_digits_stay() -> None:
    """Of every script, but for digits that are raised."""
    kept = [
        chr(code)
        for code in range(128, 0x20000)
        if unicodedata.category(chr(code))[:2] in ("Lu", "Ll", "Lo", "Nd", "Mn", "Mc")
    ]
    assert [one for one in kept if not spaced(one).strip()] == []
