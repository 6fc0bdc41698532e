"""/usage, /budgets, /llm-keys as programs see them."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from codex32_server.features.usage.facade import BuilderSession, MoneyDesk, UsageFacade, VirtualKeys
from codex32_server.gateway.contract import CachedAnswer, Usage
from codex32_server.gateway.errors import BudgetExceededError, KeyNotValidError
from codex32_server.kit.ids import new_id
from codex32_server.main.derived import llm_key_pepper
from support.api import PEPPER, Api, Tenant, source
from support.money import TARGET, Purse, ended
from support.postgres import DatabaseUnderTest


@pytest.fixture
async def spending(database: DatabaseUnderTest, one: Tenant) -> AsyncIterator[Purse]:
    """The first workspace, after six attempts and a hit."""
    purse = Purse(database, one.workspace_id, MoneyDesk(database.app_url))
    bot, run = new_id(), new_id()
    of_run = replace(purse.caller, kind="run", bot_id=bot, run_id=run, environment="production")
    for dollars in ("0.5", "0.25"):
        await purse.spend(dollars, caller=of_run, input=100, output=10, cached=60)
    other = replace(TARGET, provider="anthropic", model="claude-test")
    for status in ("succeeded", "failed"):
        held = await purse.desk.reserve(purse.attempt(target=other), Decimal(1), 10)
        await purse.desk.settle(held, ended("0.125", status=status, input=7))
    answer = CachedAnswer(b"", new_id(), Usage(input=5, output=5), Decimal("0.2"))
    await purse.desk.note_hit(purse.attempt().call, answer)
    yield purse
    await purse.desk.close()


async def got(api: Api, tenant: Tenant, path: str, **params: Any) -> Any:
    answer = await api.call(tenant.keys["viewer"], "GET", path, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_totals_are_exact_and_by_any_dimension(api: Api, one: Tenant, spending: Purse) -> None:
    seen = await got(api, one, "/usage", by=["provider", "status"])
    assert seen["total"]["cost"] == "1"
    assert (seen["total"]["attempts"], seen["total"]["hits"]) == (4, 1)
    assert (seen["total"]["input"], seen["total"]["cached"], seen["total"]["output"]) == (214, 120, 20)
    assert seen["total"]["saved"] == "0.2"
    assert seen["total"]["latency_ms"] == pytest.approx(10)
    assert [(group["keys"], group["cost"]) for group in seen["groups"]] == [
        ({"provider": "openai", "status": "succeeded"}, "0.75"),
        ({"provider": "anthropic", "status": "failed"}, "0.125"),
        ({"provider": "anthropic", "status": "succeeded"}, "0.125"),
        ({"provider": "cache", "status": "succeeded"}, "0"),
    ]
    for dimension in ("bot", "model", "person", "key", "run", "alias", "environment"):
        grouped = await got(api, one, "/usage", by=dimension)
        total = sum(Decimal(group["cost"]) for group in grouped["groups"])
        assert total == (Decimal("0.75") if dimension == "run" else 1), dimension
    production = await got(api, one, "/usage", environment="production")
    assert production["total"]["cost"] == "0.75"


async def test_totals_over_months_add_whole_days_and_odd_hours(
    api: Api, one: Tenant, spending: Purse
) -> None:
    now = datetime.now(UTC)
    long = await got(api, one, "/usage", since=(now - timedelta(days=70, hours=5)).isoformat())
    assert long["total"]["cost"] == "1"
    before = await got(
        api,
        one,
        "/usage",
        since=(now - timedelta(days=9)).isoformat(),
        until=(now - timedelta(hours=2)).isoformat(),
    )
    assert (before["total"]["cost"], before["total"]["latency_ms"], before["groups"]) == ("0", None, [])


async def test_series_forecast_and_calls(api: Api, one: Tenant, spending: Purse) -> None:
    for step in ("hour", "day"):
        series = await got(api, one, "/usage/series", step=step)
        assert [point["cost"] for point in series["points"]] == ["1"], step
    forecast = await got(api, one, "/usage/forecast")
    assert forecast["method"] == "run_rate"
    assert Decimal(forecast["expected"]) >= Decimal(forecast["spent"]) == 1
    first = await got(api, one, "/usage/calls", limit=3)
    rest = await got(api, one, "/usage/calls", limit=3, cursor=first["next_cursor"])
    rows = [*first["items"], *rest["items"]]
    assert len(rows) == 5
    assert rest["next_cursor"] is None
    assert rows[0]["cache_hit"]
    assert (rows[-1]["cost"], rows[-1]["price_version"], rows[-1]["cached"]) == ("0.5", "test 1", 60)
    of_run = await got(api, one, "/usage/calls", run=rows[-1]["run_id"], model="gpt-test")
    assert len(of_run["items"]) == 2
    assert (await got(api, one, "/usage/calls", call=rows[1]["call_id"]))["items"] == [rows[1]]


async def test_the_ledger_as_csv_is_no_formula(
    api: Api, one: Tenant, spending: Purse, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = spending.attempt()
    call = replace(attempt.call, model='=HYPERLINK("http://evil")')
    await spending.desk.settle(
        await spending.desk.reserve(replace(attempt, call=call), Decimal(1), 0), ended("0.0000001")
    )
    monkeypatch.setattr("codex32_server.features.usage.service.reports._EXPORT_PAGE", 2)
    answer = await api.call(one.keys["viewer"], "GET", "/usage/export")
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == 6
    assert rows[0]["alias"] == '\'=HYPERLINK("http://evil")'
    assert rows[0]["cost"] == "0.0000001"
    assert sum(Decimal(row["cost"]) for row in rows) == Decimal("1.0000001")


async def test_nobody_sees_another_workspace(api: Api, one: Tenant, two: Tenant, spending: Purse) -> None:
    await api.call(one.keys["owner"], "PUT", "/budgets", {"scope": "workspace", "usd": "5"})
    assert (await got(api, two, "/usage"))["total"]["cost"] == "0"
    for path in ("/usage/calls", "/budgets"):
        assert (await got(api, two, path))["items"] == []
    assert len((await api.call(two.keys["viewer"], "GET", "/usage/export")).text.splitlines()) == 1


@pytest.mark.parametrize(
    ("path", "params", "code"),
    [
        ("/usage", {"since": "2026-02-01T00:00:00Z", "until": "2026-01-01T00:00:00Z"}, "period_not_valid"),
        ("/usage", {"since": "2000-01-01T00:00:00Z"}, "period_not_valid"),
        ("/usage", {"by": ["run", "model"]}, "period_not_valid"),
        ("/usage", {"by": "run", "provider": "openai"}, "period_not_valid"),
        ("/usage/series", {"step": "hour", "since": "2026-01-01T00:00:00Z"}, "period_not_valid"),
        ("/usage", {"since": "yesterday"}, "invalid_input"),
        ("/usage", {"by": "colour"}, "invalid_input"),
        (
            "/usage/export",
            {"since": "2026-02-01T00:00:00Z", "until": "2026-01-01T00:00:00Z"},
            "period_not_valid",
        ),
    ],
)
async def test_periods_that_make_no_sense(
    api: Api, one: Tenant, path: str, params: dict[str, Any], code: str
) -> None:
    answer = await api.call(one.keys["viewer"], "GET", path, params=params)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_a_budget_is_set_changed_shown_and_removed(api: Api, one: Tenant, spending: Purse) -> None:
    owner = one.keys["owner"]
    made = await api.call(owner, "PUT", "/budgets", {"scope": "workspace", "period": "month", "usd": 1.2})
    assert made.status_code == 200
    budget = made.json()
    assert (budget["usd"], budget["spent_usd"], budget["left_usd"]) == ("1.2", "1", "0.2")
    assert budget["resets_at"].endswith("-01T00:00:00Z")
    held = await spending.reserve("0.15")
    shown = await got(api, one, f"/budgets/{budget['id']}")
    assert (shown["reserved_usd"], shown["left_usd"]) == ("0.15", "0.05")
    with pytest.raises(BudgetExceededError):
        await spending.reserve("0.1")
    again = await api.call(owner, "PUT", "/budgets", {"scope": "workspace", "period": "month", "usd": "2"})
    assert (again.json()["id"], again.json()["usd"]) == (budget["id"], "2")
    await spending.reserve("0.1")
    assert (await api.call(owner, "DELETE", f"/budgets/{budget['id']}")).status_code == 204
    assert (await api.call(owner, "DELETE", f"/budgets/{budget['id']}")).json()["code"] == "budget_not_found"
    await spending.reserve("100")
    await spending.desk.settle(held, ended("0.15"))


async def test_budgets_of_one_bot(api: Api, one: Tenant) -> None:
    editor, owner = one.keys["editor"], one.keys["owner"]
    made = await api.call(editor, "POST", "/bots", {"files": {"bot.py": source("hello")}})
    bot = made.json()["bot"]["id"]
    for period in ("day", "month"):
        await api.call(owner, "PUT", "/budgets", {"scope": "bot", "subject": bot, "period": period, "usd": 1})
    await api.call(owner, "PUT", "/budgets", {"scope": "workspace", "usd": "5"})
    for narrowed in ({"subject": bot}, {"subject": bot, "scope": "bot"}):
        found = await got(api, one, "/budgets", **narrowed)
        assert {(item["subject"], item["period"]) for item in found["items"]} == {
            (bot, "day"),
            (bot, "month"),
        }
    assert (await got(api, one, "/budgets", subject=bot, scope="person"))["items"] == []
    first = await got(api, one, "/budgets", limit=2)
    assert len((await got(api, one, "/budgets", limit=2, cursor=first["next_cursor"]))["items"]) == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"scope": "workspace"}, "body.usd"),
        ({"scope": "workspace", "subject": str(uuid4()), "usd": 1}, "body.subject"),
        ({"scope": "bot", "usd": 1}, "body.subject"),
        ({"scope": "bot", "subject": str(uuid4()), "usd": 1}, "body.subject"),
        ({"scope": "run", "subject": str(uuid4()), "period": "day", "usd": 1}, "body.period"),
        ({"scope": "key", "subject": str(uuid4()), "period": "run", "usd": 1}, "body.period"),
        ({"scope": "workspace", "usd": -1}, "body.usd"),
        ({"scope": "workspace", "usd": "lots"}, "body.usd"),
        ({"scope": "workspace", "usd": "NaN"}, "body.usd"),
        ({"scope": "workspace", "tokens": -5}, "body.tokens"),
        ({"scope": "galaxy", "usd": 1}, "body.scope"),
    ],
)
async def test_budgets_that_cannot_be_kept(api: Api, one: Tenant, body: dict[str, Any], field: str) -> None:
    answer = await api.call(one.keys["owner"], "PUT", "/budgets", body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


async def test_a_key_is_shown_once_and_works_until_it_is_revoked(
    api: Api, one: Tenant, database: DatabaseUnderTest
) -> None:
    editor = one.keys["editor"]
    body = {"name": "laptop", "models": ["fast"], "budget_usd": "0.3", "budget_period": "day"}
    made = await api.call(editor, "POST", "/llm-keys", body)
    assert made.status_code == 201
    value = made.json()["key"]
    keys = VirtualKeys(database.app_url, llm_key_pepper(PEPPER))
    caller = await keys.caller(value)
    assert (str(caller.key_id), caller.models) == (made.json()["id"], ("fast",))
    purse = Purse(database, one.workspace_id, MoneyDesk(database.app_url))
    with pytest.raises(BudgetExceededError, match="The key's budget"):
        await purse.reserve("0.4", caller=caller)
    listed = (await api.call(editor, "GET", "/llm-keys")).json()["items"]
    assert [key["hint"] for key in listed] == [value[:11]]
    assert "key" not in listed[0]
    assert (await api.call(editor, "DELETE", f"/llm-keys/{made.json()['id']}")).status_code == 204
    with pytest.raises(KeyNotValidError):
        await keys.caller(value)
    await keys.close()
    await purse.desk.close()


async def test_keys_of_others_are_an_owner_s(api: Api, one: Tenant, two: Tenant) -> None:
    owner, editor = one.keys["owner"], one.keys["editor"]
    member = new_id()
    async with api.under_test.owner.transaction(None) as tx:
        from sqlalchemy import text

        await tx.execute(
            text("insert into members (id, workspace_id, name, role) values (:id, :ws, 'eve', 'editor')"),
            {"id": member, "ws": one.workspace_id},
        )
    body = {"name": "hers", "member_id": str(member)}
    assert (await api.call(editor, "POST", "/llm-keys", body)).json()["code"] == "not_your_key"
    made = (await api.call(owner, "POST", "/llm-keys", body)).json()
    assert (await api.call(editor, "DELETE", f"/llm-keys/{made['id']}")).status_code == 403
    assert (await api.call(two.keys["owner"], "DELETE", f"/llm-keys/{made['id']}")).status_code == 404
    assert (await api.call(owner, "DELETE", f"/llm-keys/{made['id']}")).status_code == 204
    for body in (
        {"name": "x", "kind": "bot"},
        {"name": "x", "kind": "bot", "bot": str(uuid4())},
        {"name": "x", "member_id": str(uuid4())},
        {"name": "x", "expires_at": "2020-01-01T00:00:00Z"},
        {"name": " "},
        {"name": "x", "kind": "run"},
    ):
        assert (await api.call(owner, "POST", "/llm-keys", body)).status_code == 422, body


async def test_a_run_says_what_it_spent(api: Api, one: Tenant, database: DatabaseUnderTest) -> None:
    editor = one.keys["editor"]
    made = await api.call(editor, "POST", "/bots", {"files": {"bot.py": source("spender")}})
    assert made.status_code in (200, 201), made.text
    run = (await api.call(editor, "POST", "/bots/spender/runs", {"input": {}})).json()
    assert run["spent"] is None
    purse = Purse(database, one.workspace_id, MoneyDesk(database.app_url))
    await purse.execute("update runs set attempt = 1")
    caller = replace(purse.caller, kind="run", run_id=run["id"])
    await purse.spend("0.02", caller=caller, input=5, output=7)
    await purse.spend("0.01", caller=caller, input=1, output=1)
    seen = (await api.call(editor, "GET", f"/runs/{run['id']}")).json()["spent"]
    assert seen == {
        **{"cost": "0.03", "saved": "0", "attempts": 2, "hits": 0},
        **{"input_tokens": 6, "output_tokens": 8},
    }
    await purse.desk.close()


async def test_a_bot_and_its_list_say_what_it_spent(
    api: Api, one: Tenant, database: DatabaseUnderTest
) -> None:
    editor = one.keys["editor"]
    for name in ("spender", "saver"):
        made = await api.call(editor, "POST", "/bots", {"files": {"bot.py": source(name)}})
        assert made.status_code in (200, 201), made.text
    bot = (await api.call(editor, "GET", "/bots/spender")).json()
    assert bot["spent"] is None
    purse = Purse(database, one.workspace_id, MoneyDesk(database.app_url))
    caller = replace(purse.caller, kind="run", run_id=new_id(), bot_id=bot["id"])
    await purse.spend("0.020", caller=caller)
    await purse.spend("1.5", caller=caller)
    spent = {"today": "1.52", "month": "1.52"}
    assert (await api.call(editor, "GET", "/bots/spender")).json()["spent"] == spent
    listed = (await api.call(editor, "GET", "/bots")).json()["items"]
    assert {item["name"]: item["spent"] for item in listed} == {"spender": spent, "saver": None}
    await purse.execute(
        "update llm_rollups set at = date_trunc('month', now() at time zone 'UTC') at time zone 'UTC'"
        " - interval '1 day'"
    )
    assert (await api.call(editor, "GET", "/bots/spender")).json()["spent"] is None
    await purse.desk.close()


async def test_a_budget_says_whose_it_is(api: Api, one: Tenant) -> None:
    owner = one.keys["owner"]
    bot = (await api.call(owner, "POST", "/bots", {"files": {"bot.py": source("thrifty")}})).json()["bot"]
    person = (await api.call(owner, "GET", "/me")).json()["principal"]
    wishes = [
        {"scope": "bot", "subject": bot["id"], "period": "day", "usd": "1"},
        {"scope": "person", "subject": person["member_id"], "period": "day", "usd": "1"},
        {"scope": "workspace", "period": "day", "usd": "1"},
    ]
    made = [(await api.call(owner, "PUT", "/budgets", wish)).json() for wish in wishes]
    assert [budget["subject_name"] for budget in made] == ["thrifty", "Owner", None]


async def test_budgets_come_page_by_page_without_those_of_sessions(api: Api, one: Tenant) -> None:
    owner, usage = one.keys["owner"], UsageFacade(llm_key_pepper(PEPPER))
    wishes = [{"scope": "workspace", "period": period, "usd": "5"} for period in ("day", "month", "total")]
    made = [(await api.call(owner, "PUT", "/budgets", wish)).json() for wish in wishes]
    sessions = [BuilderSession(one.workspace_id, new_id(), None) for _ in range(2)]
    async with api.database.transaction(one.workspace_id) as tx:
        for session in sessions:
            await usage.cap_builder_session(tx, session, Decimal("0.5"))
    first = await got(api, one, "/budgets", limit=2)
    rest = await got(api, one, "/budgets", limit=2, cursor=first["next_cursor"])
    listed = [budget["id"] for budget in (*first["items"], *rest["items"])]
    assert listed == [budget["id"] for budget in reversed(made)]
    assert rest["next_cursor"] is None
    scopes = ("workspace", "key", "session")
    scoped = [(await got(api, one, "/budgets", scope=scope))["items"] for scope in scopes]
    assert [len(items) for items in scoped] == [3, 0, 2]
    assert {budget["left_usd"] for budget in scoped[2]} == {"0.5"}
    wrong = await api.call(owner, "GET", "/budgets?scope=planet")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid_input")


async def test_a_limit_goes_with_its_session(api: Api, one: Tenant) -> None:
    usage = UsageFacade(llm_key_pepper(PEPPER))
    gone, stays = (BuilderSession(one.workspace_id, new_id(), None) for _ in range(2))
    async with api.database.transaction(one.workspace_id) as tx:
        for session in (gone, stays):
            await usage.cap_builder_session(tx, session, Decimal("0.5"))
    async with api.under_test.scheduler.transaction(one.workspace_id) as tx:
        await usage.forget_builder_sessions(tx, one.workspace_id, [gone.id])
    left = (await got(api, one, "/budgets", scope="session"))["items"]
    assert [budget["subject"] for budget in left] == [str(stays.id)]
