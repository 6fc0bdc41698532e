"""Whole sessions with the engine that asks models: opened by a person, walked by a worker, paid for."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from codex32_server.features.bots.facade import BotsFacade
from codex32_server.features.builder.attaching import ScheduleFiles
from codex32_server.features.builder.checks.all import StaticChecks
from codex32_server.features.builder.errors import ModelsUnavailableError
from codex32_server.features.builder.facade import SessionsFacade, Walking, Workbench
from codex32_server.features.builder.model_engine.opening import ModelEngines
from codex32_server.features.builder.schemas import NewSession, Said, SessionView
from codex32_server.features.models.facade import ModelsFacade
from codex32_server.features.proposals.facade import ProposalsFacade
from codex32_server.features.runs.facade import RunsFacade
from codex32_server.features.secrets.facade import SecretsFacade
from codex32_server.features.triggers.facade import TriggersFacade
from codex32_server.features.usage.facade import UsageFacade
from codex32_server.gateway.testing import Answer, Fault
from codex32_server.kit.manifest.limits import Ceilings
from codex32_server.main.building import ENGINES, ModelAlias, SessionMoney, engines
from codex32_server.main.derived import llm_key_pepper
from support.builder.model_desk import Desk
from support.builder.said_by_models import BOT, GOOD, PLAN, WANTED, WISH, document, good, said
from support.builder.sessions import FAILED, PASSED, Proofs
from support.gateway_server import PEPPER
from support.knowledge import WordEmbedder, knowledge_with
from support.secrets import secret_keys


class NoHint:
    """`Nearest` without an embedding model."""

    async def hint(self, words: str) -> str:
        del words
        return ""


class Office:
    """What a person and a worker do with one session."""

    def __init__(self, desk: Desk, *proofs: Any) -> None:
        self.desk, self.principal = desk, desk.served.principal
        self.database, worker = desk.served.database.app, desk.served.database.worker
        bots, usage = BotsFacade(), UsageFacade(llm_key_pepper(PEPPER))
        runs = RunsFacade(bots.resolve)
        money = SessionMoney(usage)
        self.sessions = SessionsFacade(
            bots,
            ScheduleFiles(runs, TriggersFacade(runs, bots)),
            ProposalsFacade(bots),
            engines=ENGINES,
            aliases=ModelAlias(ModelsFacade(SecretsFacade(secret_keys())), "code"),
            spent=money.spent,
            purse=money,
            budget_usd=Decimal("0.50"),
        )
        url = f"http://127.0.0.1:{desk.served.port}"
        made = ModelEngines(worker, usage, bots, knowledge_with(WordEmbedder()), url)
        bench = Workbench(worker, bots, StaticChecks(Ceilings()), Proofs(*proofs))
        self.walking = Walking(worker, engines(made, NoHint()), bench)
        self.walks = 0

    async def open(self, **more: Any) -> UUID:
        new = NewSession(**{"text": WISH, "engine": "models", **more})
        async with self.database.transaction(self.principal.workspace_id) as tx:
            return await self.sessions.open(tx, self.principal, new, "Europe/Madrid")

    async def say(self, session: UUID, **more: Any) -> None:
        async with self.database.transaction(self.principal.workspace_id) as tx:
            await self.sessions.say(tx, self.principal, session, Said(**more))

    async def walk(self, session: UUID) -> SessionView:
        self.walks += 1
        await self.walking.walk(self.principal.workspace_id, session, self.walks)
        return await self.view(session)

    async def view(self, session: UUID) -> SessionView:
        async with self.database.transaction(self.principal.workspace_id) as tx:
            return await self.sessions.get(tx, self.principal.workspace_id, session)


def documents(view: SessionView) -> dict[str, Any]:
    return {stage.stage: stage.document for stage in view.stages}


async def test_from_words_to_the_review(desk: Desk) -> None:
    """With prose instead of JSON, a syntax error and a failing test on the way."""
    office = Office(desk, FAILED, PASSED)
    syntax = BOT.replace("if not text:", "if not text")
    desk.says(
        *("Sure, let me think.", document(WANTED), document(PLAN), said(good(bot__py=syntax))),
        *(said({"bot.py": f"{BOT}\n# one\n"}), said({"bot.py": BOT})),
    )
    session = await office.open()
    view = await office.walk(session)
    assert view.status == "reviewing", view.error
    assert view.rounds == 3
    assert view.budget_usd == Decimal("0.50")
    made = documents(view)
    assert made["requirements"]["made"]["attempts"] == 2
    assert made["plan"]["made"]["prompts"] == ["plan@2"]
    assert made["code"]["made"]["prompts"] == ["repair@1"]
    assert len(made["code"]["made"]["seen"]) == 2
    assert made["code"]["files"]["bot.py"].endswith(BOT)
    desk.session = type(desk.session)(office.principal.workspace_id, session, None)
    assert await desk.settled(6) > 0
    assert (await office.view(session)).cost_usd > 0


async def test_auto_takes_recipes_and_only_offers_models(desk: Desk) -> None:
    office = Office(desk)
    session = await office.open(engine="auto", text="translate my diary to Klingon every night")
    view = await office.walk(session)
    assert view.offer is not None
    assert view.offer.model == "code"
    assert "$0.5" in view.offer.says
    assert desk.asked == []


async def test_a_session_cannot_spend_more_than_it_may(desk: Desk) -> None:
    office = Office(desk)
    desk.says(document(WANTED))
    session = await office.open(budget_usd="0.0000001")
    view = await office.walk(session)
    assert (view.status, view.error_code) == ("failed", "budget_used_up")
    assert "money for this session is used up" in (view.error or "")
    assert desk.asked == []
    await office.say(session, budget_usd="0.20")
    desk.says(document(WANTED), document(PLAN), said(GOOD))
    view = await office.walk(session)
    assert view.status == "reviewing", view.error


async def test_answers_of_no_use_are_no_refusal_and_may_be_asked_for_again(desk: Desk) -> None:
    office = Office(desk)
    desk.says(document(WANTED), "Sure, here is a poem.")
    session = await office.open()
    view = await office.walk(session)
    assert (view.status, view.error_code, view.at) == ("failed", "models_no_use", "plan")
    assert "Ask again" in (view.error or "")
    assert [message.kind for message in view.messages] == ["said"]
    await office.say(session)
    desk.says(document(PLAN), said(GOOD))
    view = await office.walk(session)
    assert view.status == "reviewing", view.error


async def test_while_the_providers_are_away_the_session_waits(desk: Desk) -> None:
    office = Office(desk)
    desk.says(Answer(fault=Fault.SERVER_ERROR))
    session = await office.open()
    with pytest.raises(ModelsUnavailableError):
        await office.walk(session)
    assert (await office.view(session)).status == "working"
    desk.says(document(WANTED), document(PLAN), said(GOOD))
    office.walks -= 1
    view = await office.walk(session)
    assert view.status == "reviewing", view.error
