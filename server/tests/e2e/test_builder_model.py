"""A provider is set up; its models build a bot: they ask, err, mend and are paid; it is published and run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from codex32_server.gateway.testing import Answer
from playwright.sync_api import Page, expect
from support.builder.said_by_models import PLAN, TESTS, WANTED, WISH, document, good, said
from support.builder.scripted import Scripted, scripted_models
from support.stack import Stack
from support.watching import assert_sound

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PATIENCE = 30_000
ASKED = {
    "text": "Should rows without an amount be skipped or end the run?",
    "choices": ["skip them", "end the run"],
    "default": "skip them",
}
WRONG = TESTS.replace('"total": 3.5', '"total": 4.5')
SALES = "customer,amount\nAnn,2.50\nBob,\nCid,1\n"


@pytest.fixture(scope="module")
def models() -> Iterator[Scripted]:
    with scripted_models() as models:
        yield models


def test_models_build_a_bot(page: Page, stack: Stack, models: Scripted, tmp_path: Path) -> None:
    here = stack.workspace("models")
    page.goto(here.sign_in_link)
    page.get_by_role("navigation", name="Main").wait_for()
    connected(page, here, models)
    page.goto(f"{here.url}/build?engine=models&say={WISH.replace(' ', '+')}")
    answered(page, models)
    mended(page)
    come_to_nothing_and_asked_again(page, models)
    published(page)
    assert "Total\n3.5" in ran(page, tmp_path)


def connected(page: Page, here: Stack, models: Scripted) -> None:
    """The connection is tested, and the aliases that the builder asks for point at it."""
    page.goto(f"{here.url}/settings/models")
    page.get_by_role("button", name="Add a provider").first.click()
    page.get_by_role("combobox", name="Which one").fill("OpenAI")
    page.get_by_role("option", name="OpenAI", exact=True).click()
    page.get_by_role("textbox", name="Name").fill("house")
    page.get_by_role("textbox", name="Address").fill(models.url)
    page.get_by_role("textbox", name="Key").fill("sk-house")
    page.get_by_role("button", name="Connect and test").click()
    expect(page.get_by_role("row", name="code house").first).to_be_visible(timeout=PATIENCE)


def answered(page: Page, models: Scripted) -> None:
    """What the model is asked is seen while it thinks; its question is a form."""
    question = {**WANTED, "decision": "questions", "parts": [], "questions": [ASKED]}
    models.says(
        Answer(pieces=[document(question)], delay=1),
        *(document(WANTED), document(PLAN), said(good(test_bot__py=WRONG))),
        Answer(pieces=[said({"test_bot.py": TESTS})], delay=1),
    )
    page.get_by_role("button", name="Build it").click()
    expect(page.get_by_text("Asking the model “fast” what is wanted.")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_label("skip them")).to_be_checked(timeout=PATIENCE)
    expect(page.get_by_label("skip them")).to_be_focused()
    assert_sound(page)
    page.get_by_role("tab", name="Tests").click()
    page.get_by_role("button", name="Go on with these answers").click()


def mended(page: Page) -> None:
    """A test that fails is told to the model, and what it mends is tested again; what it costs is said."""
    expect(page.get_by_text("To be mended: amounts are added up")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("2 of 3 passed")).to_be_visible()
    expect(page.get_by_text("3 of 3 passed")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("button", name="Publish…")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text(re.compile(r"Built by models: under \$0\.01 of \$0\.50 spent"))).to_be_visible()


def come_to_nothing_and_asked_again(page: Page, models: Scripted) -> None:
    """A plan that a person changes is written anew; a model that talks nonsense is no refusal of the wish."""
    models.says("Here is a poem.")
    page.get_by_role("tab", name="Plan").click()
    page.get_by_label("Title").fill("Add up what was sold")
    page.get_by_role("button", name="Save and go on").click()
    expect(page.get_by_role("alert")).to_contain_text("of no use", timeout=PATIENCE)
    expect(page.get_by_role("button", name="Ask again")).to_be_visible()
    models.says(said(good()))
    page.get_by_role("button", name="Ask again").click()
    expect(page.get_by_role("button", name="Publish…")).to_be_visible(timeout=PATIENCE)


def published(page: Page) -> None:
    page.get_by_role("button", name="Publish…").click()
    asked = page.get_by_role("dialog")
    expect(asked).to_contain_text("It starts every weekday at 09:00")
    asked.get_by_label("I have read what it may do").check()
    asked.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("link", name="Run it now")).to_be_focused(timeout=PATIENCE)


def ran(page: Page, folder: Path) -> str:
    """What the run gave, as the page shows it."""
    (folder / "sales.csv").write_text(SALES)
    page.get_by_role("link", name="Run it now").click()
    page.locator("input[type=file]").first.set_input_files(folder / "sales.csv")
    page.get_by_role("button", name="Start the run").click()
    expect(page.get_by_text("succeeded").first).to_be_visible(timeout=PATIENCE)
    return page.get_by_role("group", name="Output").inner_text()
