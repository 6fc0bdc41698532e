"""/bots: deploying, reading, lifecycle, versions, environments."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import Path, Query, Response

from codex32_server.features.bots.errors import (
    BotArchivedError,
    BotExistsError,
    BotNotFoundError,
    EnvironmentNotFoundError,
    NameMismatchError,
    NothingToRollBackError,
    NotProvenError,
    PromotionWidensError,
    ProofFailedError,
    ProofPendingError,
    SamePointerError,
    SecretsMissingError,
    TooManyFavouritesError,
    VersionFileNotFoundError,
    VersionNotFoundError,
)
from codex32_server.features.bots.facade import BotFilter, BotsFacade, BotView, NewDeployment, VersionView
from codex32_server.features.bots.facet_schemas import BotFacetsView
from codex32_server.features.bots.given_schemas import NeededFilesView
from codex32_server.features.bots.schemas import (
    BotSort,
    BotStatus,
    DeployedView,
    DeployRequest,
    DiffView,
    EnvironmentsView,
    FilesView,
    PromoteRequest,
    RollbackRequest,
    SimilarView,
)
from codex32_server.features.bots.service.places import MAX_CURSOR
from codex32_server.http.answers import json_answer
from codex32_server.http.edge import (
    Caller,
    DetachedCaller,
    Peeker,
    require,
    require_detached,
    require_peeking,
)
from codex32_server.http.errors import StorageFullError
from codex32_server.http.paging import DEFAULT_LIMIT, MAX_LIMIT, Page, Paging
from codex32_server.http.problem import documented
from codex32_server.http.room import needs_room
from codex32_server.http.routing import api_router, provided
from codex32_server.kit.egress import EgressNotAllowedError
from codex32_server.kit.isolation import IsolationRefusedError
from codex32_server.kit.manifest.errors import ManifestError, PackageError, PackageTooLargeError, SourceError
from codex32_server.kit.manifest.schema import Role as BotRole
from codex32_server.telemetry.metrics import Metrics

router = api_router("bots", prefix="/bots")

Bots = Annotated[BotsFacade, provided(BotsFacade)]
Meters = Annotated[Metrics, provided(Metrics)]
BotRef = Annotated[str, Path(max_length=100, description="Id or name of the bot.")]
VersionRef = Annotated[str, Path(max_length=100, description="Id, number or digest of the version.")]
Reader = Annotated[Caller, require("bots:read")]
Writer = Annotated[Caller, require("bots:write")]
DetachedWriter = Annotated[DetachedCaller, require_detached("bots:write")]

_UNSOUND = (
    PackageError, PackageTooLargeError, SourceError, ManifestError, IsolationRefusedError,
    EgressNotAllowedError, StorageFullError,
)  # fmt: skip
_MOVING = (
    BotNotFoundError,
    BotArchivedError,
    EnvironmentNotFoundError,
    VersionNotFoundError,
    NotProvenError,
    ProofPendingError,
    ProofFailedError,
    SamePointerError,
    NothingToRollBackError,
    EgressNotAllowedError,
)


@router.get("", response_model=Page[BotView])
async def list_bots(
    peeker: Annotated[Peeker, require_peeking("bots:read")],
    bots: Bots,
    q: Annotated[str | None, Query(max_length=200, description="Text in name, title or description.")] = None,
    status: BotStatus = "active",
    tag: Annotated[str | None, Query(max_length=64)] = None,
    role: BotRole | None = None,
    owner: Annotated[UUID | None, Query(description="Id of the member who made it.")] = None,
    environment: Annotated[
        str | None, Query(max_length=64, description="Only with a version in this environment.")
    ] = None,
    favourite: Annotated[bool, Query(description="Only favourites of whoever asks.")] = False,
    sort: Annotated[BotSort, Query(description="Newest, by name, or last changed first.")] = "created",
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Items on a page.")] = DEFAULT_LIMIT,
    cursor: Annotated[
        str | None,
        Query(max_length=MAX_CURSOR, description="`next_cursor` of the page before, in the same order."),
    ] = None,
) -> Response:
    """The bots of the workspace, newest first or in another order."""
    wanted = BotFilter(q, status, tag, role, owner, environment, favourite, sort)
    return json_answer(await bots.peek_list(peeker, wanted, limit, cursor))


@router.get("/facets")
async def list_bot_facets(caller: Reader, bots: Bots, status: BotStatus = "active") -> BotFacetsView:
    """What bots can be filtered by (roles, tags, environments, owners), with how many there are of each."""
    return await bots.facets(caller.tx, caller.principal, status)


@router.post(
    "",
    status_code=201,
    response_model=DeployedView,
    dependencies=[needs_room()],
    responses=documented(BotExistsError, *_UNSOUND),
)
async def create_bot(
    caller: DetachedWriter, bots: Bots, metrics: Meters, request: DeployRequest
) -> DeployedView:
    """Make a bot from its files. The name is the manifest's and must be free."""
    new = NewDeployment(files=request.contents(), message=request.message, must_be_new=True)
    made = await bots.create(caller.database, caller.lean, caller.principal, new)
    metrics.bots_created.inc()
    return made


@router.put(
    "/by-name/{name}",
    dependencies=[needs_room()],
    responses=documented(BotArchivedError, NameMismatchError, *_UNSOUND),
)
async def deploy_bot(
    caller: DetachedWriter,
    bots: Bots,
    metrics: Meters,
    name: Annotated[str, Path(max_length=100, description="Name of the bot, as in its manifest.")],
    request: DeployRequest,
) -> DeployedView:
    """Make the bot, or add a version to it. The same files again answer with the version there is."""
    new = NewDeployment(files=request.contents(), message=request.message, name=name)
    made = await _deploy(caller, bots, new)
    metrics.bots_created.inc(made.created)
    return made


@router.get("/{bot}", response_model=BotView, responses=documented(BotNotFoundError))
async def get_bot(
    peeker: Annotated[Peeker, require_peeking("bots:read")], bots: Bots, bot: BotRef
) -> Response:
    """One bot; deleted ones by id only."""
    return json_answer(await bots.peek(peeker, bot))


@router.delete("/{bot}", status_code=204, responses=documented(BotNotFoundError))
async def delete_bot(caller: Writer, bots: Bots, bot: BotRef) -> None:
    """Delete a bot: its name is free, nothing of it runs; `restore` by id brings it back."""
    await bots.delete(caller.tx, caller.principal, bot)


@router.post("/{bot}/archive", responses=documented(BotNotFoundError, BotArchivedError))
async def archive_bot(caller: Writer, bots: Bots, bot: BotRef) -> BotView:
    """Put a bot aside: it keeps everything and runs nothing."""
    return await bots.archive(caller.tx, caller.principal, bot)


@router.post("/{bot}/restore", responses=documented(BotNotFoundError, BotExistsError))
async def restore_bot(caller: Writer, bots: Bots, bot: BotRef) -> BotView:
    """Bring an archived or deleted bot back."""
    return await bots.restore(caller.tx, caller.principal, bot)


@router.put("/{bot}/favourite", responses=documented(BotNotFoundError, TooManyFavouritesError))
async def add_favourite(caller: Reader, bots: Bots, bot: BotRef) -> BotView:
    """Make a bot one of your favourites; they are yours alone."""
    return await bots.favour(caller.tx, caller.principal, bot, chosen=True)


@router.delete("/{bot}/favourite", status_code=204, responses=documented(BotNotFoundError))
async def remove_favourite(caller: Reader, bots: Bots, bot: BotRef) -> None:
    """Make it none of your favourites any more."""
    await bots.favour(caller.tx, caller.principal, bot, chosen=False)


@router.get("/{bot}/versions", responses=documented(BotNotFoundError))
async def list_versions(caller: Reader, bots: Bots, bot: BotRef, paging: Paging) -> Page[VersionView]:
    """The versions of a bot, newest first."""
    return await bots.list_versions(caller.tx, caller.principal.workspace_id, bot, paging)


@router.post(
    "/{bot}/versions",
    status_code=201,
    response_model=DeployedView,
    dependencies=[needs_room()],
    responses=documented(BotNotFoundError, BotArchivedError, NameMismatchError, *_UNSOUND),
)
async def create_version(
    caller: DetachedWriter, bots: Bots, bot: BotRef, request: DeployRequest
) -> DeployedView:
    """Add a version to a bot. The same files again answer with the version there is."""
    async with caller.transaction() as tx:
        bot_id = (await bots.get(tx, caller.principal.workspace_id, bot)).id
    new = NewDeployment(files=request.contents(), message=request.message, bot_id=bot_id)
    return await _deploy(caller, bots, new)


@router.get("/{bot}/versions/{version}", responses=documented(BotNotFoundError, VersionNotFoundError))
async def get_version(caller: Reader, bots: Bots, bot: BotRef, version: VersionRef) -> VersionView:
    """One version of a bot."""
    return await bots.get_version(caller.tx, caller.principal.workspace_id, bot, version)


@router.get(
    "/{bot}/versions/{version}/needed-files", responses=documented(BotNotFoundError, VersionNotFoundError)
)
async def list_needed_files(
    caller: Annotated[DetachedCaller, require_detached("bots:read")],
    bots: Bots,
    bot: BotRef,
    version: VersionRef,
) -> NeededFilesView:
    """Which files a run of this version must be given, as far as its code tells."""
    return await bots.needed_files(caller.database, caller.principal.workspace_id, bot, version)


@router.get("/{bot}/versions/{version}/files", responses=documented(BotNotFoundError, VersionNotFoundError))
async def list_version_files(caller: Reader, bots: Bots, bot: BotRef, version: VersionRef) -> FilesView:
    """Every file of a version, with its text."""
    return await bots.files(caller.tx, caller.principal.workspace_id, bot, version)


@router.get(
    "/{bot}/versions/{version}/files/{path:path}",
    response_class=Response,
    responses={
        200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}},
        **documented(BotNotFoundError, VersionNotFoundError, VersionFileNotFoundError),
    },
)
async def download_version_file(
    caller: Reader, bots: Bots, bot: BotRef, version: VersionRef, path: Annotated[str, Path(max_length=1000)]
) -> Response:
    """One file of a version, as it was deployed; always as a download."""
    content = await bots.file(caller.tx, caller.principal.workspace_id, bot, version, path)
    disposition = f"attachment; filename*=UTF-8''{quote(path.rpartition('/')[2], safe='')}"
    return Response(
        content, media_type="application/octet-stream", headers={"Content-Disposition": disposition}
    )


@router.get("/{bot}/diff", responses=documented(BotNotFoundError, VersionNotFoundError))
async def diff_versions(
    caller: Annotated[DetachedCaller, require_detached("bots:read")],
    bots: Bots,
    bot: BotRef,
    to: Annotated[str, Query(max_length=100, description="Id, number or digest of the newer version.")],
    before: Annotated[
        str | None,
        Query(alias="from", max_length=100, description="The older version; the one before without it."),
    ] = None,
) -> DiffView:
    """What differs between two versions: files line by line, and what the manifest asks for."""
    workspace_id = caller.principal.workspace_id
    async with caller.transaction() as tx:
        old, new = await bots.versions_to_compare(tx, workspace_id, bot, before, to)
    return await bots.compare(old, new)


@router.get("/{bot}/similar", responses=documented(BotNotFoundError))
async def list_similar_bots(
    caller: Reader,
    bots: Bots,
    bot: BotRef,
    top: Annotated[int, Query(ge=1, le=50, description="At most so many.")] = 10,
) -> SimilarView:
    """The bots that are most like this one: by meaning, or by words until its vector is computed."""
    return await bots.similar(caller.tx, caller.principal.workspace_id, bot, top)


@router.get("/{bot}/environments", responses=documented(BotNotFoundError))
async def list_environments(caller: Reader, bots: Bots, bot: BotRef) -> EnvironmentsView:
    """Where the versions of a bot are published, and how that came to be."""
    return await bots.environments(caller.tx, caller.principal.workspace_id, bot)


@router.post("/{bot}/promote", responses=documented(*_MOVING, SecretsMissingError, PromotionWidensError))
async def promote_bot(caller: Writer, bots: Bots, bot: BotRef, request: PromoteRequest) -> EnvironmentsView:
    """Point an environment at a proven version; refused while secrets that it names are not set there.

    A version that asks for more than the one that runs there needs the scope `proposals:widen` as well.
    """
    return await bots.promote(caller.tx, caller.principal, bot, request)


@router.post("/{bot}/rollback", responses=documented(*_MOVING))
async def rollback_bot(caller: Writer, bots: Bots, bot: BotRef, request: RollbackRequest) -> EnvironmentsView:
    """Point an environment back at what it pointed at before."""
    return await bots.rollback(caller.tx, caller.principal, bot, request.environment)


async def _deploy(caller: DetachedCaller, bots: BotsFacade, new: NewDeployment) -> DeployedView:
    """Read the files first, so that no transaction waits for it."""
    package = await bots.read(new)
    async with caller.transaction() as tx:
        return await bots.deploy(tx, caller.principal, new, package)
