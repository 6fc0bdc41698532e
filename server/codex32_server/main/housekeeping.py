"""What the leading scheduler does now and then: removes what is old, sums up, has bots read."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import structlog

from codex32_server.features.access.facade import sweep_credentials
from codex32_server.features.bots.facade import BotsFacade
from codex32_server.features.builder.facade import sweep_sessions
from codex32_server.features.events.facade import EventsFacade
from codex32_server.features.models.facade import (
    CatalogueNotFetchedError,
    CatalogueNotValidError,
    PriceSource,
    refresh_daily,
    sweep_kept_answers,
)
from codex32_server.features.runs.facade import RunsFacade
from codex32_server.features.services.facade import ServicesFacade
from codex32_server.features.triggers.facade import TriggersFacade
from codex32_server.features.usage.facade import UsageFacade
from codex32_server.gateway.embeddings.local import MODEL as LOCAL_MODEL
from codex32_server.storage.session import Database

_log = structlog.stdlib.get_logger(__name__)


class Housekeeping:
    """What is removed in time, a workspace at a time, each in a transaction of its own."""

    def __init__(
        self,
        database: Database,
        runs: RunsFacade,
        triggers: TriggersFacade,
        events: EventsFacade,
        services: ServicesFacade,
        usage: UsageFacade,
        keep_runs: timedelta,
    ) -> None:
        self._database = database
        self._runs = runs
        self._triggers = triggers
        self._events = events
        self._services = services
        self._usage = usage
        self._keep = keep_runs

    async def partitions(self) -> None:
        """Make the months to come; drop those that are over for longer than runs are kept."""
        async with self._database.transaction(None) as tx:
            made = await self._runs.ensure_partitions(tx) + await self._usage.ensure_partitions(tx)
        async with self._database.transaction(None) as tx:
            dropped = await self._runs.drop_old(tx, self._keep)
        if made or dropped:
            _log.info("partitions", made=made, dropped=list(dropped))

    async def samples(self) -> None:
        """Put old samples of resources together."""
        while True:
            async with self._database.transaction(None) as tx:
                if not await self._runs.thin_samples(tx, self._keep):
                    return

    async def sweep(self) -> None:
        """Remove what nobody needs any more."""
        async with self._database.transaction(None) as tx:
            workspaces = await self._runs.workspaces(tx)
        for workspace_id in workspaces:
            async with self._database.transaction(workspace_id) as tx:
                needed = await self._triggers.attached_digests(tx, workspace_id)
                removed = await self._runs.sweep(tx, workspace_id, needed)
                removed += await self._runs.history.sweep(tx, workspace_id, self._keep)
                removed += await self._triggers.sweep(tx, workspace_id, self._keep)
                removed += await self._events.sweep(tx, workspace_id, self._keep)
                removed += await self._services.sweep(tx, workspace_id, self._keep)
                removed += await self._usage.sweep(tx, workspace_id)
                sessions = await sweep_sessions(tx, workspace_id, self._keep)
                await self._usage.forget_builder_sessions(tx, workspace_id, sessions)
                removed += len(sessions)
                removed += await sweep_credentials(tx, workspace_id)
            if removed:
                _log.info("swept", workspace_id=str(workspace_id), rows=removed)
        await self.kept_answers()

    async def kept_answers(self) -> None:
        """Forget answers of models that expired: where nobody asks any more, nobody else does."""
        async with self._database.transaction(None) as tx:
            removed = await sweep_kept_answers(tx)
        if removed:
            _log.info("answers forgotten", rows=removed)


async def ask_descriptions(database: Database, runs: RunsFacade, bots: BotsFacade) -> None:
    """Have bots read that changed since they were, so that they are found."""
    async with database.transaction(None) as tx:
        workspaces = await runs.workspaces(tx)
    for workspace_id in workspaces:
        async with database.transaction(workspace_id) as tx:
            await bots.ask_description(tx, workspace_id, LOCAL_MODEL)


async def sum_up_runs(database: Database, runs: RunsFacade) -> None:
    """Sum up the hours that are over, a few days of one workspace at a time."""
    async with database.transaction(None) as tx:
        workspaces = await runs.workspaces(tx)
    for workspace_id in workspaces:
        more = True
        while more:
            async with database.transaction(workspace_id) as tx:
                more = await runs.history.sum_up(tx, workspace_id)


async def fetch_prices(database: Database, source: PriceSource) -> None:
    """The newest published prices, once a day; those that are there hold as long as they cannot be had."""
    try:
        await refresh_daily(partial(database.transaction, None), source)
    except (CatalogueNotFetchedError, CatalogueNotValidError) as error:
        _log.warning("the prices are not refreshed", reason=error.detail)
