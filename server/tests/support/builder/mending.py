"""The loop of the pipeline around an engine, with real checks and the real sandbox, and nothing stored."""

from __future__ import annotations

import os
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from codex32_server.features.bots.facade import ProofResult
from codex32_server.features.bots.jobs import Prover
from codex32_server.features.builder.checks.all import StaticChecks
from codex32_server.features.builder.contract import Brief, Finding, Plan, Refused, Written
from codex32_server.features.builder.service.working import tested_of
from codex32_server.kit.ids import new_id
from codex32_server.kit.manifest.digest import digest
from codex32_server.kit.manifest.limits import Ceilings
from codex32_server.main.building import SandboxProof
from codex32_server.runtime import files
from codex32_server.runtime.backends.local import LocalBackend
from codex32_server.runtime.driver import Driver
from codex32_server.runtime.environments import Environments
from support.builder.model_desk import Desk, requirements

_PROOFS: dict[str, ProofResult] = {}
"""Equal files are proven once: all these stories end in the same good bot."""


@dataclass
class Mended:
    """How it ended, and the codes of what was found in each round."""

    ended: Written | Refused
    rounds: list[list[str]] = field(default_factory=list[list[str]])


@asynccontextmanager
async def a_sandbox() -> AsyncIterator[SandboxProof]:
    """The product's own proof."""
    shared = Path(tempfile.gettempdir(), f"codex32-tests-{os.geteuid()}")
    shared.mkdir(mode=0o755, exist_ok=True)
    runtime = files.prepare(shared)
    backend = LocalBackend(runtime, locks=shared / "uids")
    work = Path(tempfile.mkdtemp(prefix="runs-", dir=shared))
    work.chmod(0o711)
    driver = Driver(backend, work=work)
    yield SandboxProof(Prover(Environments(runtime, folder=shared / "environments"), driver), Ceilings())
    backend.close()


async def mended(
    desk: Desk, prove: SandboxProof, brief: Brief, plan: Plan, *answers: str, most: int = 6
) -> Mended:
    """Write, look, run, and repair until nothing is found, it is refused, or `most` rounds are over."""
    desk.says(*answers)
    wanted = requirements(brief)
    made: Any = await desk.engine.write(brief, wanted, plan, desk.told)
    rounds: list[list[str]] = []
    for _ in range(most):
        if isinstance(made, Refused):
            break
        found = await findings(desk, prove, made.files)
        rounds.append(sorted({finding.code for finding in found}))
        if not found:
            break
        made = await desk.engine.repair(brief, wanted, plan, made, found, desk.told)
    return Mended(made, rounds)


async def findings(desk: Desk, prove: SandboxProof, bot: Mapping[str, str]) -> Sequence[Finding]:
    """Those of the checks; where there are none, those of the tests."""
    checked = await StaticChecks(Ceilings())(bot, desk.told)
    if checked.errors:
        return [finding for finding in checked.findings if finding.severity == "error"]
    contents = {path: text.encode() for path, text in bot.items()}
    of = digest(contents)
    if of not in _PROOFS:
        _PROOFS[of] = await prove(desk.session.workspace_id, new_id(), contents, desk.told)
    tested = tested_of(_PROOFS[of], of)
    return [finding for finding in tested.findings if finding.severity == "error"]
