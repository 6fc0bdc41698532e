"""Money on the page: a budget is set, and a model's call shows where it went."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from support.menu import go_to
from support.stack import Stack
from support.watching import assert_sound_everywhere

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_budget_is_set_and_removed(signed_in: Page, stack: Stack) -> None:
    page = signed_in
    go_to(page, "Usage")
    expect(page.get_by_text("No model was called in this time")).to_be_visible()
    page.get_by_role("tab", name="Budgets").click()
    page.get_by_role("button", name="Set a budget").click()
    page.get_by_role("textbox", name="Dollars").fill("25")
    page.get_by_role("button", name="Set", exact=True).click()
    expect(page.get_by_text("$0.00 of $25.00")).to_be_visible()
    assert "25" in stack.codex32("budgets", "--json")
    assert_sound_everywhere(page)
    page.get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("No budget is set")).to_be_visible()
