"""One build: understand, compose, publish. Holds no transaction: the proof runs in between.

What a sentence means is `recipes`; how a version is stored and proven is behind the port `Publisher`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Protocol
from zoneinfo import ZoneInfo

from codex32_server.features.builder.errors import NameTakenError, UnknownZoneError
from codex32_server.features.builder.recipes.catalog import BLOCKS
from codex32_server.features.builder.recipes.compose import compose, name_of
from codex32_server.features.builder.recipes.cutter import library
from codex32_server.features.builder.recipes.model import (
    BuiltBot,
    Question,
    Questions,
    Refusal,
    Understanding,
)
from codex32_server.features.builder.recipes.understand import prepare, understand
from codex32_server.features.builder.schemas import (
    BotRef,
    BuildRequest,
    BuildResult,
    FailedProof,
    PublishedVersion,
    QuestionView,
    RecipeView,
    VersionRef,
)
from codex32_server.http.principal import Principal

_MOST_NAMES = 50
_ZONE = "UTC"
_NOTHING_SAID = (
    "There is no sentence. Say what should be done, with which file, and when: "
    "“every weekday at 9 deduplicate contacts.csv by email”."
)


class Publisher(Protocol):
    """Makes a bot of files, proves it in the sandbox, and publishes it only if the proof passes."""

    async def publish(
        self, principal: Principal, name: str, files: Mapping[str, bytes], message: str
    ) -> PublishedVersion | FailedProof:
        """A new bot of that name. Raises NameTakenError, ProofOutstandingError if it takes too long."""
        ...


class Building:
    """Turns wishes into published bots."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher

    async def build(self, principal: Principal, request: BuildRequest) -> BuildResult:
        """Raises UnknownZoneError, NameTakenError (only if a name was asked for), ProofOutstandingError."""
        zone = request.timezone or _ZONE
        check_zone(zone)
        if not request.text:
            return BuildResult(status="refused", reason=_NOTHING_SAID)
        understood = understand(request.text, request.answers, zone, request.assume_defaults)
        if isinstance(understood, Questions):
            questions = [_question(question) for question in understood.questions]
            return BuildResult(
                status="needs_answers", questions=questions, understanding=list(understood.understood)
            )
        if isinstance(understood, Refusal):
            return _refused(understood)
        built = compose(understood, request.name)
        if isinstance(built, Refusal):
            return _refused(built)
        if not request.publish:
            return _result(built, None)
        return await self._publish(principal, request, understood, built)

    async def _publish(
        self, principal: Principal, request: BuildRequest, understood: Understanding, built: BuiltBot
    ) -> BuildResult:
        for count in range(1, _MOST_NAMES + 1):
            if count > 1:
                again = compose(understood, f"{name_of(understood)}-{count}")
                assert isinstance(again, BuiltBot)
                built = again
            contents = {path: text.encode() for path, text in built.files.items()}
            try:
                published = await self._publisher.publish(principal, built.name, contents, request.text)
            except NameTakenError:
                if request.name is not None:
                    raise
                continue
            return _result(built, published)
        raise NameTakenError(f"There are {_MOST_NAMES} bots called {name_of(understood)!r} and a number.")


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


def _question(question: Question) -> QuestionView:
    return QuestionView(
        id=question.id,
        text=question.text,
        kind=question.kind,
        about=question.about,
        choices=list(question.choices),
        default=question.default,
    )


def _refused(refusal: Refusal) -> BuildResult:
    return BuildResult(status="refused", reason=refusal.reason, about=refusal.about or None)


def _result(built: BuiltBot, published: PublishedVersion | FailedProof | None) -> BuildResult:
    told = BuildResult(
        status="published",
        understanding=list(built.understanding),
        assumed=list(built.assumed),
        schedules=list(built.schedules),
        files=dict(built.files),
    )
    if isinstance(published, FailedProof):
        failing = f" Failing: {', '.join(published.failing)}." if published.failing else ""
        told_why = "The bot was built, but its own tests do not pass, so it is not published."
        reason = f"{told_why} {published.reason}{failing}".strip()
        return told.model_copy(update={"status": "refused", "reason": reason})
    if published is None:
        return told.model_copy(update={"status": "understood"})
    bot = BotRef(id=published.bot_id, name=published.bot_name)
    return told.model_copy(
        update={"bot": bot, "version": VersionRef(id=published.version_id, digest=published.digest)}
    )
