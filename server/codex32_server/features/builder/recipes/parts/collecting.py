"""Several files as one table: all that a run was given, also inside of zip archives."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from codex32_bot import files, log

from .computing import with_column
from .joining import stack_tables
from .reading import parse_csv, parse_json, read_text
from .tables import Table

LARGEST_ARCHIVE = 50_000_000
"""Bytes of an archive when it is unpacked: one can be made to fill any memory."""


def read_all_tables() -> Table:
    """The rows of every CSV and JSON file given to the run, with the column `file`.

    Raises FileNotFoundError if none was given, ValueError for an archive that unpacks to too much.
    """
    given = files.inputs()
    if not given:
        raise FileNotFoundError(
            "No file was given. Choose some under Files when you start the bot, or give `--file NAME=PATH`."
        )
    whole = Table([], [])
    for name in sorted(given):
        for member, content in read_members(files.input(name)):
            if content.strip():
                table = parse_json(content) if content.lstrip()[0] in "[{" else parse_csv(content)
                named = with_column(table, "file", [member] * len(table.rows))
                whole = stack_tables(whole, named) if whole.columns else named
                log.info(f"read {len(table.rows)} rows from {member}")
    return whole


def read_members(path: Path) -> Iterator[tuple[str, str]]:
    """Name and text of the file, or of the CSV and JSON files inside of it if it is an archive."""
    if not zipfile.is_zipfile(path):
        yield path.name, read_text(path)
        return
    room = LARGEST_ARCHIVE
    with zipfile.ZipFile(path) as archive:
        for entry in sorted(archive.infolist(), key=lambda one: one.filename):
            kind = PurePosixPath(entry.filename).suffix.casefold()
            hidden = PurePosixPath(entry.filename).name.startswith(".")
            if kind not in (".csv", ".tsv", ".json") or entry.is_dir() or hidden:
                continue
            room -= entry.file_size
            if room < 0:
                raise ValueError(f"The files in {path.name} are larger than {LARGEST_ARCHIVE} bytes.")
            yield entry.filename, archive.read(entry).decode("utf-8-sig", errors="replace")
