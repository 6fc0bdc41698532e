"""Changing a bot by a sentence: the wish is worked into the words that the bot was built from.

Four kinds of change are known: something more (“also post it to Slack”), another time (“only on workdays”),
something less (“don't deduplicate any more”), one thing for another (“1000 instead of 500”). The new sentence
is understood as a whole and held against the old one: what the wish does not speak of must mean what it meant
before, or the change is refused. So a change is never a guess.
"""
# ruff: noqa: E501 - a pattern is read best on one line

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from .blocks.triggers import OnDemand, Schedule, Zone
from .model import Block, Placed, Question, Questions, Refusal, Understanding
from .times import clock_of
from .tokens import fold, tokenize
from .understand import times_in, understand


@dataclass(frozen=True)
class Edited:
    """The new words, and what they say more and less than the old ones."""

    sentence: str
    understanding: Understanding
    added: tuple[str, ...]
    removed: tuple[str, ...]


_ALSO = re.compile(
    r"^(?:please|por favor)?,?\s*(?:and|y|e)?\s*(?:also|additionally|besides|in addition|as well|moreover|ademas|tambien)\b,?\s*"
    r"|,?\s*(?:too|as well|tambien|ademas)\s*[.!]?$"
)
_ONLY = re.compile(
    r"^(?:please\s+)?(?:make it |let it |have it )?(?:only |just )?(?:run(?:s)?|start(?:s)?|schedule|do)(?: it)?(?: only| just)?\s+"
    r"|^(?:only|just|solo|solamente|unicamente)\s+|^(?:que )?(?:se )?(?:ejecuta(?:lo|la)?|ejecute|corre|hazlo)\s+(?:solo |solamente )?"
)
_INSTEAD_END = re.compile(r",?\s*(?:instead|en su lugar|en vez de eso)\s*[.!]?$")
_LESS = re.compile(
    r"^(?:please\s+)?(?:(?:don't|do not|dont|never|no longer|stop|remove the step|leave out the step|without|"
    r"no|ya no|deja de|quita el paso|sin)\s+)(?P<what>.+?)(?:\s+(?:any ?more|any longer|mas))?[.!]?$"
)
_CHANGE = (
    re.compile(
        r"^(?:change|replace|switch|turn|cambia|sustituye|reemplaza)\s+(?P<old>.+?)\s+(?:to|with|into|by|for|a|por)\s+(?P<new>.+?)[.!]?$"
    ),
    re.compile(
        r"^(?:use |take |make it |send it to |post it to |usa |pon |que sea )?(?P<new>.+?)\s+(?:instead of|rather than|not|en vez de|en lugar de|y no)\s+(?P<old>.+?)[.!]?$"
    ),
)
_SOFT_LESS = re.compile(
    r"^(?:please\s+)?(?:remove|drop|skip|leave out|take out|quita|elimina)\s+(?:the |la |el |los |las )?(?P<what>.+?)[.!]?$"
)
_TRIGGERS = (Schedule, OnDemand, Zone)
_STAND_INS = {"en": "sort a.csv by stand_in", "es": "ordena a.csv por stand_in"}
_STAND_IN = _STAND_INS["en"]
"""Work that asks nothing: to try words that need some with them."""
_TIME_FIRST = re.compile(r"\s*[,;.]?\s*\b(?:and|then|y|e|luego)\s+|\s*[;.]\s+")
"""What joins a time and work: “a las 9, y | guarda el resultado”."""
_AT = re.compile(r"^(?:at|@|a las|a la|las|la)\s+")
_CLOCK = re.compile(r"\d{1,2}(?:[:.h]\d{2})?h?\s?(?:[ap]m)?")
_ALREADY = "The bot does that already."
_STEM = 6
"""Letters that two words have in common at least, if they are of one family."""
_ROOT = 4
"""The same where all words of a wish stand in the words of one step, in whatever form: “ya no elimines …”."""
_ENDINGS = frozenset(
    ("", *"s es d ed ing a o e as os ar er ir an en do da ado ada ados adas ando".split())  # noqa: SIM905 - read as words
)
"""What forms of a word differ by."""
_SMALL = frozenset(
    [
        "a",
        "an",
        "and",
        "any",
        "anymore",
        "as",
        "at",
        "by",
        "for",
        "from",
        "in",
        "it",
        "its",
        "longer",
        "more",
        "of",
        "on",
        "or",
        "that",
        "the",
        "them",
        "this",
        "those",
        "to",
        "with",
        "al",
        "cada",
        "con",
        "de",
        "del",
        "el",
        "en",
        "ese",
        "eso",
        "esos",
        "esta",
        "este",
        "la",
        "las",
        "le",
        "les",
        "lo",
        "los",
        "mas",
        "me",
        "por",
        "se",
        "si",
        "su",
        "sus",
        "un",
        "una",
        "y",
        "ya",
    ]
)
_NEXT = re.compile(r"\s(?:y|e|and|then)\s+(?:\w+(?:lo|la|los|las|le)|\w+ (?:it|them))$")
"""The verb of the step that comes after: “ordena por nombre y publícalo | en Slack”."""
_GROUPS = r"(?:group(?:ed)? by|by each|by every|for each|for every|in each|by|per|agrupad[oa]s? por|por cada|para cada|por|segun)"
"""Words before what a sum is told apart by: one of them is as good as another."""
_GROUPED = re.compile(rf"^{_GROUPS} ")
_NOT_FOUND = "Nothing in “{}” says “{}”, so there is nothing to change."
_TOO_MUCH = "That would change more than was asked for: {}. Say the whole wish again instead."


def edit(
    origin: str,
    wish: str,
    answers: Mapping[str, str] | None = None,
    zone: str = "UTC",
    assume_defaults: bool = False,
) -> Edited | Questions | Refusal:
    """The bot of `origin` with the wish worked in. `answers` are those to both sentences."""

    def read(sentence: str) -> Understanding | Questions | Refusal:
        return understand(sentence, answers, zone, assume_defaults)

    before = read(origin)
    if not isinstance(before, Understanding):
        return Refusal("The words that this bot was built from are not understood any more. Build it anew.")

    def ask(sentence: str) -> Understanding | Questions | Refusal:
        return understand(sentence, answers, zone)

    mixed = _time_and_work(wish)
    if mixed is not None:
        return _one_by_one(before, mixed, answers, zone, assume_defaults)
    told: Questions | Refusal | None = None
    for change in _changes(before, wish.strip(" ."), read, ask):
        found = change if isinstance(change, Refusal) else _checked(before, change, read)
        if isinstance(found, Edited):
            return found
        if isinstance(change, Refusal) or change.sure:
            return found
        if told is None or (isinstance(told, Refusal) and isinstance(found, Questions)):
            told = found
    return told or Refusal("I do not understand what should change.", wish)


def _time_and_work(wish: str) -> tuple[str, str] | None:
    """A wish that says another time and, joined by “and”, work: each is a change of its own. None if it is not,
    or could mean work at that time only.
    """
    plain = fold(wish)
    if len(plain) != len(wish) or any(one.match(plain) for one in (*_CHANGE, _LESS, _SOFT_LESS, _ALSO)):
        return None
    whole = times_in(wish)
    if whole and not _tidy(_without(wish, whole)):
        return None
    found = _TIME_FIRST.search(plain)
    while found:
        when, work = _cut(_ONLY, wish[: found.start()]), wish[found.end() :]
        times = times_in(when)
        if times and not _tidy(_without(when, times)) and not times_in(work):
            return when, work
        found = _TIME_FIRST.search(plain, found.end())
    return None


def _one_by_one(
    before: Understanding,
    wishes: Sequence[str],
    answers: Mapping[str, str] | None,
    zone: str,
    assume_defaults: bool,
) -> Edited | Questions | Refusal:
    """One change after the other; what a bot does already is no reason to refuse what comes with it."""
    sentence, added, removed = before.sentence, list[str](), list[str]()
    found: Edited | Questions | Refusal = Refusal(_ALREADY)
    done: Edited | None = None
    for wish in wishes:
        found = edit(sentence, wish, answers, zone, assume_defaults)
        if isinstance(found, Refusal) and found.reason == _ALREADY:
            continue
        if not isinstance(found, Edited):
            return found
        sentence, done = found.sentence, found
        added += found.added
        removed += found.removed
    return replace(done, added=tuple(added), removed=tuple(removed)) if done else found


def _without(text: str, spans: Sequence[tuple[int, int, tuple[Block, ...]]]) -> str:
    """The text with the spans taken out."""
    for start, end, _ in sorted(spans, key=lambda one: one[0], reverse=True):
        text = text[:start] + text[end:]
    return text


@dataclass(frozen=True)
class _Change:
    """A new sentence, and which blocks of the old one may be gone in it."""

    sentence: str
    may_go: frozenset[int] = frozenset()
    """Numbers of blocks of the old understanding."""
    must_add: bool = False
    only_times: bool = False
    """Nothing may come with it but another time."""
    sure: bool = False
    """The wish can hardly mean anything else: what stands in its way is what the person is told."""


Read = Callable[[str], Understanding | Questions | Refusal]


def _changes(before: Understanding, wish: str, read: Read, ask: Read) -> Iterator[_Change | Refusal]:
    """Every way in which the wish might be meant, the surest first. `ask` assumes nothing."""
    plain = fold(wish)
    if not plain:
        yield Refusal(
            "Nothing was said. Say what should change: “only on workdays”, “also post it to Slack”."
        )
        return
    for pattern in _CHANGE:
        if found := pattern.match(plain):
            yield from _other_hour(before, found["old"], found["new"], ask)
            yield from _swapped(before, wish[slice(*found.span("old"))], wish[slice(*found.span("new"))], ask)
    if found := _LESS.match(plain):
        yield _less(before, wish[slice(*found.span("what"))], read)
        return
    if found := _SOFT_LESS.match(plain):
        less = _less(before, wish[slice(*found.span("what"))], read)
        if isinstance(less, _Change):
            yield less
    yield from _retimed(before, _cut(_INSTEAD_END, _cut(_ONLY, wish)), ask)
    more = _cut(_ALSO, _cut(_ALSO, wish)).strip(" .")
    joint = "y" if before.language == "es" else "and"
    yield _Change(f"{before.sentence.rstrip(' .')}, {joint} {more}", must_add=True)


def _cut(pattern: re.Pattern[str], text: str) -> str:
    """Without what the pattern finds; it reads folded text, whose letters stand in the same places."""
    plain = fold(text)
    found = pattern.search(plain)
    if found is None or len(plain) != len(text):
        return text
    return (text[: found.start()] + text[found.end() :]).strip()


def _swapped(before: Understanding, old: str, new: str, ask: Read) -> Iterator[_Change | Refusal]:
    """Words for words, wherever the old ones stand in the sentence."""
    old, new = old.strip(" '\"“”"), new.strip(" '\"“”")
    if fold(old) in ("the time", "the schedule", "la hora", "el horario"):
        yield from _retimed(before, new, ask)
        return
    plain = fold(before.sentence)
    at = [found.start() for found in re.finditer(rf"(?<!\w){re.escape(fold(old))}(?!\w)", plain)]
    groups = _grouped(plain, old, new)
    if groups and (not at or fold(new) != fold(groups[1])):
        (at, new), old = groups, _cut(_GROUPED, old)
    new = _unrepeated(plain, at, new)
    if not at or len(plain) != len(before.sentence):
        yield Refusal(_NOT_FOUND.format(before.sentence, old), old)
        return
    sentence, end = "", 0
    for start in at:
        sentence, end = sentence + before.sentence[end:start] + new, start + len(old)
    touched = frozenset(
        number
        for number, one in enumerate(before.placed)
        if any(_covers(before, one, start, start + len(old)) for start in at)
    )
    yield _Change(sentence + before.sentence[end:], touched, sure=True)


def _unrepeated(plain: str, at: Sequence[int], new: str) -> str:
    """Without the words with which it repeats what stands before the old ones: “sort by pupil instead of name”
    where “sorted by name” stands means the name, “less than 6 instead of 5” the number.
    """
    said = list(re.finditer(r"\S+", new))
    for length in range(len(said) - 1, 0, -1):
        words = [fold(one.group()) for one in said[:length]]
        before = [plain[:start].split()[-length:] for start in at]
        if at and all(len(there) == length and all(map(_same_word, words, there)) for there in before):
            return new[said[length].start() :]
    return new


def _same_word(one: str, other: str) -> bool:
    """Equal, or of one family: `sort` and `sorted`, `ordena` and `ordenado`."""
    first, second = one.strip(",.;:"), other.strip(",.;:")
    size = next((at for at, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), None)
    root = first[: min(len(first), len(second)) if size is None else size]
    endings = {first[len(root) :], second[len(root) :]}
    return first == second or (len(root) >= _ROOT and endings <= _ENDINGS)


def _other_hour(before: Understanding, old: str, new: str, ask: Read) -> Iterator[_Change]:
    """“at 10 instead of 9”: one hour of the schedule for another, if it is an hour that the schedule has."""
    schedule = next((one.block for one in before.placed if isinstance(one.block, Schedule)), None)
    said = _AT.search(old) or _AT.search(new)
    was, becomes = clock_of(_AT.sub("", old)), clock_of(_AT.sub("", new))
    whole = all(_CLOCK.fullmatch(_AT.sub("", one)) for one in (old, new))
    if schedule is None or not (said and was and becomes and whole) or was not in schedule.clocks:
        return
    clocks = tuple(becomes if clock == was else clock for clock in schedule.clocks)
    yield from _retimed(before, " ".join(replace(schedule, clocks=clocks).in_words(before.language)), ask)


def _grouped(plain: str, old: str, new: str) -> tuple[list[int], str] | None:
    """Where the sentence groups by the old word, and the new one without “by” or “per”: whoever says “per city
    instead of per country” means the “by country” that stands there.
    """
    if not (_GROUPED.match(fold(old)) or _GROUPED.match(fold(new))):
        return None
    word = re.escape(fold(_cut(_GROUPED, old)))
    found = [one.start("word") for one in re.finditer(rf"(?<!\w){_GROUPS} (?P<word>{word})(?!\w)", plain)]
    return (found, _cut(_GROUPED, new)) if found else None


def _less(before: Understanding, what: str, read: Read) -> _Change | Refusal:
    """Without the block that the words ask for, or that was asked for in these words."""
    steps = [(at, one) for at, one in enumerate(before.placed) if not isinstance(one.block, _TRIGGERS)]
    near = [at for at, one in steps if fold(what) in fold(one.words)]
    if not near:
        near = _named_by(_roots(what), [(at, _roots(_cut(_NEXT, one.words))) for at, one in steps])
    if not near:
        families = _families(what, read)
        near = [at for at, one in steps if one.block.family in families]
    if not near:
        near = [
            at for at, one in steps if _related(what, f"{one.block.family} {one.block.title} {one.words}")
        ]
    if len(near) != 1:
        return Refusal(_NOT_FOUND.format(before.sentence, what), what)
    start, end = _span(before, before.placed[near[0]])
    return _Change(_tidy(before.sentence[:start] + before.sentence[end:]), frozenset(near), sure=True)


def _families(what: str, read: Read) -> set[str]:
    """Of the blocks that the words ask for, by themselves or after other work."""
    for sentence in (f"{what}, with a.csv", f"{_STAND_IN} and {what}", what):
        meant = read(sentence)
        if isinstance(meant, Understanding):
            found = {one.block.family for one in meant.placed if one.words not in _STAND_IN}
            if found:
                return found
    return set()


def _named_by(asked: set[str], steps: Sequence[tuple[int, set[str]]]) -> list[int]:
    """Steps in which every word of the wish stands, else those of which every word stands in the wish."""
    near = [at for at, roots in steps if asked and asked <= roots]
    return near or [at for at, roots in steps if roots and roots <= asked]


def _roots(text: str) -> set[str]:
    """Of the words that say something; with one letter for what Spanish writes as c or qu."""
    words = (word for word in re.findall(r"\w+", fold(text)) if word not in _SMALL)
    return {word.replace("qu", "c")[:_ROOT] for word in words}


def _related(what: str, told: str) -> bool:
    """Whether every long word has one of its family there: `deduplication` and `deduplicate`."""
    stems = [word[:_STEM] for word in re.findall(r"\w+", fold(what)) if len(word) >= _STEM]
    known = {word[:_STEM] for word in re.findall(r"\w+", fold(told))}
    return bool(stems) and all(stem in known for stem in stems)


def _retimed(before: Understanding, when: str, ask: Read) -> Iterator[_Change]:
    """With another time. What the wish leaves open (hour, days, hours between, zone) stays as it was."""
    times = [at for at, one in enumerate(before.placed) if isinstance(one.block, _TRIGGERS)]
    spans = [
        one
        for one in times_in(before.sentence) or ()
        if all(isinstance(block, _TRIGGERS) for block in one[2])
    ]
    zones = [block.zone for _, _, blocks in spans for block in blocks if isinstance(block, Zone)]
    named = [block for _, _, blocks in times_in(when) or () for block in blocks if isinstance(block, Zone)]
    zone = f", {zones[0]}" if any(zones) and not named else ""
    rest = _tidy(_without(before.sentence, spans))
    old = next((one.block for one in before.placed if isinstance(one.block, Schedule)), None)
    new = ask(f"{when}, {_STAND_INS[before.language]}")
    open_ones = (
        {one.id.rpartition(".")[2] for one in new.questions} if isinstance(new, Questions) else set[str]()
    )
    kept = old.in_words(before.language) if old else ("", "")
    if old and "days" in open_ones:
        when = f"{kept[0]} {when}"
    if old and "time" in open_ones and kept[1]:
        when = f"{kept[1]} {when}" if old.step else f"{when} {kept[1]}"
    if isinstance(new, Understanding):
        timed = [one.block for one in new.placed if isinstance(one.block, Schedule | OnDemand)]
        if not timed:
            when, zone = f"{' '.join(kept)}, {when}".lstrip(" ,"), ""
        elif old and old.step and isinstance(timed[0], Schedule) and timed[0].step:
            when = " ".join(_spaced_as(timed[0], old).in_words(before.language)[::-1]).strip()
    yield _Change(f"{when}{zone}, {rest}", frozenset(times), must_add=True, only_times=True)


def _spaced_as(new: Schedule, old: Schedule) -> Schedule:
    """The new steps, on the days and between the hours of the old ones unless they name their own."""
    days = old.days if new.days == "*" and old.day_of_month == "*" else new.days
    return replace(new, days=days or "*", window=new.window or old.window)


def _checked(before: Understanding, change: _Change, read: Read) -> Edited | Questions | Refusal:
    """The change, if it changes only what it may."""
    after = read(change.sentence)
    if isinstance(after, Questions):
        return replace(after, questions=tuple(_about_change(one) for one in after.questions))
    if isinstance(after, Refusal):
        return after
    left = [one.block for one in after.placed]
    lost: list[tuple[int, Block]] = []
    for number, one in enumerate(before.placed):
        if one.block in left:
            left.remove(one.block)
        else:
            lost.append((number, one.block))
    strange = [block for number, block in lost if number not in change.may_go]
    if strange:
        return Refusal(_TOO_MUCH.format("; ".join(_said(block) for block in strange)))
    if change.only_times and not all(isinstance(block, _TRIGGERS) for block in left):
        return Refusal("That is no time.")
    same_files = (after.tables, after.documents) == (before.tables, before.documents)
    if not same_files and not change.may_go:
        return Refusal(_TOO_MUCH.format("it would read other files"))
    other_zone = after.zone != before.zone
    if other_zone and not change.only_times and not change.sure:
        return Refusal(_TOO_MUCH.format("it would run in another time zone"))
    if (change.must_add and not (left or other_zone)) or not (left or lost or other_zone or not same_files):
        return Refusal(_ALREADY)
    zones = [Zone(one.zone).say() for one in (after, before)] if other_zone else []
    added = (*dict.fromkeys(_said(block) for block in left), *zones[:1])
    return Edited(
        change.sentence, after, added, (*dict.fromkeys(_said(block) for _, block in lost), *zones[1:])
    )


def _about_change(question: Question) -> Question:
    return replace(question, about=question.about or "the change")


def _said(block: Block) -> str:
    return block.say() or block.title


def _span(before: Understanding, one: Placed) -> tuple[int, int]:
    """Where the words of a block stand in the sentence."""
    start = tokenize(before.sentence)[one.start].start
    return start, start + len(one.words)


def _covers(before: Understanding, one: Placed, start: int, end: int) -> bool:
    first, last = _span(before, one)
    return first < end and start < last


def _tidy(sentence: str) -> str:
    """Without the signs and conjunctions that stood around what was taken out."""
    joined = re.sub(r"\s+", " ", sentence)
    joined = re.sub(r"(?:\s*[,;]\s*(?:and|then|y|luego)?\s*)+(?=[,;.]|$)", "", joined)
    joined = re.sub(r":\s*[,;]\s*(?:and |then |y )?", ": ", joined)
    joined = re.sub(r"(?:\s*[,;]\s*(?:and|then|y)?){2,}\s*", ", ", joined)
    joined = re.sub(r"^\s*(?:[,;:]|and\b|then\b|y\b)+\s*", "", joined)
    return re.sub(r"(?:\s+(?:and|then|y|e|luego))+\s*$", "", joined.strip(" ,;")).strip(" ,;")
