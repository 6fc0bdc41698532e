"""The gateway served on loopback in front of scripted upstreams, with real keys, budgets and ledger."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import uvicorn
from codex32_server.features.models.facade import ModelsFacade, NewProvider
from codex32_server.features.secrets.facade import SecretsFacade
from codex32_server.features.usage.facade import UsageFacade
from codex32_server.features.usage.schemas import NewLlmKey
from codex32_server.features.workspaces.facade import WorkspacesFacade
from codex32_server.gateway.endpoints import Receive, Scope, SendMessage
from codex32_server.gateway.testing import ScriptedUpstream
from codex32_server.http.principal import Principal
from codex32_server.main.derived import llm_key_pepper
from codex32_server.main.gateway import Gateway
from codex32_server.main.gateway_process import GatewayProcess
from codex32_server.settings.model import EgressSettings, GatewaySettings, Settings
from support.postgres import DatabaseUnderTest
from support.secrets import editor_of, secret_keys

PEPPER = b"pepper of the tests"


@dataclass
class Served:
    """A running gateway, a key for it, and the upstream that all its providers are."""

    gateway: Gateway
    port: int
    key: str
    upstream: ScriptedUpstream
    database: DatabaseUnderTest
    principal: Principal
    pepper: bytes = PEPPER
    heard: list[str] = field(default_factory=list[str])
    """The keys with which models were asked, in the order in which they came."""

    @property
    def openai_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/llm/v1"

    @property
    def anthropic_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/llm"

    async def make_key(self, **fields: Any) -> str:
        """A further key of the workspace."""
        async with self.database.app.transaction(self.principal.workspace_id) as tx:
            facade = UsageFacade(llm_key_pepper(self.pepper))
            made = await facade.create_key(tx, self.principal, NewLlmKey(name="test", **fields))
        return made.key

    async def add(self, **fields: Any) -> None:
        """A provider at the upstream."""
        facade = ModelsFacade(SecretsFacade(secret_keys()))
        async with self.database.app.transaction(self.principal.workspace_id) as tx:
            await facade.add_provider(tx, self.principal, NewProvider.model_validate(fields))


@asynccontextmanager
async def a_served_gateway(
    database: DatabaseUnderTest, *, pepper: bytes = PEPPER, **settings: Any
) -> AsyncGenerator[Served]:
    """With the providers `openai`, `anthropic` and `google`, all of them one upstream."""
    heard: list[str] = []
    async with database.app.transaction(None) as tx:
        workspace, owner, _ = await WorkspacesFacade().bootstrap(tx)
    principal = replace(editor_of(workspace.id), member_id=owner.id)
    made = Settings(
        egress=EgressSettings(allow_private="127.0.0.0/8"),
        gateway=GatewaySettings(**{"retries": 0, **settings}),
    )
    gateway = Gateway(made, database.gateway_url, database.app_url, secret_keys(), pepper)
    async with ScriptedUpstream() as upstream, _listening(gateway, heard) as port:
        served = Served(gateway, port, "", upstream, database, principal, pepper, heard)
        served.key = await served.make_key(kind="integration")
        root = upstream.url.removesuffix("/v1")
        await served.add(preset="openai", base_url=upstream.url, key="sk-upstream-openai")
        await served.add(preset="anthropic", base_url=root, key="sk-upstream-anthropic")
        await served.add(preset="google", base_url=root, key="upstream-google")
        yield served


@asynccontextmanager
async def _listening(gateway: Gateway, heard: list[str]) -> AsyncGenerator[int]:
    async def listen(scope: Scope, receive: Receive, send: SendMessage) -> None:
        if scope["method"] == "POST":
            heard.append(dict(scope["headers"]).get(b"authorization", b"").decode().removeprefix("Bearer "))
        await gateway.app(scope, receive, send)

    process = GatewayProcess(listen, gateway.start, gateway.close)
    config = uvicorn.Config(
        process, host="127.0.0.1", port=0, log_config=None, access_log=False, timeout_graceful_shutdown=5
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    async with asyncio.timeout(30):
        while not server.started:
            await asyncio.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await serving
