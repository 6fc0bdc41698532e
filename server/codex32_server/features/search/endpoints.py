"""/search and /guides."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query

from codex32_server.features.search.errors import GuideNotFoundError
from codex32_server.features.search.facade import SearchFacade
from codex32_server.features.search.schemas import KINDS, SCOPE_OF, FoundView, GuideView, Kind
from codex32_server.http.edge import (
    SIGNED_IN,
    Caller,
    DetachedCaller,
    check_scope,
    require,
    require_detached,
)
from codex32_server.http.problem import documented
from codex32_server.http.routing import api_router, provided
from codex32_server.kit.errors import FieldProblem, InvalidInputError

router = api_router("search")

Search = Annotated[SearchFacade, provided(SearchFacade)]


@router.get("/search")
async def search_everything(
    caller: Annotated[DetachedCaller, require_detached(SIGNED_IN)],
    search: Search,
    q: Annotated[str, Query(min_length=1, max_length=500, description="What is looked for.")],
    kind: Annotated[
        str | None,
        Query(
            max_length=100,
            description="Kinds with commas between: bot, document, guide, recipe, run. Without it all that"
            " the caller may read.",
            examples=["bot,document"],
        ),
    ] = None,
    top: Annotated[int, Query(ge=1, le=50, description="At most so many.")] = 20,
) -> FoundView:
    """Search bots, documents, guides, recipes and runs at once, by meaning and by words.

    Each kind needs its scope: `bots:read`, `knowledge:read`, `runs:read`.
    """
    principal = caller.principal
    if kind is None:
        kinds: list[Kind] = [one for one in KINDS if SCOPE_OF[one] in principal.scopes | {SIGNED_IN}]
    else:
        kinds = _kinds(kind)
        for one in kinds:
            check_scope(principal, SCOPE_OF[one])
    return await search.search(caller.database, principal.workspace_id, q, kinds, top)


@router.get("/guides/{guide}", responses=documented(GuideNotFoundError))
async def get_guide(
    _caller: Annotated[Caller, require(SIGNED_IN)],
    search: Search,
    guide: Annotated[str, Path(max_length=100, description="Name of the guide.")],
) -> GuideView:
    """A page of the product's own documentation."""
    return search.guide(guide)


def _kinds(asked: str) -> list[Kind]:
    known: dict[str, Kind] = {one: one for one in KINDS}
    names = [name.strip() for name in asked.split(",") if name.strip()]
    if not names or any(name not in known for name in names):
        reason = f"it must be some of {', '.join(KINDS)}, with commas between"
        raise InvalidInputError(f"kind is not valid: {reason}.", fields=[FieldProblem("query.kind", reason)])
    return [known[name] for name in names]
