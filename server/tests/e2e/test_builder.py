"""A bot is described, asked about, changed by hand, published, and changed by words."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from support.watching import assert_sound, assert_sound_everywhere

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PATIENCE = 60_000
HOSTILE = "<img src=x onerror=alert(1)>"


def test_from_words_to_a_bot_and_on(signed_in: Page) -> None:
    page = signed_in
    page.keyboard.press("c")  # the key for describing a bot
    page.get_by_role("heading", name="Build a bot").wait_for()
    page.get_by_role("button", name="Watch a site").click()
    words = page.get_by_role("textbox", name="What should be automated?")
    expect(words).to_have_value(
        "every 5 minutes check that https://example.com is up and tell me on Slack when it is down"
    )
    assert_sound_everywhere(page)
    words.fill("every monday at 8 sort people.csv by name unless it is a holiday")
    page.get_by_role("button", name="Build it").click()
    answered(page)
    edited_by_hand(page)
    published(page, "It starts every Monday at 08:00")
    page.get_by_role("link", name="Open the bot").click()
    page.wait_for_url("**/bots/*")
    page.get_by_role("heading", level=1, name="Sort the rows").wait_for()
    changed_by_words(page)


def answered(page: Page) -> None:
    """It asks about what it does not know; an empty answer leaves the words out."""
    question = page.get_by_label("I do not understand “unless it is a holiday”")
    expect(question).to_be_visible(timeout=PATIENCE)
    assert_sound(page)
    page.get_by_role("button", name="Go on with these answers").click()
    expect(page.get_by_role("button", name="Publish…")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("It cannot reach the network.")).to_be_visible()
    assert_sound_everywhere(page)


def edited_by_hand(page: Page) -> None:
    """What was saved is checked and tested like any other code; its page is text, whatever stands in it."""
    page.get_by_role("tab", name="Code").click()
    page.get_by_text("README.md").click()
    page.get_by_role("textbox", name="Content of README.md").press("Control+End")
    page.keyboard.type(f"\n\nBy hand: {HOSTILE}\n")
    page.get_by_role("button", name="Save and go on").click()
    expect(page.get_by_text("Edited by hand.")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("button", name="Publish…")).to_be_visible(timeout=PATIENCE)
    assert_sound(page)
    page.get_by_role("tab", name="Its guide").click()
    expect(page.get_by_text(f"By hand: {HOSTILE}")).to_be_visible()
    page.get_by_role("tab", name="Tests").click()
    expect(page.get_by_text("an empty file")).to_be_visible()


def published(page: Page, may: str) -> None:
    page.get_by_role("button", name="Publish").first.click()
    asked = page.get_by_role("dialog")
    expect(asked).to_contain_text(may)
    asked.get_by_label("I have read what it may do").check()
    asked.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("link", name="Run it now")).to_be_visible()


def changed_by_words(page: Page) -> None:
    """The difference is shown, what it asks for more is set apart, and a missing secret can be given."""
    page.goto(f"{page.url.split('/bots')[0]}/build?bot=sort-people&say=also+post+it+to+Slack")
    page.get_by_role("button", name="Build the change").click()
    page.get_by_role("button", name="Publish the change…").wait_for(timeout=PATIENCE)
    page.get_by_label("Value of SLACK_WEBHOOK_URL").fill("https://hooks.slack.com/services/T/B/x")
    page.get_by_role("button", name="Set", exact=True).click()
    expect(page.get_by_text("is set", exact=True)).to_be_visible()
    page.get_by_role("tab", name="Changes").click()
    expect(page.get_by_text("It may reach hooks.slack.com.")).to_be_visible()
    expect(page.get_by_text('+# network = ["hooks.slack.com"]')).to_be_visible()
    assert_sound(page)
    published(page, "It may read SLACK_WEBHOOK_URL.")
