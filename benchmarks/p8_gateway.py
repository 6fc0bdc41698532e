"""P8: what the gateway adds to a call of a model, one at a time and fifty at once, beside another gateway.

In one run, round after round: the upstream itself, our gateway (its real process; PostgreSQL with fsync on, a
virtual key, two budgets, prices, a ledger row a call) and Portkey's, installed from its registry into a cache
folder. The upstream answers at once, so all that is measured is what stands before it.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
from _harness import BenchDatabase, percentile, postgres, report, show
from _http import Asked, Heard, ask
from codex32_server.features.models.facade import ModelChange, ModelsFacade, NewProvider
from codex32_server.features.secrets.facade import SecretsFacade
from codex32_server.features.usage.facade import UsageFacade
from codex32_server.features.usage.schemas import NewLlmKey
from codex32_server.features.workspaces.facade import WorkspacesFacade
from codex32_server.http.principal import Principal, granted
from codex32_server.kit.ids import new_id
from codex32_server.main.derived import access_pepper, llm_key_pepper, secret_keys
from codex32_server.settings.model import KeySettings, Settings
from codex32_server.storage.homes import open_home
from codex32_server.storage.keys import MasterKey, parse_master_key
from codex32_server.storage.session import Database
from psycopg import sql
from pydantic import SecretStr

MASTER_KEY = "5" * 64
PORTKEY = "@portkey-ai/gateway@1.15.2"
FOLDER = Path(__file__).parent
ROLES = ("codex32_app", "codex32_gateway")
BODY = (
    b'{"model":"bench/bench","max_tokens":200,"messages":[{"role":"system","content":"You are brief."},'
    b'{"role":"user","content":"' + b"Say hello to everybody who is here. " * 8 + b'"}]%s}'
)
WHOLE, STREAM = BODY % b"", BODY % b',"stream":true'


@dataclass(frozen=True)
class Way:
    """One way to the upstream."""

    name: str
    port: int
    path: str
    headers: Mapping[str, str]


@dataclass
class Found:
    """One number a round, in milliseconds or requests a second."""

    p50: list[float] = field(default_factory=list[float])
    p99: list[float] = field(default_factory=list[float])
    first: list[float] = field(default_factory=list[float])
    rate: list[float] = field(default_factory=list[float])
    loaded_p99: list[float] = field(default_factory=list[float])


async def main() -> None:
    arguments = _arguments()
    other = None if arguments.alone else _portkey()
    async with postgres() as server, _upstream() as upstream:
        database = await server.database()
        key = await _arrange(database, upstream)
        async with _gateway(database) as gateway, _other(other) as portkey:
            bearer = {"authorization": "Bearer sk-upstream"}
            ways = [Way("direct", upstream, "/v1/chat/completions", bearer)]
            ours = {"authorization": f"Bearer {key}"}
            ways.append(Way("codex32", gateway, "/llm/v1/chat/completions", ours))
            if portkey is not None:
                theirs = {**bearer, "x-portkey-provider": "openai",
                          "x-portkey-custom-host": f"http://127.0.0.1:{upstream}/v1"}  # fmt: skip
                ways.append(Way("portkey", portkey, "/v1/chat/completions", theirs))
            found = _measure(ways, arguments)
        await _check_ledger(database)
    _tell(found, arguments)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--count", type=int, default=400, help="calls one at a time, a round")
    parser.add_argument("--load", type=int, default=2000, help="calls at 50 connections, a round")
    parser.add_argument("--alone", action="store_true", help="without the other gateway")
    return parser.parse_args()


def _measure(ways: Sequence[Way], arguments: argparse.Namespace) -> dict[str, Found]:
    """Round after round, each way in turn, so that whatever else the machine does falls on all of them."""
    found = {way.name: Found() for way in ways}
    for way in ways:
        _ask(way, WHOLE, 1, 200)
    streaming = [way for way in ways if not _heard(way, STREAM, 1, 50).wrong]
    for _ in range(arguments.repeats):
        for way in ways:
            one = _ask(way, WHOLE, 1, arguments.count)
            found[way.name].p50.append(percentile(one.whole, 0.5) * 1000)
            found[way.name].p99.append(percentile(one.whole, 0.99) * 1000)
        for way in streaming:
            streamed = _ask(way, STREAM, 1, arguments.count // 2)
            found[way.name].first.append(percentile(streamed.first, 0.5) * 1000)
        for way in ways:
            loaded = _ask(way, WHOLE, 50, arguments.load)
            found[way.name].rate.append(loaded.rate)
            found[way.name].loaded_p99.append(percentile(loaded.whole, 0.99) * 1000)
    return found


def _heard(way: Way, body: bytes, connections: int, count: int) -> Heard:
    return ask(Asked(way.port, way.path, body, way.headers, connections, count))


def _ask(way: Way, body: bytes, connections: int, count: int) -> Heard:
    heard = _heard(way, body, connections, count)
    if heard.wrong:
        raise RuntimeError(f"{heard.wrong} of {count} answers of {way.name} were no success")
    return heard


def _tell(found: dict[str, Found], arguments: argparse.Namespace) -> None:
    direct, ours = found["direct"], found["codex32"]
    added = {name: _added(one, direct) for name, one in found.items() if name != "direct"}
    answers = [
        report("P8-p50", added["codex32"]["p50"], unit="ms added", must=2.0, aim=0.8, lower_is_better=True),
        report("P8-p99", added["codex32"]["p99"], unit="ms added", must=6.0, aim=2.0, lower_is_better=True),
        report("P8-rps", ours.rate, unit="requests/s at c=50", must=500, aim=1000),
    ]
    for answer in answers[:2]:
        show(answer)
    rows = [(name, _line(one, added.get(name))) for name, one in found.items()]
    more: dict[str, Any] = {"calls": arguments.count, "rounds": arguments.repeats, "parts": answers}
    more["first_token_added_ms"] = {name: _median(one["first"]) for name, one in added.items()}
    if "portkey" in found:
        more["portkey"] = {key: _median(values) for key, values in added["portkey"].items()}
        more["portkey_rps"] = _median(found["portkey"].rate)
        more["rps_ratio"] = _ratio(ours.rate, found["portkey"].rate)
        more["p50_ratio"] = _ratio(added["portkey"]["p50"], added["codex32"]["p50"])
    whole = {**answers[2], "id": "P8", **more}
    for met in ("met_must", "met_aim"):
        whole[met] = all(answer[met] for answer in answers)
    show(whole, rows)


def _added(one: Found, direct: Found) -> dict[str, list[float]]:
    """Beyond the direct call of the same round."""
    return {
        name: [mine - bare for mine, bare in zip(getattr(one, name), getattr(direct, name), strict=False)]
        for name in ("p50", "p99", "first")
    }


def _line(one: Found, added: dict[str, list[float]] | None) -> str:
    text = f"p50 {_median(one.p50)} p99 {_median(one.p99)} ms, {_median(one.rate)} rps at 50 connections"
    if added is None:
        return text
    p50, p99, first = (_median(added[name]) for name in ("p50", "p99", "first"))
    return f"{text}; added p50 {p50} p99 {p99}, first token {first} ms"


def _ratio(more: Sequence[float], less: Sequence[float]) -> float:
    return round(statistics.median(more) / statistics.median(less), 2)


def _median(values: Sequence[float]) -> float | None:
    """None for what could not be measured: a gateway that does not stream here."""
    return round(statistics.median(values), 2) if values else None


@asynccontextmanager
async def _upstream() -> AsyncGenerator[int]:
    port = _free_port()
    command = [
        "-m",
        "uvicorn",
        "_upstream:app",
        "--port",
        str(port),
        "--http",
        "httptools",
        "--loop",
        "uvloop",
    ]
    async with _process([sys.executable, *command, "--log-level", "error"], port, cwd=FOLDER):
        yield port


@asynccontextmanager
async def _gateway(database: BenchDatabase) -> AsyncGenerator[int]:
    port = _free_port()
    with tempfile.TemporaryDirectory(prefix="codex32-bench-home-") as home:
        environment = {
            **os.environ,
            "CODEX32_DATABASE_URL": database.owner_url,
            "CODEX32_MASTER_KEY": MASTER_KEY,
            "CODEX32_PORT": str(port),
            "CODEX32_EGRESS_ALLOW_PRIVATE": "127.0.0.0/8",
            "CODEX32_LOG_FORMAT": "json",
        }
        command = [sys.executable, "-m", "codex32_server.main.gateway", "--home", home]
        async with _process(command, port, env=environment):
            yield port


@asynccontextmanager
async def _other(folder: Path | None) -> AsyncGenerator[int | None]:
    if folder is None:
        yield None
        return
    port = _free_port()
    script = folder / "node_modules/@portkey-ai/gateway/build/start-server.js"
    environment = {**os.environ, "NODE_ENV": "production", "TRUSTED_CUSTOM_HOSTS": "127.0.0.1,localhost"}
    async with _process(["node", str(script), f"--port={port}", "--headless"], port, env=environment):
        yield port


@asynccontextmanager
async def _process(command: Sequence[str], port: int, **more: Any) -> AsyncGenerator[None]:
    """A process, until it listens; ended afterwards."""
    process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.DEVNULL, **more)
    try:
        deadline = time.monotonic() + 30
        while not _listens(port):
            if process.returncode is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{command[1]} did not start")
            await asyncio.sleep(0.05)
        yield
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def _portkey() -> Path | None:
    """The folder that it is installed in; None where it cannot be."""
    folder = Path.home() / ".cache/codex32-bench/portkey"
    if not (folder / "node_modules/@portkey-ai").is_dir():
        if shutil.which("npm") is None:
            return None
        folder.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder), PORTKEY]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return folder


async def _arrange(database: BenchDatabase, upstream: int) -> str:
    """A workspace with a provider, its price, two budgets, and a key that is returned."""
    master = parse_master_key(MASTER_KEY)
    settings = Settings(keys=KeySettings(master=SecretStr(MASTER_KEY)))
    app = Database(database.url("codex32_app"), pool_size=1)
    with tempfile.TemporaryDirectory(prefix="codex32-bench-home-") as home:
        ring = secret_keys(settings, open_home(Path(home)), master)
        facade = ModelsFacade(SecretsFacade(ring))
        async with app.transaction(None) as tx:
            workspace, owner, _ = await WorkspacesFacade().bootstrap(tx)
            scopes = granted("owner", False, None)
            principal = Principal(workspace.id, owner.id, "bench", "owner", scopes, False, "key", new_id())
            base_url = f"http://127.0.0.1:{upstream}/v1"
            provider = {"name": "bench", "base_url": base_url, "key": "sk-upstream"}
            await facade.add_provider(tx, principal, NewProvider.model_validate(provider))
            change = ModelChange.model_validate({"prices": {"input": "0.5", "output": "1.5"}})
            await facade.set_model(tx, principal, "bench", "bench", change)
            usage = UsageFacade(llm_key_pepper(access_pepper(master)))
            wanted = NewLlmKey.model_validate({"kind": "integration", "name": "bench"})
            made = await usage.create_key(tx, principal, wanted)
    await app.close()
    async with await psycopg.AsyncConnection.connect(database.owner_url, autocommit=True) as admin:
        for period in ("day", "total"):
            await admin.execute(_BUDGET, (new_id(), workspace.id, workspace.id, period, Decimal(1000)))
    await _passwords(database, master)
    return made.key


_BUDGET = """
insert into budgets (id, workspace_id, scope, subject, period, usd) values (%s, %s, 'workspace', %s, %s, %s)
"""


async def _passwords(database: BenchDatabase, master: MasterKey) -> None:
    """The gateway derives its roles' passwords from the master key."""
    async with await psycopg.AsyncConnection.connect(database.owner_url, autocommit=True) as admin:
        for role in ROLES:
            password = sql.Literal(master.role_password(role))
            statement = sql.SQL("alter role {} password {}").format(sql.Identifier(role), password)
            await admin.execute(statement)


async def _check_ledger(database: BenchDatabase) -> None:
    """Every call is in the ledger, and nothing is still reserved."""
    async with await psycopg.AsyncConnection.connect(database.owner_url) as admin:
        rows = await (await admin.execute("select count(*) from llm_ledger")).fetchone()
        left = await (await admin.execute("select count(*) from llm_reservations")).fetchone()
    assert rows is not None
    assert rows[0] > 0
    assert left == (0,), "something is still reserved"


if __name__ == "__main__":
    asyncio.run(main())
