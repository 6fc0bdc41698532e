"""Readers of where data comes from and who is told: channels, addresses, repositories, secrets, paths."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from .patterns import Found, Sentence, match

_SECRET = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_MOST_ADDRESSES = 20


@dataclass(frozen=True)
class Channel:
    """A way to tell people: `email`, `slack`, `telegram`, `discord` or `teams`."""

    kind: str
    addresses: tuple[str, ...] = ()
    room: str = ""


def web_address(text: str) -> str:
    """With its scheme, and with a path."""
    url = text if "://" in text else f"https://{text}"
    parts = urlsplit(url)
    return url if parts.path or parts.query else f"{url}/"


def host_of(url: str) -> str:
    """As a manifest names it: with the port unless it is 443."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or (80 if parts.scheme == "http" else 443)
    return host if port == 443 else f"{host}:{port}"


def url(sentence: Sentence, at: int) -> Iterator[Found]:
    """A web address; the value has its scheme."""
    token = sentence.tokens[at]
    if token.kind == "url" and not token.plain.startswith("ftp:"):
        yield Found(at + 1, web_address(token.text))


def urls(sentence: Sentence, at: int) -> Iterator[Found]:
    """One or more web addresses."""
    also = sentence.grammar.language.also

    def extend(here: int, known: tuple[str, ...]) -> Iterator[Found]:
        for found in sentence.read("url", here):
            named = (*known, found.value)
            after = found.end
            while after < len(sentence.tokens) and sentence.tokens[after].plain in also:
                after += 1
            if after > found.end and len(named) < _MOST_ADDRESSES:
                yield from extend(after, named)
            yield Found(found.end, named)

    yield from extend(at, ())


def phrase(sentence: Sentence, at: int) -> Iterator[Found]:
    """Words in quotation marks, without these."""
    if sentence.tokens[at].kind == "quoted":
        yield Found(at + 1, sentence.tokens[at].content)


def sql_name(sentence: Sentence, at: int) -> Iterator[Found]:
    """The name of a table of a database."""
    token = sentence.tokens[at]
    if re.fullmatch(r"[A-Za-z_][\w]*", token.content) and token.kind in ("word", "quoted"):
        yield Found(at + 1, token.content)


def bot_name(sentence: Sentence, at: int) -> Iterator[Found]:
    """The name of a bot: `send-invoice`."""
    text = sentence.tokens[at].content
    if re.fullmatch(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*", text):
        yield Found(at + 1, text)


def channel(sentence: Sentence, at: int) -> Iterator[Found]:
    """`on Slack`, `by e-mail to ann@example.com`, `to the Telegram chat`."""
    yield from _by_table(sentence, at, "channels")


def note(sentence: Sentence, at: int) -> Iterator[Found]:
    """`an e-mail`, `a Slack message`, `a message on Teams`."""
    yield from _by_table(sentence, at, "notes")


def mailed(sentence: Sentence, at: int) -> Iterator[Found]:
    """Who is mailed: `me`, `ann@example.com and bob@example.com`."""
    yield from _by_table(sentence, at, "mailed")


def _by_table(sentence: Sentence, at: int, table: str) -> Iterator[Found]:
    for pattern, kind in sentence.grammar.tables[table]:
        for end, slots, cost in match(pattern, sentence, at):
            found = slots.get("channel")
            yield Found(end, found or Channel(kind, slots.get("addresses", ()), slots.get("room", "")), cost)


def addresses(sentence: Sentence, at: int) -> Iterator[Found]:
    """One or more e-mail addresses."""
    also = sentence.grammar.language.also | {";"}

    def extend(here: int, known: tuple[str, ...]) -> Iterator[Found]:
        if here >= len(sentence.tokens) or sentence.tokens[here].kind != "address":
            return
        named = (*known, sentence.tokens[here].text)
        after = here + 1
        while after < len(sentence.tokens) and sentence.tokens[after].plain in also:
            after += 1
        if after > here + 1 and len(named) < _MOST_ADDRESSES:
            yield from extend(after, named)
        yield Found(here + 1, named)

    yield from extend(at, ())


def payload(sentence: Sentence, at: int) -> Iterator[Found]:
    """What is told: `all`, `summary` or `rows`."""
    for pattern, kind in sentence.grammar.tables["payloads"]:
        for end, _, cost in match(pattern, sentence, at):
            yield Found(end, kind, cost)


def room(sentence: Sentence, at: int) -> Iterator[Found]:
    """`#sales`, or a name in quotation marks."""
    tokens = sentence.tokens
    if tokens[at].kind == "quoted":
        yield Found(at + 1, tokens[at].content)
    elif tokens[at].plain == "#" and at + 1 < len(tokens) and tokens[at].end == tokens[at + 1].start:
        yield Found(at + 2, f"#{tokens[at + 1].text}")


def repository(sentence: Sentence, at: int) -> Iterator[Found]:
    """`owner/name`, also as the address of GitHub."""
    tokens = sentence.tokens
    found = re.match(r"https?://github\.com/([\w.-]+/[\w.-]+)", tokens[at].text)
    if found:
        yield Found(at + 1, found[1].removesuffix(".git"))
        return
    middle = at + 1
    if at + 2 >= len(tokens) or tokens[middle].text != "/":
        return
    if tokens[at].end == tokens[middle].start and tokens[middle].end == tokens[at + 2].start:
        yield Found(at + 3, f"{tokens[at].text}/{tokens[at + 2].text}")


def secret(sentence: Sentence, at: int) -> Iterator[Found]:
    """The name of a secret: `API_TOKEN`."""
    text = sentence.tokens[at].content
    if _SECRET.fullmatch(text):
        yield Found(at + 1, text)


def header_name(sentence: Sentence, at: int) -> Iterator[Found]:
    """A header of HTTP: `X-Api-Key`."""
    text = sentence.tokens[at].content
    if re.fullmatch(r"[A-Za-z]+(?:-[A-Za-z]+)*", text) and ("-" in text or text == "Authorization"):
        yield Found(at + 1, text)


def path(sentence: Sentence, at: int) -> Iterator[Found]:
    """Where something stands in JSON: `data.items`, `"data items"`, or one name."""
    token = sentence.tokens[at]
    if token.kind in ("dotted", "quoted") or (token.kind == "word" and not token.plain.isdigit()):
        yield Found(at + 1, token.content)


def dotted(sentence: Sentence, at: int) -> Iterator[Found]:
    """A host such as `smtp.example.com:587`, or a type of events such as `order.paid`."""
    if sentence.tokens[at].kind == "dotted":
        yield Found(at + 1, sentence.tokens[at].text)
