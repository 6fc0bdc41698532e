"""The one way into bots, versions and environments."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from codex32_server.features.bots.errors import BotArchivedError, VersionFileNotFoundError
from codex32_server.features.bots.errors import BotNotFoundError as BotNotFoundError
from codex32_server.features.bots.facet_schemas import BotFacetsView
from codex32_server.features.bots.given_schemas import NeededFilesView
from codex32_server.features.bots.repository import (
    bots,
    counting,
    described,
    environments,
    facets,
    listing,
    versions,
)
from codex32_server.features.bots.repository.environments import RUNNABLE
from codex32_server.features.bots.schemas import BotFilter as BotFilter
from codex32_server.features.bots.schemas import (
    BotStatus,
    DeployedView,
    DiffView,
    EnvironmentsView,
    FilesView,
    FileView,
    SimilarView,
)
from codex32_server.features.bots.schemas import BotView as BotView
from codex32_server.features.bots.schemas import EnvironmentName as EnvironmentName
from codex32_server.features.bots.schemas import LoadedVersion as LoadedVersion
from codex32_server.features.bots.schemas import NewDeployment as NewDeployment
from codex32_server.features.bots.schemas import PromoteRequest as PromoteRequest
from codex32_server.features.bots.schemas import ProofCase as ProofCase
from codex32_server.features.bots.schemas import ProofReport as ProofReport
from codex32_server.features.bots.schemas import ProofResult as ProofResult
from codex32_server.features.bots.schemas import RunnableVersion as RunnableVersion
from codex32_server.features.bots.schemas import VersionView as VersionView
from codex32_server.features.bots.service import (
    comparing,
    describing,
    favourites,
    lifecycle,
    places,
    proving,
)
from codex32_server.features.bots.service.deploying import (
    FIRST_ENVIRONMENT,
    Deploying,
    deploy_alone,
    first_view,
    no_proof,
    stands_alone,
)
from codex32_server.features.bots.service.deploying import SubmitProof as SubmitProof
from codex32_server.features.bots.service.deploying import queue_proof as queue_proof
from codex32_server.features.bots.service.lifecycle import BotRests as BotRests
from codex32_server.features.bots.service.naming import as_id, bot_of, shown, version_of
from codex32_server.features.bots.service.needing import Needing
from codex32_server.features.bots.service.pointing import PointerMoved as PointerMoved
from codex32_server.features.bots.service.pointing import Pointing
from codex32_server.features.bots.service.proving import candidate as candidate
from codex32_server.features.bots.service.reaching import check_reach
from codex32_server.features.bots.service.resolving import Resolving, find_runnable
from codex32_server.features.bots.service.standing import BotStanding as BotStanding
from codex32_server.features.bots.service.standing import FailedProof as FailedProof
from codex32_server.features.bots.service.standing import Standings
from codex32_server.features.secrets.facade import missing_secrets
from codex32_server.http.edge import Peeker
from codex32_server.http.paging import Page, PageRequest, next_cursor
from codex32_server.http.principal import Principal
from codex32_server.kit.isolation import IsolationConsent
from codex32_server.kit.manifest.limits import Ceilings
from codex32_server.kit.manifest.package import BotPackage, package_from_files
from codex32_server.storage.lean import LeanConnections
from codex32_server.storage.session import Database, Tx

Deployed = DeployedView
_READ_INLINE = 16 * 1024
"""Bytes of source that are read on the event loop: about two milliseconds; more goes to a thread."""


class BotsFacade:
    """Bots of a workspace. Methods run in the caller's transaction unless they take none."""

    def __init__(
        self,
        submit_proof: SubmitProof = queue_proof,
        *,
        pointer_moved: Sequence[PointerMoved] = (),
        bot_rests: Sequence[BotRests] = (),
        ceilings: Ceilings | None = None,
        consent: IsolationConsent | None = None,
    ) -> None:
        self._pointing = Pointing(pointer_moved)
        self._bot_rests = tuple(bot_rests)
        self._deploying = Deploying(self._pointing, submit_proof)
        self._deploying_proven = Deploying(self._pointing, no_proof)
        self._ceilings = ceilings
        self._consent = consent or IsolationConsent()
        self._resolving = Resolving()
        self._needing = Needing()
        self.standings = Standings()
        """How bots stand with their proofs."""

    async def read(self, new: NewDeployment) -> BotPackage:
        """What these files are, on paper; without a transaction. Raises BotFileError and its kinds."""
        if sum(len(content) for content in new.files.values()) <= _READ_INLINE:
            return package_from_files(new.files, ceilings=self._ceilings)
        return await asyncio.to_thread(package_from_files, new.files, ceilings=self._ceilings)

    async def deploy(
        self,
        tx: Tx,
        principal: Principal,
        new: NewDeployment,
        package: BotPackage | None = None,
        proof: ProofResult | None = None,
    ) -> DeployedView:
        """Make a version; `package` is what `read` answered, so that nobody waits in a transaction for it.

        With `proof` these very files were proven before they were deployed: they are not proven again.

        Raises BotFileError and its kinds, BotExistsError, BotNotFoundError, BotArchivedError,
        NameMismatchError, IsolationRefusedError, EgressNotAllowedError.
        """
        package = package or await self.read(new)
        workspace_id = principal.workspace_id
        self._consent.check(package.manifest.isolation, workspace_id)
        await check_reach(tx, workspace_id, package.manifest)
        deploying = self._deploying if proof is None else self._deploying_proven
        made = await deploying.deploy(tx, workspace_id, principal.member_id, package, new)
        if proof is not None:
            await self.record_proof(tx, workspace_id, made.version_id, proof)
        missing = await missing_secrets(tx, workspace_id, FIRST_ENVIRONMENT, package.manifest.secret_names)
        if made.created and proof is None:
            return first_view(package, made).model_copy(update={"missing_secrets": missing})
        bot = await bots.by_id(tx, workspace_id, made.bot_id)
        version = await versions.view(tx, workspace_id, made.bot_id, version_id=made.version_id)
        return DeployedView.model_validate(
            {
                "bot": bot,
                "version": version,
                "created": made.created,
                "unchanged": made.unchanged,
                "missing_secrets": missing,
            }
        )

    async def create(
        self, database: Database, lean: LeanConnections, principal: Principal, new: NewDeployment
    ) -> DeployedView:
        """A new bot, in a transaction of its own; in one round trip if nothing hangs on it yet.

        Raises BotFileError and its kinds, BotExistsError, NameMismatchError, IsolationRefusedError.
        """
        package = await self.read(new)
        self._consent.check(package.manifest.isolation, principal.workspace_id)
        if stands_alone(package) and not package.manifest.network:
            return await deploy_alone(lean, principal.workspace_id, principal.member_id, package, new)
        async with database.transaction(principal.workspace_id) as tx:
            return await self.deploy(tx, principal, replace(new, must_be_new=True), package)

    async def get(self, tx: Tx, workspace_id: UUID, reference: str) -> BotView:
        """By id (deleted ones too) or name. Raises BotNotFoundError."""
        return BotView.model_validate(await bot_of(tx, workspace_id, reference))

    async def peek(self, peeker: Peeker, reference: str) -> dict[str, Any]:
        """The same in one statement, as plain values. Raises BotNotFoundError and what `Peeker` raises."""
        rows = await peeker.fetch(bots.one_peek(as_id(reference), reference))
        if not rows:
            raise BotNotFoundError(f"There is no bot {shown(reference)} in this workspace.")
        return bots.shape(rows[0])

    async def list(self, tx: Tx, workspace_id: UUID, wanted: BotFilter, page: PageRequest) -> Page[BotView]:
        """Newest first, for nobody in particular."""
        rows = await listing.page(tx, workspace_id, wanted, page.limit, page.after)
        cursor = next_cursor([row["id"] for row in rows], page.limit)
        return Page(items=[BotView.model_validate(row) for row in rows[: page.limit]], next_cursor=cursor)

    async def peek_list(
        self, peeker: Peeker, wanted: BotFilter, limit: int, cursor: str | None
    ) -> dict[str, Any]:
        """A page in the wanted order, in one statement, as plain values.

        Raises BadCursorError and what `Peeker` raises.
        """
        after = places.read_place(cursor, wanted.sort)
        rows = [bots.shape(row) for row in await peeker.fetch(listing.page_peek(wanted, limit, after))]
        return {"items": rows[:limit], "next_cursor": places.next_place(rows, limit, wanted.sort)}

    async def facets(self, tx: Tx, principal: Principal, status: BotStatus) -> BotFacetsView:
        """What the bots of a status can be filtered by."""
        found = await facets.of_status(tx, principal.workspace_id, principal.member_id, status)
        return BotFacetsView.model_validate(found)

    async def favour(self, tx: Tx, principal: Principal, reference: str, chosen: bool) -> BotView:
        """Make a bot a favourite of whoever asks, or none.

        Raises BotNotFoundError, TooManyFavouritesError.
        """
        change = favourites.add if chosen else favourites.remove
        return await self._for(tx, principal, await change(tx, principal, reference))

    async def _for(self, tx: Tx, principal: Principal, bot_id: UUID) -> BotView:
        """A bot as the principal sees it."""
        return BotView.model_validate(
            await bots.by_id(tx, principal.workspace_id, bot_id, principal.member_id)
        )

    async def similar(self, tx: Tx, workspace_id: UUID, reference: str, top: int) -> SimilarView:
        """Bots in use that are like this one, most alike first. Raises BotNotFoundError."""
        return await describing.similar(tx, workspace_id, reference, top)

    async def in_use(self, tx: Tx, workspace_id: UUID, ids: Sequence[UUID]) -> dict[UUID, BotView]:
        """Those of the named bots that are neither archived nor deleted."""
        found = await described.living(tx, workspace_id, ids)
        return {bot_id: BotView.model_validate(bot) for bot_id, bot in found.items()}

    async def ask_description(self, tx: Tx, workspace_id: UUID, model: str) -> bool:
        """For the scheduler: queue the reading of bots that are not found as they are; whether it was."""
        return await describing.ask(tx, workspace_id, model)

    async def describe(self, database: Database, workspace_id: UUID) -> int:
        """For the worker: read the bots again that changed since they were; how many."""
        return await describing.describe(database, workspace_id)

    async def count(self, tx: Tx, workspace_id: UUID) -> int:
        """How many are neither archived nor deleted."""
        return await counting.active(tx, workspace_id)

    async def archive(self, tx: Tx, principal: Principal, reference: str) -> BotView:
        """An archived bot keeps everything and runs nothing. Raises BotNotFoundError, BotArchivedError."""
        workspace_id = principal.workspace_id
        bot = await bot_of(tx, workspace_id, reference)
        if bot["status"] == "deleted":
            raise BotArchivedError(f"The bot {bot['name']!r} is deleted.")
        await bots.archive(tx, workspace_id, bot["id"])
        await self._tell(tx, workspace_id, bot["id"], rests=True)
        return await self._for(tx, principal, bot["id"])

    async def delete(self, tx: Tx, principal: Principal, reference: str) -> None:
        """Its name is free then; `restore` brings it back. Raises BotNotFoundError."""
        bot = await bot_of(tx, principal.workspace_id, reference)
        await bots.delete(tx, principal.workspace_id, bot["id"])
        await self._tell(tx, principal.workspace_id, bot["id"], rests=True)

    async def restore(self, tx: Tx, principal: Principal, reference: str) -> BotView:
        """Neither archived nor deleted any more. Raises BotNotFoundError, BotExistsError."""
        workspace_id = principal.workspace_id
        bot = await bot_of(tx, workspace_id, reference)
        await lifecycle.restore(tx, workspace_id, bot["id"], bot["name"])
        await self._tell(tx, workspace_id, bot["id"], rests=False)
        return await self._for(tx, principal, bot["id"])

    async def _tell(self, tx: Tx, workspace_id: UUID, bot_id: UUID, *, rests: bool) -> None:
        for listener in self._bot_rests:
            await listener(tx, workspace_id, bot_id, rests=rests)

    async def list_versions(
        self, tx: Tx, workspace_id: UUID, reference: str, page: PageRequest
    ) -> Page[VersionView]:
        """Newest first. Raises BotNotFoundError."""
        bot = await bot_of(tx, workspace_id, reference)
        rows = await versions.page(tx, workspace_id, bot["id"], page.limit, page.after)
        cursor = next_cursor([row["id"] for row in rows], page.limit)
        return Page(items=[VersionView.model_validate(row) for row in rows[: page.limit]], next_cursor=cursor)

    async def get_version(self, tx: Tx, workspace_id: UUID, reference: str, version: str) -> VersionView:
        """By id, number or digest. Raises BotNotFoundError, VersionNotFoundError."""
        bot = await bot_of(tx, workspace_id, reference)
        return VersionView.model_validate(await version_of(tx, workspace_id, bot["id"], version))

    async def base(self, tx: Tx, workspace_id: UUID, reference: str, *, lock: bool = False) -> VersionView:
        """The version that a change begins from: what `dev` runs, or the newest one while it runs none.

        With `lock` it stays that until the transaction ends. Raises BotNotFoundError, VersionNotFoundError.
        """
        bot = await self.get(tx, workspace_id, reference)
        if lock:
            await bots.lock(tx, workspace_id, bot.id)
            bot = await self.get(tx, workspace_id, str(bot.id))
        published = bot.environments.get(FIRST_ENVIRONMENT)
        number = published.number if published else bot.version_count
        return await self.get_version(tx, workspace_id, str(bot.id), str(number))

    async def files(self, tx: Tx, workspace_id: UUID, reference: str, version: str) -> FilesView:
        """Raises BotNotFoundError, VersionNotFoundError."""
        found = await self.get_version(tx, workspace_id, reference, version)
        contents = await versions.files(tx, workspace_id, found.id)
        return FilesView(
            items=[
                FileView(path=path, size=len(content), content=comparing.text_of(content))
                for path, content in contents.items()
            ]
        )

    async def file(self, tx: Tx, workspace_id: UUID, reference: str, version: str, path: str) -> bytes:
        """Raises BotNotFoundError, VersionNotFoundError, VersionFileNotFoundError."""
        found = await self.get_version(tx, workspace_id, reference, version)
        content = await versions.file(tx, workspace_id, found.id, path)
        if content is None:
            raise VersionFileNotFoundError(f"The version has no file {shown(path)}.")
        return content

    async def needed_files(
        self, database: Database, workspace_id: UUID, reference: str, version: str
    ) -> NeededFilesView:
        """Which files a run of the version must be given; read after a transaction of its own.

        Raises BotNotFoundError, VersionNotFoundError.
        """
        async with database.transaction(workspace_id) as tx:
            found = await self.get_version(tx, workspace_id, reference, version)
            known = self._needing.known(found.id)
            loaded = await self.load(tx, workspace_id, found.id) if known is None else None
        if loaded is not None:
            known = await self._needing.find(loaded)
        return NeededFilesView.model_validate(known)

    async def load(self, tx: Tx, workspace_id: UUID, version_id: UUID) -> LoadedVersion:
        """Everything a worker needs of a version. Raises VersionNotFoundError."""
        return await proving.load(tx, workspace_id, version_id)

    async def environments(self, tx: Tx, workspace_id: UUID, reference: str) -> EnvironmentsView:
        """Raises BotNotFoundError."""
        bot = await bot_of(tx, workspace_id, reference)
        return EnvironmentsView.model_validate(
            {
                "items": await environments.pointers(tx, workspace_id, bot["id"]),
                "moves": await environments.moves(tx, workspace_id, bot["id"]),
            }
        )

    async def promote(
        self, tx: Tx, principal: Principal, reference: str, request: PromoteRequest
    ) -> EnvironmentsView:
        """Point an environment at a proven version. Raises the errors of `service.pointing`."""
        bot = await bot_of(tx, principal.workspace_id, reference)
        await self._pointing.promote(
            *(tx, principal.workspace_id, principal.member_id, bot["id"], request),
            may_widen="proposals:widen" in principal.scopes,
        )
        return await self.environments(tx, principal.workspace_id, str(bot["id"]))

    async def rollback(
        self, tx: Tx, principal: Principal, reference: str, environment: str
    ) -> EnvironmentsView:
        """Point an environment back where it pointed before. Raises the errors of `service.pointing`."""
        bot = await bot_of(tx, principal.workspace_id, reference)
        await self._pointing.rollback(tx, principal.workspace_id, principal.member_id, bot["id"], environment)
        return await self.environments(tx, principal.workspace_id, str(bot["id"]))

    async def resolve(
        self, tx: Tx, workspace_id: UUID, bot_ref: str, environment: str | None = None
    ) -> RunnableVersion:
        """What a run of this bot would execute: in `environment`, else in prod if it is set, else in dev.

        Raises BotNotFoundError (also for a deleted bot), BotArchivedError, NoPublishedVersionError.
        """
        return await find_runnable(tx, workspace_id, bot_ref, environment)

    RUNNABLE: Final = RUNNABLE
    """`resolve` as a part of a larger statement; `runnable` reads its columns, in their order."""

    def runnable(self, columns: Sequence[Any]) -> RunnableVersion:
        """Raises BotNotFoundError, BotArchivedError, NoPublishedVersionError."""
        return self._resolving.read(columns)

    async def note_stage(self, tx: Tx, workspace_id: UUID, version_id: UUID, stage: str) -> None:
        """What is being done for a version whose proof is pending, for those who wait for it."""
        await proving.note_stage(tx, workspace_id, version_id, stage)

    async def record_proof(self, tx: Tx, workspace_id: UUID, version_id: UUID, result: ProofResult) -> bool:
        """Write a proof down, once; publish to `dev` what may run. False if it was written before."""
        return await proving.record_proof(tx, self._pointing, workspace_id, version_id, result)

    async def versions_to_compare(
        self, tx: Tx, workspace_id: UUID, reference: str, before: str | None, after: str
    ) -> tuple[LoadedVersion | None, LoadedVersion]:
        """For `compare`; without `before` it is the version that came before `after`, if any."""
        bot = await bot_of(tx, workspace_id, reference)
        new = await version_of(tx, workspace_id, bot["id"], after)
        if before is None and new["number"] > 1:
            before = str(new["number"] - 1)
        old = await version_of(tx, workspace_id, bot["id"], before) if before is not None else None
        loaded = await proving.load(tx, workspace_id, old["id"]) if old is not None else None
        return loaded, await proving.load(tx, workspace_id, new["id"])

    @staticmethod
    async def compare(before: LoadedVersion | None, after: LoadedVersion) -> DiffView:
        """What differs between two versions. In a thread, outside a transaction: long files take seconds."""
        return await asyncio.to_thread(comparing.compare, before, after)
