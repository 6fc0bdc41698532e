"""Reads arithmetic over columns: `price * quantity`, `(price - cost) / price * 100`, `price + 21%`.

Only numbers, columns, the four operations, brackets and percents. Nothing else can be said, so nothing else
can end up in a bot.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .patterns import Found, Sentence, match
from .slots import number

_MOST_OPERANDS = 12
_SIGNS = {"*": "*", "×": "*", "·": "*", "/": "/", "÷": "/", "+": "+", "-": "-", "–": "-", "−": "-"}
_STRENGTH = {"+": 1, "-": 1, "*": 2, "/": 2}


@dataclass(frozen=True)
class Formula:
    """A number, a column, or an operation on two formulas."""

    sign: str = ""
    left: Formula | None = None
    right: Formula | None = None
    column: str = ""
    number: float = 0.0

    def columns(self) -> tuple[str, ...]:
        """The columns it reads, each once, in their order."""
        if self.left and self.right:
            return tuple(dict.fromkeys((*self.left.columns(), *self.right.columns())))
        return (self.column,) if self.column else ()

    def compute(self, numbers: Mapping[str, float]) -> float:
        """Its value. Raises ZeroDivisionError."""
        if not (self.left and self.right):
            return numbers[self.column] if self.column else self.number
        left, right = self.left.compute(numbers), self.right.compute(numbers)
        match self.sign:
            case "+":
                return left + right
            case "-":
                return left - right
            case "*":
                return left * right
            case _:
                return left / right

    def text(self, names: Mapping[str, str]) -> str:
        """As Python writes it (and people read it), with as few brackets as possible."""
        if not (self.left and self.right):
            return names[self.column] if self.column else f"{self.number:.12g}"
        left, right = self.left.text(names), self.right.text(names)
        mine = _STRENGTH[self.sign]
        if self.left.sign and _STRENGTH[self.left.sign] < mine:
            left = f"({left})"
        if self.right.sign and _STRENGTH[self.right.sign] < mine + (self.sign in "-/"):
            right = f"({right})"
        return f"{left} {self.sign} {right}"

    def say(self) -> str:
        """In words: `price * quantity`."""
        return self.text({name: name for name in self.columns()})

    @property
    def only_adds(self) -> bool:
        """Nothing but columns and plus signs: it could mean texts as well."""
        if self.left and self.right:
            return self.sign == "+" and self.left.only_adds and self.right.only_adds
        return bool(self.column)


def formula(sentence: Sentence, at: int) -> Iterator[Found]:
    """Arithmetic with at least one operation and one column."""
    for end, found in _sum(sentence, at, 0):
        if found.sign and found.columns():
            yield Found(end, found)


def operand(sentence: Sentence, at: int) -> Iterator[Found]:
    """One column or one number."""
    for end, found in _operand(sentence, at, _MOST_OPERANDS):
        if not found.sign:
            yield Found(end, found)


def _sum(sentence: Sentence, at: int, depth: int) -> Iterator[tuple[int, Formula]]:
    def extend(end: int, left: Formula) -> Iterator[tuple[int, Formula]]:
        for after, sign in _operators(sentence, end, "+-"):
            for last, part in _percents(sentence, after):
                share = Formula(sign, Formula(number=1.0), Formula(number=part / 100))
                yield from extend(last, Formula("*", left, share))
            for last, right in _product(sentence, after, depth):
                yield from extend(last, Formula(sign, left, right))
        for last, value in _signed(sentence, end):
            sign, size = ("-" if value < 0 else "+"), Formula(number=abs(value))
            yield from extend(last, Formula(sign, left, size))
        yield end, left

    if depth < 4:
        for end, left in _product(sentence, at, depth):
            yield from extend(end, left)


def _product(sentence: Sentence, at: int, depth: int) -> Iterator[tuple[int, Formula]]:
    def extend(end: int, left: Formula, count: int) -> Iterator[tuple[int, Formula]]:
        if count < _MOST_OPERANDS:
            for after, sign in _operators(sentence, end, "*/"):
                for last, right in _operand(sentence, after, depth):
                    yield from extend(last, Formula(sign, left, right), count + 1)
        yield end, left

    for end, part in _percents(sentence, at):
        if end < len(sentence.tokens) and sentence.tokens[end].plain in sentence.grammar.language.of_words:
            for last, base in _operand(sentence, end + 1, depth):
                yield from extend(last, Formula("*", base, Formula(number=part / 100)), 2)
    for end, left in _operand(sentence, at, depth):
        yield from extend(end, left, 1)


def _operand(sentence: Sentence, at: int, depth: int) -> Iterator[tuple[int, Formula]]:
    tokens = sentence.tokens
    if at >= len(tokens):
        return
    if tokens[at].plain == "(":
        for end, inner in _sum(sentence, at + 1, depth + 1):
            if end < len(tokens) and tokens[end].plain == ")":
                yield end + 1, inner
        return
    for found in number(sentence, at):
        yield found.end, Formula(number=float(found.value))
    for found in sentence.read("any_column", at):
        # `gross-tax` may be a name or a subtraction: that is not for us to decide.
        name = str(found.value)
        quoted = any(token.kind == "quoted" for token in tokens[at : found.end])
        if quoted or ("-" not in name and not set(name.casefold().split()) & _operator_words(sentence)):
            yield found.end, Formula(column=name)


def _operator_words(sentence: Sentence) -> set[str]:
    return {word for pattern in sentence.grammar.language.tables["operators"] for word in pattern.split()}


def _operators(sentence: Sentence, at: int, signs: str) -> Iterator[tuple[int, str]]:
    if at >= len(sentence.tokens):
        return
    sign = _SIGNS.get(sentence.tokens[at].plain, "")
    if sign and sign in signs:
        yield at + 1, sign
    for pattern, key in sentence.grammar.tables["operators"]:
        if key in signs:
            for end, _, _ in match(pattern, sentence, at):
                yield end, key


def _percents(sentence: Sentence, at: int) -> Iterator[tuple[int, float]]:
    if at < len(sentence.tokens):
        for found in sentence.read("percent", at):
            yield found.end, float(found.value)


def _signed(sentence: Sentence, at: int) -> Iterator[tuple[int, float]]:
    """`price -5`: the sign was read as part of the number."""
    if at < len(sentence.tokens) and sentence.tokens[at].text[:1] in "+-":
        for found in number(sentence, at):
            yield found.end, float(found.value)
