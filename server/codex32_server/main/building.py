"""Builds what walks the sessions of the builder in a worker, and what the API knows of engines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from codex32_server.features.bots.facade import BotsFacade, ProofResult
from codex32_server.features.bots.jobs import Prover
from codex32_server.features.builder.checks.all import StaticChecks
from codex32_server.features.builder.contract import Thinking
from codex32_server.features.builder.engines.nearest import Nearest
from codex32_server.features.builder.engines.offered import Engines, SessionRef
from codex32_server.features.builder.engines.recipes import RecipesEngine
from codex32_server.features.builder.explaining.desk import Explanations
from codex32_server.features.builder.explaining.facts import FactsExplainer
from codex32_server.features.builder.facade import SupersededError, Walking, Workbench
from codex32_server.features.builder.model_engine.opening import ModelEngines, SessionEngine
from codex32_server.features.builder.model_engine.terms import Terms
from codex32_server.features.models.facade import ModelsFacade
from codex32_server.features.runs.facade import RunsFacade
from codex32_server.features.usage.facade import BuilderSession, UsageFacade
from codex32_server.kit.ids import new_id
from codex32_server.kit.manifest.limits import Ceilings
from codex32_server.kit.manifest.package import BotPackage, package_from_files
from codex32_server.settings.model import BuilderSettings
from codex32_server.storage.session import Database, Tx

ENGINES = frozenset({"recipes", "models"})
"""What workers have."""


def engines(models: ModelEngines, nearest: Nearest) -> Engines:
    """Every engine there is, by name."""
    recipes = RecipesEngine(nearest)

    def make_recipes(_session: SessionRef) -> RecipesEngine:
        return recipes

    def make_models(session: SessionRef) -> SessionEngine:
        return models.of(BuilderSession(session.workspace_id, session.session_id, session.member_id))

    return {"recipes": make_recipes, "models": make_models}


def terms_of(settings: BuilderSettings) -> Terms:
    """Which models an administrator chose."""
    return Terms(think=settings.think_model, code=settings.code_model, strong=settings.strong_model)


def walking_of(
    database: Database,
    bots: BotsFacade,
    prover: Prover,
    ceilings: Ceilings,
    models: ModelEngines,
    nearest: Nearest,
    usage: UsageFacade,
    runs: RunsFacade,
) -> Walking:
    """Everything that a worker needs to walk sessions."""
    explanations = Explanations(database, bots, runs, FactsExplainer())
    proof = SandboxProof(prover, ceilings)
    workbench = Workbench(database, bots, StaticChecks(ceilings), proof, explanations.tell)
    return Walking(database, engines(models, nearest), workbench, SessionSpending(database, usage))


@dataclass(frozen=True)
class SessionMoney:
    """`Purse` and `SpentOnSessions` of the product, for the API: what sessions may spend, and did."""

    usage: UsageFacade

    async def cap(
        self, tx: Tx, workspace_id: UUID, session_id: UUID, member_id: UUID | None, usd: Decimal
    ) -> None:
        await self.usage.cap_builder_session(tx, BuilderSession(workspace_id, session_id, member_id), usd)

    async def close(self, tx: Tx, workspace_id: UUID, session_id: UUID) -> None:
        await self.usage.end_builder_session(tx, workspace_id, session_id)

    async def spent(self, tx: Tx, workspace_id: UUID, ids: Sequence[UUID]) -> Mapping[UUID, Decimal]:
        found = await self.usage.spent_of_builder_sessions(tx, workspace_id, ids)
        return {session_id: one.cost for session_id, one in found.items()}


@dataclass(frozen=True)
class SessionSpending:
    """`Spending` of the product, for the worker: what a session has cost by now."""

    database: Database
    usage: UsageFacade

    async def __call__(self, workspace_id: UUID, session_id: UUID) -> Decimal:
        async with self.database.transaction(workspace_id) as tx:
            found = await self.usage.spent_of_builder_sessions(tx, workspace_id, [session_id])
        return found[session_id].cost if session_id in found else Decimal(0)


@dataclass(frozen=True)
class ModelAlias:
    """`ModelAliases` of the product: the model that would write, if it leads anywhere."""

    models: ModelsFacade
    name: str

    async def __call__(self, tx: Tx, workspace_id: UUID) -> str | None:
        if "/" in self.name:
            return self.name
        found = await self.models.aliases(tx, workspace_id)
        return next((one.name for one in found if one.name == self.name and one.targets), None)


@dataclass(frozen=True)
class SandboxProof:
    """The `Prove` of the product: as a version is proven, of files that are none."""

    prover: Prover
    ceilings: Ceilings

    async def __call__(
        self, workspace_id: UUID, session_id: UUID, files: Mapping[str, bytes], thinking: Thinking
    ) -> ProofResult:
        package = package_from_files(files, ceilings=self.ceilings)

        async def heard(tests: str) -> None:
            # Whoever lost the session learns it from what is written next; the tests go on till then.
            with suppress(SupersededError):
                await thinking.tell(tests)

        return await self.prover.prove_package(workspace_id, session_id, package, thinking.tell, heard)


@dataclass(frozen=True)
class ProofOfPackage:
    """The `ProveFiles` of proposals: the same proof, of a change that is no version yet."""

    prover: Prover

    async def __call__(self, workspace_id: UUID, package: BotPackage) -> ProofResult:
        return await self.prover.prove_package(workspace_id, new_id(), package, _quietly)


async def _quietly(_stage: str) -> None:
    """Nobody watches a proposal's tests."""
