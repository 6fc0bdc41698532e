"""Times of day, days of the week, days of the month, time zones, as people write them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from .patterns import Found, Sentence, match
from .tokens import fold

Clock = tuple[int, int]
_TIME = re.compile(r"(\d{1,2})(?:[:.h](\d{2})?)?\s?([ap])?", re.IGNORECASE)
_NICKNAMES = {
    "utc": "UTC",
    "gmt": "UTC",
    "eastern": "America/New_York",
    "pacific": "America/Los_Angeles",
    "central": "America/Chicago",
    "mountain": "America/Denver",
    "barcelona": "Europe/Madrid",
    "spain": "Europe/Madrid",
    "spanish": "Europe/Madrid",
    "espana": "Europe/Madrid",
    "uk": "Europe/London",
    "german": "Europe/Berlin",
    "munich": "Europe/Berlin",
    "cet": "Europe/Madrid",
    "londres": "Europe/London",
    "nueva york": "America/New_York",
    "ciudad de mexico": "America/Mexico_City",
    "san francisco": "America/Los_Angeles",
    "boston": "America/New_York",
    "india": "Asia/Kolkata",
    "japan": "Asia/Tokyo",
    "beijing": "Asia/Shanghai",
    "canary islands": "Atlantic/Canary",
    "canarias": "Atlantic/Canary",
    "canaria": "Atlantic/Canary",
    "espanola": "Europe/Madrid",
    "peninsular": "Europe/Madrid",
    "peninsular espanola": "Europe/Madrid",
    "espana peninsular": "Europe/Madrid",
    "mexico": "America/Mexico_City",
    "cdmx": "America/Mexico_City",
    "britanica": "Europe/London",
    "british": "Europe/London",
    "alemana": "Europe/Berlin",
    "french": "Europe/Paris",
    "francesa": "Europe/Paris",
    "italiana": "Europe/Rome",
    "japanese": "Asia/Tokyo",
    "japonesa": "Asia/Tokyo",
    "colombia": "America/Bogota",
    "peru": "America/Lima",
    "argentina": "America/Argentina/Buenos_Aires",
    "la habana": "America/Havana",
    "santiago de chile": "America/Santiago",
    "roma": "Europe/Rome",
    "lisboa": "Europe/Lisbon",
    "bruselas": "Europe/Brussels",
    "viena": "Europe/Vienna",
    "praga": "Europe/Prague",
    "varsovia": "Europe/Warsaw",
    "atenas": "Europe/Athens",
    "estocolmo": "Europe/Stockholm",
    "moscu": "Europe/Moscow",
    "estambul": "Europe/Istanbul",
    "el cairo": "Africa/Cairo",
    "tokio": "Asia/Tokyo",
    "pekin": "Asia/Shanghai",
    "seul": "Asia/Seoul",
    "singapur": "Asia/Singapore",
}
_SEVERAL = frozenset(
    (
        "cordoba", "merida", "la rioja", "san juan", "petersburg", "knox", "center", "general", "continental",
        "west", "east", "north", "south", "victoria", "vincennes", "monticello", "guadeloupe", "santiago",
    )
)  # fmt: skip
"""Names that stand in the list of zones and are those of other places too: who says one is asked."""
_AROUND = re.compile(
    r"^(?:(?:in|at|the|en|la|el|zona|horari[ao]|hora|local|de|del|time|zone|timezone)\s+)+|"
    r"(?:'s)?(?:\s+(?:time|zone|timezone|local))+$"
)


def clock_of(text: str) -> Clock | None:
    """Hour and minute of `9`, `9:30`, `14h`, `9am`; None if there is no such time."""
    found = _TIME.match(text.strip())
    if found is None:
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").casefold()
    if half and not 1 <= hour <= 12:
        return None
    hour = hour % 12 + (12 if half == "p" else 0) if half else hour
    return (hour, minute) if hour <= 23 and minute <= 59 else None


def sure_clock(sentence: Sentence, at: int) -> Iterator[Found]:
    """A time that cannot be anything else: `9:30`, `9am`, `noon`."""
    token = sentence.tokens[at]
    named = sentence.grammar.language.clocks.get(token.plain)
    if named:
        yield Found(at + 1, named)
    elif token.kind == "time":
        clock = clock_of(token.plain)
        yield Found(at + 1, clock if clock else token.text)


def clock(sentence: Sentence, at: int) -> Iterator[Found]:
    """A time of day; a bare number is an hour. A time that does not exist is given back as its text."""
    token, language = sentence.tokens[at], sentence.grammar.language
    at = at + 1 if token.plain in language.articles else at
    if at >= len(sentence.tokens):
        return
    token = sentence.tokens[at]
    yield from sure_clock(sentence, at)
    number = (
        int(token.plain)
        if token.kind == "number" and token.plain.isdigit()
        else language.numbers.get(token.plain)
    )
    if number is None:
        return
    yield Found(at + 1, (number, 0) if number <= 23 else token.text)
    for pattern, half in sentence.grammar.tables["halves"]:
        for end, _, _ in match(pattern, sentence, at + 1):
            hour = number % 12 + 12 if half == "pm" and 1 <= number <= 12 else number
            yield Found(end, (hour, 0))


def clocks(sentence: Sentence, at: int, reader: str = "clock") -> Iterator[Found]:
    """One or more times: `9`, `9, 12 and 18`, `9 and at 17:30`."""
    also = sentence.grammar.language.also | sentence.grammar.language.at_words

    def extend(here: int, known: tuple[Any, ...]) -> Iterator[Found]:
        for found in sentence.read(reader, here):
            times = (*known, found.value)
            after = found.end
            while after < len(sentence.tokens) and sentence.tokens[after].plain in also:
                after += 1
            if after > found.end and len(times) < 8:
                yield from extend(after, times)
            yield Found(found.end, times)

    yield from extend(at, ())


def sure_clocks(sentence: Sentence, at: int) -> Iterator[Found]:
    """Times that cannot be anything else."""
    return clocks(sentence, at, "sure_clock")


def weekday_list(sentence: Sentence, at: int) -> Iterator[Found]:
    """`monday`, `monday and thursday`, `monday to friday`, as cron writes days."""
    language = sentence.grammar.language
    tokens = sentence.tokens

    def extend(here: int, known: tuple[int, ...]) -> Iterator[Found]:
        here = (
            here + 1
            if here < len(tokens) and tokens[here].plain in language.articles | language.every
            else here
        )
        day = language.weekdays.get(tokens[here].plain) if here < len(tokens) else None
        if day is None:
            return
        days = (*known, day)
        after = here + 1
        while after < len(tokens) and tokens[after].plain in language.also:
            after += 1
        if after > here + 1:
            yield from extend(after, days)
        if here + 2 < len(tokens) and not known and tokens[here + 1].plain in language.until:
            last = language.weekdays.get(tokens[here + 2].plain)
            if last is not None:
                length = (last - day) % 7 + 1
                yield Found(here + 3, _as_cron((day + more) % 7 for more in range(length)))
        yield Found(here + 1, _as_cron(days))

    yield from extend(at, ())


def _as_cron(days: Iterable[int]) -> str:
    """Days of the week from Monday on, three or more in a row as a range; Sunday is 0. So equal days are
    written alike however they were said.
    """
    rows: list[list[int]] = []
    for day in sorted({day or 7 for day in days}):
        if rows and rows[-1][-1] == day - 1:
            rows[-1].append(day)
        else:
            rows.append([day])
    return ",".join(part for row in rows for part in _row_as_cron(row))


def _row_as_cron(row: list[int]) -> Iterator[str]:
    first, last = row[0], row[-1]
    if len(row) < 3:
        yield from (str(day % 7) for day in row)
    elif last < 7:
        yield f"{first}-{last}"
    else:
        yield from (f"{first}-6", "0")


def days(sentence: Sentence, at: int) -> Iterator[Found]:
    """Which days of the week: `every weekday`, `daily`, `on mondays`."""
    for pattern, key in sentence.grammar.tables["days"]:
        for end, slots, _ in match(pattern, sentence, at):
            yield Found(end, slots.get("weekdays", key))


def when(sentence: Sentence, at: int) -> Iterator[Found]:
    """Anything that says when a bot runs; the value is what a schedule is read from."""
    for pattern, fixed in sentence.grammar.tables["schedules"]:
        for end, slots, cost in match(pattern, sentence, at):
            if end > at:
                yield Found(end, {**json.loads(fixed), **slots}, cost)


def ordinal(sentence: Sentence, at: int) -> Iterator[Found]:
    """Day of the month: `first`, `15th`, `last`."""
    token, language = sentence.tokens[at], sentence.grammar.language
    if token.kind in ("ordinal", "number"):
        number = int(re.match(r"\d+", token.plain)[0]) if re.match(r"\d+", token.plain) else 0  # type: ignore[index]
        if 1 <= number <= 31 and token.plain.rstrip("stndrhºª").isdigit():
            yield Found(at + 1, str(number))
    elif token.plain in language.ordinals:
        yield Found(at + 1, language.ordinals[token.plain])


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


@cache
def _cities() -> dict[str, str]:
    names = sorted(_zones())
    cities = {fold(name.rsplit("/", 1)[-1]).replace("_", " "): name for name in names if "/" in name}
    return {
        **{
            city: zone
            for city, zone in cities.items()
            if not zone.startswith(("Etc/", "US/")) and city not in _SEVERAL
        },
        **_NICKNAMES,
    }


def zone(sentence: Sentence, at: int) -> Iterator[Found]:
    """A time zone by its IANA name or by a city; the value is the IANA name, or None if there is none."""
    token = sentence.tokens[at]
    if token.kind == "zone":
        known = token.text if token.text in _zones() else _NICKNAMES.get(token.plain)
        if known:
            yield Found(at + 1, known)
        return
    if token.kind != "word":
        return
    for length in (3, 2, 1):
        city = " ".join(word.plain for word in sentence.tokens[at : at + length])
        if at + length <= len(sentence.tokens) and city in _cities():
            yield Found(at + length, _cities()[city])


def zone_named(text: str) -> str | None:
    """The zone that an answer names: `Europe/Madrid`, `Madrid`, `hora de Madrid`; None if it names none."""
    plain = text.strip().rstrip(".")
    known = next((name for name in _zones() if name.casefold() == plain.casefold()), None)
    return known or _cities().get(_AROUND.sub("", fold(plain)))


def strange_zone(sentence: Sentence, at: int) -> Iterator[Found]:
    """What stands where a zone must and is none known: right after a time, or at the beginning."""
    tokens = sentence.tokens
    known = [found for found in zone(sentence, at) if found.value]
    if known or tokens[at].kind not in ("word", "zone"):
        return
    language = sentence.grammar.language
    before = next((one for one in reversed(tokens[:at]) if one.plain not in _ZONE_WORDS), None)
    timed = before is None or (
        before.kind in ("time", "number")
        or before.plain in language.clocks
        or before.plain in language.numbers
    )
    end = at
    while end < min(at + 3, len(tokens)) and tokens[end].kind in ("word", "zone"):
        if not timed or tokens[end].plain in language.reserved:
            break
        end += 1
        yield Found(end, " ".join(token.text for token in tokens[at:end]), 2.0 - 0.1 * (end - at))


_ZONE_WORDS = frozenset(("in", "at", "en", "hora", "horario", "zona", "horaria", "local", "de", "del", "la"))


def strange_iana(sentence: Sentence, at: int) -> Iterator[Found]:
    """`Europe/Madird`: written as a zone, and there is none of that name."""
    if sentence.tokens[at].kind == "zone":
        yield from strange_zone(sentence, at)


def iana(sentence: Sentence, at: int) -> Iterator[Found]:
    """A time zone written out: `Europe/Madrid`."""
    if sentence.tokens[at].kind == "zone":
        yield from zone(sentence, at)
