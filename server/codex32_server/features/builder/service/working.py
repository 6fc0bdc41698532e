"""What is done in each stage: ask the engine, look at the files, run the tests, make the review page."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID

from codex32_server.features.bots.facade import BotsFacade, ProofResult
from codex32_server.features.builder.contract import (
    Asked,
    Document,
    Engine,
    Plan,
    Refused,
    Requirements,
    Stage,
    Thinking,
    Written,
)
from codex32_server.features.builder.documents import Checked, Tested, Told, storable
from codex32_server.features.builder.documents import TestCase as Case
from codex32_server.features.builder.explaining.port import TellAbout
from codex32_server.features.builder.service.course import Step
from codex32_server.features.builder.service.inquiring import question_of, what_should_change
from codex32_server.features.builder.service.losing import dropped
from codex32_server.features.builder.service.naming import free_name
from codex32_server.features.builder.service.reviewing import review
from codex32_server.features.builder.service.state import Loaded
from codex32_server.features.builder.transitions import Event, Status
from codex32_server.features.secrets.facade import missing_secrets
from codex32_server.kit.manifest.digest import digest
from codex32_server.kit.manifest.package import package_from_files
from codex32_server.storage.session import Database

_FIRST = "dev"
_MOST_CASES = 500


class Check(Protocol):
    """Looks at files without running them (`checks`)."""

    async def __call__(self, files: Mapping[str, str], thinking: Thinking) -> Checked: ...


class Prove(Protocol):
    """Runs the tests of files in the sandbox, and leaves nothing behind.

    Raises BotFileError and its kinds, and what may be tried again.
    """

    async def __call__(
        self, workspace_id: UUID, session_id: UUID, files: Mapping[str, bytes], thinking: Thinking
    ) -> ProofResult: ...


@dataclass(frozen=True)
class Outcome:
    """How a stage ended: what is written down, and what it means for the session."""

    row: str
    """done, found, asked, refused or failed"""
    document: Document | None
    event: Event | None = None
    code: str | None = None
    detail: str | None = None
    says: Sequence[tuple[str, str]] = ()
    """(kind, text): what the builder adds to the conversation."""

    def events(self, stage: Stage, number: int, status: Status) -> list[tuple[str, dict[str, Any]]]:
        told: dict[str, Any] = {"stage": stage, "number": number, "status": self.row}
        if self.detail:
            told["error"] = self.detail
        if isinstance(self.document, Checked | Tested):
            told["findings"] = storable(self.document)["findings"]
        found = [("stage", told)]
        if isinstance(self.document, Asked):
            found.append(("questions", storable(self.document)))
        if self.event is not None:
            ended = {"status": str(status), "code": self.code, "detail": self.detail}
            found.append(("status", {key: value for key, value in ended.items() if value is not None}))
        return found


@dataclass(frozen=True)
class Work:
    """One stage to be done."""

    workspace_id: UUID
    session_id: UUID
    engine: Engine
    loaded: Loaded
    step: Step
    thinking: Thinking

    def document(self, stage: Stage) -> Any:
        return self.loaded.document(stage)


@dataclass(frozen=True)
class Workbench:
    """What the stages need beside an engine."""

    database: Database
    bots: BotsFacade
    check: Check
    prove: Prove
    tell: TellAbout | None = None
    """Answers questions about the bot that is to be changed."""

    async def do(self, work: Work) -> Outcome:
        """Raises Codex32Error where the stage cannot be walked."""
        stages: Mapping[Stage, Callable[[Work], Awaitable[Outcome]]] = {
            "requirements": self._requirements,
            "plan": self._plan,
            "code": self._code,
            "checks": self._checks,
            "tests": self._tests,
            "review": self._review,
        }
        return await stages[work.step.stage](work)

    async def _requirements(self, work: Work) -> Outcome:
        brief, base = work.loaded.brief(), work.loaded.session.base
        asked = question_of(brief) if base and self.tell else None
        if asked is None or self.tell is None or base is None:
            return _told(await work.engine.understand(brief, work.thinking))
        await work.thinking.tell("That is a question, not a change: looking at the bot.")
        about, language = asked
        told = [line for line in await self.tell(work.workspace_id, base["bot_id"], about) if line]
        answer = Asked(questions=[what_should_change(language)], understood=told)
        said = "\n".join([*told, answer.questions[0].text])
        return Outcome("asked", answer, Event.ASK, says=[("asked", said)])

    async def _plan(self, work: Work) -> Outcome:
        brief, requirements = work.loaded.brief(), work.document("requirements")
        plan = await work.engine.plan(brief, requirements, work.thinking)
        if isinstance(plan, Plan) and brief.name is None and brief.base is None:
            async with self.database.transaction(work.workspace_id) as tx:
                name = await free_name(self.bots, tx, work.workspace_id, plan.name)
            plan = plan.model_copy(update={"name": name})
        return _told(plan)

    async def _code(self, work: Work) -> Outcome:
        brief: Any = work.loaded.brief()
        requirements: Requirements = work.document("requirements")
        plan: Plan = work.document("plan")
        if not work.step.repairs:
            return _told(await work.engine.write(brief, requirements, plan, work.thinking))
        mended = await work.engine.repair(
            brief, requirements, plan, work.document("code"), work.loaded.findings(), work.thinking
        )
        if isinstance(mended, Refused):
            return Outcome("failed", mended, Event.FAIL, mended.fault or "not_repaired", mended.reason)
        return Outcome("done", mended)

    async def _checks(self, work: Work) -> Outcome:
        written: Written = work.document("code")
        checked = await self.check(written.files, work.thinking)
        less = await asyncio.to_thread(dropped, work.loaded)
        checked = checked.model_copy(update={"findings": [*less, *checked.findings]})
        return Outcome("found" if checked.errors else "done", checked)

    async def _tests(self, work: Work) -> Outcome:
        written: Written = work.document("code")
        contents = {path: text.encode() for path, text in written.files.items()}
        if work.loaded.dry_run:
            reason = "A dry run does not run the tests."
            return Outcome("done", Tested(proof="skipped", digest=digest(contents), reason=reason))
        result = await self.prove(work.workspace_id, work.session_id, contents, work.thinking)
        tested = tested_of(result, digest(contents))
        return Outcome("done" if result.proof == "proven" else "found", tested)

    async def _review(self, work: Work) -> Outcome:
        plan, written = work.document("plan"), work.document("code")
        base = work.loaded.session.base
        package = package_from_files({path: text.encode() for path, text in written.files.items()})
        secrets = package.manifest.secret_names
        async with self.database.transaction(work.workspace_id) as tx:
            missing = await missing_secrets(tx, work.workspace_id, _FIRST, secrets)
        reviewed = review(
            work.document("requirements"),
            plan,
            package,
            written.files,
            work.document("checks"),
            work.document("tests"),
            missing,
            base["files"] if base else None,
            datetime.now(UTC),
        )
        return Outcome("done", reviewed, Event.REVIEW)


def tested_of(result: ProofResult, of: str) -> Tested:
    """A proof as the document of its stage; what failed becomes findings for whoever repairs."""
    report = result.report
    cases = [Case(name=case.name, outcome=case.outcome, message=case.message) for case in report.cases]
    found = [
        Told(stage="tests", code="test-failed", file="test_bot.py", message=f"{case.name}: {case.message}")
        for case in cases
        if case.outcome == "failed"
    ]
    if result.proof != "proven" and not found:
        code = "tests-missing" if result.proof == "unproven" else "test-failed"
        found.append(Told(stage="tests", code=code, message=report.reason))
    return Tested(
        proof=result.proof,
        digest=of,
        tests=report.tests,
        passed=report.passed,
        failed=report.failed,
        cases=cases[:_MOST_CASES],
        reason=report.reason,
        lock=result.lock,
        input_schema=None if result.input_schema is None else dict(result.input_schema),
        findings=found,
    )


def _told(answer: Requirements | Plan | Written | Asked | Refused) -> Outcome:
    """What an engine answered, and what it means for the session."""
    if isinstance(answer, Asked):
        asked = "\n".join(question.text for question in answer.questions)
        return Outcome("asked", answer, Event.ASK, says=[("asked", asked)])
    if isinstance(answer, Refused) and answer.fault:
        return Outcome("failed", answer, Event.FAIL, answer.fault, answer.reason)
    if isinstance(answer, Refused):
        return Outcome(
            "refused", answer, Event.REFUSE, "refused", answer.reason, says=[("refused", answer.reason)]
        )
    return Outcome("done", answer)
