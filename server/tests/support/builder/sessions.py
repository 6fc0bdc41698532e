"""Sessions of the builder through the API, with a worker that works when it is told to."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

import httpx
from codex32_server.features.bots.facade import BotsFacade, ProofCase, ProofReport, ProofResult
from codex32_server.features.builder.checks import hosts, imports, package, trials
from codex32_server.features.builder.checks.sources import bot_of
from codex32_server.features.builder.contract import (
    Asked,
    Brief,
    EngineName,
    Finding,
    Part,
    Permissions,
    Plan,
    Refused,
    Requirements,
    Thinking,
    Written,
)
from codex32_server.features.builder.documents import Checked
from codex32_server.features.builder.engines.offered import MakeEngine
from codex32_server.features.builder.engines.recipes import RecipesEngine
from codex32_server.features.builder.explaining.desk import Explanations
from codex32_server.features.builder.explaining.facts import FactsExplainer
from codex32_server.features.builder.facade import Walking, Workbench
from codex32_server.features.runs.facade import RunsFacade
from codex32_server.kit.manifest.limits import Ceilings
from sqlalchemy import text
from support.api import Api, Tenant, source

WISH = "every weekday at 9 drop rows without an email from contacts.csv"
PASSED = ProofResult(
    "proven",
    ProofReport(tests=1, passed=1, cases=[ProofCase(name="test_it", outcome="passed")], reason="1 passed."),
)
FAILED = ProofResult(
    "failed",
    ProofReport(
        tests=1,
        failed=1,
        cases=[ProofCase(name="test_it", outcome="failed", message="assert 1 == 2")],
        reason="1 of 1 failed.",
    ),
)


class Proofs:
    """A `Prove` that answers as it was told, the last answer again and again; keeps what it was given."""

    def __init__(self, *answers: ProofResult | Exception) -> None:
        self.answers = list(answers) or [PASSED]
        self.given: list[Mapping[str, bytes]] = []

    async def __call__(
        self, workspace_id: UUID, session_id: UUID, files: Mapping[str, bytes], thinking: Thinking
    ) -> ProofResult:
        self.given.append(files)
        await thinking.tell("running the tests")
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


async def quick_check(files: Mapping[str, str], thinking: Thinking) -> Checked:
    """A `Check` that starts no programs: a second of each test otherwise."""
    found = package.check(files, Ceilings())
    if isinstance(found, list):
        return Checked(findings=found)
    bot = bot_of(found, files)
    return Checked(findings=[*imports.check(bot), *hosts.check(bot), *trials.check(bot)])


def bot_files(name: str, body: str = "return n") -> dict[str, str]:
    """A bot that passes every check."""
    test = '"""Tests."""\n\nfrom bot import main\n\n\ndef test_it() -> None:\n    assert main(1) == 1\n'
    head, _, code = source(name, body).partition("# ///\ndef")
    return {
        "bot.py": f'{head}# ///\n"""Echoes."""\n\n\ndef{code}',
        "test_bot.py": test,
        "README.md": f"# {name}\n",
    }


class ScriptedEngine:
    """An Engine whose answers are given; what is not given is a bot that works."""

    def __init__(self, name: EngineName = "models", **answers: Sequence[Any]) -> None:
        self.name: EngineName = name
        self._answers = {method: list(given) for method, given in answers.items()}
        self.briefs: list[Brief] = []
        self.findings: list[Sequence[Finding]] = []

    def _next(self, method: str, usual: Callable[[], Any]) -> Any:
        given = self._answers.get(method)
        answer = given.pop(0) if given else usual()
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def understand(self, brief: Brief, thinking: Thinking) -> Requirements | Asked | Refused:
        self.briefs.append(brief)
        await thinking.tell("asking the model")
        part = Part(role="step", words=brief.wish, says="It echoes.")
        return self._next("understand", lambda: Requirements(goal="Echo", parts=[part]))

    async def plan(
        self, brief: Brief, requirements: Requirements, thinking: Thinking
    ) -> Plan | Asked | Refused:
        name = brief.name or "echo"
        return self._next(
            "plan", lambda: Plan(name=name, title="Echo", steps=["It echoes."], permissions=Permissions())
        )

    async def write(
        self, brief: Brief, requirements: Requirements, plan: Plan, thinking: Thinking
    ) -> Written | Refused:
        return self._next("write", lambda: Written(files=bot_files(plan.name)))

    async def repair(
        self,
        brief: Brief,
        requirements: Requirements,
        plan: Plan,
        written: Written,
        findings: Sequence[Finding],
        thinking: Thinking,
    ) -> Written | Refused:
        self.findings.append(findings)
        return self._next("repair", lambda: Written(files=bot_files(plan.name)))


class Sessions:
    """What people ask of the builder, and the worker's part of it, done on demand."""

    def __init__(self, api: Api, tenant: Tenant) -> None:
        self.api, self.tenant = api, tenant
        self.proofs: Any = Proofs()
        self.engines: dict[EngineName, MakeEngine] = {"recipes": lambda _session: RecipesEngine()}
        self.check: Any = quick_check

    @property
    def walking(self) -> Walking:
        bots, database = BotsFacade(), self.api.under_test.worker
        runs = RunsFacade(bots.resolve, max_input_bytes=1 << 20)
        tell = Explanations(database, bots, runs, FactsExplainer()).tell
        return Walking(database, self.engines, Workbench(database, bots, self.check, self.proofs, tell))

    async def call(self, method: str, path: str = "", *, role: str = "editor", **more: Any) -> httpx.Response:
        return await self.api.call(self.tenant.keys[role], method, f"/builder/sessions{path}", **more)

    async def open(self, words: str = WISH, **more: Any) -> dict[str, Any]:
        answer = await self.call("POST", json={"text": words, **more})
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def get(self, session: Mapping[str, Any]) -> dict[str, Any]:
        answer = await self.call("GET", f"/{session['id']}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def jobs(self) -> list[tuple[UUID, int]]:
        """Walks that are queued: (session, walk), oldest first."""
        query = text(
            "select payload from jobs where kind = 'walk_builder_session' and status = 'queued' order by id"
        )
        async with self.api.database.transaction(self.tenant.workspace_id) as tx:
            payloads = (await tx.execute(query)).scalars().all()
        return [(UUID(payload["session_id"]), payload["walk"]) for payload in payloads]

    async def work(self, session: Mapping[str, Any]) -> dict[str, Any]:
        """Do what is queued for a session; the session after it."""
        for session_id, walk in await self.jobs():
            if str(session_id) == session["id"]:
                await self.walking.walk(self.tenant.workspace_id, session_id, walk)
        return await self.get(session)

    async def build(self, words: str = WISH, **more: Any) -> dict[str, Any]:
        return await self.work(await self.open(words, **more))

    async def events(self, session: Mapping[str, Any], **headers: str) -> list[tuple[str, str | None, Any]]:
        """(kind, id, data) until it rests."""
        answer = await self.call("GET", f"/{session['id']}/events", headers=headers)
        assert answer.status_code == 200, answer.text
        return [_event(frame) for frame in answer.text.split("\n\n") if frame and not frame.startswith(":")]


def stage(session: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The newest row of a stage."""
    return next(row for row in session["stages"] if row["stage"] == name)


def _event(frame: str) -> tuple[str, str | None, Any]:
    fields = dict(line.split(": ", 1) for line in frame.splitlines())
    return fields["event"], fields.get("id"), json.loads(fields["data"])
