"""Every `codex32 …` that an error, a guide or the web page tells people to type exists, with its options."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from codex32_sdk.cli.app import group
from codex32_sdk.cli.lazy import LazyCommand

_ROOT = Path(__file__).parents[3]
_PLACES = (
    "server/codex32_server/**/*.py",
    "packages/*/codex32_*/**/*.py",
    "web/src/**/*.ts*",
    "docs/guides/*.md",
    "examples/**/*.md",
    "*.md",
)
_TYPED = re.compile(r"(?:`|\$ |(?<=: )|(?<=\n))codex32 (?P<words>[a-z][^`\n\"'|#;)]*)")
"""Where people are shown what to type: in backticks, after a prompt or a colon, on a line of its own."""
_OPTION = re.compile(r"(?<=[\s\[])(--[a-z][a-z-]*)")
_NOT_TYPED = {"codex32 as root", "codex32 version 1\\n"}


def test_every_command_that_people_are_told_exists() -> None:
    found = {f"{place}: {text}: {why}" for place, text in _mentions() if (why := _fault(text.split()[1:]))}
    assert sorted(found) == []


def test_a_command_that_is_not_there_is_noticed() -> None:
    assert _fault(["keys", "link"]) == "keys has no link"
    assert _fault(["nonsense"]) == "there is no nonsense"
    assert _fault(["run", "BOT", "--nonsense"]) == "run has no --nonsense"
    assert _fault(["llm", "providers", "add", "openai", "--key-file", "FILE"]) is None


def _mentions() -> Iterator[tuple[str, str]]:
    for pattern in _PLACES:
        for path in sorted(_ROOT.glob(pattern)):
            for match in _TYPED.finditer(path.read_text()):
                text = f"codex32 {match['words']}".rstrip()
                if not any(text.startswith(other) for other in _NOT_TYPED):
                    yield str(path.relative_to(_ROOT)), text


def _fault(words: list[str]) -> str | None:
    """What is wrong with a command line without its program."""
    command: Any = _commands().get(words[0].rstrip(".,"))
    if command is None:
        return f"there is no {words[0]}"
    path = words[0]
    for word in words[1:]:
        below: dict[str, Any] = getattr(command, "commands", {})
        if not below or not re.fullmatch(r"[a-z][a-z-]*", word):
            break
        if word not in below:
            return f"{path} has no {word}"
        command, path = below[word], f"{path} {word}"
    known = {name for one in command.params for name in (*one.opts, *one.secondary_opts)} | {"--help"}
    for option in _OPTION.findall(f" {' '.join(words)}"):
        if option not in known:
            return f"{path} has no {option}"
    return None


@cache
def _commands() -> dict[str, Any]:
    return {
        name: command.load() if isinstance(command, LazyCommand) else command
        for name, command in group().commands.items()
    }
