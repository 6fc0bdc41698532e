"""The files of a bot as a model writes them: plain text between marks, no JSON.

Code inside of JSON is where models fail most: one quotation mark that is not escaped spoils everything. And a
whole file is written anew rather than a patch, because a patch whose context is slightly wrong cannot be
applied at all. The mark at the end tells a finished answer from one that was cut off.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

NAMES = ("bot.py", "test_bot.py", "README.md")
"""A bot that a model writes has these files and no others."""
_MARK = re.compile(r"^\s*={3,}\s*(?P<name>[^\s=][^=\n]*?)\s*={3,}\s*$", re.MULTILINE)
_FENCE = re.compile(r"\A\s*```[^\n]*\n(?P<inside>.*?)\n?```\s*\Z", re.DOTALL)
_END, _CANNOT = "end", "cannot"
_LARGEST = 60_000


class AnswerError(ValueError):
    """The answer is not in the form that was asked for; says what to do, for the model."""


class CannotError(Exception):
    """The model says that it cannot be done, and why."""


def written(text: str, allowed: Collection[str] = NAMES, needed: Collection[str] = NAMES) -> dict[str, str]:
    """Path → text. Raises AnswerError, CannotError."""
    marks = list(_MARK.finditer(text))
    if marks and marks[0]["name"].strip().lower() == _CANNOT:
        raise CannotError(" ".join(text[marks[0].end() :].split())[:500])
    if not marks:
        raise AnswerError(
            "The answer has no files. Begin with the line `=== bot.py ===`, without anything before it."
        )
    files: dict[str, str] = {}
    ended = False
    for mark, after in zip(marks, [*marks[1:], None], strict=True):
        name = mark["name"].strip().strip("`")
        if name.lower() == _END:
            ended = True
            break
        _check_name(name, files, allowed)
        files[name] = _plain(text[mark.end() : after.start() if after else len(text)])
    if not ended:
        raise AnswerError(
            f"The answer was cut off before `=== end ===`, in {list(files)[-1]}. Write shorter files."
        )
    _check_all(files, needed)
    return files


def shown(files: Mapping[str, str]) -> str:
    """The same form, for a prompt."""
    return "\n".join(f"=== {name} ===\n{text.rstrip()}" for name, text in files.items())


def _check_name(name: str, files: Mapping[str, str], allowed: Collection[str]) -> None:
    if name not in allowed:
        raise AnswerError(
            f"There is no file {name[:60]!r} in a bot: write {', '.join(allowed)} and no other."
        )
    if name in files:
        raise AnswerError(f"{name} is written twice.")


def _check_all(files: Mapping[str, str], needed: Collection[str]) -> None:
    missing = [name for name in needed if not files.get(name, "").strip()]
    if missing or not files:
        raise AnswerError(f"The answer has no {' and no '.join(missing) or 'files'}.")
    for name, text in files.items():
        if len(text) > _LARGEST:
            raise AnswerError(f"{name} has {len(text)} characters; {_LARGEST} are allowed.")
        if "\0" in text:
            raise AnswerError(f"{name} contains NUL.")


def _plain(text: str) -> str:
    """Without a Markdown fence around the whole of it, with Unix line ends and one at the end."""
    text = text.replace("\r\n", "\n")
    fenced = _FENCE.match(text)
    inside = fenced["inside"] if fenced else text
    return inside.strip("\n") + "\n"
