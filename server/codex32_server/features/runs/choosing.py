"""The filter of lists of runs, as it is spelled in a query string."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query
from pydantic import AwareDatetime

from codex32_server.features.runs.schemas import RunFilter, Status


async def _wanted(
    bot: Annotated[str | None, Query(max_length=100, description="Id or name of a bot.")] = None,
    status: Status | None = None,
    environment: Annotated[str | None, Query(max_length=64)] = None,
    trigger: Annotated[
        str | None, Query(max_length=64, description="Id of a schedule, or a kind such as `api`.")
    ] = None,
    since: Annotated[AwareDatetime | None, Query(description="Submitted at this moment or later.")] = None,
    until: Annotated[AwareDatetime | None, Query(description="Submitted before this moment.")] = None,
    version: Annotated[UUID | None, Query(description="Id of the version that was run.")] = None,
    person: Annotated[UUID | None, Query(description="Id of the member who started them.")] = None,
    error: Annotated[
        str | None, Query(max_length=64, description="Code of the error that they ended with.")
    ] = None,
    q: Annotated[
        str | None, Query(max_length=200, description="A part of the bot's name, or the id of a run.")
    ] = None,
) -> RunFilter:
    return RunFilter(
        bot=bot,
        status=status,
        environment=environment,
        trigger=trigger,
        since=since,
        until=until,
        version=version,
        person=person,
        error=error,
        q=q or None,
    )


Wanted = Annotated[RunFilter, Depends(_wanted)]
"""`wanted: Wanted` in an endpoint's signature takes the filter from the query."""
