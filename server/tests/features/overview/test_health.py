"""The health of bots: what is taken off for what, and lists of bots in one answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from codex32_server.features.bots.facade import BotStanding
from codex32_server.features.overview.facade import OverviewFacade
from codex32_server.features.overview.service.scoring import BotFacts, level_of, reasons_of, score_of
from codex32_server.features.runs.facade import BotRuns, PastRun
from codex32_server.features.services.facade import ServiceBrief
from codex32_server.features.triggers.facade import BotSchedules
from codex32_server.kit.ids import new_id
from support.api import Api, Tenant, source
from support.past import past_runs
from support.workspace import a_platform

NOW = datetime.now(UTC)
WELL = BotStanding(new_id(), "sums", "job", False, 2, "proven", {"prod": "proven", "dev": "proven"})


def standing(proof: str = "proven", **proofs: str) -> BotStanding:
    return BotStanding(new_id(), "sums", "job", False, 2, proof, proofs)


def runs(*statuses: str, took: float = 100.0) -> list[PastRun]:
    return [PastRun(new_id(), status, NOW, NOW, took, None) for status in statuses]


def service(status: Any) -> ServiceBrief:
    return ServiceBrief(new_id(), new_id(), "sums", "prod", status, 0, 1, NOW)


@pytest.mark.parametrize(
    ("facts", "points"),
    [
        (BotFacts(WELL), {}),
        (BotFacts(WELL, BotRuns(runs("running", *["succeeded"] * 9, "cancelled"))), {}),
        (BotFacts(WELL, BotRuns(runs("succeeded", *["failed"] * 4))), {"runs_fail": -32}),
        (
            BotFacts(WELL, BotRuns(runs("failed", "timed_out", "failed", "succeeded"))),
            {"runs_fail": -30, "fails_in_a_row": -20},
        ),
        (
            BotFacts(WELL, BotRuns([*runs(*["succeeded"] * 10, took=900), *runs(*["succeeded"] * 10)])),
            {"slower": -10},
        ),
        (BotFacts(WELL, BotRuns([*runs(*["succeeded"] * 10, took=900), *runs("succeeded")])), {}),
        (BotFacts(standing("failed", dev="proven")), {"proof_failed": -25}),
        (BotFacts(standing("unproven", dev="unproven")), {"unproven": -10}),
        (BotFacts(standing("proven")), {"not_published": -20}),
        (BotFacts(standing("pending")), {}),
        (BotFacts(WELL, schedules=BotSchedules(NOW, 3)), {"schedules_fail": -30}),
        (BotFacts(WELL, services=[service("running"), service("down")]), {"service_down": -40}),
        (
            BotFacts(WELL, services=[service("degraded")], incidents=1),
            {"service_degraded": -15, "incidents": -15},
        ),
    ],
)
def test_what_is_taken_off(facts: BotFacts, points: dict[str, int]) -> None:
    reasons = reasons_of(facts)
    assert {reason.code: reason.points for reason in reasons} == points
    assert score_of(reasons) == 100 + sum(points.values())
    assert all(reason.detail and reason.next_step for reason in reasons)


def test_no_score_is_below_nothing() -> None:
    facts = BotFacts(
        standing("failed"), BotRuns(runs(*["failed"] * 5)), BotSchedules(None, 9), [service("down")], 9
    )
    reasons = reasons_of(facts)
    assert (score_of(reasons), level_of(score_of(reasons))) == (0, "poor")
    assert [one.points for one in reasons] == sorted(one.points for one in reasons)
    assert [level_of(score) for score in (100, 80, 79, 50, 49)] == ["good", "good", "fair", "fair", "poor"]


async def test_health_and_activity_over_the_api(api: Api, one: Tenant, two: Tenant) -> None:
    key = one.keys["viewer"]
    files = {
        "bot.py": '# /// script\n# [tool.codex32]\n# name = "sums"\n# ///\ndef main() -> int:\n    return 1\n'
    }
    made = await api.call(one.keys["editor"], "POST", "/bots", {"files": files})
    assert made.status_code == 201, made.text
    bot = made.json()["bot"]["id"]
    await past_runs(
        *(api.under_test.owner, one.workspace_id, UUID(bot), NOW - timedelta(seconds=9)),
        ["succeeded", "failed", "succeeded", "running"],
    )
    health = (await api.call(key, "GET", "/bots/sums/health")).json()
    assert (health["score"], health["level"], health["runs_24h"], health["failures_24h"]) == (
        77,
        "fair",
        4,
        1,
    )
    assert [reason["code"] for reason in health["reasons"]] == ["runs_fail", "unproven"]
    assert (health["last_run"]["status"], round(health["success_rate"], 2)) == ("running", 0.67)
    asked = f"/bots/activity?ids={new_id()},{bot}, {bot}"
    (told,) = (await api.call(key, "GET", asked)).json()["items"]
    assert (told["bot_name"], told["score"], told["service_status"]) == ("sums", 77, None)
    assert (await api.call(two.keys["owner"], "GET", asked)).json() == {"items": []}
    assert (await api.call(two.keys["owner"], "GET", f"/bots/{bot}/health")).status_code == 404


SCOPES = ["bots:read", "runs:read", "services:read", "schedules:read"]


@pytest.mark.parametrize("missing", SCOPES)
async def test_health_tells_of_runs_services_and_schedules_and_needs_their_scopes(
    api: Api, one: Tenant, missing: str
) -> None:
    bot = (await api.call(one.keys["editor"], "POST", "/bots", {"files": {"bot.py": source("b")}})).json()
    asked = "/bots/b/health", f"/bots/activity?ids={bot['bot']['id']}"
    lacking, enough = await _key(api, one, *(set(SCOPES) - {missing})), await _key(api, one, *SCOPES)
    for path in asked:
        refused = await api.call(lacking, "GET", path)
        assert (refused.status_code, missing in refused.json()["detail"]) == (403, True)
        assert (await api.call(enough, "GET", path)).status_code == 200


async def _key(api: Api, one: Tenant, *scopes: str) -> str:
    new = {"name": "narrow", "role": "viewer", "scopes": list(scopes)}
    made = await api.call(one.keys["owner"], "POST", "/keys", new)
    assert made.status_code == 201, made.text
    return made.json()["key"]


@pytest.mark.parametrize("ids", ["", "x", ",".join([str(new_id())] * 101)])
async def test_ids_that_are_none(api: Api, one: Tenant, ids: str) -> None:
    answer = await api.call(one.keys["viewer"], "GET", f"/bots/activity?ids={ids}")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "query.ids")


async def test_a_list_of_bots(api: Api) -> None:
    platform = await a_platform(api.under_test)
    daily = await platform.deploy("daily", 'triggers = [{schedule = "0 9 * * *"}]')
    web = await platform.deploy("web", 'kind = "service"\nservice = {port = 8000}')
    await platform.execute("update service_replicas set state = 'quarantined', failures = 9")
    facade: OverviewFacade = api.app.state.provided[OverviewFacade]
    async with platform.database.transaction(platform.workspace_id) as tx:
        items = (await facade.activity(tx, platform.workspace_id, [web, daily])).items
    assert [(one.bot_name, one.service_status, one.score) for one in items] == [
        ("web", "quarantined", 50),
        ("daily", None, 90),
    ]
    assert items[0].next_fire_at is None
    assert items[1].next_fire_at is not None
    assert items[1].next_fire_at > NOW
