"""A person makes a knowledge base, uploads a document, and asks it something."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from support.menu import go_to
from support.watching import assert_sound_everywhere

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HANDBOOK = """# Handbook

## Holidays
Everybody has thirty days of holiday a year.

## Expenses
Keep the receipt. <script>alert(1)</script> is not an expense.
"""


def test_a_document_is_uploaded_and_found(signed_in: Page, tmp_path: Path) -> None:
    page = signed_in
    go_to(page, "Knowledge")
    page.get_by_role("button", name="New knowledge base").click()
    page.get_by_role("textbox", name="Name").fill("Not a name!")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("alert")).to_contain_text("name")
    page.get_by_role("textbox", name="Name").fill("handbook")
    page.get_by_role("button", name="Create").click()
    page.get_by_role("heading", name="handbook", level=1).wait_for()

    document = tmp_path / "handbook.md"
    document.write_text(HANDBOOK)
    page.locator("input[type=file]").set_input_files(document)
    expect(page.get_by_text("handbook.md is here and being indexed.")).to_be_visible()
    expect(page.get_by_role("row", name="handbook.md").get_by_text("ready")).to_be_visible(timeout=60_000)

    page.get_by_role("tab", name="Search").click()
    page.get_by_label("Ask this knowledge base").fill("how many days off do I get")
    page.get_by_role("button", name="Search", exact=True).click()
    first = page.get_by_role("listitem").first
    expect(first).to_contain_text("thirty days of holiday")
    expect(first).to_contain_text("Handbook › Holidays")
    assert "q=how" in page.url  # what was found can be sent to somebody
    assert_sound_everywhere(page)
