"""Builds what walks the sessions of the builder in a worker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from codex32_server.features.bots.facade import BotsFacade, ProofResult
from codex32_server.features.bots.jobs import Prover
from codex32_server.features.builder.checks.all import StaticChecks
from codex32_server.features.builder.contract import Thinking
from codex32_server.features.builder.engines.offered import Engines, SessionRef
from codex32_server.features.builder.engines.recipes import RecipesEngine
from codex32_server.features.builder.facade import Walking, Workbench
from codex32_server.kit.manifest.limits import Ceilings
from codex32_server.kit.manifest.package import package_from_files
from codex32_server.storage.session import Database


def engines() -> Engines:
    """Every engine there is, by name."""
    recipes = RecipesEngine()

    def make_recipes(_session: SessionRef) -> RecipesEngine:
        return recipes

    return {"recipes": make_recipes}


def walking_of(database: Database, bots: BotsFacade, prover: Prover, ceilings: Ceilings) -> Walking:
    """Everything that a worker needs to walk sessions."""
    workbench = Workbench(database, bots, StaticChecks(ceilings), SandboxProof(prover, ceilings))
    return Walking(database, engines(), workbench)


@dataclass(frozen=True)
class SandboxProof:
    """The `Prove` of the product: as a version is proven, of files that are none."""

    prover: Prover
    ceilings: Ceilings

    async def __call__(
        self, workspace_id: UUID, session_id: UUID, files: Mapping[str, bytes], thinking: Thinking
    ) -> ProofResult:
        package = package_from_files(files, ceilings=self.ceilings)
        return await self.prover.prove_package(workspace_id, session_id, package, thinking.tell)
