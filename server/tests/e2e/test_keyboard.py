"""Everything by keyboard: places, the palette, the list of keys; and what shared components are made of."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from support.stack import Stack
from support.watching import assert_sound_everywhere, violations

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_places_and_the_palette(signed_in: Page) -> None:
    page = signed_in
    page.keyboard.press("g")
    page.keyboard.press("r")
    page.get_by_role("heading", name="Runs", level=1).wait_for()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    box = page.get_by_role("dialog").get_by_role("textbox", name="Search and commands")
    box.fill("usag")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Usage", level=1).wait_for()
    page.keyboard.press("Control+k")
    box.fill("schedules")
    page.get_by_role("option", name="guide").first.click()
    page.get_by_role("heading", level=1).wait_for()
    assert "/guides/" in page.url
    assert_sound_everywhere(page)


def test_the_first_key_skips_to_the_content(signed_in: Page) -> None:
    page = signed_in
    page.reload()
    page.get_by_role("heading", level=1).wait_for()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.url.endswith("#content")


def test_shared_components_keep_nobody_out(signed_in: Page, stack: Stack) -> None:
    signed_in.goto(f"{stack.url}/design")
    expect(signed_in.get_by_role("heading", name="Charts")).to_be_visible()
    assert violations(signed_in) == []
    assert_sound_everywhere(signed_in, settled=False)  # loading is among what it shows


def test_a_page_that_is_not_there_leads_home(signed_in: Page, stack: Stack) -> None:
    signed_in.goto(f"{stack.url}/no/such/page")
    signed_in.get_by_role("link", name="Go to the home page").click()
    expect(signed_in).to_have_url(f"{stack.url}/")
    expect(signed_in.get_by_role("navigation", name="Main")).to_be_visible()
