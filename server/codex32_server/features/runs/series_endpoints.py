"""/runs/series: runs over time. Mounted before /runs, whose ids would take its name."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from pydantic import AwareDatetime

from codex32_server.features.runs.errors import SeriesNotValidError
from codex32_server.features.runs.facade import RunsFacade
from codex32_server.features.runs.history_schemas import RunSeriesView, Step
from codex32_server.http.edge import Caller, require
from codex32_server.http.problem import documented
from codex32_server.http.routing import api_router, provided

router = api_router("runs")

Runs = Annotated[RunsFacade, provided(RunsFacade)]


@router.get("/runs/series", responses=documented(SeriesNotValidError))
async def get_run_series(
    caller: Annotated[Caller, require("runs:read")],
    runs: Runs,
    step: Annotated[
        Step, Query(description="At most 6 hours by minute, 31 days by hour, 400 days by day.")
    ] = "hour",
    since: Annotated[
        AwareDatetime | None,
        Query(description="Without it, an hour, a day or 30 days before `until`, as the step is."),
    ] = None,
    until: Annotated[AwareDatetime | None, Query(description="Without it, now.")] = None,
    bot: Annotated[str | None, Query(max_length=100, description="Id or name of a bot.")] = None,
) -> RunSeriesView:
    """How many runs were submitted in each minute, hour or day (UTC), by how they are now, and how long they
    took. An unfinished run of a past hour is looked at again within a minute at first, later more seldom.
    """
    name = bot.replace("\0", "\ufffd") if bot else None
    return await runs.history.series(caller.tx, caller.principal.workspace_id, step, since, until, name)
