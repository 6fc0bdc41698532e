"""The builder's model engine with the small model of this machine: it mostly fails, and must fail well."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from codex32_server.features.builder.contract import Asked, Plan, Refused, Requirements, Written
from codex32_server.features.builder.model_engine.terms import Terms
from codex32_server.features.usage.facade import BuilderSession
from codex32_server.gateway.local import process
from codex32_server.kit.ids import new_id
from support.builder.model_desk import Desk, a_brief, plan, requirements
from support.builder.prompt_evaluation import Evaluation, cases
from support.gateway_server import a_served_gateway
from support.postgres import DatabaseUnderTest

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(process.installed() is None, reason="make setup-local-model installs it"),
    pytest.mark.timeout(1200),
]
LOCAL = Terms(think="local/local", code="local/local", strong="local/local", timeout=240.0)
MOST = 2 * LOCAL.attempts
"""Answers to one question: with all of the context, and with little of it."""


@pytest.fixture
async def desk(database: DatabaseUnderTest) -> AsyncIterator[Desk]:
    async with a_served_gateway(database) as served, httpx.AsyncClient() as client:
        session = BuilderSession(served.principal.workspace_id, new_id(), None)
        made = Desk(served, client, session)
        await made.begin(LOCAL)
        yield made


async def calls(desk: Desk) -> int:
    """By the ledger, which also says that they cost nothing."""
    cost, attempts = await desk.spent()
    assert cost == 0
    return attempts


async def test_each_stage_ends_within_its_limits(desk: Desk) -> None:
    brief = a_brief("every weekday at 9 count the rows of orders.csv and tell me how many there are")
    understood = await desk.engine.understand(brief, desk.told)
    assert isinstance(understood, Requirements | Asked | Refused)
    planned = await desk.engine.plan(brief, requirements(brief), desk.told)
    assert isinstance(planned, Plan | Refused)
    written = await desk.engine.write(brief, requirements(brief), plan(brief), desk.told)
    assert isinstance(written, Written | Refused)
    for one in (understood, planned, written):
        assert one.made is not None
        assert one.made.attempts <= MOST
        if isinstance(one, Refused):
            assert "answer of use" in one.reason
    assert 0 < await calls(desk) <= 3 * MOST


async def test_the_evaluation_sets_end_and_are_told(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """A score is told, not demanded: it is another one for each model."""
    evaluation = Evaluation(desk.engine_door, LOCAL)
    for prompt in ("requirements", "plan"):
        judged = [await evaluation.judge(prompt, case) for case in cases(prompt)[:4]]
        with capsys.disabled():
            print(f"{prompt}: {judged.count([])} of {len(judged)}")
    assert await calls(desk) > 0
