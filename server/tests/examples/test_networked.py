"""The example bots that use the network or models, against servers on loopback, as an intranet is set up:
CODEX32_EGRESS_NAMES says where the names are, CODEX32_EGRESS_ALLOW_PRIVATE that they may be there, and
CODEX32_EGRESS_CA_FILE whom to trust.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from codex32_server.main.egress import egress_proxy
from codex32_server.runtime import standalone
from codex32_server.runtime.contract import LogLine
from codex32_server.settings.loading import load
from support.folders import reachable_folder
from support.models import KEY, completion
from support.origins import Authority, Web, serving, write_pem

pytestmark = pytest.mark.sandbox

BOTS = Path(__file__).parents[3] / "examples" / "bots"


class Says(Web):
    """Answers every path with the content that belongs to it."""

    def __init__(self, pages: Mapping[str, bytes]) -> None:
        super().__init__()
        self._pages = pages

    async def answer(self, head: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._body(head, reader)
        path = head.split(" ")[1].partition("?")[0]
        page = self._pages.get(path)
        status, page = ("200 OK", page) if page is not None else ("404 Not Found", b"no such page")
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(page)}\r\n\r\n".encode() + page)


@pytest.fixture(scope="module")
def shared() -> Iterator[Path]:
    """The runtime folder that all runs share."""
    with reachable_folder("codex32-networked-") as folder:
        yield folder


@asynccontextmanager
async def host(name: str, pages: Mapping[str, bytes], folder: Path) -> AsyncGenerator[tuple[int, Says, Any]]:
    """A server that is `name`: its port, what it saw, and the settings under which bots find it."""
    authority, web = Authority(name), Says(pages)
    async with serving(web, authority.server(name)) as port:
        settings = load(
            {
                "CODEX32_EGRESS_NAMES": f"{name}=127.0.0.1",
                "CODEX32_EGRESS_ALLOW_PRIVATE": "127.0.0.0/8",
                "CODEX32_EGRESS_CA_FILE": str(write_pem(folder, authority)),
            }
        )
        yield port, web, settings


async def run(bot: str, value: Any, shared: Path, settings: Any, **changes: Any) -> Any:
    """Its output and log, by what `codex32 run` does. `at`: host → host:port, for want of port 443."""
    source = (BOTS / bot).read_text()
    for name, entry in changes.pop("at", {}).items():
        source = source.replace(f'"{name}"', f'"{entry}"')
    folder = shared / "bots"
    folder.mkdir(exist_ok=True)
    path = folder / bot
    path.write_text(source)
    lines: list[LogLine] = []
    gateway = changes.pop("gateway", None)
    what = standalone.StandaloneRun(path, json.dumps(value).encode(), **changes)
    result = await standalone.run(
        what,
        home=shared / "home",
        shared=shared,
        on_line=lines.append,
        egress=egress_proxy(settings.egress, gateway),
    )
    assert result.outcome.error is None, (result.outcome.error, lines)
    return json.loads(result.outcome.output or b"null"), [line.text for line in lines]


async def test_feed_digest(shared: Path, tmp_path: Path) -> None:
    name = "planetpython.org"
    feed = b"<rss><channel><title>P</title><item><title>T</title><guid>1</guid></item></channel></rss>"
    async with host(name, {"/rss20.xml": feed}, tmp_path) as (port, _, settings):
        entry = f"{name}:{port}"
        given = {"url": f"https://{entry}/rss20.xml"}
        first, lines = await run("feed_digest.py", given, shared, settings, at={name: entry})
        second, _ = await run("feed_digest.py", given, shared, settings, at={name: entry})
    assert first["new"] == [{"id": "1", "title": "T", "link": ""}]
    assert second["new"] == []
    assert any(line.startswith(f"Network: {entry}: 1 connection") for line in lines)


async def test_exchange_rates(shared: Path, tmp_path: Path) -> None:
    name = "api.frankfurter.dev"
    rates = b'{"date": "2026-03-02", "rates": {"USD": 1.0845, "GBP": 0.8311}}'
    async with host(name, {"/v1/latest": rates}, tmp_path) as (port, web, settings):
        entry = f"{name}:{port}"
        given = {"amount": "10", "api": f"https://{entry}/v1"}
        result, _ = await run("exchange_rates.py", given, shared, settings, at={name: entry})
    assert result["converted"] == {"USD": "10.84", "GBP": "8.31"}
    assert "base=EUR" in web.heads[0]


async def test_open_issues_with_a_token_that_is_never_inside(shared: Path, tmp_path: Path) -> None:
    name = "api.github.com"
    issues = b'[{"number": 3, "title": "Old", "created_at": "2026-01-01T10:00:00Z"}]'
    async with host(name, {"/repos/acme/tools/issues": issues}, tmp_path) as (port, web, settings):
        entry = f"{name}:{port}"
        given = {"repository": "acme/tools", "today": "2026-03-02", "api": f"https://{entry}"}
        secrets = {"GITHUB_TOKEN": "ghp_the_real_one"}
        result, lines = await run(
            "open_issues.py", given, shared, settings, at={name: entry}, secrets=secrets
        )
    assert result["oldest"] == [{"number": 3, "title": "Old", "days": 59}]
    assert "Authorization: Bearer ghp_the_real_one\r\n" in web.heads[0]
    assert "ghp_the_real_one" not in repr((result, lines))


async def test_mail_triage(shared: Path) -> None:
    answer = {"topic": "invoice", "urgency": "today", "summary": "They ask for money."}
    said = json.dumps(completion(json.dumps(answer))).encode()
    web = Says({"/llm/v1/chat/completions": said})
    async with serving(web) as port:
        gateway = f"http://127.0.0.1:{port}"
        given = {"messages": ["Pay!"]}
        result, lines = await run("mail_triage.py", given, shared, load({}), model_key=KEY, gateway=gateway)
    assert result["sorted"] == [{"message": "Pay!", **answer}]
    assert f"Authorization: Bearer {KEY}\r\n" in web.heads[0]
    assert any(line.startswith("Models: 1 request") for line in lines)
