"""From a sentence to its typed meaning, or to questions, or to a refusal. Pure, and nothing is guessed.

Answers come back by question id and the whole sentence is read again with them, so there is no state.
"""
# ruff: noqa: E501 - a phrase is read best on one line

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from .answers import given, without_nothing
from .assemble import announces, assemble, without_headings
from .blocks.channels import SendVerb
from .blocks.headings import Clean
from .draft import slug
from .grammar import Tongue, tongues
from .model import Block, Delivery, Placed, Question, Questions, Refusal, Source, Understanding
from .options import gather, spoken
from .outside import has_password, is_inner
from .reading import Piece, Reading, read_sentence
from .slots import FileName
from .tokens import fold, tokenize
from .unavailable import FORBIDDEN, NEAREST, ORDER

MOST_CHARACTERS = 2000
_MOST_TOKENS = 300
_MOST_SUBSTITUTIONS = 12
_MOST_QUESTIONS = 3
_SHORTEST_SLIP = 5
_COLON = re.compile(r"^(\s*\w*)\s*:")
"""Behind an answer, or behind the one word that it left: `tidy up my frob | list: …`."""
_REMEMBER = ("remember", "recuerda", "watch", "vigila", "fetch", "read")


@dataclass(frozen=True)
class _Gap:
    """Words that no phrase explains."""

    words: str
    start: int
    end: int

    @property
    def id(self) -> str:
        return f"words-{slug(self.words, '-')[:60]}"


def understand(
    sentence: str, answers: Mapping[str, str] | None = None, zone: str = "UTC", assume_defaults: bool = False
) -> Understanding | Questions | Refusal:
    """What the sentence means. `zone` holds if the sentence names none.

    With `assume_defaults` questions that have a default are not asked; the decisions are in `assumed`.
    """
    known = dict(answers or {})
    if len(sentence) > MOST_CHARACTERS:
        return Refusal(f"The sentence has more than {MOST_CHARACTERS} characters; say it in fewer words.")
    goal = known.pop("goal", "")
    text = f"{sentence}. {goal}" if goal.strip() else sentence
    if measure := known.pop("measure", "").strip():
        # “the price” is what people answer, and says nothing where it stands alone.
        text = f"{text}. {measure if fold(measure).startswith(_REMEMBER) else f'remember {measure}'}"
    text = next((known.pop(key) for key in list(known) if key.startswith("source-")), "") or text
    schedule = known.pop("schedule", "")
    text = f"{text}, {schedule}" if schedule.strip() else text
    for _ in range(_MOST_SUBSTITUTIONS):
        reading = _best_reading(text)
        if isinstance(reading, Refusal):
            return reading
        gaps = _gaps(text, reading)
        gap = next((gap for gap in gaps if gap.id in known), None)
        if gap is None:
            return _judge(text, reading, gaps, known, zone, assume_defaults)
        text = _with_answer(text, reading, gap, without_nothing(known.pop(gap.id)).strip())
    return Refusal("The answers raise ever new questions; say the whole thing again in other words.")


def _with_answer(text: str, reading: Reading, gap: _Gap, answer: str) -> str:
    """The sentence with the answer where the words stood.

    A verb of sending (`put …`, `write …`) goes with the words that it was about: alone it would ask who is told.
    Cleaning that somebody answers is a wish, so it announces nothing: its colon becomes a comma.
    """
    start, rest = gap.start, text[gap.end :]
    own = _best_reading(answer) if answer else None
    blocks = [] if not isinstance(own, Reading) else [block for one in own.pieces for block in one.blocks]
    whole = isinstance(own, Reading) and not any(one.unknown for one in own.pieces)
    works = any(block.role in ("step", "summary", "text") for block in blocks)
    if not answer or (whole and works):
        start = _verb_before(reading, gap)
    if any(isinstance(block, Clean) for block in blocks):
        rest = _COLON.sub(r"\1,", rest)
    return f"{text[:start]}{answer}{rest}"


def _verb_before(reading: Reading, gap: _Gap) -> int:
    """Where the verb of sending begins that only these words follow; else where they begin."""
    for piece in reversed(reading.pieces):
        first = reading.tokens[piece.start]
        if first.start >= gap.start:
            continue
        if any(isinstance(block, SendVerb) for block in piece.blocks) and not (piece.slots or {}).get(
            "table"
        ):
            return first.start
        if piece.blocks or piece.unknown or piece.unavailable or first.kind == "sign":
            break
    return gap.start


def prepare() -> None:
    """Compile the languages and look up the time zones before the first sentence comes."""
    understand("every day at 9 Madrid time sort a.csv by name")


def times_in(text: str) -> list[tuple[int, int, tuple[Block, ...]]] | None:
    """Where the text says when to run, and what; None if it holds words that are not understood."""
    reading = _best_reading(text)
    if isinstance(reading, Refusal) or any(piece.unknown or piece.unavailable for piece in reading.pieces):
        return None
    return [
        (reading.tokens[piece.start].start, reading.tokens[piece.end - 1].end, piece.blocks)
        for piece in reading.pieces
        if piece.blocks and all(block.role == "trigger" for block in piece.blocks)
    ]


def _best_reading(text: str) -> Reading | Refusal:
    tokens = tokenize(text)
    if len(tokens) > _MOST_TOKENS:
        return Refusal(f"The sentence has more than {_MOST_TOKENS} words; say it in fewer.")
    readings = [read_sentence(tokens, tongue) for tongue in tongues()]
    return min(readings, key=lambda reading: reading.cost)


def _judge(
    text: str,
    reading: Reading,
    gaps: Sequence[_Gap],
    answers: Mapping[str, str],
    zone: str,
    assume_defaults: bool,
) -> Understanding | Questions | Refusal:
    placed = tuple(
        Placed(block, _words(text, reading, piece), piece.start, piece.slots or {})
        for piece in reading.pieces
        for block in piece.blocks
    )
    placed = spoken(placed)
    missing = [piece for piece in reading.pieces if piece.unavailable]
    near = {gap.id: _mended_gap(text, reading, gap) for gap in gaps}
    slips = any(near.values())
    if missing and (not slips or any(piece.unavailable in FORBIDDEN for piece in missing)):
        worst = min(missing, key=lambda piece: ORDER.index(piece.unavailable))
        return Refusal(NEAREST[worst.unavailable], _words(text, reading, worst))
    urls = [token.text for token in reading.tokens if token.kind == "url"]
    for reason, forbidden in (("inner", is_inner), ("password", has_password)):
        if found := next((url for url in urls if forbidden(url)), ""):
            return Refusal(NEAREST[reason], found.rpartition("@")[2])
    for one in placed:
        if problem := one.block.problem():
            return Refusal(problem, one.words)
    if gaps:
        gaps = [gap for gap in gaps if near[gap.id]] or gaps
        idle = not _does_something(placed)
        asked = tuple(_ask_words(gap, near[gap.id], idle) for gap in gaps[:_MOST_QUESTIONS])
        return Questions(asked, _said(one for one in placed if not announces(text, one)))
    if not _does_something(placed):
        return Questions((_ask_goal(text),))
    language = reading.tongue.grammar.language.code
    gathered = gather(placed)
    filled = gathered if isinstance(gathered, Questions) else _fill(text, gathered, answers, assume_defaults)
    if isinstance(filled, Questions):
        return filled
    return assemble(Understanding(text, language, zone, filled[0], assumed=filled[1]))


def _said(placed: Iterable[Placed]) -> tuple[str, ...]:
    """What is understood so far; a block with an empty slot has no whole sentence to say yet."""
    said = [one.block.say() for one in placed if not one.block.asks()]
    return tuple(dict.fromkeys(sentence for sentence in said if sentence))


def _does_something(placed: Sequence[Placed]) -> bool:
    roles = {one.block.role for one in placed} - {"trigger", "source"}
    families = {one.block.family for one in placed if one.block.role == "sink"}
    fetched = any(isinstance(one.block, Source) for one in placed)
    given = any(one.block.role == "source" or isinstance(one.slots.get("table"), FileName) for one in placed)
    told = given and any(isinstance(one.block, Delivery) for one in placed)
    return bool(roles - {"sink", "gate"}) or "save" in families or fetched or told


_WISH = "What should be done, with which file, and when? For example: “every weekday at 9 deduplicate contacts.csv by email”."


def _ask_goal(text: str) -> Question:
    return Question("goal", _WISH, "text", text.strip())


def _mended_gap(text: str, reading: Reading, gap: _Gap) -> str:
    """What the words probably mean, if that would be understood in their place; else nothing."""
    near = _nearest(gap.words, reading.tongue)
    again = _best_reading(f"{text[: gap.start]}{near}{text[gap.end :]}") if near else None
    if not isinstance(again, Reading):
        return near if again else ""
    left = sum(piece.unknown for piece in again.pieces)
    return near if left < sum(piece.unknown for piece in reading.pieces) else ""


def _ask_words(gap: _Gap, near: str, idle: bool) -> Question:
    hint = f" Did you mean “{near}”?" if near else ""
    if near:
        return Question(
            gap.id,
            f"I do not understand “{gap.words}”.{hint}",
            "text",
            gap.words,
            default=near,
            optional=not idle,
        )
    if idle:
        return Question(gap.id, f"I do not understand “{gap.words}”. {_WISH}", "text", gap.words)
    text = (
        f"I do not understand “{gap.words}”. Say it in other words (names of several words in quotation marks), "
        "or leave it empty to leave this out."
    )
    return Question(gap.id, text, "text", gap.words, optional=True)


def _nearest(words: str, tongue: Tongue) -> str:
    """The words with slips of the pen mended, if that is all that is wrong; else nothing."""
    proposed = tongue.grammar.language.suggestions.get(words.casefold())
    if proposed:
        return proposed
    mended = [_mended(word.casefold(), tongue) for word in words.split()]
    return " ".join(mended) if all(mended) and " ".join(mended) != words.casefold() else ""


def _mended(word: str, tongue: Tongue) -> str:
    if word in tongue.vocabulary:
        return word
    if len(word) < _SHORTEST_SLIP:
        return ""
    return next(iter(difflib.get_close_matches(word, tongue.vocabulary, n=1, cutoff=0.8)), "")


def _gaps(text: str, reading: Reading) -> list[_Gap]:
    """Runs of tokens that were not understood; single fillers between two of them belong to the run."""
    gaps: list[_Gap] = []
    pieces = list(reading.pieces)
    at = 0
    while at < len(pieces):
        if not pieces[at].unknown:
            at += 1
            continue
        last = at
        for here in range(at + 1, len(pieces)):
            if pieces[here].unknown and here - last <= 2:
                last = here
            elif pieces[here].unavailable or any(
                not isinstance(block, SendVerb) for block in pieces[here].blocks
            ):
                break
        start, end = reading.tokens[pieces[at].start].start, reading.tokens[pieces[last].end - 1].end
        gaps.append(_Gap(text[start:end], start, end))
        at = last + 1
    return gaps


def _words(text: str, reading: Reading, piece: Piece) -> str:
    return text[reading.tokens[piece.start].start : reading.tokens[piece.end - 1].end]


def _fill(
    text: str, placed: Sequence[Placed], answers: Mapping[str, str], assume_defaults: bool
) -> tuple[tuple[Placed, ...], tuple[str, ...]] | Questions:
    """Puts the answers into the blocks; what is still open comes back as questions."""
    open_questions: list[Question] = []
    assumed: list[str] = []
    filled: list[Placed] = []
    counts: dict[str, int] = {}
    for one in placed:
        counts[one.block.family] = counts.get(one.block.family, 0) + 1
        prefix = f"{slug(one.block.family, '-')}-{counts[one.block.family]}"
        block = one.block
        for question in one.block.asks():
            named = replace(question, id=f"{prefix}.{question.id}", about=one.words)
            value = answers.get(named.id)
            if value is None and assume_defaults and question.default is not None:
                value = question.default
                assumed.append(f"{question.text} → {value}")
            outcome = _answer(block, question, named, value)
            if isinstance(outcome, Question):
                open_questions.append(outcome)
            else:
                block = outcome
        filled.append(replace(one, block=block))
    if open_questions:
        return Questions(tuple(open_questions[:_MOST_QUESTIONS]), _said(without_headings(text, filled)))
    return tuple(filled), tuple(assumed)


def _answer(block: Block, question: Question, named: Question, value: str | None) -> Block | Question:
    if value is None:
        return named
    try:
        return block.answered(question.id, given(str(value), question.kind, question.choices))
    except ValueError as error:
        return replace(named, text=f"{error} {question.text}")
