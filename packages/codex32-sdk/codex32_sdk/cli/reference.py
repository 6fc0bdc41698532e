"""docs/reference/cli.md, written from the commands themselves. `make gen` calls `write`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from codex32_sdk.cli.app import group
from codex32_sdk.cli.exits import MEANINGS
from codex32_sdk.cli.lazy import LazyCommand

_HEAD = """# The command line

Written by `make gen` from the commands themselves; do not edit.

Results go to stdout, everything said on the way to stderr. With `--json` stdout gets exactly one JSON
document; a failure is then the problem object `{"error": {"code", "detail"}, "code", "status", "detail",
"fields", "next_step"}`, in which `run` and `status` still print their own members.

The server and the key come from `CODEX32_URL` and `CODEX32_API_KEY`, else from the profile that `codex32 up`
wrote: `codex32/profile.json` below `XDG_CONFIG_HOME` or `~/.config`, mode 0600. `CODEX32_PROFILE` names
another file.

## Exit codes

| code | meaning |
|---|---|
"""


def write(folder: Path) -> None:
    """Write `cli.md` into `folder`. Needs every package whose commands are to be described."""
    (folder / "cli.md").write_text(reference())


def reference() -> str:
    """The whole page."""
    codes = "".join(f"| {int(code)} | {meaning} |\n" for code, meaning in MEANINGS.items())
    commands = group().commands
    lines = [_HEAD + codes, "\n## Commands\n"]
    for name in sorted(commands):
        command: Any = commands[name]
        real = command.load() if isinstance(command, LazyCommand) else command
        lines += _describe(real, f"codex32 {name}", 3)
    return "\n".join(lines).rstrip() + "\n"


def _describe(command: Any, path: str, level: int) -> Iterator[str]:
    context = command.make_context(path, [], resilient_parsing=True)
    yield f"{'#' * level} `{path}`\n"
    yield f"{_plain(command.help)}\n"
    yield f"```\n{' '.join([path, *command.collect_usage_pieces(context)])}\n```\n"
    rows = [record for item in command.get_params(context) if (record := _row(item))]
    if rows:
        yield "| | |\n|---|---|"
        yield from rows
        yield ""
    for name, child in getattr(command, "commands", {}).items():
        yield from _describe(child, f"{path} {name}", level + 1)


def _row(parameter: Any) -> str | None:
    if getattr(parameter, "hidden", False) or parameter.name == "help":
        return None
    if parameter.param_type_name == "argument":
        return f"| `{parameter.metavar or parameter.name.upper()}` | {_cell(parameter.help)} |"
    names = ", ".join(f"`{name}`" for name in (*parameter.opts, *parameter.secondary_opts))
    shown = ""
    if parameter.default not in (None, False, [], ()) and not callable(parameter.default):
        shown = f" Default: `{parameter.default}`."
    return f"| {names} | {_cell(parameter.help)}{shown} |"


def _cell(text: str | None) -> str:
    return (text or "").replace("|", "\\|")


def _plain(text: str | None) -> str:
    return " ".join((text or "").split())
