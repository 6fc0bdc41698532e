"""What a run of a bot left behind, and the ways in which a check looks at it."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Sent:
    """A request that left the bot."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: str = ""


@dataclass(frozen=True)
class Mailed:
    """A message that left by SMTP."""

    recipients: Sequence[str]
    subject: str
    text: str
    attachments: Sequence[str] = ()


@dataclass(frozen=True)
class Seen:
    """One run. `error` is empty if it succeeded."""

    output: Any = None
    error: str = ""
    files: Mapping[str, bytes] = field(default_factory=dict[str, bytes])
    requests: Sequence[Sent] = ()
    mails: Sequence[Mailed] = ()
    events: Sequence[tuple[str, Any]] = ()
    called: Sequence[tuple[str, Any]] = ()
    asked: int = 0
    """Calls of a model."""
    logs: Sequence[str] = ()
    manifest: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def told(self) -> str:
        """Everything a person can read of the run: output, log, texts of files."""
        texts = [content.decode("utf-8", "replace") for content in self.files.values()]
        return "\n".join([json.dumps(self.output, ensure_ascii=False), *self.logs, *texts])

    def says(self, *words: str) -> None:
        """All of the words stand somewhere in what it told, in capitals or not."""
        assert not self.error, self.error
        for word in words:
            assert word.casefold() in self.told.casefold(), f"nothing says {word!r}: {self.told[:400]}"

    def never_says(self, *words: str) -> None:
        assert not self.error, self.error
        for word in words:
            assert word.casefold() not in self.told.casefold(), f"it says {word!r}"

    def counts(self, *numbers: float) -> None:
        """All of the numbers are in the output, as numbers or as numbers in a text."""
        assert not self.error, self.error
        found = set(_numbers(self.output)) | {number for line in self.logs for number in _numbers(line)}
        for number in numbers:
            assert any(abs(number - other) < 1e-6 for other in found), f"no {number} in {self.output}"

    def tables(self) -> Iterator[list[dict[str, str]]]:
        """All tables it left: files of CSV or JSON (lines), and lists of objects in its output."""
        for name, content in self.files.items():
            yield from _tables_of(name, content)
        yield from _tables_in(self.output)

    def rows(
        self, columns: Sequence[str], expected: Sequence[Sequence[Any]], *, any_order: bool = False
    ) -> None:
        """Some table has exactly these cells in these columns (found by name, in capitals or not)."""
        assert not self.error, self.error
        wanted = [[_cell(value) for value in row] for row in expected]
        seen: list[Any] = []
        for found in self.tables():
            cells = _project(found, columns)
            if cells is None:
                continue
            if cells == wanted or (any_order and sorted(cells) == sorted(wanted)):
                return
            seen.append(cells)
        assert not (not wanted and not seen), "there is no table with these columns"
        raise AssertionError(f"no table has {wanted} in {list(columns)}; found {seen or list(self.files)}")

    def sent(self, url: str, method: str = "POST") -> list[Sent]:
        """What it sent to addresses that begin so."""
        return [sent for sent in self.requests if sent.method == method and sent.url.startswith(url)]

    def posted(self, url: str, *words: str, times: int | None = 1) -> None:
        """It posted there (once, unless said otherwise), and the bodies hold all of the words."""
        assert not self.error, self.error
        bodies = [_plain(sent.body) for sent in self.sent(url)]
        assert times is None or len(bodies) == times, f"{len(bodies)} posts to {url}, not {times}"
        assert bodies, f"nothing was posted to {url}"
        for word in words:
            assert any(word.casefold() in body.casefold() for body in bodies), f"no {word!r} in {bodies}"

    def mailed(self, to: str, *words: str, times: int = 1) -> None:
        """It mailed that address (once, unless said otherwise); subject or text hold all of the words."""
        assert not self.error, self.error
        mails = [mail for mail in self.mails if to in mail.recipients]
        assert len(mails) == times, f"{len(mails)} mails to {to}, not {times}: {self.mails}"
        for word in words:
            whole = [f"{mail.subject}\n{mail.text}\n{' '.join(mail.attachments)}" for mail in mails]
            assert any(word.casefold() in text.casefold() for text in whole), f"no {word!r} in {whole}"

    def silent(self) -> None:
        """It told nobody outside: no mail, and no request but to read."""
        assert not self.error, self.error
        assert not self.mails, self.mails
        writing = [sent for sent in self.requests if sent.method not in ("GET", "HEAD")]
        assert not writing, writing

    def failed(self, *words: str) -> None:
        """It failed, and said why."""
        assert self.error, f"it did not fail: {self.output}"
        for word in words:
            assert word.casefold() in self.error.casefold(), self.error


def _plain(body: str) -> str:
    """A body as people read it: JSON without its escapes, forms without their percents."""
    try:
        return json.dumps(json.loads(body), ensure_ascii=False).replace("\\n", "\n").replace('\\"', '"')
    except ValueError:
        return body


def _numbers(value: Any) -> Iterator[float]:
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, (int, float)):
        yield float(value)
    elif isinstance(value, str):
        for written in re.findall(r"-?\d+(?:\.\d+)?", value.replace(",", "")):
            yield float(written)
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _numbers(one)
    elif isinstance(value, Sequence):
        for one in value:
            yield from _numbers(one)


def _tables_of(name: str, content: bytes) -> Iterator[list[dict[str, Any]]]:
    text = content.decode("utf-8-sig", "replace")
    if name.endswith(".csv"):
        yield list(csv.DictReader(io.StringIO(text)))
    elif name.endswith((".jsonl", ".ndjson")):
        yield [json.loads(line) for line in text.splitlines() if line.strip()]
    elif name.endswith(".json"):
        document = json.loads(text)
        yield from _tables_in(document)
        if document == []:
            yield []


def _tables_in(value: Any) -> Iterator[list[dict[str, Any]]]:
    if isinstance(value, Mapping):
        for key, one in value.items():
            yield from _tables_in(one)
            if isinstance(one, Mapping) and one and all(isinstance(row, Mapping) for row in one.values()):
                yield [{"group": label, **row} for label, row in one.items()]
            elif isinstance(one, Mapping) and one and key:
                yield [{"group": label, "value": number} for label, number in one.items()]
    elif isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        if value and all(isinstance(row, Mapping) for row in value):
            yield [dict(row) for row in value]
        for one in value:
            yield from _tables_in(one)


def _project(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> list[list[str]] | None:
    """The cells in these columns, or None if the table has not got them."""
    if not rows:
        return []
    names: list[str] = []
    for column in columns:
        near = [name for name in rows[0] if _name(name) == _name(column)] or [
            name for name in rows[0] if _name(column) in _name(name)
        ]
        if not near:
            return None
        names.append(near[0])
    return [[_cell(row.get(name)) for name in names] for row in rows]


def _name(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", str(text).casefold())


def _cell(value: Any) -> str:
    text = "" if value is None else str(value).strip()
    try:
        number = round(float(text), 4)
    except ValueError:
        return text.casefold()
    return f"{number:g}"
