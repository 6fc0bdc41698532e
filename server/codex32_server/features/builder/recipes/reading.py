"""Reads a whole sentence: the cheapest way to cover it with phrases, so that nothing is overlooked.

Every token belongs to a block, to a filler, to something known to be unavailable, or it is reported as
not understood. A word that is not understood costs more than any phrase, so words are left over only when
no combination of phrases explains them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from .blocks.channels import by_channel
from .grammar import Tongue
from .model import Block, Delivery
from .patterns import Sentence, match
from .places import Channel
from .tokens import Token

_UNKNOWN = 10.0
_PHRASE = 1.0
_UNAVAILABLE = 1.2
_FILLER = 0.02


@dataclass(frozen=True)
class Piece:
    """A stretch of tokens and what it is."""

    start: int
    end: int
    cost: float
    blocks: tuple[Block, ...] = ()
    slots: Mapping[str, Any] | None = None
    unavailable: str = ""
    unknown: bool = False


@dataclass(frozen=True)
class Reading:
    """The whole sentence, piece by piece."""

    tongue: Tongue
    tokens: tuple[Token, ...]
    pieces: tuple[Piece, ...]
    cost: float


def read_sentence(tokens: tuple[Token, ...], tongue: Tongue) -> Reading:
    """The cheapest reading; of equal ones that with the earlier phrase in the catalogue."""
    inflected = tongue.grammar.language.inflected
    same = [
        replace(token, plain=inflected[token.plain])
        if token.plain in inflected and token.plain not in tongue.vocabulary
        else token
        for token in tokens
    ]
    sentence = Sentence(same, tongue.grammar)
    best: list[tuple[float, Piece | None]] = [(0.0, None)] * (len(tokens) + 1)
    for at in range(len(tokens) - 1, -1, -1):
        cost, chosen = float("inf"), None
        for piece in _pieces(sentence, tongue, at):
            whole = piece.cost + best[piece.end][0]
            if whole < cost - 1e-9:
                cost, chosen = whole, piece
        best[at] = (cost, chosen)
    pieces: list[Piece] = []
    at = 0
    while at < len(tokens):
        piece = best[at][1]
        assert piece is not None
        pieces.append(piece)
        at = piece.end
    return Reading(tongue, tokens, tuple(pieces), best[0][0])


def _pieces(sentence: Sentence, tongue: Tongue, at: int) -> Iterator[Piece]:
    token = sentence.tokens[at]
    if token.kind == "sign" and token.plain not in "%$€£+*/\\^~#@&":
        yield Piece(at, at + 1, _FILLER)
    for phrasing in tongue.phrasings(token.plain):
        for end, slots, cost in match(phrasing.pattern, sentence, at):
            if end == at:
                continue
            if phrasing.unavailable:
                yield Piece(at, end, _UNAVAILABLE + cost, unavailable=phrasing.unavailable)
            elif phrasing.block is None:
                yield Piece(at, end, _FILLER * (end - at) + cost)
            else:
                known = {**phrasing.fixed, **slots}
                read = phrasing.block.read(known)
                blocks = read if isinstance(read, tuple) else (read,) if read else ()
                if blocks:
                    blocks += _told(known, blocks)
                    yield Piece(at, end, _PHRASE + cost, blocks, known)
    yield Piece(at, at + 1, _UNKNOWN, unknown=True)


def _told(slots: Mapping[str, Any], blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """`tell me on Slack when …` names in passing who is told."""
    channel = slots.get("channel")
    named = isinstance(channel, Channel) and not any(isinstance(block, Delivery) for block in blocks)
    return (by_channel(channel),) if isinstance(channel, Channel) and named else ()
