"""What an attack is, and the arena in which a theme of attacks is tried once and judged one by one.

A theme is a list of attacks that share one sandbox. While they run a neighbour runs too; before and after,
the host's fingerprint is taken. How an attack is tried inside is in `escape_bot`.
"""

from __future__ import annotations

import asyncio
import json
import platform
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from codex32_server.runtime.contract import MIB, End, Limits, Outcome
from codex32_server.runtime.driver import Driver
from codex32_server.runtime.sandbox.seccomp import ARCHITECTURES
from codex32_server.runtime.sandbox.syscalls import ALLOWED, FILTERED, REFUSED
from codex32_server.runtime.zygote.warm import WarmStarts
from support import fingerprint

ATTACKER = Path(__file__).with_name("escape_bot.py").read_text()
NEIGHBOUR = """
import json, os, threading
def main(word):
    open("/tmp/kept", "w").write(word)
    open("/output/kept", "w").write(word)
    helper = threading.Thread(target=sorted, args=(range(1000),))
    helper.start(); helper.join()
    return {"word": open("/tmp/kept").read(), "files": sorted(os.listdir("/tmp"))}
"""
"""An honest bot: what it does must go on working beside every attack."""

DENIED = frozenset(
    {
        "EPERM", "EACCES", "ENOSYS", "EROFS", "ENOENT", "ESRCH", "EAFNOSUPPORT", "EPROTONOSUPPORT",
        "ENETUNREACH", "ENXIO", "ENODEV",
    }
)  # fmt: skip
"""Errors that mean "not for you". With EINVAL, EFAULT or EBADF the kernel has looked at the arguments."""


_TRIES = 3


@dataclass(frozen=True)
class Attack:
    """Statements that must be refused, or must end by calling `contained` with what held them."""

    name: str
    code: str
    denied: frozenset[str] = DENIED
    """Errors that count as refused."""
    died: frozenset[str] = frozenset()
    """Signals that count as refused."""
    by: str = ""
    """The layer without which this is not refused; a level that leaves it out is not tried."""

    def held(self, verdict: str, detail: str) -> bool:
        return {
            "denied": detail in self.denied,
            "contained": True,
            "died": detail in self.died,
        }.get(verdict, False)

    def __str__(self) -> str:
        return self.name


def attack(name: str, code: str, *, also: str = "", died: str = "", by: str = "") -> Attack:
    """An attack in one line; `also` and `died` are further errors and signals that refuse it."""
    return Attack(name, textwrap.dedent(code), DENIED | set(also.split()), frozenset(died.split()), by)


def call(name: str, arguments: str = "", *, title: str = "", also: str = "") -> Attack:
    """A system call that seccomp refuses whatever its arguments are."""
    code = f"call({name!r}{', ' if arguments else ''}{arguments})"
    return Attack(title or name, code, frozenset({"EPERM", "ENOSYS", *also.split()}), by="seccomp")


def numbers() -> dict[str, int]:
    """Name → number of every system call that the policy names, on this machine."""
    column = ARCHITECTURES[platform.machine()][0]
    known = {**ALLOWED, **FILTERED, **REFUSED}
    return {name: found for name, pair in known.items() if (found := pair[column]) is not None}


NO_OP = "def main(): ..."


@dataclass
class Findings:
    """What became of a theme, of its neighbour and of the host."""

    outcome: Outcome
    verdicts: dict[str, list[str]]
    neighbour: Outcome
    word: str
    changed: dict[str, tuple[str, str]]

    def noticed(self) -> list[str]:
        """What is not as it was on the host, and what is not sound about the neighbour's run."""
        wrong = [f"on the host {what}: {before} → {after}" for what, (before, after) in self.changed.items()]
        if self.neighbour.end is not End.SUCCEEDED:
            return [*wrong, f"the neighbour's run: {self.neighbour.error}"]
        output = json.loads(self.neighbour.output or b"null")
        if output != {"word": self.word, "files": ["kept"]}:
            wrong.append(f"the neighbour says {output}")
        if (names := [file.name for file in self.neighbour.files]) != ["kept"]:
            wrong.append(f"the neighbour left {names}")
        return wrong


@dataclass
class Arena:
    """One backend at one level of isolation. Themes are tried once, however many tests ask."""

    driver: Driver
    make_spec: Any
    lines: Any
    state: Any
    watched: Sequence[Path]
    level: str = "strict"
    missing: frozenset[str] = frozenset()
    """Layers that this level leaves out."""
    workspace: UUID = field(default_factory=uuid4)
    network: Sequence[str] = ()
    model_key: str | None = None
    """With it there is a door to a model gateway too."""
    """What its bots may reach: a sandbox with a way out has other layers than one without."""
    warm: WarmStarts | None = None
    modes: list[int] = field(default_factory=list[int])
    """Of the files that the last run left, as they were copied."""
    _warmed: bool = False
    _found: dict[str, Findings] = field(default_factory=dict[str, Findings])

    async def broken_by(self, theme: Sequence[Attack], one: Attack) -> list[str]:
        """What the attack came to: nothing where it was refused or contained and nobody else noticed it.

        Nothing too where the level leaves out the only layer that refuses it.
        """
        if one.by in self.missing:
            return []
        found = await self._theme(theme)
        if found.outcome.end is not End.SUCCEEDED:
            return [f"the attacker's run: {found.outcome.error}"]
        verdict, detail = found.verdicts[one.name]
        own = [] if one.held(verdict, detail) else [f"{one.name}: {verdict} ({detail})"]
        return own + found.noticed()

    async def _theme(self, theme: Sequence[Attack]) -> Findings:
        key = " ".join(one.name for one in theme)
        if key not in self._found:
            self._found[key] = await self._try(theme)
        return self._found[key]

    async def _try(self, theme: Sequence[Attack]) -> Findings:
        attacks = {one.name: one.code for one in theme if one.by not in self.missing}
        given = json.dumps({"attacks": attacks, "numbers": numbers()}).encode()
        found = await self.beside(ATTACKER, input=given, limits=Limits(timeout=60.0, memory=384 * MIB))
        found.verdicts = json.loads(found.outcome.output or b"{}")
        return found

    async def beside(self, source: str | Mapping[str, str | bytes], **changes: Any) -> Findings:
        """Run a bot and its neighbour at the same time, between two fingerprints.

        Again where the platform replaced its zygote meanwhile, as it does when a loaded machine was too slow
        for one: its processes are no trace of an attack, and could hide some. An attack that makes it do so
        every time is found.
        """
        await self._warm()
        for _ in range(_TRIES):
            zygotes = self._zygotes()
            found = await self._beside(source, **changes)
            if self._zygotes() == zygotes:
                break
        return found

    def _zygotes(self) -> set[int]:
        """Those that the driver forks runs from; 0 stands for one on its way."""
        pool = self.driver._warm.pool if self.driver._warm else None
        if pool is None:
            return set()
        starting = any(entry.starting is not None for entry in pool._entries.values())
        return {zygote.pid for zygote in pool.ready()} | ({0} if starting else set())

    async def _beside(self, source: str | Mapping[str, str | bytes], **changes: Any) -> Findings:
        await self._rest()
        before = fingerprint.of_host(self.watched)
        if self.warm is not None:  # so that the attack is one from a child that has waited for it
            await self.run(NO_OP, **{**changes, "input": b"{}"})
        word = f"neighbour-{uuid4().hex}"
        outcome, neighbour = await asyncio.gather(
            self.run(source, **changes), self.run(NEIGHBOUR, input=json.dumps({"word": word}).encode())
        )
        await self._rest()
        after = await self._settled(before)
        return Findings(outcome, {}, neighbour, word, fingerprint.changes(before, after))

    async def _rest(self) -> None:
        """Children that wait for a run are no trace of one."""
        if self.warm is not None:
            await self.warm.settle()

    async def run(self, source: str | Mapping[str, str | bytes], **changes: Any) -> Outcome:
        """The files in the outcome are gone; their names and sizes are not."""
        text = textwrap.dedent(source) if isinstance(source, str) else source
        spec = self.make_spec(
            text,
            **{
                "workspace_id": self.workspace,
                "isolation": self.level,
                "network": self.network,
                "model_key": self.model_key,
                **changes,
            },
        )
        async with self.driver.run(spec, logs=self.lines, state=self.state) as outcome:
            self.modes = [file.path.stat().st_mode for file in outcome.files]
            return outcome

    async def _warm(self) -> None:
        """What the first run opens for good (threads, loops) is not a trace of an attack."""
        if not self._warmed:
            await asyncio.gather(*(self.run("def main(): ...") for _ in range(2)))
            self._warmed = True

    async def _settled(self, before: Mapping[str, str]) -> dict[str, str]:
        """Transports close their pipes in a later round of the loop: wait a moment, not for ever."""
        for _ in range(40):
            after = fingerprint.of_host(self.watched)
            if not fingerprint.changes(before, after):
                break
            await asyncio.sleep(0.05)
        return after
