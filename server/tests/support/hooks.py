"""What the tests of webhooks share: a bot with one, signed deliveries, and a run that somebody ends."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import httpx
from codex32_server.kit.standard_webhooks import secret_key, sign
from sqlalchemy import text
from support.api import Api, Tenant, source


async def deploy(
    api: Api, tenant: Tenant, manifest: str = "", name: str = "hello", body: str = "return n"
) -> str:
    """The id of a bot that takes `n`."""
    files = {"bot.py": source(name, body, manifest)}
    answer = await api.call(tenant.keys["editor"], "POST", "/bots", {"files": files})
    assert answer.status_code == 201, answer.text
    return answer.json()["bot"]["id"]


async def create(api: Api, tenant: Tenant, **values: Any) -> dict[str, Any]:
    """A webhook made by hand, with its secret."""
    answer = await api.call(tenant.keys["editor"], "POST", "/webhooks", {"bot": "hello", **values})
    assert answer.status_code == 201, answer.text
    return answer.json()


def path(made: dict[str, Any]) -> str:
    """The path of a webhook's URL."""
    return httpx.URL(made.get("webhook", made)["url"]).path


def signed(
    secret: str, body: bytes, delivery_id: str = "msg_1", *, at: float | None = None
) -> dict[str, str]:
    """The headers of a delivery as Standard Webhooks say."""
    moment = int(time.time() if at is None else at)
    return {
        "webhook-id": delivery_id,
        "webhook-timestamp": str(moment),
        "webhook-signature": sign(secret_key(secret), delivery_id, moment, body),
        "content-type": "application/json",
    }


async def deliver(api: Api, made: dict[str, Any], body: bytes = b'{"n": 3}', **more: Any) -> httpx.Response:
    """A signed delivery; `headers` are added, `method` and `params` passed on."""
    headers = {"content-type": "application/json"}
    if made["secret"] and made["webhook"]["auth"] == "signature":
        headers = signed(made["secret"], body, more.pop("id", "msg_1"))
    elif made["secret"]:
        headers["authorization"] = f"Bearer {made['secret']}"
    headers |= more.pop("headers", {})
    return await api.http.request(
        more.pop("method", "POST"), path(made), content=body, headers=headers, **more
    )


async def end_next_run(api: Api, output: str = "41", status: str = "succeeded") -> str:
    """Wait for a queued run and end it, as a worker would; its id."""
    async with asyncio.timeout(30):
        while True:
            async with api.under_test.owner.transaction(None) as tx:
                found = await tx.scalar(text("select id from runs where status = 'queued' limit 1"))
                if found is not None:
                    await _end(tx, str(found), output, status)
                    return str(found)
            await asyncio.sleep(0.01)


async def _end(tx: Any, run_id: str, output: str, status: str) -> None:
    change = (
        "update runs set status = :status, attempt = 1, output = cast(:output as json), started_at = now(),"
        " finished_at = now() where id = cast(:id as uuid)"
    )
    given = output if status == "succeeded" else None
    await tx.execute(text(change), {"status": status, "output": given, "id": run_id})
    await tx.execute(text("select pg_notify('codex32_run', :what)"), {"what": f"{run_id}:{status}"})


async def deliveries(api: Api, tenant: Tenant, made: dict[str, Any]) -> list[dict[str, Any]]:
    """As the API lists them, newest first."""
    url = f"/webhooks/{made['webhook']['id']}/deliveries"
    answer = await api.call(tenant.keys["viewer"], "GET", url)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def runs(api: Api) -> int:
    """How many runs there are in all."""
    async with api.under_test.owner.transaction(None) as tx:
        return int(await tx.scalar(text("select count(*) from runs")) or 0)
