"""The gateway to models: builds the chain from its ports, inside the API's process or as one of its own.

On one machine `api` serves it below /llm; a cluster starts it as `python -m codex32_server.main.gateway`.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import psycopg
import uvicorn
import uvloop

from codex32_server.features.models.facade import (
    AnswerStore,
    Following,
    Installed,
    ModelRoutes,
    PriceSource,
    ProviderProbe,
    Stored,
)
from codex32_server.features.secrets.facade import SecretsFacade
from codex32_server.features.usage.facade import MoneyDesk, VirtualKeys
from codex32_server.gateway import catalog, chain, pricing
from codex32_server.gateway.chain import Ports
from codex32_server.gateway.contract import Attempt, Call
from codex32_server.gateway.embeddings.serving import EmbeddingSend
from codex32_server.gateway.endpoints import GatewayApp, GatewayParts
from codex32_server.gateway.local.sending import LocalSend
from codex32_server.gateway.ports import Redacts
from codex32_server.gateway.providers.presets import PRESETS
from codex32_server.gateway.providers.sending import Provider
from codex32_server.gateway.token_counts import TokenCounts
from codex32_server.gateway.wire import estimate
from codex32_server.gateway.wrappers.known_keys import KnownKeys
from codex32_server.kit.redaction import NOTHING
from codex32_server.main.databases import database_url
from codex32_server.main.derived import access_pepper, llm_key_pepper, secret_keys
from codex32_server.main.dialing import http_client
from codex32_server.main.gateway_process import GatewayProcess
from codex32_server.main.gateway_rules import gateway_rules
from codex32_server.main.knowledge import local_model as embedding_model
from codex32_server.main.local_model import local_model, local_provider
from codex32_server.main.memory import settle_memory
from codex32_server.settings.loading import load
from codex32_server.settings.model import EgressSettings, LlmSettings, LocalModelSettings, Settings
from codex32_server.storage.crypto import KeyEncryption
from codex32_server.storage.homes import Home, default_home, open_home
from codex32_server.storage.keys import MasterKey
from codex32_server.storage.lean import LeanConnections
from codex32_server.storage.session import Database
from codex32_server.telemetry.logs import configure_logs
from codex32_server.telemetry.metrics import Metrics
from codex32_server.telemetry.shared import MetricsFile
from codex32_server.telemetry.traces import Exporter, Tracer

ROLE = "codex32_gateway"
"""May read the keys of providers, and little else."""
APP_ROLE = "codex32_app"
"""Writes the ledger."""
_NAME = "codex32-gateway"
_LOOPBACK = "127.0.0.0/8,::1/128"
_MIB = 1024 * 1024
_DRAIN_SECONDS = 30
_PRICES_SECONDS = 5.0
"""How long a start waits for newer prices, where the database is slow or away."""
_GATHER_SECONDS = 0.05
"""A settlement waits so long for a reservation that shares its commit: nobody waits for it here."""


class Gateway:
    """Everything of the gateway around a database; opens nothing before the first request.

    `url` is the database's under ROLE, `app_url` under APP_ROLE.
    """

    def __init__(
        self,
        settings: Settings,
        url: str,
        app_url: str,
        keys: KeyEncryption,
        pepper: bytes,
        metrics: Metrics | None = None,
    ) -> None:
        self.metrics = metrics or Metrics()
        connections = settings.llm.connections
        self._lean = LeanConnections(url, size=connections, application_name=_NAME)
        self._database = Database(url, pool_size=1, overflow=2, application_name=_NAME)
        waits = settings.gateway.budget_wait_seconds
        self._money = MoneyDesk(app_url, connections=connections, gather=_GATHER_SECONDS, patience=waits)
        self._keys = VirtualKeys(app_url, llm_key_pepper(pepper), connections=connections)
        self._exporter = Exporter(settings.traces.endpoint, _NAME) if settings.traces.endpoint else None
        self.client = http_client(settings.egress)
        self._local = http_client(EgressSettings(allow_private=_LOOPBACK))
        local = local_model(settings.local_model)
        self.installed = installed_of(settings.llm, settings.local_model if local else None)
        self.routes = ModelRoutes(self._lean, SecretsFacade(keys), self.installed)
        self.probe = ProviderProbe(self.client)
        self.price_source = PriceSource(self.client, settings.llm.prices_url)
        self._following = Following(self._lean)
        self._redacts_keys = settings.gateway.redact_keys
        provider = Provider(self.client, self._local)
        embedder = embedding_model(settings.knowledge)
        send = EmbeddingSend(LocalSend(provider, local) if local is not None else provider, embedder)
        # A claim holds the worst case until it is settled, so nothing is overspent if the answer goes first.
        rules = replace(gateway_rules(settings.gateway), settle_behind=True)
        self._chain = chain.build(send, self._ports(), rules)
        most = settings.gateway.request_mib * _MIB
        counts = TokenCounts(self.routes, provider)
        self.app = GatewayApp(GatewayParts(self._keys, self.routes, self._chain.ask, counts, most))
        self._stack = AsyncExitStack()
        self._stack.push_async_callback(embedder.close)
        if local is not None:
            self._stack.push_async_callback(local.close)

    async def start(self) -> None:
        """Before the first request: newer prices are taken into use, what sends traces begins."""
        following = asyncio.create_task(self._following.keep(), name="codex32-prices")
        self._stack.push_async_callback(_ended, following)
        with contextlib.suppress(psycopg.Error, OSError, TimeoutError):
            async with asyncio.timeout(_PRICES_SECONDS):
                await self._following.look()
        if self._exporter is not None:
            await self._stack.enter_async_context(self._exporter)

    async def close(self) -> None:
        """After the last answer: what was claimed is settled first."""
        await self._chain.drain()
        await self._money.close()
        await self._keys.close()
        await self._stack.aclose()
        self.client.close()
        self._local.close()
        await self._lean.close()
        await self._database.close()

    def _ports(self) -> Ports:
        return Ports(
            routes=self.routes,
            money=self._money,
            pricing=pricing,
            cache=AnswerStore(self._lean, self._database),
            hidden=KeysHidden(self._redacts_keys),
            metrics=self.metrics,
            most_input=most_input,
            likely_input=likely_input,
            tracer=Tracer(self._exporter.take) if self._exporter is not None else Tracer(),
        )


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


class KeysHidden:
    """`gateway.ports.Hidden`: the gateway's role sees no secret but the keys of providers, which the chain
    hides by itself, and runs have theirs taken out at their own door. What is left is what looks like a key.
    """

    def __init__(self, wanted: bool) -> None:
        self._found: tuple[Redacts, bool] = (KnownKeys(), True) if wanted else (NOTHING, False)

    async def of(self, workspace_id: UUID) -> tuple[Redacts, bool]:  # noqa: ARG002 - part of the port
        return self._found


def most_input(attempt: Attempt) -> int:
    """Tokens of an attempt's input at most."""
    return estimate.most_input(attempt.call.format, attempt.call.body, model=attempt.target.model)


def likely_input(call: Call) -> int:
    """Tokens of a call's input, probably."""
    return estimate.likely_input(call.format, call.body)


def installed_of(llm: LlmSettings, local: LocalModelSettings | None = None) -> Installed:
    """The providers whose keys an administrator set for all workspaces, and the models of this machine."""
    given = {"openai": llm.openai_key, "anthropic": llm.anthropic_key, "google": llm.google_key}
    made: list[tuple[Stored, str | None]] = []
    for name, key in given.items():
        preset = PRESETS[name]
        if key is not None and preset.base_url is not None:
            stored = Stored(name, preset.kind, preset.base_url, None, catalogue=preset.catalogue)
            made.append((stored, key.get_secret_value().strip()))
    made.append((local_provider(local), None))
    return Installed(made)


def build_gateway(
    settings: Settings, home: Home, master: MasterKey, keys: KeyEncryption, metrics: Metrics | None = None
) -> Gateway:
    """The gateway of an installation."""
    return Gateway(
        settings,
        database_url(settings, home, master, ROLE),
        database_url(settings, home, master, APP_ROLE),
        keys,
        access_pepper(master),
        metrics,
    )


async def serve(settings: Settings, home: Home, master: MasterKey) -> None:
    """Answer requests until SIGTERM or SIGINT; open streams get half a minute to end."""
    gateway = build_gateway(settings, home, master, secret_keys(settings, home, master))
    showing = asyncio.create_task(MetricsFile(home.metrics, "gateway", gateway.metrics).keep())
    process = GatewayProcess(gateway.app, gateway.start, gateway.close)
    warming = asyncio.create_task(asyncio.to_thread(catalog.warm))
    config = uvicorn.Config(
        process,
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
    try:
        await uvicorn.Server(config).serve()
    finally:
        showing.cancel()
        await asyncio.gather(showing, warming, return_exceptions=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve the home that is named until SIGTERM."""
    parser = argparse.ArgumentParser(prog="codex32_server.main.gateway")
    parser.add_argument("--home", type=Path)
    given = parser.parse_args(arguments)
    settings = load(os.environ, {"CODEX32_HOME": given.home and str(given.home)})
    configure_logs(service="gateway", level=settings.log.level, style=settings.log.format)
    home = open_home(settings.server.home or default_home())
    secret = settings.keys.master.get_secret_value() if settings.keys.master else None
    uvloop.run(serve(settings, home, home.master_key(secret)))


if __name__ == "__main__":
    main()
