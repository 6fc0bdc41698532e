"""The API process: reads the settings, builds what it is made of, serves it.

Started by `up` as `python -m codex32_server.main.api --home DIR`.
"""

from __future__ import annotations

import argparse
import asyncio
import os
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from importlib.metadata import version
from pathlib import Path

import uvicorn
import uvloop
from fastapi import FastAPI

import codex32_server.main.tables  # noqa: F401  # pyright: ignore[reportUnusedImport] - maps every table
from codex32_server.api.app import ApiParts, create_app
from codex32_server.api.doctor import doctor_router
from codex32_server.api.system import system_router
from codex32_server.features.access import endpoints as access_endpoints
from codex32_server.features.access.facade import AccessFacade
from codex32_server.features.bots import endpoints as bots_endpoints
from codex32_server.features.bots.facade import BotsFacade
from codex32_server.features.builder import suggestion_endpoints
from codex32_server.features.builder.checks.editor import EditorChecks
from codex32_server.features.builder.endpoints import bots as builder_endpoints
from codex32_server.features.builder.endpoints import checking as check_endpoints
from codex32_server.features.builder.endpoints import explanations as explanation_endpoints
from codex32_server.features.builder.endpoints import sessions as session_endpoints
from codex32_server.features.builder.explaining.facts import FactsExplainer
from codex32_server.features.builder.facade import (
    BuilderFacade,
    Explanations,
    ScheduleFiles,
    SessionsFacade,
)
from codex32_server.features.builder.facade import warm as warm_builder
from codex32_server.features.builder.publishing import SessionPublisher
from codex32_server.features.builder.suggesting import EditSessions, Suggesting
from codex32_server.features.builder.suggestions.gathering import Gathering
from codex32_server.features.events import endpoints as events_endpoints
from codex32_server.features.events.facade import EventsFacade
from codex32_server.features.knowledge import endpoints as knowledge_endpoints
from codex32_server.features.knowledge.facade import KnowledgeFacade
from codex32_server.features.models import endpoints as models_endpoints
from codex32_server.features.models.facade import ModelRoutes, ModelsFacade, PriceSource, ProviderProbe
from codex32_server.features.overview import endpoints as overview_endpoints
from codex32_server.features.overview.facade import Features, OverviewFacade
from codex32_server.features.proposals import endpoints as proposals_endpoints
from codex32_server.features.proposals.facade import ProposalsFacade
from codex32_server.features.runs import bulk_endpoints, record_endpoints, series_endpoints, waiting_endpoints
from codex32_server.features.runs import endpoints as runs_endpoints
from codex32_server.features.runs.facade import RunsFacade
from codex32_server.features.runs.records import RunRecords
from codex32_server.features.search import endpoints as search_endpoints
from codex32_server.features.search.facade import SearchFacade
from codex32_server.features.secrets import endpoints as secrets_endpoints
from codex32_server.features.secrets.facade import SecretsFacade
from codex32_server.features.services.endpoints import management as services_endpoints
from codex32_server.features.services.endpoints import requests as service_requests
from codex32_server.features.services.endpoints import streams as service_streams
from codex32_server.features.services.facade import (
    Reaching,
    ServicesFacade,
    keep_within,
    stop_or_start,
    sync_service,
)
from codex32_server.features.triggers.endpoints import hooks as hook_endpoints
from codex32_server.features.triggers.endpoints import schedules as schedule_endpoints
from codex32_server.features.triggers.endpoints import webhooks as webhook_endpoints
from codex32_server.features.triggers.facade import (
    TriggersFacade,
    WebhooksFacade,
    follow_bot,
    sync_manifest_triggers,
)
from codex32_server.features.usage import endpoints as usage_endpoints
from codex32_server.features.usage.facade import UsageFacade
from codex32_server.features.workspaces import endpoints as workspaces_endpoints
from codex32_server.features.workspaces.facade import WorkspacesFacade
from codex32_server.http.edge import Edge
from codex32_server.kit.manifest.values import MIB
from codex32_server.main.building import ENGINES, ModelAlias, SessionMoney
from codex32_server.main.ceilings import ceilings_of
from codex32_server.main.databases import database_url
from codex32_server.main.derived import (
    access_pepper,
    door_key,
    llm_key_pepper,
    secret_keys,
    webhook_key,
)
from codex32_server.main.gateway import Gateway, build_gateway
from codex32_server.main.gateway_process import Beside
from codex32_server.main.isolation import consent_of
from codex32_server.main.knowledge import knowledge_of, local_model
from codex32_server.main.memory import settle_memory
from codex32_server.queue.notify import BUILDER, LOGS, RUN, Listener
from codex32_server.queue.overview import refusal
from codex32_server.settings.loading import load
from codex32_server.settings.model import Settings
from codex32_server.storage.crypto import KeyEncryption
from codex32_server.storage.disk import Disk
from codex32_server.storage.homes import Home, default_home, open_home
from codex32_server.storage.keys import MasterKey
from codex32_server.storage.readiness import readiness
from codex32_server.storage.session import Database
from codex32_server.telemetry.logs import configure_logs
from codex32_server.telemetry.metrics import Metrics
from codex32_server.telemetry.shared import left_by_others

ROLE = "codex32_app"
_DISTRIBUTION = "codex32-server"
_WEB = Path(__file__).parents[3] / "web" / "dist"
_INSTALLED_WEB = Path(__file__).parents[1] / "_web"
_DRAIN_SECONDS = 5


def build_app(
    settings: Settings,
    database: Database,
    listener: Listener,
    pepper: bytes,
    keys: KeyEncryption,
    gateway: Gateway,
    home: Home | None = None,
    door: bytes = b"",
) -> FastAPI:
    """Everything of one API process around a database; opens nothing before the app starts."""
    consent = consent_of(settings)
    workspaces = WorkspacesFacade(consent, hosts_changed=[keep_within])
    access = AccessFacade(
        pepper,
        workspaces,
        session_seconds=settings.access.session_hours * 3600,
        link_seconds=settings.access.sign_in_link_minutes * 60,
    )
    bots = BotsFacade(
        pointer_moved=[sync_manifest_triggers, sync_service],
        bot_rests=[follow_bot, stop_or_start],
        ceilings=ceilings_of(settings.runs),
        consent=consent,
    )
    runs = RunsFacade(bots.resolve, max_input_bytes=settings.runs.max_input_mib * MIB)
    triggers = TriggersFacade(bots, runs)
    reaching = Reaching(door)
    embedder = local_model(settings.knowledge)
    knowledge = knowledge_of(settings.knowledge, embedder)
    attachments = ScheduleFiles(runs, triggers)
    usage = UsageFacade(llm_key_pepper(pepper))
    models = ModelsFacade(SecretsFacade(keys), gateway.installed)
    money = SessionMoney(usage)
    proposals = ProposalsFacade(bots)
    sessions = SessionsFacade(
        bots,
        attachments,
        proposals,
        engines=ENGINES,
        aliases=ModelAlias(models, settings.builder.code_model),
        spent=money.spent,
        purse=money,
        budget_usd=settings.builder.budget_usd,
    )
    builder = BuilderFacade(SessionPublisher(database, listener, sessions))
    search = SearchFacade(bots, knowledge, builder, runs)
    services = ServicesFacade(runs)
    overview = OverviewFacade(Features(bots, runs, triggers, services, proposals, usage, knowledge))

    edge = Edge(database, access.authenticate, access.peek, public_url=settings.server.public_url)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncGenerator[None]:
        async with listener:
            warming = asyncio.create_task(asyncio.to_thread(_warm, search))
            await gateway.start()
            yield
            await warming
        await gateway.close()
        await reaching.close()
        await embedder.close()
        await edge.lean.close()
        await database.close()

    disk = _disk_of_data(settings, home)
    metrics = gateway.metrics
    metrics.watch_connections(database.connections)
    parts = ApiParts(
        edge=edge,
        routers=[
            overview_endpoints.router,
            bots_endpoints.router,
            series_endpoints.router,
            runs_endpoints.router,
            bulk_endpoints.router,
            record_endpoints.router,
            waiting_endpoints.router,
            events_endpoints.router,
            usage_endpoints.router,
            hook_endpoints.router,
            schedule_endpoints.router,
            webhook_endpoints.router,
            services_endpoints.router,
            service_requests.router,
            service_streams.router,
            check_endpoints.router,
            builder_endpoints.router,
            proposals_endpoints.router,
            session_endpoints.router,
            explanation_endpoints.router,
            suggestion_endpoints.router,
            knowledge_endpoints.router,
            search_endpoints.router,
            secrets_endpoints.router,
            models_endpoints.router,
            access_endpoints.router,
            workspaces_endpoints.router,
            system_router(version(_DISTRIBUTION)),
            doctor_router(partial(readiness, database), disk),
        ],
        provided={
            WorkspacesFacade: workspaces,
            AccessFacade: access,
            BotsFacade: bots,
            RunsFacade: runs,
            RunRecords: RunRecords(runs, usage, EventsFacade()),
            TriggersFacade: triggers,
            EventsFacade: EventsFacade(),
            UsageFacade: usage,
            WebhooksFacade: WebhooksFacade(webhook_key(pepper), bots, runs),
            ServicesFacade: services,
            OverviewFacade: overview,
            Reaching: reaching,
            SecretsFacade: SecretsFacade(keys),
            KnowledgeFacade: knowledge,
            ModelsFacade: models,
            ModelRoutes: gateway.routes,
            ProviderProbe: gateway.probe,
            PriceSource: gateway.price_source,
            BuilderFacade: builder,
            EditorChecks: EditorChecks(ceilings_of(settings.runs)),
            ProposalsFacade: proposals,
            Suggesting: Suggesting(
                database,
                Gathering(bots, runs, usage),
                proposals,
                EditSessions(database, sessions, workspaces),
            ),
            SearchFacade: search,
            SessionsFacade: sessions,
            Explanations: Explanations(database, bots, runs, FactsExplainer()),
            ScheduleFiles: attachments,
            Listener: listener,
            Metrics: metrics,
        },
        probe=partial(readiness, database),
        version=version(_DISTRIBUTION),
        metrics=metrics,
        disk=disk,
        refusing=partial(_all_refuse, database),
        web=_INSTALLED_WEB if _INSTALLED_WEB.is_dir() else _WEB,
        lifespan=lifespan,
    )
    return create_app(parts)


def _warm(search: SearchFacade) -> None:
    warm_builder()
    search.warm()


async def _all_refuse(database: Database) -> bool:
    async with database.transaction(None) as tx:
        return await refusal(tx) is not None


def _disk_of_data(settings: Settings, home: Home | None) -> Disk | None:
    """The disk of the embedded database; a server elsewhere looks after its own."""
    if home is None or not home.postgres.is_dir():
        return None
    return Disk(home.postgres, settings.server.reserve_mib * MIB)


async def serve(settings: Settings, home: Home, master: MasterKey) -> None:
    """Answer requests until SIGTERM or SIGINT; open streams get a few seconds to end."""
    url = database_url(settings, home, master, ROLE)
    database = Database(
        url,
        pool_size=settings.database.pool_size,
        overflow=settings.database.pool_overflow,
        application_name="codex32-api",
    )
    keys, door = secret_keys(settings, home, master), door_key(master)
    metrics = Metrics(partial(left_by_others, home.metrics))
    gateway = build_gateway(settings, home, master, keys, metrics)
    listener = Listener(url, [RUN, LOGS, BUILDER])
    app = build_app(settings, database, listener, access_pepper(master), keys, gateway, home, door)
    config = uvicorn.Config(
        Beside(app, gateway.app),
        host=settings.server.host,
        port=settings.server.port,
        http="httptools",
        loop="uvloop",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_DRAIN_SECONDS,
    )
    settle_memory()
    await uvicorn.Server(config).serve()


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve the home that is named until SIGTERM."""
    parser = argparse.ArgumentParser(prog="codex32_server.main.api")
    parser.add_argument("--home", type=Path)
    given = parser.parse_args(arguments)
    settings = load(os.environ, {"CODEX32_HOME": given.home and str(given.home)})
    configure_logs(service="api", level=settings.log.level, style=settings.log.format)
    home = open_home(settings.server.home or default_home())
    secret = settings.keys.master.get_secret_value() if settings.keys.master else None
    uvloop.run(serve(settings, home, home.master_key(secret)))


if __name__ == "__main__":
    main()
