"""A run's door to the model gateway, from inside of a real sandbox through the real proxy."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
from codex32_server.runtime.backends.local import LocalBackend
from codex32_server.runtime.proxy.grants import RunLimits
from codex32_server.runtime.proxy.inside import PLACEHOLDER_KEY
from support.models import KEY, ModelBench, with_models
from support.networked import HOST, OTHER
from support.origins import Web, serving
from support.waiting import until

pytestmark = pytest.mark.sandbox

SEEN = """
import os, socket
def main():
    names = ("OPENAI", "ANTHROPIC", "CODEX32_LLM", "PROXY", "CERT")
    return {
        "variables": {n: v for n, v in os.environ.items() if any(word in n.upper() for word in names)},
        "shown": sorted(os.listdir("/run/codex32")) if os.path.exists("/run/codex32") else [],
    }
"""
ASKS = """
import json, os, urllib.request
def main(path="/chat/completions", **body):
    request = urllib.request.Request(
        os.environ["OPENAI_BASE_URL"] + path, data=json.dumps(body).encode(),
        headers={"Authorization": "Bearer " + os.environ["OPENAI_API_KEY"]},
    )
    return json.loads(urllib.request.urlopen(request, timeout=20).read())
"""
ASK = {"model": "smart", "messages": [{"role": "user", "content": "hello"}]}


@pytest.fixture
async def models(bench: Any, backend: LocalBackend) -> AsyncGenerator[ModelBench]:
    async with with_models(bench, backend) as made:
        yield made


async def test_the_usual_variables_point_to_the_door_and_hold_no_key(models: ModelBench) -> None:
    found = await models.result(SEEN)
    base = "http://127.0.0.1:3129/llm"
    assert found["variables"] == {
        "OPENAI_BASE_URL": f"{base}/v1",
        "OPENAI_API_KEY": PLACEHOLDER_KEY,
        "ANTHROPIC_BASE_URL": base,
        "ANTHROPIC_API_KEY": PLACEHOLDER_KEY,
        "CODEX32_LLM_URL": f"{base}/v1",
        "CODEX32_LLM_KEY": PLACEHOLDER_KEY,
    }
    assert found["shown"] == ["hosts", "models.sock", "plan"]


async def test_a_bot_asks_a_model(models: ModelBench) -> None:
    answer = await models.result(ASKS, ASK)
    assert answer["choices"][0]["message"]["content"] == "you said hello"
    assert models.platform.lines == ["POST /llm/v1/chat/completions HTTP/1.1"]
    assert f"Authorization: Bearer {KEY}\r\n" in models.platform.heads[0]
    (line,) = models.said
    assert line.startswith("Models: 1 request, ")


async def test_without_a_key_there_is_no_door_and_no_variable(models: ModelBench) -> None:
    assert await models.result(SEEN, key=None) == {"variables": {}, "shown": []}
    assert models.proxy.pid is None


async def test_without_a_gateway_neither(bench: Any, backend: LocalBackend) -> None:
    async with with_models(bench, backend, gateway=False) as models:
        assert await models.result(SEEN) == {"variables": {}, "shown": []}


async def test_a_key_that_comes_back_is_redacted(models: ModelBench) -> None:
    source = ASKS.replace("    return json.loads", "    answer = json.loads") + (
        "    print('got', answer['key'])\n"
        "    if body.get('fail'): raise ValueError(answer['key'])\n"
        "    return answer\n"
    )
    outcome = await models.run(source, {"model": "echo-key"})
    failed = await models.run(source, {"model": "echo-key", "fail": True})
    assert outcome.output == b'{"key":"bearer [secret MODEL_KEY]"}'
    assert failed.error
    assert failed.error.detail == "ValueError: bearer [secret MODEL_KEY]"
    assert KEY not in repr([models.bench.lines.lines, outcome, failed])


async def test_a_secret_of_the_run_does_not_reach_the_model(models: ModelBench) -> None:
    token = "codex32_bot.secrets['TOKEN']"
    source = "import codex32_bot" + ASKS.replace("dumps(body)", f"dumps(body).replace('TOKEN', {token})")
    secrets = {"TOKEN": "correct horse battery"}
    asked = {"model": "smart", "messages": [{"role": "user", "content": "is TOKEN right?"}]}
    answer = await models.result(source, asked, secrets=secrets)
    assert answer["choices"][0]["message"]["content"] == "you said is [secret TOKEN] right?"
    assert b"horse" not in models.platform.bodies[0]
    assert models.said[-1] == "Models: secrets were taken out of 1 request."


async def test_what_models_use_is_not_counted_as_network(bench: Any, backend: LocalBackend) -> None:
    source = """
import os, urllib.request
def main(url):
    told = []
    for _ in range(3):
        body = b'{"messages": [{"content": "' + b"x" * 50_000 + b'"}]}'
        asked = urllib.request.Request(os.environ["CODEX32_LLM_URL"] + "/x", data=body)
        told.append(len(urllib.request.urlopen(asked, timeout=20).read()) > 50_000)
    return [*told, urllib.request.urlopen(url, timeout=20).read().decode()]
"""
    limits = RunLimits(bytes=20_000)
    async with with_models(bench, backend, limits=limits) as models, serving(Web()) as web:
        entry = f"{HOST}:{web}"
        outcome = await models.run(source, {"url": f"http://{entry}/a"}, network=[entry])
    assert outcome.output == b'[true,true,true,"GET /a HTTP/1.1|"]', outcome.error
    assert [(record.host, record.allowed) for record in outcome.egress] == [(HOST, True)]
    assert any(line.startswith("Models: 3 requests, ") for line in models.said)


WITH_LLM = """
from codex32_bot import llm
def main():
    told = [llm.ask("hello"), "".join(llm.stream("x")), llm.embed(["a", "b"])]
    try: llm.ask("x", model="dear")
    except llm.BudgetExceeded as error: told.append(error.code)
    return told
"""


async def test_codex32_bot_asks_models(models: ModelBench) -> None:
    models.platform.go_on.set()
    told = await models.result(WITH_LLM)
    assert told == ["you said hello", "one two", [[0.0, 0.5], [1.0, 0.5]], "budget_exceeded"]


async def test_a_bot_without_models_is_told_what_to_add(models: ModelBench) -> None:
    outcome = await models.run(WITH_LLM, key=None)
    assert outcome.error
    assert "ModelUnavailable: This bot has no models to ask." in outcome.error.detail
    assert 'budget = { per_run = "0.05 USD" }' in outcome.error.detail


LEAVING = """
import http.client, os, socket
def status(path, method="GET", host="127.0.0.1", port=3129):
    way = http.client.HTTPConnection(host, port, timeout=20)
    try:
        way.request(method, path)
        return way.getresponse().status
    except OSError as error:
        return type(error).__name__
def connected(address):
    try: socket.create_connection(address, timeout=5).close()
    except OSError: return False
    return True
def tunnel(target):
    way = socket.create_connection(("127.0.0.1", 3129), timeout=20)
    way.sendall(f"CONNECT {target} HTTP/1.1\\r\\nHost: {target}\\r\\n\\r\\n".encode())
    return way.recv(100).split(b" ")[1].decode()
def raw(path):
    way = socket.socket(socket.AF_UNIX)
    way.settimeout(20)
    way.connect(path)
    where = f"127.0.0.1:{port}"
    way.sendall(f"GET http://{where}/api/v1/runs HTTP/1.1\\r\\nHost: {where}\\r\\n\\r\\n".encode())
    return way.recv(100).split(b" ")[1].decode()
def main(platform):
    global port
    port = platform
    paths = ["/", "/api/v1/runs", "/llm/v1/../../api/v1/runs", "/llm/v1/%2e%2e/%2e%2e/api/v1/runs",
             f"http://127.0.0.1:{platform}/api/v1/runs", "/s/team/bot/", "/hooks/x", "/llm/v1"]
    return {
        "paths": [status(path) for path in paths],
        "methods": [status("/llm/v1/models", method) for method in ("PUT", "DELETE", "OPTIONS")],
        "tunnels": [tunnel(target) for target in (f"127.0.0.1:{platform}", "llm.codex32.internal:80")],
        "dialled": [connected(("127.0.0.1", platform)), connected(("127.0.0.1", 3128))],
        "raw": raw("/run/codex32/models.sock"),
        "files": sorted(os.listdir("/run/codex32")),
    }
"""


async def test_the_door_leads_to_models_and_nowhere_else(models: ModelBench) -> None:
    """Not to the platform's API, to other hosts, to the host's loopback."""
    found = await models.result(LEAVING, {"platform": models.port})
    assert set(found["paths"]) == {403}
    assert set(found["methods"]) == {403}
    assert found["tunnels"] == ["403", "403"]
    assert found["dialled"] == [False, False]
    assert found["raw"] == "403"
    assert found["files"] == ["hosts", "models.sock", "plan"]
    assert models.platform.heads == []
    assert "Models: a request was refused: only paths below /llm/v1 are served there." in models.said


async def test_the_way_out_does_not_lead_to_the_gateway(models: ModelBench) -> None:
    """What a manifest lists is judged as ever: the gateway's name and address are no hosts."""
    source = """
import urllib.request, urllib.error
def main(urls):
    told = []
    for url in urls:
        try: told.append(urllib.request.urlopen(url, timeout=20).status)
        except urllib.error.HTTPError as error: told.append(error.code)
    return told
"""
    urls = [f"http://{OTHER}:{models.port}/llm/v1/models", "http://llm.codex32.internal/llm/v1/models"]
    assert await models.result(source, {"urls": urls}, network=[f"{HOST}:80"]) == [403, 403]
    assert models.platform.heads == []


async def test_a_service_port_moves_the_door(models: ModelBench) -> None:
    outcome = await models.run(SEEN, inbound=(3128, 3129))
    assert outcome.output
    variables = json.loads(outcome.output)["variables"]
    assert variables["CODEX32_LLM_URL"] == "http://127.0.0.1:3131/llm/v1"


async def test_a_key_is_in_no_command_line_and_no_environment(models: ModelBench) -> None:
    source = ASKS.replace("def main(", "import time\ndef main(").replace(
        "    return json.loads", "    print('asked', flush=True); time.sleep(30)\n    return json.loads"
    )
    running = asyncio.create_task(models.run(source, ASK))

    async def asked() -> bool:
        return "asked" in models.bench.lines.texts("stdout")

    await until(asked, wanted=True)
    seen = _processes()
    models.bench.cancel.set()
    await running
    assert len(seen) > 3
    assert not [place for place, content in seen if KEY.encode() in content]


async def test_the_door_outlives_the_proxy(models: ModelBench) -> None:
    """The socket stays, and the next process serves it: nothing was under way, so the run goes on."""
    source = ASKS.replace("def main(", "import time\ndef ask(") + (
        "def main(**body):\n"
        "    first = ask(**body)\n"
        "    print('asked', flush=True)\n"
        "    time.sleep(1)\n"
        "    return first == ask(**body)\n"
    )
    running = asyncio.create_task(models.run(source, ASK))

    async def asked() -> bool:
        return "asked" in models.bench.lines.texts("stdout")

    async def replaced() -> bool:
        return models.proxy.pid not in (None, first)

    await until(asked, wanted=True)
    first = models.proxy.pid
    assert first
    os.kill(first, signal.SIGKILL)
    await until(replaced, wanted=True)
    outcome = await asyncio.wait_for(running, 60)
    assert outcome.output == b"true", outcome.error


def _processes() -> list[tuple[str, bytes]]:
    """Command lines and environments of all that runs here, but this process's own."""
    seen: list[tuple[str, bytes]] = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and folder.name != str(os.getpid()):
            for name in ("cmdline", "environ"):
                try:
                    seen.append((f"{folder.name}/{name}", (folder / name).read_bytes()))
                except OSError:
                    continue
    return seen
