"""Builds what walks the sessions of the builder in a worker, and what the API knows of engines."""

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
from codex32_server.features.builder.facade import ModelAliases, Walking, Workbench
from codex32_server.features.models.facade import ModelsFacade
from codex32_server.kit.manifest.limits import Ceilings
from codex32_server.kit.manifest.package import package_from_files
from codex32_server.storage.session import Database, Tx

_ALIASES = ("code", "smart")


def engines() -> Engines:
    """Every engine there is, by name."""
    recipes = RecipesEngine()

    def make_recipes(_session: SessionRef) -> RecipesEngine:
        return recipes

    return {"recipes": make_recipes}


def alias_of(models: ModelsFacade) -> ModelAliases:
    """The first of the aliases for which the models engine would ask, where the workspace has it."""

    async def alias(tx: Tx, workspace_id: UUID) -> str | None:
        known = {one.name for one in await models.aliases(tx, workspace_id) if one.targets}
        return next((name for name in _ALIASES if name in known), None)

    return alias


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
