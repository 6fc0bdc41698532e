"""The one way into proposals."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from uuid import UUID

from codex32_server.features.bots.facade import BotsFacade, NewDeployment, ProofResult
from codex32_server.features.proposals import repository, service
from codex32_server.features.proposals.errors import ProposalNotFoundError
from codex32_server.features.proposals.errors import ProposalStaleError as ProposalStaleError
from codex32_server.features.proposals.errors import WideningNeedsOwnerError as WideningNeedsOwnerError
from codex32_server.features.proposals.schemas import NewProposal as NewProposal
from codex32_server.features.proposals.schemas import (
    ProposalDetail,
    ProposalFilter,
    ProposalView,
)
from codex32_server.features.proposals.schemas import Status as Status
from codex32_server.features.proposals.schemas import WaitingProposal as WaitingProposal
from codex32_server.features.proposals.service import PROVE_PROPOSAL as PROVE_PROPOSAL
from codex32_server.http.paging import Page, PageRequest, next_cursor
from codex32_server.http.principal import Principal
from codex32_server.kit.manifest.package import BotPackage
from codex32_server.storage.session import Database, Tx


class ProposalsFacade:
    """Proposals of a workspace. Methods run in the caller's transaction unless they take none."""

    def __init__(self, bots: BotsFacade) -> None:
        self._bots = bots

    async def read(self, files: Mapping[str, str]) -> BotPackage:
        """What these files are, on paper; without a transaction. Raises BotFileError and its kinds."""
        contents = await asyncio.to_thread(
            lambda: {path: content.encode() for path, content in files.items()}
        )
        return await self._bots.read(NewDeployment(files=contents))

    async def file(
        self, tx: Tx, principal: Principal, new: NewProposal, package: BotPackage
    ) -> ProposalDetail:
        """File a change of what the bot runs in `dev`; `package` is what `read` answered for its files.

        Unless it comes with evidence, its tests run next. Raises BotNotFoundError, NothingProposedError.
        """
        proposal_id = await service.file(tx, self._bots, principal, new, package)
        return await self.get(tx, principal.workspace_id, proposal_id)

    async def get(self, tx: Tx, workspace_id: UUID, proposal_id: UUID) -> ProposalDetail:
        """Raises ProposalNotFoundError."""
        found = await repository.one(tx, workspace_id, proposal_id)
        if found is None:
            raise ProposalNotFoundError("There is no such proposal in this workspace.")
        return ProposalDetail.model_validate(found)

    async def list(
        self, tx: Tx, workspace_id: UUID, wanted: ProposalFilter, page: PageRequest
    ) -> Page[ProposalView]:
        """Newest first."""
        rows = await repository.page(tx, workspace_id, wanted, page.limit, page.after)
        cursor = next_cursor([row["id"] for row in rows], page.limit)
        return Page(
            items=[ProposalView.model_validate(row) for row in rows[: page.limit]], next_cursor=cursor
        )

    async def waiting(self, tx: Tx, workspace_id: UUID, most: int) -> list[WaitingProposal]:
        """Those that a person has yet to decide on or to apply, newest first."""
        return [WaitingProposal(**row) for row in await repository.waiting(tx, workspace_id, most)]

    async def edit_of_version(self, tx: Tx, workspace_id: UUID, version_id: UUID) -> str | None:
        """The session of the builder whose proposal was applied as this version, if one was."""
        return await repository.edit_of_version(tx, workspace_id, version_id)

    async def suggested_from(self, tx: Tx, workspace_id: UUID, version_id: UUID) -> UUID | None:
        """The version that a suggestion was applied to, where this version came of it."""
        return await repository.suggested_from(tx, workspace_id, version_id)

    async def approve(
        self, tx: Tx, principal: Principal, proposal_id: UUID, note: str = ""
    ) -> ProposalDetail:
        """Raises ProposalNotFoundError, ProposalDecidedError, ProposalNotProvenError,
        WideningNeedsOwnerError.
        """
        await service.decide(tx, principal, proposal_id, "approved", note)
        return await self.get(tx, principal.workspace_id, proposal_id)

    async def reject(self, tx: Tx, principal: Principal, proposal_id: UUID, note: str = "") -> ProposalDetail:
        """Raises ProposalNotFoundError, ProposalDecidedError."""
        await service.decide(tx, principal, proposal_id, "rejected", note)
        return await self.get(tx, principal.workspace_id, proposal_id)

    async def apply(
        self, tx: Tx, principal: Principal, proposal_id: UUID, package: BotPackage
    ) -> ProposalDetail:
        """Make a version of it; `package` is what `read` answered for its files.

        Raises ProposalNotFoundError, ProposalDecidedError, ProposalStaleError, WideningNeedsOwnerError.
        """
        await service.apply(tx, self._bots, principal, proposal_id, package)
        return await self.get(tx, principal.workspace_id, proposal_id)

    async def unproven(
        self, database: Database, workspace_id: UUID, proposal_id: UUID
    ) -> Mapping[str, str] | None:
        """For the job: the files of a proposal whose tests have not ended; None if there is nothing to do."""
        async with database.transaction(workspace_id) as tx:
            found = await repository.unproven(tx, workspace_id, proposal_id)
            return dict(found.files) if found is not None else None

    async def record_proof(
        self, database: Database, workspace_id: UUID, proposal_id: UUID, proof: ProofResult
    ) -> bool:
        """For the job: how its tests ended; whether it was written this time."""
        async with database.transaction(workspace_id) as tx:
            values = service.proof_values(proof)
            return await repository.record_proof(tx, workspace_id, proposal_id, values)
