"""Plain text, Markdown and tables to sections."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

from codex32_server.kit.documents.sections import DEEPEST, Outline, Section, UnreadableError

_ATX = re.compile(rf"^ {{0,3}}(#{{1,{DEEPEST}}})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$")
_UNDERLINE = re.compile(r"^ {0,3}(=+|-+)[ \t]*$")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_LONGEST_CELL = 100_000
_DELIMITERS = ",;\t|"


def decoded(content: bytes) -> str:
    """UTF-8 (with or without a mark), UTF-16 with one, or else Latin-1; line ends become newlines."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = content.decode("utf-16", errors="replace")
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("latin-1")
    if text.count("\0") > len(text) // 100:
        raise UnreadableError("The file is not text.")
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").replace("\r\n", "\n").replace("\r", "\n")


def plain(content: bytes) -> Sequence[Section]:
    """One section."""
    outline = Outline()
    outline.add(decoded(content))
    return outline.close()


def markdown(content: bytes) -> Sequence[Section]:
    """A section for each heading (CommonMark's ATX and setext ones), not within code."""
    outline, fence, before = Outline(), "", ""
    for line in decoded(content).split("\n"):
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
        elif fence and mark and mark[1].startswith(fence):
            fence = ""
        elif not fence and (atx := _ATX.match(line)):
            outline.add(before)
            outline.head(len(atx[1]), atx[2] or "")
            before = ""
            continue
        elif not fence and before.strip() and _UNDERLINE.match(line) and not _starts_block(before):
            outline.head(1 if "=" in line else 2, before)
            before = ""
            continue
        outline.add(before)
        before = line
    outline.add(before)
    return outline.close()


def table(content: bytes) -> Sequence[Section]:
    """A paragraph for each row: `column: value` for each cell that holds something."""
    text = decoded(content)
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    csv.field_size_limit(_LONGEST_CELL)
    outline, names = Outline(), list[str]()
    try:
        for row in csv.reader(io.StringIO(text), delimiter=delimiter):
            if not names:
                names = [cell.strip() or f"column {number}" for number, cell in enumerate(row, 1)]
                continue
            cells = [
                f"{names[number] if number < len(names) else f'column {number + 1}'}: {cell.strip()}"
                for number, cell in enumerate(row)
                if cell.strip()
            ]
            if cells:
                outline.add("\n".join(cells) + "\n")
    except csv.Error as error:
        raise UnreadableError(f"The table cannot be read: {error}.") from error
    return outline.close()


def _starts_block(line: str) -> bool:
    """Whether a line of dashes after this one is a rule and no underline."""
    return line.lstrip().startswith((">", "-", "*", "+", "|"))
