"""The guide is true: its manifest is sound, and its two ways of sending reach a bot over a real socket."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import tomllib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import uvicorn
from codex32_server.kit.manifest.schema import Manifest
from codex32_server.kit.manifest.webhook import Webhook
from support.api import Api, Tenant
from support.hooks import create, deploy
from support.waiting import until

GUIDE = (Path(__file__).parents[4] / "docs" / "guides" / "webhooks.md").read_text()
(MANIFEST,) = re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL)
(SENDER,) = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
(CURL,) = re.findall(r"```bash\n(.*?)```", GUIDE, re.DOTALL)


@pytest.fixture
async def base(api: Api) -> AsyncIterator[str]:
    """The application behind a socket."""
    server = uvicorn.Server(uvicorn.Config(api.app, port=0, log_config=None, lifespan="off"))
    serving = asyncio.create_task(server.serve())

    async def started() -> bool:
        return server.started

    await until(started, True)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    await serving


def _url(base: str, made: dict[str, Any]) -> str:
    return base + urlsplit(made["webhook"]["url"]).path


def test_the_manifest_of_the_guide() -> None:
    text = "\n".join(line.removeprefix("# ") for line in MANIFEST.splitlines())
    table = tomllib.loads(text)["tool"]["codex32"]
    manifest = Manifest.model_validate({"name": "guide", **table})
    assert [trigger.name for trigger in manifest.triggers] == ["orders", "prices"]
    assert manifest.triggers[1].webhook == Webhook(auth="token", answer="sync", timeout=10)


def test_the_guide_names_every_key() -> None:
    assert set(re.findall(r"^\| `([a-z_]+)` \|", GUIDE, re.MULTILINE)) == set(Webhook.model_fields)


async def test_the_signed_delivery_of_the_guide(api: Api, one: Tenant, base: str) -> None:
    await deploy(api, one)
    made = await create(api, one)
    names: dict[str, Callable[..., Any]] = {}
    exec(SENDER, names)
    answer = await asyncio.to_thread(names["deliver"], _url(base, made), made["secret"], {"n": 4})
    run = (await api.call(one.keys["viewer"], "GET", f"/runs/{answer['run_id']}")).json()
    assert run["input"] == {"n": 4}


async def test_the_token_of_the_guide(api: Api, one: Tenant, base: str) -> None:
    await deploy(api, one)
    made = await create(api, one, auth="token")
    environ = {"PATH": "/usr/bin:/bin", "TOKEN": made["secret"], "URL": _url(base, made), "no_proxy": "*"}
    done = await asyncio.to_thread(
        subprocess.run, ["bash", "-c", CURL], env=environ, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["repeated"] is False
