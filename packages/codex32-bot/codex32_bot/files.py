"""Files given to the run and files it leaves behind.

`files.input("contacts.csv")` is a file given with `--file`; what is written to `files.output("clean.csv")` is
listed on the run. Names are plain file names, without folders. On a laptop both are files of the
current folder.
"""

from __future__ import annotations

import os
from pathlib import Path

from ._current import platform

LONGEST_NAME = 255


def input(name: str) -> Path:
    """The path of an input file. Raises FileNotFoundError that names what there is."""
    path = Path(platform().input_folder, _checked(name))
    if not path.is_file():
        there = ", ".join(inputs()[:20]) or "none"
        raise FileNotFoundError(f"no input file named {name!r}; there are: {there}")
    return path


def inputs() -> list[str]:
    """The names of all input files, sorted."""
    with os.scandir(platform().input_folder) as entries:
        return sorted(entry.name for entry in entries if entry.is_file() and not entry.name.startswith("."))


def output(name: str) -> Path:
    """Where to write an output file of that name. Nothing is created yet."""
    return Path(platform().output_folder, _checked(name))


def outputs() -> list[str]:
    """The names of the files written in this attempt so far, sorted.

    Those of an attempt before a `sleep` or an `approval` are kept on the run already, and are not here.
    """
    with os.scandir(platform().output_folder) as entries:
        return sorted(entry.name for entry in entries if entry.is_file() and not entry.name.startswith("."))


def room() -> int | None:
    """Bytes that may still be written to outputs (`limits.files`); None on a laptop, where nothing counts."""
    return platform().files_room()


def _checked(name: str) -> str:
    plain = name and name not in {".", ".."} and "/" not in name and "\0" not in name
    if not plain or len(os.fsencode(name)) > LONGEST_NAME:
        raise ValueError(
            f"a file name is plain, without folders, up to {LONGEST_NAME} bytes, not {name[:80]!r}"
        )
    return name
