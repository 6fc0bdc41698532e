"""A workspace, real workers and a real API on loopback around services; for tests that go all the way."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from codex32_server.features.bots.facade import BotsFacade
from codex32_server.features.runs.facade import RunsFacade
from codex32_server.features.services.facade import ServicesFacade
from codex32_server.main.api import build_app
from codex32_server.main.derived import door_key
from codex32_server.main.gateway import Gateway
from codex32_server.queue.notify import LOGS, RUN, Listener
from codex32_server.settings.model import Settings
from codex32_server.storage.failures import DATABASE_ERRORS
from codex32_server.storage.homes import open_home
from support.api import PEPPER, Api, source, two_tenants
from support.postgres import DatabaseUnderTest
from support.secrets import secret_keys
from support.stack import free_port
from support.worker import WorkerProcess

LEASE = {"worker_lease_seconds": 2, "worker_heartbeat_seconds": 0.4, "worker_drain_seconds": 5}
HTTP_BODY = """
import http.server, json, os, time
STARTED = time.time()
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def log_message(self, *_): pass
    def answer(self, status, body, *headers):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
    def do_GET(self):
        if self.path == "/die":
            os._exit(9)
        if self.path == "/broken":
            self.wfile.write(b"this is no HTTP\\r\\n\\r\\n")
            self.close_connection = True
            return
        if self.path == "/hangup":
            self.close_connection = True
            return
        if self.path == "/redirect":
            return self.answer(302, b"", ("Location", "/there"), ("Set-Cookie", "codex32_session=evil"))
        if self.path == "/stream":
            self.send_response(200)
            self.send_header("transfer-encoding", "chunked")
            self.end_headers()
            for number in range(3):
                self.wfile.write(b"7\\r\\npart-%d,\\r\\n" % number)
                self.wfile.flush()
                time.sleep(0.05)
            self.wfile.write(b"0\\r\\n\\r\\n")
            return
        told = {"path": self.path, "headers": dict(self.headers), "version": VERSION, "started": STARTED}
        self.answer(200, json.dumps(told).encode(), ("Content-Type", "application/json"))
    do_HEAD = do_GET
    def do_POST(self):
        if "chunked" in self.headers.get("transfer-encoding", ""):
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        else:
            body = self.rfile.read(int(self.headers["content-length"]))
        self.answer(200, body)
def main():
    print("serving version", VERSION, flush=True)
    http.server.ThreadingHTTPServer(("127.0.0.1", 8080), Handler).serve_forever()
"""


@dataclass
class Site:
    """Everything of one installation, from outside."""

    http: httpx.AsyncClient
    keys: dict[str, str]
    slug: str
    database: DatabaseUnderTest
    home: Path

    def worker(self, **settings: object) -> WorkerProcess:
        """A worker process that is not started yet."""
        return WorkerProcess(self.database.worker_url, self.home, **{**LEASE, **settings})

    async def call(self, method: str, path: str, json: Any = None, key: str = "owner") -> Any:
        headers = {"Authorization": f"Bearer {self.keys[key]}"}
        answer = await self.http.request(method, f"/api/v1{path}", json=json, headers=headers)
        assert answer.status_code < 400, answer.text
        return answer.json()

    async def ask(
        self, path: str, method: str = "GET", key: str | None = "owner", **more: Any
    ) -> httpx.Response:
        """A request to a service; `path` begins with its name."""
        headers = {"Authorization": f"Bearer {self.keys[key]}"} if key else {}
        headers |= more.pop("headers", {})
        return await self.http.request(method, f"/s/{self.slug}/{path}", headers=headers, **more)

    async def deploy(self, body: str, table: str, name: str = "up") -> None:
        """A service, or its next version."""
        text = source(name, manifest=f'kind = "service"\n{table}')
        code = text[: text.index("def main")] + body
        await self.call("PUT", f"/bots/by-name/{name}", {"files": [{"path": "bot.py", "content": code}]})

    async def http_service(self, version: int, table: str = "service = { port = 8080 }") -> None:
        await self.deploy(f"VERSION = {version}\n{HTTP_BODY}", table)

    async def show(self, name: str = "up") -> dict[str, Any]:
        return await self.call("GET", f"/services/{name}")

    async def status(self, name: str = "up") -> str:
        return (await self.show(name))["status"]

    async def kinds(self, name: str = "up") -> Sequence[str]:
        events = await self.call("GET", f"/services/{name}/events?limit=200")
        return [event["kind"] for event in reversed(events["items"])]

    async def until(
        self, status: str, *, worker: WorkerProcess | None = None, name: str = "up"
    ) -> dict[str, Any]:
        """Wait until the service is in that status; what it looks like then."""
        try:
            async with asyncio.timeout(60):
                while (found := await self.show(name))["status"] != status:
                    await asyncio.sleep(0.05)
        except TimeoutError:
            said = worker.log()[-3000:] if worker else ""
            raise AssertionError(f"{found['status']} and not {status}: {found}\n{said}") from None
        return found


@asynccontextmanager
async def _reaping(database: DatabaseUnderTest) -> AsyncIterator[None]:
    """What the scheduler does, ten times as often."""
    services = ServicesFacade(RunsFacade(BotsFacade().resolve))

    async def reap() -> None:
        while True:
            with contextlib.suppress(*DATABASE_ERRORS):
                await services.reap(database.scheduler)
            await asyncio.sleep(0.2)

    task = asyncio.create_task(reap())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def a_site(database: DatabaseUnderTest, folder: Path) -> AsyncIterator[Site]:
    """The API on a port of loopback, something that reaps, and a home for workers."""
    home = open_home(folder)
    master = home.master_key()
    port = free_port()
    listener = Listener(database.app_url, [RUN, LOGS])
    gateway = Gateway(Settings(), database.gateway_url, database.app_url, secret_keys(), PEPPER)
    door = door_key(master)
    app = build_app(Settings(), database.app, listener, PEPPER, secret_keys(), gateway, door=door)
    server = uvicorn.Server(
        uvicorn.Config(
            app, port=port, log_config=None, access_log=False, lifespan="on", timeout_graceful_shutdown=2
        )
    )
    serving = asyncio.create_task(server.serve())
    try:
        async with asyncio.timeout(30):
            while not server.started:
                await asyncio.sleep(0.02)
        made = Api(app, database.app, database)
        one, _ = await two_tenants(made)
        await made.http.aclose()
        async with (
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=90) as client,
            _reaping(database),
        ):
            headers = {"Authorization": f"Bearer {one.keys['owner']}"}
            slug = (await client.get("/api/v1/workspace", headers=headers)).json()["slug"]
            yield Site(client, one.keys, slug, database, folder)
    finally:
        server.should_exit = True
        await serving
