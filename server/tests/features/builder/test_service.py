"""One build from wish to result, with a publisher that keeps what it is given."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from uuid import uuid4

import pytest
from codex32_server.features.builder.errors import NameTakenError, UnknownZoneError
from codex32_server.features.builder.facade import (
    BuilderFacade,
    BuildRequest,
    FailedProof,
    PublishedVersion,
    warm,
)
from codex32_server.features.builder.recipes import cutter
from codex32_server.http.principal import Principal
from pydantic import ValidationError

WISH = "every weekday at 9 drop rows without an email from contacts.csv"
ANN = Principal(uuid4(), uuid4(), "ann", "editor", frozenset({"builder:write"}), False, "key", uuid4())


class Shelf:
    """A publisher: names are taken once, proofs pass unless told otherwise."""

    def __init__(self, *taken: str, failing: FailedProof | None = None) -> None:
        self.taken = set(taken)
        self.failing = failing
        self.published: dict[str, Mapping[str, bytes]] = {}

    async def publish(
        self, principal: Principal, name: str, files: Mapping[str, bytes], message: str
    ) -> PublishedVersion | FailedProof:
        assert (principal, message) == (ANN, WISH)
        if name in self.taken:
            raise NameTakenError(f"There is already a bot {name!r}.")
        if self.failing:
            return self.failing
        self.published[name] = files
        return PublishedVersion(bot_id=uuid4(), bot_name=name, version_id=uuid4(), digest="sha256:1")


async def test_a_wish_becomes_a_published_bot() -> None:
    shelf = Shelf()
    result = await BuilderFacade(shelf).build(ANN, BuildRequest(text=WISH, timezone="Europe/Madrid"))
    assert result.status == "published"
    assert result.bot is not None
    assert result.bot.name == "clean-contacts"
    assert result.version is not None
    assert sorted(shelf.published["clean-contacts"]) == ["README.md", "bot.py", "test_bot.py"]
    assert result.schedules == ["0 9 * * 1-5 (Europe/Madrid)"]
    assert "Rows without email are dropped; cells with only spaces count as missing." in result.understanding
    assert result.files["bot.py"].encode() == shelf.published["clean-contacts"]["bot.py"]


async def test_a_taken_name_gets_a_number_and_the_manifest_says_so() -> None:
    shelf = Shelf("clean-contacts", "clean-contacts-2")
    result = await BuilderFacade(shelf).build(ANN, BuildRequest(text=WISH))
    assert result.bot is not None
    assert result.bot.name == "clean-contacts-3"
    assert b'name = "clean-contacts-3"' in shelf.published["clean-contacts-3"]["bot.py"]


async def test_a_name_that_was_asked_for_is_never_changed() -> None:
    builder = BuilderFacade(Shelf("mine"))
    with pytest.raises(NameTakenError):
        await builder.build(ANN, BuildRequest(text=WISH, name="mine"))
    result = await BuilderFacade(Shelf()).build(ANN, BuildRequest(text=WISH, name="mine"))
    assert result.bot is not None
    assert result.bot.name == "mine"


async def test_a_failed_proof_is_a_refusal_that_names_the_tests() -> None:
    shelf = Shelf(failing=FailedProof(reason="1 of 9 tests failed.", failing=["test_an_empty_file: boom"]))
    result = await BuilderFacade(shelf).build(ANN, BuildRequest(text=WISH))
    assert result.status == "refused"
    assert result.bot is None
    assert result.reason is not None
    assert "test_an_empty_file: boom" in result.reason


async def test_questions_and_refusals_publish_nothing() -> None:
    shelf = Shelf()
    builder = BuilderFacade(shelf)
    asked = await builder.build(ANN, BuildRequest(text="do something with my data"))
    assert (asked.status, len(asked.questions)) == ("needs_answers", 1)
    refused = await builder.build(ANN, BuildRequest(text="make a parquet file of sales.parquet"))
    assert refused.status == "refused"
    assert refused.reason is not None
    assert "The nearest" in refused.reason
    gone = await builder.build(
        ANN, BuildRequest(text="keep only the columns name and email of x.csv and sort by age")
    )
    assert gone.status == "refused"
    assert not shelf.published


async def test_answers_go_back_in_and_a_dry_run_publishes_nothing() -> None:
    shelf = Shelf()
    request = BuildRequest(
        text="every morning sort a.csv by name", answers={"schedule-1.time": "8:15"}, publish=False
    )
    result = await BuilderFacade(shelf).build(ANN, request)
    assert (result.status, result.bot, result.schedules) == ("understood", None, ["15 8 * * * (UTC)"])
    assert not shelf.published


@pytest.mark.parametrize(
    ("text", "why"), [("", "There is no sentence"), ("  ", "no sentence"), ("a" * 2001, "2000")]
)
async def test_nothing_and_too_much_are_refused_with_a_reason(text: str, why: str) -> None:
    shelf = Shelf()
    result = await BuilderFacade(shelf).build(ANN, BuildRequest(text=text))
    assert (result.status, result.bot) == ("refused", None)
    assert why in (result.reason or "")
    assert not shelf.published
    with pytest.raises(ValidationError):
        BuildRequest(text="a" * 20_001)


def test_parts_are_read_when_the_process_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(package: str) -> Path:
        raise AssertionError(f"{package} is read again")

    monkeypatch.setattr(cutter, "files", gone)
    cutter.library.cache_clear()
    warm()
    assert "split_valid" in cutter.library().definitions


async def test_zones_and_names_are_checked() -> None:
    with pytest.raises(UnknownZoneError):
        await BuilderFacade(Shelf()).build(ANN, BuildRequest(text=WISH, timezone="Europe/Nowhere"))
    with pytest.raises(ValidationError):
        BuildRequest(text=WISH, name="Not A Slug")


def test_recipes_are_listed_with_examples_and_slots() -> None:
    recipes = BuilderFacade(Shelf()).recipes()
    assert len(recipes) >= 25
    assert {"trigger", "source", "step", "summary", "text", "watch", "message", "gate", "sink"} == {
        recipe.role for recipe in recipes
    }
    deduplicate = next(recipe for recipe in recipes if recipe.name == "deduplicate")
    assert deduplicate.slots == ["columns", "keep_last", "either"]
    assert all(recipe.example and recipe.title for recipe in recipes)
