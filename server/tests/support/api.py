"""The API over a database of one test: the real application, called without a socket."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
from codex32_server.features.access.facade import AccessFacade, NewKey
from codex32_server.features.bots.facade import BotsFacade, ProofReport, ProofResult
from codex32_server.features.workspaces.facade import NewWorkspace, WorkspacesFacade
from codex32_server.main.api import build_app
from codex32_server.main.gateway import Gateway
from codex32_server.queue.notify import BUILDER, LOGS, RUN, Listener
from codex32_server.settings.model import EgressSettings, LocalModelSettings, Settings
from codex32_server.storage.session import Database
from fastapi import FastAPI
from support.postgres import DatabaseUnderTest
from support.secrets import secret_keys

PEPPER = b"pepper of the tests"


@dataclass
class Tenant:
    """A workspace and keys of each role; `administrator` may manage the installation."""

    workspace_id: UUID
    owner_id: UUID
    keys: dict[str, str]


class Api:
    """The application with two workspaces behind it: `one` (with the administrator) and `two`."""

    def __init__(self, app: FastAPI, database: Database, under_test: DatabaseUnderTest) -> None:
        self.app = app
        self.database = database
        self.under_test = under_test
        self.bots = BotsFacade()
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        self.http = httpx.AsyncClient(transport=transport, base_url="http://api")

    async def call(
        self, key: str | None, method: str, path: str, json: Any = None, **more: Any
    ) -> httpx.Response:
        """One request; `path` is below /api/v1 unless it begins with /api or /health."""
        url = path if path.startswith(("/api", "/health", "/metrics")) else f"/api/v1{path}"
        headers: Mapping[str, str] = {
            **({"Authorization": f"Bearer {key}"} if key else {}),
            **more.pop("headers", {}),
        }
        return await self.http.request(method, url, json=json, headers=headers, **more)

    async def prove(self, tenant: Tenant, version_id: str, proof: str = "proven") -> None:
        """Write a proof down as the job does."""
        report = ProofReport(
            tests=1, passed=int(proof == "proven"), failed=int(proof == "failed"), reason=proof
        )
        async with self.database.transaction(tenant.workspace_id) as tx:
            await self.bots.record_proof(
                tx,
                tenant.workspace_id,
                UUID(version_id),
                ProofResult(proof, report),  # type: ignore[arg-type]
            )


def source(name: str, body: str = "return n", manifest: str = "") -> str:
    """A bot without dependencies."""
    lines = "".join(f"# {line}\n" for line in manifest.splitlines())
    header = f'# /// script\n# [tool.codex32]\n# name = "{name}"\n{lines}# ///\n'
    return f"{header}def main(n: int = 1) -> int:\n    {body}\n"


def with_tests(name: str, body: str = "return n") -> dict[str, str]:
    """A bot whose proof has to run."""
    return {"bot.py": source(name, body), "test_bot.py": "def test_it(): pass\n"}


@asynccontextmanager
async def an_api(under_test: DatabaseUnderTest) -> AsyncGenerator[Api]:
    """Two workspaces, every role in each."""
    database = under_test.app
    settings = Settings(
        egress=EgressSettings(allow_private="127.0.0.0/8"), local_model=LocalModelSettings(enabled=False)
    )
    listener = Listener(under_test.app_url, [RUN, LOGS, BUILDER])
    gateway = Gateway(settings, under_test.gateway_url, under_test.app_url, secret_keys(), PEPPER)
    app = build_app(settings, database, listener, PEPPER, secret_keys(), gateway)
    api = Api(app, database, under_test)
    try:
        yield api
    finally:
        await api.http.aclose()
        await app.state.edge.lean.close()
        await gateway.close()


async def two_tenants(api: Api) -> tuple[Tenant, Tenant]:
    """The first workspace with its administrator, and another one."""
    workspaces = WorkspacesFacade()
    access = AccessFacade(PEPPER, workspaces)
    async with api.database.transaction(None) as tx:
        workspace, owner, _ = await workspaces.bootstrap(tx)
        one = Tenant(workspace.id, owner.id, {})
        one.keys["administrator"] = (await access.owner_key(tx, owner, workspace.id, "administrator")).key
    async with api.database.transaction(None) as tx:
        made = await access.open_workspace(tx, NewWorkspace(name="Two", slug="two"))
        two = Tenant(made.workspace.id, made.owner.id, {})
        two.keys["owner"] = made.key.key
    await _keys(api, access, one, "administrator")
    await _keys(api, access, two, "owner")
    return one, two


async def _keys(api: Api, access: AccessFacade, tenant: Tenant, by: str) -> None:
    async with api.database.transaction(None) as tx:
        principal = await access.authenticate(tx, bearer=tenant.keys[by], session=None)
        for role in ("owner", "editor", "viewer"):
            if role not in tenant.keys:
                made = await access.create_key(tx, principal, NewKey(name=role, role=role))
                tenant.keys[role] = made.key
