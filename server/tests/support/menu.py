"""Going from page to page as a person does it."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect


def go_to(page: Page, name: str) -> None:
    """Choose a page in the menu and wait until it stands: until then the former one may still be seen, with
    links, boxes and headings of the same names.
    """
    page.get_by_role("navigation", name="Main").get_by_role("link", name=name, exact=True).click()
    expect(page).to_have_title(re.compile(rf"^{name}\b"))
