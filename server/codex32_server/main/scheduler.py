"""The scheduler process: one of several leads and fires schedules, takes runs from dead workers, keeps house.

It executes nothing itself. Every duty may be done twice or by two schedulers at once without harm; the lease
only keeps the others idle. Started by `up` as `python -m codex32_server.main.scheduler --home DIR`.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import os
import random
import signal
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import structlog
import uvloop

import codex32_server.main.tables  # noqa: F401  # pyright: ignore[reportUnusedImport] - maps every table
from codex32_server.features.bots.facade import BotsFacade
from codex32_server.features.events.facade import EventsFacade
from codex32_server.features.models.facade import PriceSource
from codex32_server.features.runs.facade import RunsFacade
from codex32_server.features.services.facade import ServicesFacade
from codex32_server.features.triggers.facade import CHANNEL, TriggersFacade
from codex32_server.features.triggers.jobs import keep_firing
from codex32_server.features.usage.facade import UsageFacade
from codex32_server.kit.errors import UnavailableError
from codex32_server.main.counting import Counting
from codex32_server.main.derived import role_url
from codex32_server.main.dialing import http_client
from codex32_server.main.housekeeping import Housekeeping, ask_descriptions, fetch_prices, sum_up_runs
from codex32_server.queue.depth import DepthGauge
from codex32_server.queue.leader import Leadership
from codex32_server.queue.link import Links
from codex32_server.queue.notify import Listener
from codex32_server.queue.statements import Table
from codex32_server.queue.store import job_queue, run_queue
from codex32_server.queue.workers import WorkerRegistry
from codex32_server.settings.loading import load
from codex32_server.settings.model import Settings
from codex32_server.storage.cluster import Cluster
from codex32_server.storage.embedded import ConnectionInfo
from codex32_server.storage.failures import DATABASE_ERRORS, database_is_away
from codex32_server.storage.homes import Home, default_home, open_home
from codex32_server.storage.keys import MasterKey
from codex32_server.storage.session import Database
from codex32_server.telemetry.logs import configure_logs
from codex32_server.telemetry.metrics import SchedulerMetrics
from codex32_server.telemetry.shared import MetricsFile

ROLE = "codex32_scheduler"
LEASE = "scheduler"
CHANNELS = (CHANNEL,)

_NAME = "codex32-scheduler"
_REAP_SECONDS = 2.0
_WAKE_SECONDS = 0.5
_RETIRE_SECONDS = 15.0
_HOUSE_SECONDS = 3600.0
_FIRST_HOUSE_SECONDS = 20.0
_SAMPLES_SECONDS = 60.0
_COUNT_QUEUE_SECONDS = 5.0
_COUNT_BOTS_SECONDS = 60.0
_DESCRIBE_SECONDS = 10.0
_SUM_UP_SECONDS = 60.0
_AFTER_FAILURE = 1.0

_log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True)
class Duty:
    """Something the leader does again and again, every so many seconds, the first time after `first`."""

    name: str
    every: float
    work: Callable[[], Awaitable[object]]
    first: float = 0.0


class Scheduler:
    """Leads or waits to lead, until `run` is cancelled. Builds nothing and reads no settings.

    `retired` is called when another has taken over.
    """

    def __init__(
        self, leadership: Leadership, duties: Sequence[Duty], retired: Callable[[], None] = lambda: None
    ) -> None:
        self._leadership = leadership
        self._retired = retired
        self._duties = tuple(duties)

    @property
    def leads(self) -> bool:
        return self._leadership.leads

    async def run(self) -> None:
        """Renew the lease and, while it is held, do the duties. Hands the lease on when cancelled."""
        working: asyncio.Task[None] | None = None
        try:
            while True:
                leads = await self._renew()
                if leads and (working is None or working.done()):
                    working = asyncio.create_task(self._work())
                if not leads and working is not None:
                    await _end(working)
                    working = None
                    self._retired()
                await self._pause(working)
        finally:
            await _end(working)
            with contextlib.suppress(*DATABASE_ERRORS):
                await self._leadership.release()

    async def _renew(self) -> bool:
        """Whether we lead. A failure to renew is no end yet: the lease holds until it runs out."""
        led = self._leadership.fence if self._leadership.leads else None
        try:
            await self._leadership.acquire()
        except DATABASE_ERRORS as error:
            _log.warning("the lease could not be renewed", error=type(error).__name__)
        leads = self._leadership.leads
        if leads and led != self._leadership.fence:
            _log.info("this scheduler leads now", fence=self._leadership.fence)
        if not leads and led is not None:
            _log.warning("this scheduler does not lead any more")
        return leads

    async def _pause(self, working: asyncio.Task[None] | None) -> None:
        """Until the lease must be renewed; a leader also wakes when its lease has run out meanwhile."""
        wait = self._leadership.renew_every * random.uniform(0.8, 1.0)  # noqa: S311 - spreads, not secret
        if working is None:
            await asyncio.sleep(wait)
        else:
            await asyncio.wait({working}, timeout=wait)

    async def _work(self) -> None:
        async with asyncio.TaskGroup() as group:
            for duty in self._duties:
                group.create_task(self._repeat(duty), name=f"codex32-{duty.name}")

    async def _repeat(self, duty: Duty) -> None:
        """A duty that fails is tried again; it never stops the others."""
        await asyncio.sleep(duty.first)
        while self._leadership.leads:
            try:
                await duty.work()
                wait = duty.every
            except UnavailableError as error:
                _log.warning("database away", duty=duty.name, error=error.detail)
                wait = _AFTER_FAILURE
            except DATABASE_ERRORS as error:
                away = database_is_away(error)
                _log.log(
                    logging.WARNING if away else logging.ERROR,
                    "duty failed",
                    duty=duty.name,
                    error=str(error).partition("\n")[0],
                )
                wait = _AFTER_FAILURE
            except Exception:  # noqa: BLE001 - the boundary of a duty: a fault in one must not end the others
                _log.exception("duty failed", duty=duty.name)
                wait = _AFTER_FAILURE
            await asyncio.sleep(wait)


@dataclass(frozen=True)
class Terms:
    """How a scheduler works. Seconds."""

    lease: float = 10.0
    keep_runs: timedelta = timedelta(days=90)
    max_input: int = 4 * 1024 * 1024
    """Bytes of JSON that a run may be given."""
    worker_silence: float = 60.0
    """A worker that says nothing for this long is listed as gone."""


def build_scheduler(
    database: Database,
    listener: Listener,
    links: Links,
    terms: Terms,
    metrics: SchedulerMetrics,
    prices: PriceSource | None = None,
) -> Scheduler:
    """A scheduler on its role's database; `listener` must hear CHANNELS. `prices`: fetched every day."""
    bots = BotsFacade()
    runs = RunsFacade(bots.resolve, max_input_bytes=terms.max_input)
    triggers = TriggersFacade(bots, runs)
    services, usage = ServicesFacade(runs), UsageFacade()
    house = Housekeeping(database, runs, triggers, EventsFacade(), services, usage, terms.keep_runs)
    leadership = Leadership(database, LEASE, terms.lease)
    run_entries, jobs = run_queue(links), job_queue(links)

    workers = WorkerRegistry(links)
    counting = Counting(metrics, database, bots, runs)
    depth = DepthGauge(links, Table.RUNS)

    async def fire() -> None:
        await keep_firing(triggers, database, listener, lambda: leadership.leads)

    duties = [
        Duty("fire", 0.0, fire),
        Duty("reap-runs", _REAP_SECONDS, lambda: counting.reap(run_entries)),
        Duty("wake-runs", _WAKE_SECONDS, run_entries.wake),
        Duty("reap-jobs", _REAP_SECONDS, jobs.reap),
        Duty("reap-replicas", _REAP_SECONDS, partial(services.reap, database)),
        Duty("reap-reservations", _REAP_SECONDS, partial(usage.reap, database)),
        Duty("retire-workers", _RETIRE_SECONDS, lambda: workers.retire(terms.worker_silence)),
        Duty("count-queue", _COUNT_QUEUE_SECONDS, lambda: counting.queue(depth)),
        Duty("count-bots", _COUNT_BOTS_SECONDS, counting.bots),
        Duty("describe-bots", _DESCRIBE_SECONDS, partial(ask_descriptions, database, runs, bots)),
        Duty("sum-up-runs", _SUM_UP_SECONDS, partial(sum_up_runs, database, runs)),
        Duty("partitions", _HOUSE_SECONDS, house.partitions),
        Duty("samples", _SAMPLES_SECONDS, house.samples, first=_FIRST_HOUSE_SECONDS),
        Duty("sweep", _HOUSE_SECONDS, house.sweep, first=_FIRST_HOUSE_SECONDS),
    ]
    if prices is not None:
        refresh = partial(fetch_prices, database, prices)
        duties.append(Duty("refresh-prices", _HOUSE_SECONDS, refresh, first=_FIRST_HOUSE_SECONDS))
    return Scheduler(leadership, duties, metrics.forget)


async def run_scheduler(
    url: str,
    terms: Terms,
    stop: asyncio.Event,
    *,
    pool_size: int = 3,
    metrics_folder: Path | None = None,
    prices: PriceSource | None = None,
) -> None:
    """Run until `stop` is set. `url` logs in as ROLE."""
    metrics = SchedulerMetrics()
    showing: asyncio.Task[None] | None = None
    if metrics_folder is not None:
        showing = asyncio.create_task(MetricsFile(metrics_folder, "scheduler", metrics).keep())
    database = Database(url, pool_size=pool_size, application_name=_NAME)
    links = Links(url, application_name=_NAME)
    try:
        async with Listener(url, CHANNELS, application_name=f"{_NAME}-listen") as listener:
            scheduler = build_scheduler(database, listener, links, terms, metrics, prices)
            working = asyncio.create_task(scheduler.run())
            stopping = asyncio.create_task(stop.wait())
            await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
            await _end(stopping)
            if working.done():
                await working
            await _end(working)
    finally:
        await _end(showing)
        await links.close()
        await database.close()


def database_url(settings: Settings, home: Home, master: MasterKey) -> str:
    """The database under the role of schedulers: the configured one, or the embedded one of this home."""
    if settings.database.url is not None:
        url = settings.database.url.get_secret_value()
        return url if urlsplit(url).username == ROLE else role_url(url, ROLE, master)
    socket_dir = Cluster(home.postgres.absolute(), None).socket_dir()
    return ConnectionInfo(socket_dir, 0, master.role_password).url(ROLE)


async def serve(settings: Settings, home: Home, master: MasterKey) -> None:
    """Work until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    terms = Terms(
        max_input=settings.runs.max_input_mib * 1024 * 1024,
        lease=settings.scheduler.lease_seconds,
        keep_runs=timedelta(days=settings.runs.retention_days),
        worker_silence=2 * settings.worker.lease_seconds,
    )
    url = database_url(settings, home, master)
    client = http_client(settings.egress)
    prices = PriceSource(client, settings.llm.prices_url) if settings.llm.prices_daily else None
    try:
        await run_scheduler(url, terms, stop, metrics_folder=home.metrics, prices=prices)
    finally:
        client.close()


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve the home that is named until SIGTERM."""
    parser = argparse.ArgumentParser(prog="codex32_server.main.scheduler")
    parser.add_argument("--home", type=Path)
    given = parser.parse_args(arguments)
    settings = load(os.environ, {"CODEX32_HOME": given.home and str(given.home)})
    configure_logs(service="scheduler", level=settings.log.level, style=settings.log.format)
    home = open_home(settings.server.home or default_home())
    secret = settings.keys.master.get_secret_value() if settings.keys.master else None
    uvloop.run(serve(settings, home, home.master_key(secret)))


async def _end(task: asyncio.Task[None] | asyncio.Task[bool] | None) -> None:
    if task is None:
        return
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


if __name__ == "__main__":
    main()
