"""What a text talks about."""

from __future__ import annotations

import re
from collections import Counter

COMMON_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
        a about after all also am an and any are as at be because been before but by can could did do does
        for from had has have he her his how i if in into is it its just like me more most my no not of on
        one only or other our out over she so some such than that the their them then there these they this
        to up us was we were what when where which who will with would you your
        al algo como con cuando de del desde donde el ella ellos en entre era es esa ese eso esta este esto
        fue ha han hay la las le les lo los mas me mi muy no nos o para pero por porque que se ser si sin
        sobre su sus también te tiene un una uno unos y ya yo
        """,
    )
)


def split_words(content: str) -> list[str]:
    """The words in lower case; `don't` and `e-mail` are one word each, numbers alone are none."""
    return re.findall(r"[^\W\d_]\w*(?:['’-]\w+)*", content.casefold())


def frequent_words(content: str, count: int) -> dict[str, int]:
    """The most frequent words with their counts, highest first, without words like `the`."""
    words = (word for word in split_words(content) if len(word) > 1 and word not in COMMON_WORDS)
    ranked = sorted(Counter(words).items(), key=lambda item: (-item[1], item[0]))
    return dict(ranked[: max(count, 0)])


def count_keywords(content: str, keywords: list[str]) -> dict[str, int]:
    """How often each keyword occurs as a whole word or phrase, in any case."""
    return {
        keyword: len(re.findall(rf"(?<!\w){re.escape(keyword)}(?!\w)", content, re.IGNORECASE))
        for keyword in keywords
    }


def count_lines(content: str) -> int:
    """Lines with something on them."""
    return sum(bool(line.strip()) for line in content.splitlines())
