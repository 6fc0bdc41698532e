"""The tokenizer of the model: SentencePiece unigram (Kudo 2018), the best split of each word by Viterbi.

Words are split apart at spaces, as XLM-RoBERTa does, and a word's split is remembered.
"""

from __future__ import annotations

from functools import lru_cache

from codex32_server.gateway.embeddings.weights import Vocabulary

_SPACE = "\u2581"
_UNKNOWN_PENALTY = 10.0
_LONGEST_WORD = 400
"""Characters; a longer run without a space is cut into words of this length, which keeps the work linear."""


class Tokenizer:
    """Text to the numbers of pieces."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._pieces = {piece: number for number, piece in enumerate(vocabulary.pieces) if piece}
        for special in (vocabulary.begin, vocabulary.end, vocabulary.unknown):
            self._pieces.pop(vocabulary.pieces[special], None)
        self._longest = max(map(len, self._pieces))
        self._unknown_score = min(vocabulary.scores) - _UNKNOWN_PENALTY
        self._split = lru_cache(maxsize=20_000)(self._best_split)

    def encode(self, text: str, most: int) -> list[int]:
        """At most `most` numbers, the marks of begin and end among them."""
        numbers = [self._vocabulary.begin]
        for word in text.translate(self._vocabulary.normal).split():
            for start in range(0, len(word), _LONGEST_WORD):
                part = word[start : start + _LONGEST_WORD]
                numbers.extend(self._split(part if start else _SPACE + part))
            if len(numbers) >= most:
                break
        return [*numbers[: most - 1], self._vocabulary.end]

    def _best_split(self, word: str) -> tuple[int, ...]:
        size = len(word)
        best = [0.0] + [float("-inf")] * size
        came: list[tuple[int, int]] = [(0, 0)] * (size + 1)
        for start in range(size):
            for end in range(start + 1, min(size, start + self._longest) + 1):
                number = self._pieces.get(word[start:end])
                if number is not None:
                    score = best[start] + self._vocabulary.scores[number]
                elif end == start + 1:
                    number, score = self._vocabulary.unknown, best[start] + self._unknown_score
                else:
                    continue
                if score > best[end]:
                    best[end], came[end] = score, (start, number)
        numbers: list[int] = []
        while size:
            size, number = came[size]
            numbers.append(number)
        return tuple(reversed(numbers))
