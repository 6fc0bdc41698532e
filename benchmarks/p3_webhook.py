"""P3: a signed webhook → a sandboxed bot → its output as the answer, warm, one at a time.

PostgreSQL (fsync on), the API process, one worker process and the sender share the machine; each is the real
one. Where the time goes is told by the run's own row: until it was queued, until it was claimed, until it had
ended, until the answer was there. The same delivery with the answer 202 is measured beside it.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import os
import shutil
import signal
import socket
import statistics
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import psycopg
from _harness import BenchDatabase, percentile, postgres, report, show, temporary_home
from codex32_server.features.bots.facade import BotsFacade, NewDeployment, ProofReport, ProofResult
from codex32_server.features.runs.facade import RunsFacade
from codex32_server.features.triggers.facade import NewWebhook, SecretView, WebhooksFacade
from codex32_server.features.workspaces.facade import WorkspacesFacade
from codex32_server.http.principal import Principal
from codex32_server.kit.ids import new_id
from codex32_server.kit.standard_webhooks import secret_key, sign
from codex32_server.main.derived import access_pepper, webhook_key
from codex32_server.storage.keys import parse_master_key
from codex32_server.storage.session import Database


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


MASTER_KEY = "3" * 64
PORT = free_port()
BOT = b"""# /// script
# [tool.codex32]
# name = "adder"
# ///
def main(number: int) -> dict:
    return {"sum": number + 1}
"""
BODY = b'{"number": 41}'
_PHASES = """
select extract(epoch from r.created_at)::float8, extract(epoch from r.started_at)::float8,
       extract(epoch from r.finished_at)::float8
  from runs r join webhook_deliveries d on d.run_id = r.id where d.delivery_key = any(%s) order by d.id
"""
_NAMES = ("find and verify", "commit and claim", "run", "record and answer")
_P99_MUST, _P99_AIM = 40.0, 20.0


@dataclass(frozen=True)
class Sent:
    """One delivery: when it was sent and when its answer was there, in Unix time, and its id."""

    key: str
    began: float
    ended: float

    @property
    def milliseconds(self) -> float:
        return (self.ended - self.began) * 1000


async def main() -> None:
    arguments = _arguments()
    async with postgres() as server:
        database = await server.database()
        sync, quick = await _hooks(database)
        home = temporary_home()
        try:
            async with (
                _process("api", home, database, "codex32_app"),
                _process("worker", home, database, "codex32_worker"),
            ):
                await _healthy()
                await _send(sync, arguments.warm_up, 200)
                rounds = [await _send(sync, arguments.deliveries, 200) for _ in range(arguments.repeats)]
                phases = [await _phases(database, one) for one in rounds]
                accepted = [await _send(quick, arguments.deliveries, 202) for _ in range(arguments.repeats)]
        finally:
            shutil.rmtree(home, ignore_errors=True)
    _tell(rounds, phases, accepted, arguments)


def _tell(
    rounds: list[list[Sent]],
    phases: list[list[float]],
    accepted: list[list[Sent]],
    arguments: argparse.Namespace,
) -> None:
    medians = [percentile([one.milliseconds for one in sent], 0.5) for sent in rounds]
    p99s = [percentile([one.milliseconds for one in sent], 0.99) for sent in rounds]
    quick = [percentile([one.milliseconds for one in sent], 0.5) for sent in accepted]
    parts = {
        name: round(statistics.median(one[place] for one in phases), 2) for place, name in enumerate(_NAMES)
    }
    answer = report(
        "P3", medians, unit="ms", must=15, aim=8, lower_is_better=True, deliveries=arguments.deliveries,
        p99=round(statistics.median(p99s), 2), p99_runs=[round(one, 2) for one in p99s], phases_ms=parts,
        accept_only_ms=[round(one, 2) for one in quick],
    )  # fmt: skip
    answer["met_must"] = answer["met_must"] and answer["p99"] <= _P99_MUST
    answer["met_aim"] = answer["met_aim"] and answer["p99"] <= _P99_AIM
    rows = [("p99", f"{answer['p99']} ms (must / aim {_P99_MUST:g} / {_P99_AIM:g})")]
    rows += [(name, f"{value} ms") for name, value in parts.items()]
    rows += [("202 only", f"{statistics.median(quick):.2f} ms")]
    show(answer, rows)


async def _hooks(database: BenchDatabase) -> tuple[SecretView, SecretView]:
    """A published bot with two webhooks: one that answers with the output, one with 202."""
    app = Database(database.url("codex32_app"))
    bots = BotsFacade()
    hooks = WebhooksFacade(
        webhook_key(access_pepper(parse_master_key(MASTER_KEY))), bots, RunsFacade(bots.resolve)
    )
    async with app.transaction(None) as tx:
        workspace, owner, _ = await WorkspacesFacade().bootstrap(tx)
    principal = Principal(
        workspace_id=workspace.id, member_id=owner.id, name="bench", role="owner", scopes=frozenset(),
        administrator=True, credential="key", credential_id=new_id(),
    )  # fmt: skip
    async with app.transaction(workspace.id) as tx:
        deployed = await bots.deploy(tx, principal, NewDeployment(files={"bot.py": BOT}))
        if deployed.version.proof == "pending":
            result = ProofResult("unproven", ProofReport(reason=""))
            await bots.record_proof(tx, workspace.id, deployed.version.id, result)
    made = [await _hook(app, hooks, workspace.id, answer) for answer in ("sync", "async")]
    await app.close()
    return made[0], made[1]


async def _hook(app: Database, hooks: WebhooksFacade, workspace_id: UUID, answer: Any) -> SecretView:
    async with app.transaction(workspace_id) as tx:
        new = NewWebhook(bot="adder", answer=answer)
        return await hooks.create(tx, workspace_id, new, f"http://127.0.0.1:{PORT}")


@asynccontextmanager
async def _process(name: str, home: Path, database: BenchDatabase, role: str) -> AsyncGenerator[None]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("CODEX32_")}
    environment |= {
        "CODEX32_DATABASE_URL": database.url(role),
        "CODEX32_MASTER_KEY": MASTER_KEY,
        "CODEX32_PORT": str(PORT),
        "CODEX32_LOG_LEVEL": "warning",
    }
    command = [sys.executable, "-P", "-m", f"codex32_server.main.{name}", "--home", str(home)]
    process = await asyncio.create_subprocess_exec(*command, env=environment, start_new_session=True)
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        await process.wait()


async def _healthy() -> None:
    async with asyncio.timeout(30), httpx.AsyncClient() as client:
        while True:
            try:
                if (await client.get(f"http://127.0.0.1:{PORT}/health/ready")).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.05)


async def _send(hook: SecretView, count: int, expected: int) -> list[Sent]:
    """Deliveries one after the other over one connection, from a thread that does nothing else."""
    return await asyncio.to_thread(_deliver, hook, count, expected)


def _deliver(hook: SecretView, count: int, expected: int) -> list[Sent]:
    key = secret_key(hook.secret or "")
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
    connection.connect()
    connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    path = urlsplit(hook.webhook.url).path
    sent: list[Sent] = []
    for _ in range(count):
        name, stamp = f"msg_{new_id().hex}", int(time.time())
        headers = {
            "webhook-id": name,
            "webhook-timestamp": str(stamp),
            "webhook-signature": sign(key, name, stamp, BODY),
            "content-type": "application/json",
        }
        began = time.time()
        connection.request("POST", path, BODY, headers)
        answer = connection.getresponse()
        body = answer.read()
        sent.append(Sent(name, began, time.time()))
        if answer.status != expected or (expected == 200 and body != b'{"sum":42}'):
            raise SystemExit(f"answered {answer.status}: {body[:500]!r}")
    connection.close()
    return sent


async def _phases(database: BenchDatabase, sent: list[Sent]) -> list[float]:
    """Median milliseconds of each phase."""
    async with await psycopg.AsyncConnection.connect(database.owner_url, autocommit=True) as admin:
        rows = await (await admin.execute(_PHASES, ([one.key for one in sent],))).fetchall()
    found = [
        (created - one.began, started - created, finished - started, one.ended - finished)
        for one, (created, started, finished) in zip(sent, rows, strict=True)
    ]
    return [statistics.median(phase) * 1000 for phase in zip(*found, strict=True)]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deliveries", type=int, default=200, help="in each repeat, one at a time")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--warm-up", type=int, default=20)
    return parser.parse_args()


if __name__ == "__main__":
    asyncio.run(main())
