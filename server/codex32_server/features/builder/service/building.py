"""One wish in one call: understood here, then built by a session of its own, which is waited for.

Questions and refusals come back at once and leave no session behind.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Protocol
from zoneinfo import ZoneInfo

from codex32_server.features.builder.contract import (
    Asked,
    Brief,
    Message,
    Plan,
    Refused,
    Requirements,
    Written,
)
from codex32_server.features.builder.engines.recipes import NOTHING_SAID, RecipesEngine
from codex32_server.features.builder.errors import UnknownZoneError
from codex32_server.features.builder.recipes.catalog import BLOCKS
from codex32_server.features.builder.recipes.cutter import library
from codex32_server.features.builder.recipes.understand import prepare
from codex32_server.features.builder.schemas import (
    BotRef,
    BuildRequest,
    BuildResult,
    FailedProof,
    NewSession,
    PublishedVersion,
    QuestionView,
    RecipeView,
    VersionRef,
)
from codex32_server.http.principal import Principal

_ZONE = "UTC"


class Publisher(Protocol):
    """Makes a bot of a wish that is understood: proves it in the sandbox, and publishes it if it passes."""

    async def publish(
        self, principal: Principal, wish: NewSession, zone: str
    ) -> PublishedVersion | FailedProof:
        """Raises NameTakenError (only if a name was asked for), ProofOutstandingError."""
        ...


class Building:
    """Turns wishes into published bots."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self._engine = RecipesEngine()

    async def build(self, principal: Principal, request: BuildRequest) -> BuildResult:
        """Raises UnknownZoneError, NameTakenError (only if a name was asked for), ProofOutstandingError."""
        zone = request.timezone or _ZONE
        check_zone(zone)
        if not request.text:
            return BuildResult(status="refused", reason=NOTHING_SAID)
        brief = Brief(
            messages=[Message(role="person", text=request.text)],
            answers=request.answers,
            timezone=zone,
            name=request.name,
            assume_defaults=request.assume_defaults,
        )
        found = await self._preview(brief)
        if isinstance(found, BuildResult) or not request.publish:
            return found if isinstance(found, BuildResult) else _result(*found, None)
        wish = NewSession(
            text=request.text,
            engine="recipes",
            answers=request.answers,
            assume_defaults=request.assume_defaults,
            name=request.name,
            files=request.files,
        )
        return _result(*found, await self._publisher.publish(principal, wish, zone))

    async def _preview(self, brief: Brief) -> tuple[Requirements, Plan, Written] | BuildResult:
        """What would be built, or what is missing, or why not."""
        thinking = _Silent()
        requirements = await self._engine.understand(brief, thinking)
        if not isinstance(requirements, Requirements):
            return _unbuilt(requirements)
        plan = await self._engine.plan(brief, requirements, thinking)
        if not isinstance(plan, Plan):
            return _unbuilt(plan)
        written = await self._engine.write(brief, requirements, plan, thinking)
        return (requirements, plan, written) if isinstance(written, Written) else _unbuilt(written)


class _Silent:
    """A Thinking that nobody watches."""

    async def tell(self, text: str) -> None:
        del text


def warm() -> None:
    """Compile what every build needs; else the first one waits a quarter of a second for it."""
    prepare()
    library()


def check_zone(zone: str) -> None:
    """Raises UnknownZoneError."""
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as error:
        raise UnknownZoneError(f"There is no time zone {zone[:80]!r}.") from error


def recipes() -> list[RecipeView]:
    """Every block with its example and slots, in the order of the catalogue."""
    return [
        RecipeView(
            name=block.family,
            role=block.role,
            title=block.title,
            example=block.example,
            slots=[slot.name for slot in fields(block)],  # pyright: ignore[reportArgumentType] - all are dataclasses
        )
        for block in BLOCKS
    ]


def _unbuilt(answer: Asked | Refused) -> BuildResult:
    if isinstance(answer, Refused):
        return BuildResult(status="refused", reason=answer.reason, about=answer.about or None)
    questions = [QuestionView.model_validate(question.model_dump()) for question in answer.questions]
    return BuildResult(status="needs_answers", questions=questions, understanding=answer.understood)


def _result(
    requirements: Requirements,
    plan: Plan,
    written: Written,
    published: PublishedVersion | FailedProof | None,
) -> BuildResult:
    told = BuildResult(
        status="published",
        understanding=plan.steps,
        assumed=requirements.assumed,
        schedules=plan.schedules,
        files=written.files,
    )
    if isinstance(published, FailedProof):
        failing = f" Failing: {', '.join(published.failing)}." if published.failing else ""
        told_why = "The bot was built, but its own tests do not pass, so it is not published."
        reason = f"{told_why} {published.reason}{failing}".strip()
        return told.model_copy(
            update={"status": "refused", "reason": reason, "session": published.session_id}
        )
    if published is None:
        return told.model_copy(update={"status": "understood"})
    return told.model_copy(
        update={
            "bot": BotRef(id=published.bot_id, name=published.bot_name),
            "version": VersionRef(id=published.version_id, digest=published.digest),
            "session": published.session_id,
            "files": published.files or written.files,
        }
    )
