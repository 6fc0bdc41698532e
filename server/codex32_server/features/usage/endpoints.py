"""/usage, /budgets, /llm-keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Depends, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime

from codex32_server.features.usage.errors import (
    BudgetNotFoundError,
    BudgetNotValidError,
    LlmKeyNotFoundError,
    NotYourKeyError,
    PeriodNotValidError,
)
from codex32_server.features.usage.facade import UsageFacade, Where
from codex32_server.features.usage.schemas import (
    BudgetScope,
    BudgetView,
    CallView,
    Dimension,
    ForecastView,
    LlmKeyView,
    NewLlmKey,
    NewLlmKeyView,
    PutBudget,
    SeriesView,
    UsageView,
)
from codex32_server.http.edge import Caller, DetachedCaller, require, require_detached
from codex32_server.http.paging import Page, Paging
from codex32_server.http.problem import documented
from codex32_server.http.routing import api_router, provided

router = api_router("usage")

Usage = Annotated[UsageFacade, provided(UsageFacade)]
Reader = Annotated[Caller, require("usage:read")]
Since = Annotated[
    AwareDatetime | None, Query(description="Widened to a whole hour; the month's beginning without it.")
]
Until = Annotated[AwareDatetime | None, Query(description="Widened to a whole hour; now without it.")]
_Text = Annotated[str | None, Query(max_length=200)]
_Id = Annotated[UUID | None, Query()]


def _filters(
    bot: _Id = None,
    person: _Id = None,
    key: _Id = None,
    provider: _Text = None,
    model: _Text = None,
    alias: _Text = None,
    environment: _Text = None,
    status: _Text = None,
    builder_session: _Id = None,
) -> dict[str, UUID | str]:
    given: dict[str, Any] = dict(locals())
    return {name: _readable(value) for name, value in given.items() if value is not None}


Filters = Annotated[dict[str, Any], Depends(_filters)]
_COLUMNS = {"bot": "bot_id", "person": "member_id", "key": "key_id", "run": "run_id", "call": "call_id"}


def _readable(value: Any) -> Any:
    return value.replace("\0", "\ufffd") if isinstance(value, str) else value


def _conditions(filters: Where, **more: UUID | None) -> dict[str, UUID | str]:
    found = {**filters, **{name: value for name, value in more.items() if value is not None}}
    return {_COLUMNS.get(name, name): value for name, value in found.items()}


@router.get("/usage", responses=documented(PeriodNotValidError))
async def get_usage(
    caller: Reader,
    usage: Usage,
    filters: Filters,
    by: Annotated[
        Sequence[Dimension], Query(max_length=4, description="Grouped by these; may be repeated.")
    ] = (),
    since: Since = None,
    until: Until = None,
    limit: Annotated[int, Query(ge=1, le=1000, description="Groups, dearest first.")] = 100,
) -> UsageView:
    """What models cost in a period: in all, and by any dimension."""
    by = tuple(dict.fromkeys(by))
    return await usage.totals(caller.tx, caller.principal.workspace_id, (since, until), filters, by, limit)


@router.get("/usage/series", responses=documented(PeriodNotValidError))
async def get_usage_series(
    caller: Reader,
    usage: Usage,
    filters: Filters,
    step: Literal["hour", "day"] = "day",
    since: Since = None,
    until: Until = None,
) -> SeriesView:
    """What models cost hour by hour or day by day (UTC)."""
    return await usage.series(caller.tx, caller.principal.workspace_id, (since, until), filters, step)


@router.get("/usage/forecast")
async def get_usage_forecast(caller: Reader, usage: Usage, filters: Filters) -> ForecastView:
    """What this month will cost."""
    return await usage.forecast(caller.tx, caller.principal.workspace_id, filters)


@router.get("/usage/calls", responses=documented(PeriodNotValidError))
async def list_usage_calls(
    caller: Reader,
    usage: Usage,
    filters: Filters,
    paging: Paging,
    run: _Id = None,
    call: _Id = None,
    since: Since = None,
    until: Until = None,
) -> Page[CallView]:
    """The ledger, newest first: a row for each try at a provider and for each answer from the cache."""
    conditions = _conditions(filters, run=run, call=call)
    return await usage.calls(caller.tx, caller.principal.workspace_id, (since, until), conditions, paging)


@router.get("/usage/export", response_class=Response, responses=documented(PeriodNotValidError))
async def export_usage(
    caller: Annotated[DetachedCaller, require_detached("usage:read")],
    usage: Usage,
    filters: Filters,
    run: _Id = None,
    since: Since = None,
    until: Until = None,
) -> StreamingResponse:
    """The ledger as CSV, newest first; however long it is."""
    stream = usage.export(
        caller.transaction, caller.principal.workspace_id, (since, until), _conditions(filters, run=run)
    )
    name = "usage.csv"
    return StreamingResponse(
        stream, media_type="text/csv", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@router.get("/budgets")
async def list_budgets(
    caller: Reader,
    usage: Usage,
    paging: Paging,
    scope: Annotated[
        BudgetScope | None,
        Query(description="Only these. Without it all but those of the builder's sessions (`session`)."),
    ] = None,
    subject: Annotated[UUID | None, Query(description="Only those of this bot, person, key or run.")] = None,
) -> Page[BudgetView]:
    """Limits, newest first, with what is spent, reserved and left in their present periods."""
    return await usage.list_budgets(caller.tx, caller.principal.workspace_id, paging, scope, subject)


@router.get("/budgets/{budget_id}", responses=documented(BudgetNotFoundError))
async def get_budget(caller: Reader, usage: Usage, budget_id: UUID) -> BudgetView:
    """One limit."""
    return await usage.get_budget(caller.tx, caller.principal.workspace_id, budget_id)


@router.put("/budgets", responses=documented(BudgetNotValidError))
async def put_budget(
    caller: Annotated[Caller, require("budgets:write")], usage: Usage, budget: PutBudget
) -> BudgetView:
    """Set a limit, or change the one of the same scope, subject and period. It holds for the next call."""
    return await usage.put_budget(caller.tx, caller.principal, budget)


@router.delete("/budgets/{budget_id}", status_code=204, responses=documented(BudgetNotFoundError))
async def delete_budget(
    caller: Annotated[Caller, require("budgets:write")], usage: Usage, budget_id: UUID
) -> None:
    """Remove a limit."""
    await usage.remove_budget(caller.tx, caller.principal.workspace_id, budget_id)


@router.get("/llm-keys")
async def list_llm_keys(
    caller: Annotated[Caller, require("llm_keys:read")], usage: Usage, paging: Paging
) -> Page[LlmKeyView]:
    """Keys for models, newest first, revoked ones included; those of runs come and go with them."""
    return await usage.list_keys(caller.tx, caller.principal.workspace_id, paging)


@router.post("/llm-keys", status_code=201, responses=documented(NotYourKeyError, BudgetNotValidError))
async def create_llm_key(
    caller: Annotated[Caller, require("llm_keys:write")], usage: Usage, key: NewLlmKey
) -> NewLlmKeyView:
    """Make a key for models. Its value is in this answer and is never shown again."""
    return await usage.create_key(caller.tx, caller.principal, key)


@router.delete(
    "/llm-keys/{key_id}", status_code=204, responses=documented(LlmKeyNotFoundError, NotYourKeyError)
)
async def revoke_llm_key(
    caller: Annotated[Caller, require("llm_keys:write")], usage: Usage, key_id: UUID
) -> None:
    """Revoke a key at once and for good."""
    await usage.revoke_key(caller.tx, caller.principal, key_id)
