"""Text as PostgreSQL's search by words is to read it. Where its locale is C, as that of the embedded database
is, it takes every character beyond ASCII for a letter: a word in “quotation marks” would be another word.
"""

from __future__ import annotations

import re
from typing import Final

_BETWEEN: Final = re.compile(
    "["
    "\u00a0-\u00a9\u00ab\u00ac\u00ae-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7\u00f7"  # Latin-1 without ª º µ
    "\u060c\u061b\u061f\u066a-\u066d\u06d4\u0964\u0965"  # Arabic, Devanagari
    "\u2000-\u200b\u200e-\u206f\u20a0-\u20cf\u2190-\u2bff\u2e00-\u2e7f"  # of all languages, money, signs
    "\u3000-\u3004\u3008-\u3020\u3030\u303d\u30fb\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"  # CJK
    "]+"
)
_SOFT_HYPHEN: Final = "\u00ad"
_APOSTROPHE: Final = "\u2019"


def spaced(text: str) -> str:
    """The same words with spaces in place of what stands between them and is not ASCII."""
    if text.isascii():
        return text
    return _BETWEEN.sub(" ", text.replace(_SOFT_HYPHEN, "").replace(_APOSTROPHE, "'"))
