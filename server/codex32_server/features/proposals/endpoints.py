"""/proposals: changes that wait for a person."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query

from codex32_server.features.proposals.errors import (
    NothingProposedError,
    ProposalDecidedError,
    ProposalNotFoundError,
    ProposalNotProvenError,
    ProposalStaleError,
    WideningNeedsOwnerError,
)
from codex32_server.features.proposals.facade import NewProposal, ProposalsFacade
from codex32_server.features.proposals.schemas import (
    ProposalDetail,
    ProposalFilter,
    ProposalView,
    ProposeRequest,
    ReviewRequest,
)
from codex32_server.features.proposals.states import Status
from codex32_server.http.edge import Caller, DetachedCaller, require, require_detached
from codex32_server.http.errors import StorageFullError
from codex32_server.http.paging import Page, Paging
from codex32_server.http.problem import documented
from codex32_server.http.room import needs_room
from codex32_server.http.routing import api_router, provided
from codex32_server.kit.errors import NotFoundError
from codex32_server.kit.manifest.errors import ManifestError, PackageError, PackageTooLargeError, SourceError

router = api_router("proposals", prefix="/proposals")

Proposals = Annotated[ProposalsFacade, provided(ProposalsFacade)]
Reader = Annotated[Caller, require("proposals:read")]
Writer = Annotated[Caller, require("proposals:write")]
DetachedWriter = Annotated[DetachedCaller, require_detached("proposals:write")]

_UNSOUND = (PackageError, PackageTooLargeError, SourceError, ManifestError, StorageFullError)


@router.get("")
async def list_proposals(
    caller: Reader,
    proposals: Proposals,
    paging: Paging,
    bot: Annotated[str | None, Query(max_length=100, description="Id or name of a bot.")] = None,
    status: Status | None = None,
) -> Page[ProposalView]:
    """Proposals of the workspace, newest first."""
    name = bot.replace("\0", "\ufffd") if bot else None
    wanted = ProposalFilter(bot=name, status=status)
    return await proposals.list(caller.tx, caller.principal.workspace_id, wanted, paging)


@router.post(
    "",
    status_code=201,
    dependencies=[needs_room()],
    responses=documented(NotFoundError, NothingProposedError, *_UNSOUND),
)
async def propose(caller: DetachedWriter, proposals: Proposals, request: ProposeRequest) -> ProposalDetail:
    """Propose a change of a bot's newest version. Its tests run next; a person approves it."""
    package = await proposals.read(request.files)
    new = NewProposal(
        bot=request.bot,
        title=request.title,
        files=request.files,
        origin="person",
        goal=request.goal,
        rationale=request.rationale,
        risks=request.risks,
    )
    async with caller.transaction() as tx:
        return await proposals.file(tx, caller.principal, new, package)


@router.get("/{proposal}", responses=documented(ProposalNotFoundError))
async def get_proposal(caller: Reader, proposals: Proposals, proposal: UUID) -> ProposalDetail:
    """One proposal: what it would change, and what its tests showed."""
    return await proposals.get(caller.tx, caller.principal.workspace_id, proposal)


@router.post(
    "/{proposal}/approve",
    responses=documented(
        ProposalNotFoundError, ProposalDecidedError, ProposalNotProvenError, WideningNeedsOwnerError
    ),
)
async def approve(
    caller: Writer, proposals: Proposals, proposal: UUID, request: ReviewRequest | None = None
) -> ProposalDetail:
    """Agree to a change whose tests passed. More permissions need the scope proposals:widen (owners)."""
    return await proposals.approve(caller.tx, caller.principal, proposal, request.note if request else "")


@router.post("/{proposal}/reject", responses=documented(ProposalNotFoundError, ProposalDecidedError))
async def reject(
    caller: Writer, proposals: Proposals, proposal: UUID, request: ReviewRequest | None = None
) -> ProposalDetail:
    """Say no; an approved one can still be rejected until it is applied."""
    return await proposals.reject(caller.tx, caller.principal, proposal, request.note if request else "")


@router.post(
    "/{proposal}/apply",
    dependencies=[needs_room()],
    responses=documented(
        ProposalNotFoundError,
        ProposalDecidedError,
        ProposalStaleError,
        WideningNeedsOwnerError,
        StorageFullError,
    ),
)
async def apply(caller: DetachedWriter, proposals: Proposals, proposal: UUID) -> ProposalDetail:
    """Make a version of an approved change. It keeps the proof of the proposal, and runs in `dev`."""
    async with caller.transaction() as tx:
        found = await proposals.get(tx, caller.principal.workspace_id, proposal)
    package = await proposals.read(found.files)
    async with caller.transaction() as tx:
        return await proposals.apply(tx, caller.principal, proposal, package)
