"""GET /builder/explanations: who may ask, of which version, and of which run."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import text
from support.api import Api, Tenant, source

BOT = {"bot.py": source("sales", "return n / 0"), "README.md": "# sales\n\n## What it does\n\n- Divides.\n"}


async def deployed(api: Api, tenant: Tenant) -> str:
    answer = await api.call(tenant.keys["editor"], "POST", "/bots", json={"files": BOT})
    assert answer.status_code == 201, answer.text
    return answer.json()["version"]["id"]


async def a_run(api: Api, tenant: Tenant, *, failed: bool = True) -> str:
    answer = await api.call(
        tenant.keys["editor"], "POST", "/bots/sales/runs", json={"input": {"n": 1}, "environment": "dev"}
    )
    assert answer.status_code in (200, 201, 202), answer.text
    run = answer.json()["id"]
    if failed:
        async with api.under_test.owner.transaction(tenant.workspace_id) as tx:
            await tx.execute(
                text(
                    "update runs set status = 'failed', error_code = 'bot_error', finished_at = now(), "
                    "error_detail = 'ZeroDivisionError: division by zero' where id = :id"
                ),
                {"id": run},
            )
    return run


async def test_a_bot_and_its_failure(api: Api, one: Tenant) -> None:
    await deployed(api, one)
    told = await api.call(one.keys["viewer"], "GET", "/builder/explanations/sales")
    assert told.status_code == 200, told.text
    assert told.json()["steps"] == ["Divides."]
    assert told.json()["by"] == "facts"

    none = await api.call(one.keys["viewer"], "GET", "/builder/explanations/sales/failure")
    assert (none.status_code, none.json()["code"]) == (404, "nothing_failed")
    run = await a_run(api, one)
    for query in ("", f"?run={run}"):
        why = await api.call(one.keys["viewer"], "GET", f"/builder/explanations/sales/failure{query}")
        assert why.status_code == 200, why.text
        assert "less data than the bot expects" in why.json()["cause"]
        assert any("codex32 logs" in step for step in why.json()["steps"])


async def test_what_is_not_there(api: Api, one: Tenant, two: Tenant) -> None:
    await deployed(api, one)
    for tenant, path, code in (
        (one, "/nobody", "bot_not_found"),
        (two, "/sales", "bot_not_found"),
        (one, "/sales?environment=prod", "nothing_to_explain"),
        (one, f"/sales/failure?run={uuid4()}", "run_not_found"),
    ):
        answer = await api.call(tenant.keys["viewer"], "GET", f"/builder/explanations{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, code)
    waiting = await a_run(api, one, failed=False)
    answer = await api.call(one.keys["viewer"], "GET", f"/builder/explanations/sales/failure?run={waiting}")
    assert answer.json()["code"] == "nothing_failed"
