"""What an operator does with runs: watch them come, find the one that failed, see why, try again."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from support.menu import go_to
from support.stack import Stack
from support.watching import assert_sound, assert_sound_everywhere

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LINES = 3000
BOT = f'''# /// script
# requires-python = ">=3.11"
# dependencies = []
# [tool.codex32]
# name = "talker"
# ///
"""Prints much, in colours, and what a page must not believe."""

import time

from codex32_bot import files, log


def main(good: bool = False, seconds: float = 0) -> dict:
    print("\\x1b[31mred\\x1b[0m <img src=x onerror=alert(1)>")
    for number in range({LINES}):
        print(f"row {{number}} has a needle" if number % 1000 == 999 else f"row {{number}}")
    files.output("table.csv").write_text("name,note\\nAda,<b>bold</b>\\n")
    time.sleep(seconds)
    log.error("nearly done")
    if not good:
        raise ValueError("<script>alert(2)</script> is no number")
    return {{"good": good}}
'''


@pytest.fixture
def talker(stack: Stack, tmp_path: Path) -> str:
    """A bot with a failed run; the id of that run."""
    (tmp_path / "talker.py").write_text(BOT)
    stack.codex32("deploy", str(tmp_path / "talker.py"), "--json")
    return run(stack)


def run(stack: Stack, **given: object) -> str:
    """Start the bot and do not wait for its end."""
    printed = stack.codex32("run", "talker", "--no-wait", "--json", "--input", json.dumps(given))
    return str(json.loads(printed)["run"]["id"])


def test_a_failure_is_found_understood_and_mended(signed_in: Page, stack: Stack, talker: str) -> None:
    page = signed_in
    go_to(page, "Runs")
    rows = page.get_by_role("row").filter(has=page.get_by_role("link", name="talker"))
    expect(rows).to_have_count(1)
    expect(rows.get_by_text("failed")).to_be_visible(timeout=30_000)

    # A run that comes is there by itself; while somebody points at the rows it waits to be asked for.
    run(stack, good=True)
    expect(rows).to_have_count(2, timeout=15_000)
    rows.last.hover()
    run(stack, good=True)
    page.get_by_role("button", name=re.compile("1 new run")).click(timeout=15_000)
    expect(rows).to_have_count(3)
    page.get_by_label("Status").select_option("failed")
    expect(rows).to_have_count(1)
    assert "status=failed" in page.url
    assert_sound_everywhere(page)

    page.get_by_role("link", name="talker").click()
    expect(page.get_by_role("alert")).to_contain_text("<script>alert(2)</script> is no number")
    page.get_by_role("button", name="Explain this failure").click()
    expect(page.get_by_role("region", name="Why it failed")).to_contain_text("talker.py, line")
    # A small table is open at once: it is what somebody wanted.
    expect(page.get_by_role("button", name="Hide table.csv")).to_be_visible()
    expect(page.get_by_role("cell", name="<b>bold</b>")).to_be_visible()
    assert_sound_everywhere(page)

    page.goto(f"{stack.url}/runs/{talker}?tab=trace")
    page.get_by_role("button", name="attempt 1", exact=True).click()
    expect(page.get_by_text("Peak memory").first).to_be_visible()
    assert_sound(page)

    page.get_by_role("button", name="Run with other input").click()
    page.get_by_role("dialog").get_by_label("good").check()
    page.get_by_role("dialog").get_by_role("button", name="Run again").click()
    expect(page.get_by_role("heading", level=1)).not_to_contain_text(talker[-8:])
    expect(page.get_by_text("succeeded").first).to_be_visible(timeout=30_000)


def test_a_long_log_is_walked_and_a_run_is_cancelled(signed_in: Page, stack: Stack, talker: str) -> None:
    page = signed_in
    page.goto(f"{stack.url}/runs/{talker}?tab=log")
    log = page.get_by_role("log")
    expect(log).to_contain_text("row 2999", timeout=30_000)  # of a failed run the end is shown
    page.get_by_label("Search in the log").fill("NEEDLE")
    expect(page.get_by_text("3 hits")).to_be_visible()
    page.get_by_role("button", name="Next hit").click()
    expect(log).to_contain_text("row 999 has a needle")
    assert page.locator(".c32-log-line").count() < 200
    page.get_by_role("button", name="Previous hit").click()
    expect(page.get_by_text("3 of 3")).to_be_visible()

    # The address of a line leads to it.
    page.goto(f"{stack.url}/runs/{talker}?tab=log&line=1501")
    chosen = page.locator(".c32-log-line[data-chosen]")
    expect(chosen).to_contain_text(re.compile("row 149[89]"))  # channels may overtake
    expect(chosen).to_be_in_viewport()
    page.get_by_label("Level").select_option("error")
    expect(log).not_to_contain_text("row 149")
    expect(log).to_contain_text("nearly done")
    page.goto(f"{stack.url}/runs/{talker}?tab=log&line=1")
    red = log.get_by_text("red", exact=True)
    expect(red).to_have_class("c32-ansi-red")
    expect(log).to_contain_text("<img src=x onerror=alert(1)>")
    assert_sound(page)
    page.get_by_role("button", name="Download").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="As text", exact=True).click()
    assert Path(download.value.path()).read_text().count("\n") >= LINES

    page.goto(f"{stack.url}/runs/{run(stack, seconds=60)}")
    expect(page.get_by_text("New lines come in at the end")).to_be_visible(timeout=30_000)
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel this run").click()
    expect(page.get_by_text("cancelled").first).to_be_visible(timeout=30_000)
