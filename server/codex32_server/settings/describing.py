"""Settings for people: what `codex32 config` prints and the page docs/reference/settings.md."""

from __future__ import annotations

from typing import TypedDict

from pydantic import SecretStr

from codex32_server.settings.model import Settings, Source, declared, groups

MASK = "***"


class DescribedSetting(TypedDict):
    """One line of `codex32 config`; `value` is None if it is not set."""

    name: str
    value: str | None
    source: Source
    meaning: str


def describe(settings: Settings) -> list[DescribedSetting]:
    """Every setting with its present value (secrets masked), its source and its meaning."""
    return [
        DescribedSetting(
            name=entry.variable.name,
            value=_shown(getattr(getattr(settings, entry.group), entry.field)),
            source=settings.source_of(entry.variable.name),
            meaning=entry.meaning,
        )
        for entry in declared()
    ]


def settings_markdown() -> str:
    """The reference page; `make gen` writes it."""
    lines = ["# Settings", "", _INTRODUCTION, ""]
    for group, kind in groups():
        lines += [f"## {kind.title}", "", (kind.__doc__ or "").strip(), ""]
        lines += ["| variable | default | meaning |", "|---|---|---|"]
        for entry in declared():
            if entry.group == group:
                names = f"`{entry.variable.name}`" + (" (secret)" if entry.variable.secret else "")
                if entry.variable.alias:
                    names += f", `{entry.variable.alias}`"
                lines.append(f"| {names} | {_default(entry.default)} | {entry.meaning} |")
        lines.append("")
    return "\n".join(lines)


_INTRODUCTION = """\
Settings are environment variables. `codex32 config` shows the present values and where they came from. A
variable marked *secret* is also read from a file: `<variable>_FILE` names it, and its last line break is
dropped. A variable that begins with `CODEX32_` and is not listed here stops the start (`CODEX32_URL`,
`CODEX32_API_KEY` and `CODEX32_PROFILE` belong to the command line)."""


def _default(value: object) -> str:
    shown = _shown(value)
    return "" if shown is None else f"`{shown}`"


def _shown(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, SecretStr):
        return MASK
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
