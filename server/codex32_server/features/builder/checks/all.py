"""Every check, side by side, in the order in which a reader wants to hear of them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from codex32_server.features.builder.checks import (
    hosts,
    imports,
    leaks,
    lint,
    package,
    size,
    trials,
    typed,
)
from codex32_server.features.builder.checks.sources import bot_of
from codex32_server.features.builder.checks.tools import Folder, ToolFailedError, folder_of
from codex32_server.features.builder.contract import Thinking
from codex32_server.features.builder.documents import Checked, Told
from codex32_server.kit.manifest.limits import Ceilings
from codex32_server.kit.manifest.package import BotPackage

_READ = (imports.check, hosts.check, leaks.check, trials.check, size.check)
_ASKED: Mapping[str, Callable[[Folder], Awaitable[list[Told]]]] = {"lint": lint.check, "types": typed.check}
_UNDEFINED = "unresolved-reference"
_ORDER = ("error", "warning", "note")


@dataclass(frozen=True)
class StaticChecks:
    """The `Check` of the product. `ceilings` are the most that a manifest may ask for."""

    ceilings: Ceilings

    async def __call__(self, files: Mapping[str, str], thinking: Thinking) -> Checked:
        await thinking.tell("looking at the files")
        found = await asyncio.to_thread(package.check, files, self.ceilings)
        if isinstance(found, list):
            return Checked(findings=found)
        async with folder_of(files) as folder:
            answers = await asyncio.gather(*(_ask(name, ask, folder) for name, ask in _ASKED.items()))
        findings = await asyncio.to_thread(_read, found, files)
        skipped: list[str] = []
        for answer in answers:
            if isinstance(answer, str):
                skipped.append(answer)
            else:
                findings += answer
        findings.sort(key=lambda finding: _ORDER.index(finding.severity))
        return Checked(findings=_once(findings), skipped=skipped)


def _read(found: BotPackage, files: Mapping[str, str]) -> list[Told]:
    bot = bot_of(found, files)
    return [finding for check in _READ for finding in check(bot)]


async def _ask(name: str, ask: Callable[[Folder], Awaitable[list[Told]]], folder: Folder) -> list[Told] | str:
    """The findings, or why the check could not be made: that is no fault of the bot."""
    try:
        return await ask(folder)
    except (ToolFailedError, FileNotFoundError) as error:
        return f"{name}: {error}"


def _once(findings: list[Told]) -> list[Told]:
    """A name that is not defined is found by both programs, and told once."""
    linted = {(one.file, one.line) for one in findings if one.code == "lint" and "(F821)" in one.message}
    return [
        one
        for one in findings
        if one.code != "type" or (one.file, one.line) not in linted or _UNDEFINED not in one.message
    ]
