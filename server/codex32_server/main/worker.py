"""The worker process: reads the settings, builds what it is made of, serves until it is told to stop.

Started by `up` as `python -m codex32_server.main.worker --home DIR`. SIGTERM and SIGINT drain it.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import structlog
import uvloop

import codex32_server.main.tables  # noqa: F401  # pyright: ignore[reportUnusedImport] - maps every table
from codex32_server.features.bots.describing_job import DESCRIBE_BOTS, DescribeBots
from codex32_server.features.bots.facade import BotsFacade
from codex32_server.features.bots.jobs import PROVE_VERSION, Prover, ProveVersion
from codex32_server.features.builder.engines.nearest import NearestBlocks
from codex32_server.features.builder.jobs import WALK_SESSION, WalkSession
from codex32_server.features.builder.model_engine.opening import ModelEngines
from codex32_server.features.events.facade import record_emitted
from codex32_server.features.knowledge.jobs import INDEX_DOCUMENT, REBUILD_BASE, IndexDocument, RebuildBase
from codex32_server.features.proposals.facade import ProposalsFacade
from codex32_server.features.proposals.jobs import PROVE_PROPOSAL, ProveProposal
from codex32_server.features.runs.facade import RunsFacade
from codex32_server.features.secrets.facade import SecretsFacade
from codex32_server.features.services.facade import HeldReplicas, stop_or_start, sync_service
from codex32_server.features.triggers.facade import follow_bot, sync_manifest_triggers
from codex32_server.features.usage.facade import RunKeys, UsageFacade
from codex32_server.features.workspaces.facade import WorkspacesFacade
from codex32_server.kit.errors import Codex32Error
from codex32_server.kit.ids import new_id
from codex32_server.main.building import ProofOfPackage, terms_of, walking_of
from codex32_server.main.ceilings import ceilings_of
from codex32_server.main.derived import access_pepper, door_key, llm_key_pepper, role_url, secret_keys
from codex32_server.main.egress import egress_proxy, gateway_address
from codex32_server.main.isolation import consent_of
from codex32_server.main.knowledge import knowledge_of, local_model
from codex32_server.queue.entries import Claimed, Ended
from codex32_server.queue.link import Links
from codex32_server.queue.notify import CANCEL, HOSTS, QUEUE, Listener
from codex32_server.queue.statements import Table
from codex32_server.queue.store import job_queue, run_queue
from codex32_server.queue.submit import still_held
from codex32_server.queue.transitions import FINAL
from codex32_server.queue.workers import WorkerRegistry
from codex32_server.runtime import canary, doctor, files
from codex32_server.runtime.backends.local import LocalBackend
from codex32_server.runtime.dependencies.policy import Policy
from codex32_server.runtime.driver import Driver
from codex32_server.runtime.environments import Environments
from codex32_server.runtime.metering import Meters
from codex32_server.runtime.zygote import probe
from codex32_server.runtime.zygote.pool import Terms as ZygoteTerms
from codex32_server.runtime.zygote.warm import ReuseTerms, WarmStarts
from codex32_server.settings.loading import load
from codex32_server.settings.model import DependencySettings, Settings, ZygoteSettings
from codex32_server.storage.cluster import Cluster
from codex32_server.storage.crypto import KeyEncryption
from codex32_server.storage.disk import Disk
from codex32_server.storage.embedded import ConnectionInfo
from codex32_server.storage.homes import Home, default_home, open_home
from codex32_server.storage.keys import MasterKey
from codex32_server.storage.session import Database
from codex32_server.telemetry.logs import configure_logs
from codex32_server.telemetry.metrics import WorkerMetrics
from codex32_server.telemetry.shared import MetricsFile
from codex32_server.worker.bounds import Bounds
from codex32_server.worker.effects import RunEffects
from codex32_server.worker.executing import Largest, RunExecutor, VersionCache
from codex32_server.worker.headroom import Headroom
from codex32_server.worker.jobs import JobExecutor
from codex32_server.worker.lane import Terms, WorkLane
from codex32_server.worker.ports import JobHandler, ModelKeys, Serves
from codex32_server.worker.sampling import Sampling
from codex32_server.worker.services.door import Door
from codex32_server.worker.services.lane import ServiceLane
from codex32_server.worker.services.living import Living
from codex32_server.worker.slots import Slots
from codex32_server.worker.worker import Worker

ROLE = "codex32_worker"
_NAME = "codex32-worker"
_MIB = 1024 * 1024
_log = structlog.stdlib.get_logger(__name__)


class Workshop:
    """Everything of one worker process around a database."""

    def __init__(
        self,
        settings: Settings,
        home: Home,
        url: str,
        keys: KeyEncryption,
        door_secret: bytes,
        llm_pepper: bytes,
    ) -> None:
        self._settings = settings
        self._home = home
        self._secrets = SecretsFacade(keys)
        self._slots = settings.worker.slots or 4 * (os.cpu_count() or 1)
        self._terms = Terms(
            worker_id=new_id(),
            lease=settings.worker.lease_seconds,
            heartbeat=settings.worker.heartbeat_seconds,
            drain=settings.worker.drain_seconds,
        )
        self._database = Database(
            url,
            pool_size=settings.database.pool_size,
            overflow=settings.database.pool_overflow,
            application_name=_NAME,
            # A worker that hangs must not keep the rows of services from the one that takes them over.
            idle=30,
        )
        self._links = Links(url, application_name=_NAME)
        self._listener = Listener(url, [QUEUE, CANCEL, HOSTS], application_name=f"{_NAME}-listen")
        self._backend: LocalBackend | None = None
        self._found: list[doctor.Check] = []
        self._meters = Meters()
        self._door = Door(
            door_secret,
            home.data_root / "doors",
            settings.worker.service_listen,
            self._terms.worker_id.hex[:16],
            self._meters,
        )
        self._metrics = WorkerMetrics()
        self._egress = egress_proxy(settings.egress, gateway_address(settings))
        self._models: ModelKeys = RunKeys(self._database, llm_pepper)
        self._llm_pepper = llm_pepper
        self._warm: WarmStarts | None = None
        self._embedder = local_model(settings.knowledge)

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop` is set, then drain."""
        worker = Worker(
            self._lanes,
            self._listener,
            WorkerRegistry(self._links),
            self._terms,
            slots=self._slots,
            report=lambda: [asdict(check) for check in self._found],
            beside=[Bounds(self._database, WorkspacesFacade(), self._egress)],
        )
        showing = asyncio.create_task(MetricsFile(self._home.metrics, "worker", self._metrics).keep())
        try:
            await worker.run(stop)
        finally:
            showing.cancel()
            await asyncio.gather(showing, return_exceptions=True)
            await self._door.close()
            await self._embedder.close()
            await self._links.close()
            await self._database.close()
            if self._warm is not None:
                await self._warm.close()
            await self._egress.close()
            if self._backend is not None:
                self._backend.close()

    async def _try_warm_starts(self, backend: LocalBackend) -> str | None:
        """They have the same canary; without them runs are as safe and slower to start. Why, if so."""
        if self._warm is None or self._settings.zygote.most == 0:
            return "they are switched off"
        fault = await probe.fault(backend, self._warm, self._home.runs)
        if fault:
            self._warm.pool.switch_off()
            _log.warning("runs are started cold", reason=fault)
        return fault

    async def _lanes(self) -> Sequence[Serves]:
        """What this worker serves; what was found is kept for the doctor. Raises SandboxUnavailableError."""
        try:
            return await self._open_lanes()
        except Codex32Error as error:
            self._found = await asyncio.to_thread(doctor.refusing, self._backend, error)
            raise

    async def _open_lanes(self) -> Sequence[Serves]:
        """Once the machine has shown that it can confine a bot. Raises SandboxUnavailableError."""
        runtime = await asyncio.to_thread(files.prepare, self._home.runtime_root.parent)
        if self._backend is None:
            self._backend = LocalBackend(
                runtime,
                locks=self._home.runtime_root.parent / "uids",
                require_cgroup=self._settings.worker.require_cgroup,
            )
            self._warm = WarmStarts(self._backend.means, *warm_terms(self._settings.zygote))
        consent = consent_of(self._settings)
        if consent.opened:
            _log.warning("isolation_minimal_allowed", workspaces=sorted(map(str, consent.trusted)))
        await canary.check(Driver(self._backend, work=self._home.runs))
        fault = await self._try_warm_starts(self._backend)
        self._found = await asyncio.to_thread(doctor.standing, self._backend, fault, consent)
        driver = Driver(
            self._backend,
            work=self._home.runs,
            egress=self._egress,
            meters=self._meters,
            consent=consent,
            warm=self._warm,
        )
        environments = Environments(
            runtime,
            folder=self._home.environments,
            policy=policy_of(self._settings.dependencies),
            cgroups=self._backend.means.cgroups,
        )
        bots = BotsFacade(
            pointer_moved=[sync_manifest_triggers, sync_service], bot_rests=[follow_bot, stop_or_start]
        )
        runs = RunsFacade(bots.resolve, max_input_bytes=self._settings.runs.max_input_mib * _MIB)
        largest = Largest(
            input=self._settings.runs.max_input_mib * _MIB, log=self._settings.runs.max_log_mib * _MIB
        )
        knowledge = knowledge_of(self._settings.knowledge, self._embedder)
        slots = Slots(self._slots)
        run_slots = slots.lane()
        execute_run = RunExecutor(
            self._database,
            bots,
            runs,
            environments,
            driver,
            still_held,
            self._secrets,
            largest,
            partial(RunEffects, self._database, runs.durable, run_slots, knowledge=knowledge),
            self._models,
            WorkspacesFacade(),
        )
        prover = Prover(environments, driver)
        usage = UsageFacade(self._llm_pepper)
        engines = ModelEngines(
            self._database,
            usage,
            bots,
            knowledge,
            gateway_address(self._settings),
            terms_of(self._settings.builder),
        )
        walking = walking_of(
            self._database,
            bots,
            prover,
            ceilings_of(self._settings.runs),
            engines,
            NearestBlocks(self._embedder),
            usage,
            runs,
        )
        handlers: dict[str, JobHandler] = {
            PROVE_VERSION: ProveVersion(self._database, bots, prover),
            WALK_SESSION: WalkSession(walking),
            PROVE_PROPOSAL: ProveProposal(self._database, ProposalsFacade(bots), ProofOfPackage(prover)),
            INDEX_DOCUMENT: IndexDocument(self._database, knowledge),
            REBUILD_BASE: RebuildBase(self._database, knowledge),
            DESCRIBE_BOTS: DescribeBots(self._database, bots, knowledge),
        }
        services = await self._services(bots, runs, environments, driver, largest)
        removed = (await environments.collect()).removed
        if removed:
            _log.info("dependency sets that no run has used for long are removed", count=removed)
        # Less than what the API keeps: what was accepted goes on for a while after nothing new is.
        room = Headroom(Disk(self._home.data_root, self._settings.server.reserve_mib * _MIB // 2))
        runs_lane = WorkLane(
            Table.RUNS,
            run_queue(self._links, [record_emitted]),
            execute_run,
            run_slots,
            self._terms,
            observed=self._note,
            room=room,
        )
        self._metrics.active_runs.set_function(runs_lane.held)
        return [
            # Jobs begin first, because people wait for proofs, but never fill every slot.
            WorkLane(
                Table.JOBS,
                job_queue(self._links),
                JobExecutor(handlers),
                slots.lane(max(1, self._slots // 2)),
                self._terms,
                room=room,
            ),
            runs_lane,
            services,
            Sampling(self._database, runs, self._meters),
        ]

    async def _services(
        self, bots: BotsFacade, runs: RunsFacade, environments: Environments, driver: Driver, largest: Largest
    ) -> ServiceLane:
        """Replicas have room of their own: what stays up must not use up the slots of runs."""
        await self._door.close()
        lane: list[ServiceLane] = []
        address = await self._door.open(lambda replica_id: lane[0].find(replica_id) if lane else None)
        made = ServiceLane(
            HeldReplicas(self._database), self._terms, most=self._settings.worker.replicas, address=address
        )
        versions = VersionCache(self._database, bots)
        living = Living(
            *(self._database, versions, runs, environments, driver, self._secrets, made.ready, largest),
            self._models,
            WorkspacesFacade(),
        )
        lane.append(made.live_by(living))
        return made

    def _note(self, _claimed: Claimed, ended: Ended, seconds: float) -> None:
        """One that goes back to the queue has not ended."""
        if ended.status in FINAL:
            self._metrics.execution(str(ended.status), seconds)


def policy_of(dependencies: DependencySettings) -> Policy:
    """What an administrator decided about dependencies."""
    days = dependencies.exclude_newer_days
    return Policy(
        allow_sdist=dependencies.allow_sdist,
        exclude_newer=timedelta(days=days) if days else None,
        largest=dependencies.max_mib * _MIB,
        cache_bytes=int(dependencies.cache_gib * 1024 * _MIB),
        cache_age=timedelta(days=dependencies.cache_days),
    )


def warm_terms(settings: ZygoteSettings) -> tuple[ZygoteTerms, ReuseTerms]:
    """The bounds of warm starts as they are set."""
    zygotes = ZygoteTerms(
        most=settings.most,
        idle=settings.idle_seconds,
        age=settings.age_seconds,
        memory=settings.memory_mib * _MIB,
        spares=settings.spares,
    )
    return zygotes, ReuseTerms(runs=settings.reuse_runs, age=settings.reuse_seconds)


def database_url(settings: Settings, home: Home, master: MasterKey) -> str:
    """The database under the role of workers: the configured one, or the embedded one of this home."""
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
    url = database_url(settings, home, master)
    pepper = llm_key_pepper(access_pepper(master))
    keys = secret_keys(settings, home, master)
    await Workshop(settings, home, url, keys, door_key(master), pepper).run(stop)


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve the home that is named until SIGTERM."""
    parser = argparse.ArgumentParser(prog="codex32_server.main.worker")
    parser.add_argument("--home", type=Path)
    given = parser.parse_args(arguments)
    settings = load(os.environ, {"CODEX32_HOME": given.home and str(given.home)})
    configure_logs(service="worker", level=settings.log.level, style=settings.log.format)
    home = open_home(settings.server.home or default_home())
    secret = settings.keys.master.get_secret_value() if settings.keys.master else None
    uvloop.run(serve(settings, home, home.master_key(secret)))


if __name__ == "__main__":
    main()
