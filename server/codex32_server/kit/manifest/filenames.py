"""Which names files of a bot may have: they mean one thing on every system and hide nothing from Python."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Collection, Iterator

from ..errors import FieldProblem

MAX_PATH = 200
MAX_PARTS = 8

_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f\\:*?"<>|\ud800-\udfff]')
_DEVICES = re.compile(r"(?i:con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")
_PLATFORM_MODULES = {"codex32_bot", "codex32_server", "codex32_sdk", "sitecustomize", "usercustomize"}


def path_problem(path: str) -> str | None:
    """Why this cannot be the path of a file in a bot; None if it can. Paths are relative, with `/`."""
    if not path or len(path) > MAX_PATH:
        return f"a file name has between 1 and {MAX_PATH} characters"
    if _FORBIDDEN.search(path):
        return 'a file name cannot contain control characters, backslashes or any of : * ? " < > |'
    if path.startswith("/"):
        return "a file name is relative to the bot's folder; remove the leading /"
    parts = path.split("/")
    if ".." in parts or "." in parts or "" in parts:
        return "a file name cannot contain `..`, `.` or empty parts"
    if len(parts) > MAX_PARTS:
        return f"folders nest deeper than {MAX_PARTS} levels"
    if unicodedata.normalize("NFC", path) != path:
        return "a file name must be in Unicode's composed form (NFC)"
    return next((reason for part in parts if (reason := _part_problem(part))), None) or _shadow_problem(parts)


def _part_problem(part: str) -> str | None:
    if part.startswith("."):
        return f"{part} is a hidden file; bots carry none"
    if part == "__pycache__" or part.endswith(".pyc"):
        return "compiled Python is made by the platform; leave it out"
    if part != part.strip() or part.endswith("."):
        return f"{part!r} begins or ends with a blank or ends with a dot"
    if _DEVICES.fullmatch(part):
        return f"{part} is the name of a device on Windows"
    return None


def _shadow_problem(parts: list[str]) -> str | None:
    module = parts[0].removesuffix(".py") if len(parts) == 1 else parts[0]
    is_module = parts[-1].endswith(".py")
    if is_module and (module in _PLATFORM_MODULES or module in sys.stdlib_module_names):
        return f"{parts[0]} would hide Python's own module {module}; choose another name"
    return None


def name_problems(paths: Collection[str]) -> Iterator[FieldProblem]:
    """Everything wrong with a set of paths, also with each other."""
    folded: dict[str, str] = {}
    for path in sorted(paths):
        reason = path_problem(path)
        if reason:
            yield FieldProblem(f"files.{printable(path)}", reason)
            continue
        parts = path.split("/")
        for end in range(1, len(parts)):
            if "/".join(parts[:end]) in paths:
                yield FieldProblem(f"files.{path}", f"{'/'.join(parts[:end])} is a file and a folder")
        other = folded.setdefault(path.casefold(), path)
        if other != path:
            yield FieldProblem(f"files.{path}", f"differs from {other} only in upper and lower case")


def printable(path: str) -> str:
    """A path that may contain anything, made safe for a message."""
    return path[:MAX_PATH].encode("unicode_escape", "backslashreplace").decode() if path else "(empty)"
