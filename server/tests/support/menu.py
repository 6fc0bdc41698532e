"""Going from page to page as a person does it."""

from __future__ import annotations

from playwright.sync_api import Page


def go_to(page: Page, name: str) -> None:
    """Choose a page in the menu; links of the same name elsewhere on the page are left alone."""
    page.get_by_role("navigation", name="Main").get_by_role("link", name=name, exact=True).click()
