"""/overview: everything that needs a person is told, most pressing first, and nothing of anybody else's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from codex32_server.features.overview.facade import OverviewFacade
from codex32_server.features.overview.schemas import AttentionView, OverviewView, Subject
from codex32_server.features.overview.service.attention import OF_A_KIND, arrange, workers
from codex32_server.http.principal import Principal, granted
from codex32_server.kit.ids import new_id
from codex32_server.queue.overview import WorkerState
from support.api import Api, Tenant
from support.past import past_runs
from support.workspace import Platform, a_platform

NOW = datetime.now(UTC)


@pytest.fixture
async def platform(api: Api, tenants: tuple[Tenant, Tenant]) -> Platform:
    return await a_platform(api.under_test)


async def overview(api: Api, platform: Platform, scopes: list[str] | None = None) -> OverviewView:
    facade: OverviewFacade = api.app.state.provided[OverviewFacade]
    one = platform.principal
    principal = Principal(
        *(one.workspace_id, one.member_id, one.name, one.role, granted("owner", False, scopes)),
        *(False, "key", one.credential_id),
    )
    async with platform.database.transaction(platform.workspace_id) as tx:
        return await facade.overview(tx, principal)


def kinds(found: OverviewView) -> list[str]:
    return [one.kind for one in found.attention]


async def a_worker(platform: Platform, state: str = "ready", detail: str = "") -> None:
    sql = "insert into workers (id, name, slots, state, detail) values (:id, 'host:1', 4, :state, :detail)"
    await platform.execute(sql, id=new_id(), state=state, detail=detail)


async def test_an_empty_workspace(api: Api, platform: Platform) -> None:
    found = await overview(api, platform)
    assert kinds(found) == ["no_workers"]
    assert found.attention[0].severity == "critical"
    assert (found.counts.bots, found.counts.running, found.counts.knowledge_bases) == (0, 0, 0)
    assert (found.next_runs, found.services, found.more) == ([], [], False)
    assert found.spending is not None
    assert (found.spending.today, found.spending.budget, found.spending.share) == (0, None, None)
    await a_worker(platform, "refusing", "bubblewrap is missing")
    assert (await overview(api, platform)).attention[0].detail == "bubblewrap is missing"
    await a_worker(platform)
    ready = await overview(api, platform)
    assert (kinds(ready), ready.workers and ready.workers.slots) == ([], 4)


async def test_what_runs_leave_behind(api: Api, platform: Platform) -> None:
    await a_worker(platform)
    bot = await platform.deploy("sums")
    past = NOW - timedelta(minutes=1)
    statuses = ["succeeded", "failed", "failed", "failed", "running"]
    await past_runs(platform.owner, platform.workspace_id, bot, past, statuses, error="bot_error")
    (waiting,) = await past_runs(platform.owner, platform.workspace_id, bot, NOW, ["waiting"])
    await _asks(platform, bot, waiting, "pay")
    found = await overview(api, platform)
    assert kinds(found) == ["approval", "bot_failing"]
    asked, failing = found.attention
    assert (asked.subject.type, asked.subject.id, asked.detail) == ("run", str(waiting), "Pay 3 EUR?")
    assert (failing.count, failing.subject.id) == (3, str(bot))
    assert failing.title == "sums failed 3 times in a row"
    counts = found.counts
    assert (counts.bots, counts.running, counts.queued, counts.waiting) == (1, 1, 0, 1)
    (another,) = await past_runs(platform.owner, platform.workspace_id, bot, NOW, ["waiting"])
    await _asks(platform, bot, another, "pay")
    asked = (await overview(api, platform)).attention[0]
    assert (asked.count, asked.subject.type, asked.title) == (
        *(2, "bot", "2 runs of sums wait for your answer"),
    )


async def test_what_starts_bots(api: Api, platform: Platform) -> None:
    await a_worker(platform)
    bot = await platform.deploy("sums", 'triggers = [{schedule = "0 9 * * *", name = "mornings"}]')
    await platform.deploy("later", 'triggers = [{schedule = "0 9 1 1 *"}]')
    found = await overview(api, platform)
    assert (found.next_runs[0].bot_name, found.next_runs[0].name) == ("sums", "mornings")
    assert len(found.next_runs) == 2
    await platform.execute("update triggers set last_error = 'no version' where bot_id = :bot", bot=bot)
    await _webhook(platform, bot, "refused", "accepted")
    assert kinds(await overview(api, platform)) == ["schedule_failing"]
    await _webhook(platform, bot, "accepted", "refused", "repeated", "refused")
    found = await overview(api, platform)
    assert kinds(found) == ["schedule_failing", "webhook_refusing"]
    assert (found.attention[1].count, found.attention[1].detail) == (2, "signature_wrong")
    await platform.execute("update bots set archived_at = now() where id = :bot", bot=bot)
    assert kinds(await overview(api, platform)) == []


async def test_services_incidents_proofs_and_proposals(api: Api, platform: Platform) -> None:
    await a_worker(platform)
    bot = await platform.deploy("web", 'kind = "service"\nservice = {port = 8000}')
    await platform.execute("update service_replicas set state = 'quarantined', failures = 9")
    found = await overview(api, platform)
    assert kinds(found) == ["service_down"]
    assert [(one.status, one.ready, one.wanted) for one in found.services] == [("quarantined", 0, 1)]
    assert found.counts.services is not None
    assert (found.counts.services.total, found.counts.services.up) == (1, 0)
    await platform.execute(
        "insert into incidents (id, workspace_id, kind, bot_id, bot_name, service_id, message)"
        " select :id, workspace_id, 'quarantined', bot_id, 'web', id, 'It crashed.' from services",
        id=new_id(),
    )
    await platform.execute("update versions set proof = 'failed' where bot_id = :bot", bot=bot)
    await platform.execute(
        "insert into proposals (id, workspace_id, bot_id, base_version_id, title, origin, files, digest,"
        " changes, manifest_changes, widening) select :id, workspace_id, bot_id, id, 'Faster', 'person',"
        " '{}', 'd', '[]', '[]', true from versions",
        id=new_id(),
    )
    found = await overview(api, platform)
    assert kinds(found) == ["incident", "proof_failed", "proposal"]
    assert [one.severity for one in found.attention] == ["critical", "warning", "info"]
    assert found.attention[2].detail == "Faster It asks for more permissions."


async def test_budgets_that_are_used_up(api: Api, platform: Platform) -> None:
    await a_worker(platform)
    bot, workspace = await platform.deploy("sums"), platform.workspace_id
    await _counter(platform, "bot", bot, 8, told=80)
    await _counter(platform, "workspace", workspace, 11, told=100)
    await _counter(platform, "key", new_id(), 3, told=80)
    await platform.execute(
        "insert into budgets (id, workspace_id, scope, subject, period, usd) values"
        " (:id, :ws, 'workspace', :ws, 'month', 10)",
        id=new_id(),
        ws=workspace,
    )
    found = await overview(api, platform)
    assert kinds(found) == ["budget_exhausted", "budget_near"]
    assert found.attention[1].title == "80% of the budget of the bot sums (month) is spent"
    assert found.spending is not None
    assert found.spending.budget is not None
    assert found.spending.share == 1.1


async def test_each_part_needs_its_scope(api: Api, platform: Platform) -> None:
    bot = await platform.deploy("sums")
    await past_runs(platform.owner, platform.workspace_id, bot, NOW, ["failed"] * 3)
    found = await overview(api, platform, ["bots:read"])
    assert (found.attention, found.spending, found.workers, found.services) == ([], None, None, [])
    assert found.counts.model_dump(exclude_none=True) == {"bots": 1}
    assert kinds(await overview(api, platform, ["runs:read"])) == ["bot_failing"]


async def test_others_are_not_told(api: Api, platform: Platform, one: Tenant, two: Tenant) -> None:
    bot = await platform.deploy("sums", 'triggers = [{schedule = "0 9 * * *"}]')
    await past_runs(platform.owner, platform.workspace_id, bot, NOW, ["failed"] * 3)
    for tenant, role in ((one, "viewer"), (two, "owner")):
        answer = await api.call(tenant.keys[role], "GET", "/overview")
        assert answer.status_code == 200
        told = answer.json()
        assert [one["kind"] for one in told["attention"]] == ["no_workers"]
        assert (told["next_runs"], told["counts"]["bots"], told["counts"]["runs_today"]["total"]) == (
            [],
            0,
            0,
        )
    assert (await api.call(None, "GET", "/overview")).status_code == 401


def test_at_most_so_many_of_a_kind_are_told() -> None:
    def some(kind: Any, number: int) -> Sequence[AttentionView]:
        about = Subject(type="system")
        return [
            AttentionView(kind=kind, severity="info", title=str(n), at=NOW + timedelta(n), subject=about)
            for n in range(number)
        ]

    told, more = arrange([*some("proposal", OF_A_KIND + 1), *some("incident", 2)])
    assert (len(told), more, told[0].kind, told[0].title) == (OF_A_KIND + 2, True, "incident", "1")
    assert arrange(some("incident", OF_A_KIND))[1] is False
    assert workers([WorkerState("a", 1, "draining", "", NOW)])[0].title == "No worker takes runs"


async def _asks(platform: Platform, bot: UUID, run: UUID, name: str) -> None:
    values = {"id": new_id(), "ws": platform.workspace_id, "bot": bot, "run": run, "name": name}
    await platform.execute(
        "insert into approvals (id, workspace_id, run_id, bot_id, name, message)"
        " values (:id, :ws, :run, :bot, :name, 'Pay 3 EUR?')",
        **values,
    )
    await platform.execute(
        "insert into run_waits (run_id, workspace_id, kind, name) values (:run, :ws, 'approval', :name)",
        **{name: values[name] for name in ("run", "ws", "name")},
    )


async def _webhook(platform: Platform, bot: UUID, *outcomes: str) -> None:
    webhook = new_id()
    await platform.execute(
        "insert into webhooks (id, workspace_id, bot_id, name, origin, auth, answer, methods, payload,"
        " timeout_seconds, secrets) values (:id, :ws, :bot, 'hook', 'person', 'none', 'async', '{POST}',"
        " 'body', 30, '[]')",
        id=webhook,
        ws=platform.workspace_id,
        bot=bot,
    )
    for outcome in outcomes:
        await platform.execute(
            "insert into webhook_deliveries (id, workspace_id, webhook_id, outcome, http_status, code,"
            " method, size, latency_ms) values (:id, :ws, :webhook, :outcome, 401, 'signature_wrong',"
            " 'POST', 1, 1)",
            id=new_id(),
            ws=platform.workspace_id,
            webhook=webhook,
            outcome=outcome,
        )


async def _counter(platform: Platform, scope: str, subject: UUID, spent: int, told: int) -> None:
    """The counter of the month, with a cap of ten dollars."""
    await platform.execute(
        "insert into budget_counters (workspace_id, counter, scope, subject, period, ends_at, spent_usd,"
        " cap_usd, notified) values (:ws, budget_counter(:scope, :subject, 'month', null, now()), :scope,"
        " :subject, 'month', budget_ends('month', now()), :spent, 10, :told)",
        ws=platform.workspace_id,
        scope=scope,
        subject=subject,
        spent=spent,
        told=told,
    )
