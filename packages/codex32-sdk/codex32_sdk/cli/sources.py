"""From a path to the files of a version, and the bot's name out of its header; the server judges them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn

from codex32_sdk.cli.exits import BadInputError, CommandError, ExitCode
from codex32_sdk.errors import FieldProblem

_LEFT_OUT = frozenset({"__pycache__", "node_modules", "venv", "dist", "build"})
# What the server takes: told here, so that nothing larger is read and sent in vain.
_MOST_FILES = 200
_MOST_BYTES = 5 * 1024 * 1024
_MOST_BYTES_OF_A_FILE = 1024 * 1024
# The reference pattern of PEP 723.
_HEADER = re.compile(r"(?m)^# /// (?P<type>[a-zA-Z0-9-]+)$\s(?P<content>(^#(| .*)$\s)+)^# ///$")


def collect(path: Path) -> dict[str, bytes]:
    """A file with the test and page beside it, or a folder without what tools leave there.

    Raises BadInputError when nothing can be deployed from there, CommandError when it is too much for a bot.
    """
    if path.is_dir():
        found = {entry.relative_to(path).as_posix(): entry for entry in _walk(path)}
    elif path.is_file():
        beside = [path, path.with_name(f"test_{path.name}"), path.with_suffix(".md")]
        found = {entry.name: entry for entry in beside if entry.is_file()}
    else:
        raise BadInputError(f"There is nothing at {path}.", next_step="Name a .py file or a folder of a bot.")
    if not any(name.endswith(".py") for name in found):
        raise BadInputError(f"There is no Python file in {path}.", next_step="A bot is a .py file.")
    _check_sizes(path, {name: entry.stat().st_size for name, entry in sorted(found.items())})
    return {name: entry.read_bytes() for name, entry in sorted(found.items())}


def _check_sizes(path: Path, sizes: Mapping[str, int]) -> None:
    large = next((name for name, size in sizes.items() if size > _MOST_BYTES_OF_A_FILE), None)
    if large is not None:
        _too_large(f"{large} is larger than {_MOST_BYTES_OF_A_FILE // 1024} KiB.", large)
    total = sum(sizes.values())
    if len(sizes) > _MOST_FILES or total > _MOST_BYTES:
        most = f"{_MOST_FILES} files and {_MOST_BYTES // 1024 // 1024} MiB at most"
        _too_large(f"{path} holds {len(sizes)} files of {total // 1024} KiB; a bot has {most}.")


def _too_large(detail: str, name: str | None = None) -> NoReturn:
    """In the words and with the code of the server. Raises CommandError."""
    raise CommandError(
        "package_too_large",
        detail,
        next_step="Deploy the bot alone, and give it data with the run as input files.",
        exit_code=ExitCode.USAGE,
        fields=[FieldProblem(f"files.{name}", detail)] if name else [],
    )


def bot_name(files: Mapping[str, bytes]) -> str | None:
    """The name in the manifest; None where it cannot be told, which the server then explains."""
    for name in _entries(files):
        header = _HEADER.search(files[name].decode(errors="replace").replace("\r\n", "\n"))
        if header is None or header["type"] != "script":
            continue
        table = _toml("".join(line[2:] or "\n" for line in header["content"].splitlines(keepends=True)))
        given = table.get("tool", {}).get("codex32", {}).get("name")
        if isinstance(given, str) and given:
            return given
    return None


def _entries(files: Mapping[str, bytes]) -> list[str]:
    """The entry first: bot.py, else any module at the top that is not a test."""
    modules = [name for name in files if name.endswith(".py") and "/" not in name]
    return sorted(
        (name for name in modules if not name.startswith("test_")), key=lambda name: name != "bot.py"
    )


def _walk(folder: Path) -> Iterator[Path]:
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith(".") or entry.name in _LEFT_OUT or entry.is_symlink():
            continue
        if entry.is_dir():
            yield from _walk(entry)
        elif entry.suffix != ".pyc":
            yield entry


def _toml(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return {}
