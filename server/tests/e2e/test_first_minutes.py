"""What a person does first: open the link, describe a bot, review and publish it, run it, read the result."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from support.menu import go_to
from support.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SENTENCE = (
    "every weekday at 9 clean the contacts CSV: drop rows without an email, deduplicate by email,"
    " and report how many were dropped"
)
CONTACTS = "name,email\nAda,ada@example.org\nBob,\nAda L,ADA@example.org\nCy,cy@example.org\n"


def test_from_the_link_to_a_result(page: Page, stack: Stack, tmp_path: Path) -> None:
    contacts = tmp_path / "contacts.csv"
    contacts.write_text(CONTACTS)
    began = time.monotonic()
    page.goto(stack.sign_in_link)
    go_to(page, "Build")
    page.get_by_role("textbox", name="What should be automated?").fill(SENTENCE)
    page.get_by_role("button", name="Build it").click()
    page.get_by_role("button", name="Publish…").click(timeout=60_000)
    asked = page.get_by_role("dialog")
    expect(asked).to_contain_text("It starts every weekday at 09:00")
    asked.get_by_label("I have read what it may do").check()
    asked.get_by_role("button", name="Publish").click()
    page.get_by_role("link", name="Run it now").click()
    page.get_by_role("button", name="Start the run").click()
    expect(page.get_by_text("It was not started: contacts.csv is missing")).to_be_visible()
    page.locator("input[type=file]").first.set_input_files(contacts)
    page.get_by_role("button", name="Start the run").click()
    expect(page.get_by_text("succeeded").first).to_be_visible(timeout=30_000)
    expect(page.get_by_role("log")).to_be_visible()
    print(f"from the link to the first result: {time.monotonic() - began:.1f} s")
    page.get_by_role("button", name="As JSON").click()
    expect(page.get_by_role("group", name="Output")).to_contain_text('"rows_out": 2')


def test_a_link_opens_one_session_only(page: Page, stack: Stack) -> None:
    link = stack.new_link()
    page.goto(link)
    page.get_by_role("button", name="Your session").click()
    page.get_by_role("menuitem", name="Sign out").click()
    page.get_by_text("codex32 open").wait_for()
    page.goto("about:blank")  # otherwise only the fragment differs, and nothing is loaded
    page.goto(link)
    expect(page.get_by_role("alert")).to_contain_text("one session, once")


def test_without_a_session_a_page_leads_to_the_sign_in_and_back(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.url}/runs?status=failed")
    expect(page.get_by_text("codex32 open")).to_be_visible()
    page.goto(stack.new_link())
    page.wait_for_url(f"{stack.url}/runs?status=failed")
    expect(page.get_by_role("heading", name="Runs", level=1)).to_be_visible()


def test_a_failing_run_says_why_and_its_log_is_text(signed_in: Page, stack: Stack, tmp_path: Path) -> None:
    bot = tmp_path / "hostile.py"
    bot.write_text(
        '# /// script\n# requires-python = ">=3.11"\n# dependencies = []\n'
        '# [tool.codex32]\n# name = "hostile"\n# ///\n'
        '"""Prints what a page must not believe."""\n\n\ndef main() -> dict:\n'
        "    print('<img src=x onerror=alert(1)><b>bold</b>')\n    raise ValueError('no such thing')\n"
    )
    stack.codex32("deploy", str(bot), "--json")
    dialogs: list[str] = []
    signed_in.on("dialog", lambda dialog: dialogs.append(dialog.message))
    go_to(signed_in, "Bots")
    signed_in.get_by_role("link", name="hostile").click()
    signed_in.get_by_role("button", name="Run", exact=True).click()
    signed_in.get_by_role("button", name="Start the run").click()
    expect(signed_in.get_by_text("no such thing").first).to_be_visible(timeout=30_000)
    expect(signed_in.get_by_role("log")).to_contain_text("<img src=x onerror=alert(1)><b>bold</b>")
    assert dialogs == []


def test_the_page_fits_a_phone(signed_in: Page) -> None:
    signed_in.set_viewport_size({"width": 360, "height": 740})
    signed_in.reload()
    signed_in.get_by_role("button", name="Menu").click()
    go_to(signed_in, "Bots")
    signed_in.get_by_role("heading", name="Bots", level=1).wait_for()
    assert signed_in.evaluate("document.documentElement.scrollWidth") <= 360
