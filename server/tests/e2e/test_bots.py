"""Bots: found, looked at, run by a form, changed in the editor, promoted with what that allows, put aside."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from support.stack import Stack
from support.watching import assert_sound, assert_sound_everywhere

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HEADER = """# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.codex32]
# name = "weigher"
# title = "Weighs letters"
# tags = ["post"]{more}
# ///
"""
BODY = '''"""Adds up the weight of letters."""


def main(letters: int, grams: float = 20.0) -> dict:
    """Weigh.

    Args:
        letters: How many there are.
        grams: Of one letter.
    """
    return {"grams": letters * grams, "note": "<b onload=alert(1)>"}
'''
TEST = "from weigher import main\n\n\ndef test_weighs() -> None:\n    assert main(2)['grams'] == 40.0\n"


@pytest.fixture(scope="module")
def weigher(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A proven bot in dev and prod."""
    folder = tmp_path_factory.mktemp("weigher")
    bot = folder / "weigher.py"
    bot.write_text(HEADER.format(more="") + BODY)
    (folder / "test_weigher.py").write_text(TEST)
    stack.codex32("deploy", str(bot), "--json")
    stack.codex32("promote", "weigher", "--to", "prod")
    return bot


def test_bots_are_found_looked_at_and_run(signed_in: Page, stack: Stack, weigher: Path) -> None:
    del weigher
    page = signed_in
    page.goto(f"{stack.url}/bots?tag=post")
    page.get_by_role("button", name="Make weigher a favourite").click()
    page.get_by_role("button", name="Take weigher from your favourites").wait_for()
    page.get_by_role("switch", name="Favourites").check(force=True)
    page.get_by_role("searchbox", name="Search bots").fill("weigh")
    page.wait_for_url("**/bots?*q=weigh*")
    assert "favourite=true" in page.url
    assert "tag=post" in page.url
    page.get_by_label("Select weigher").check()
    expect(page.get_by_role("region", name="With the selected bots")).to_contain_text("1 selected")
    assert_sound_everywhere(page)
    page.get_by_role("link", name="weigher", exact=True).click()
    page.get_by_role("heading", name="Weighs letters", level=1).wait_for()
    expect(page.get_by_text("Adds up the weight of letters.").first).to_be_visible()
    assert_sound_everywhere(page)

    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("button", name="Start the run").click()
    expect(page.get_by_label("Letters")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Letters").fill("3")
    assert_sound(page)
    page.get_by_role("button", name="Start the run").click()
    page.wait_for_url("**/runs/*")
    expect(page.get_by_text("succeeded").first).to_be_visible(timeout=30_000)
    expect(page.get_by_text("<b onload=alert(1)>").first).to_be_visible()


def test_a_bot_is_changed_proven_and_promoted_with_what_it_may_do_more(
    signed_in: Page, stack: Stack, weigher: Path
) -> None:
    del weigher
    page = signed_in
    page.goto(f"{stack.url}/bots/weigher?tab=code")
    editor = page.get_by_role("textbox", name="weigher.py")
    editor.click()
    editor.press("Control+a")
    editor.press("Delete")  # otherwise the browser gives what is inserted the style of what was there
    page.keyboard.insert_text("def main(:\n")
    expect(page.get_by_text("As it stands it would be refused.")).to_be_visible()
    page.get_by_role("tab", name="Versions").click()
    page.get_by_role("dialog", name="Changes are not saved").get_by_role("button", name="Stay").click()
    editor.click()
    editor.press("Control+a")
    editor.press("Delete")
    page.keyboard.insert_text(HEADER.format(more='\n# network = ["api.example.com"]') + BODY)
    expect(page.get_by_text("As it stands it would be refused.")).to_be_hidden()
    page.get_by_label("What changed").fill("Asks for the tariff")
    assert_sound(page)
    page.get_by_role("button", name="Save as a new version").click()
    expect(page.get_by_text("Proven: 1 test passed.")).to_be_visible(timeout=30_000)

    page.get_by_role("button", name="Look at it among the versions").click()
    page.get_by_role("heading", name="What differs").wait_for()
    assert_sound(page)
    page.get_by_role("row", name="Asks for the tariff").get_by_role("button", name="Promote").click()
    page.get_by_role("menuitem", name="Promote to prod").click()
    dialog = page.get_by_role("dialog", name="Point prod at version 2?")
    expect(dialog.get_by_role("group", name="It asks for more than before")).to_contain_text(
        "api.example.com"
    )
    expect(dialog.get_by_role("button", name="Promote")).to_be_disabled()
    dialog.get_by_label("I have read what it may do more, and agree.").check()
    dialog.get_by_role("button", name="Promote").click()
    # The dialog and the menu behind it are gone: the keyboard goes on from what came of it.
    expect(page.get_by_role("status").filter(has_text="prod runs version 2 from now on.")).to_be_focused()
    page.get_by_role("row", name="prod 2").get_by_role("button", name="Roll back").click()
    page.get_by_role("dialog").get_by_role("button", name="Roll back").click()
    expect(page.get_by_text("prod went back.")).to_be_visible()


def test_every_part_of_a_bot_keeps_nobody_out(signed_in: Page, stack: Stack, weigher: Path) -> None:
    del weigher
    page = signed_in
    for tab in ("triggers", "runs", "resources", "cost", "incidents", "settings"):
        page.goto(f"{stack.url}/bots/weigher?tab={tab}")
        page.get_by_role("heading", name="Weighs letters", level=1).wait_for()
        page.get_by_role("tab", selected=True).wait_for()
        assert_sound(page)

    page.goto(f"{stack.url}/bots/weigher?tab=danger")
    page.get_by_role("button", name="Delete").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Delete")).to_be_disabled()
    dialog.get_by_label("Type weigher to confirm").fill("weigher")
    dialog.get_by_role("button", name="Delete").click(trial=True)  # it stands still now, and would be pressed
    assert_sound(page)
    dialog.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Archive").click()
    page.get_by_role("dialog").get_by_role("button", name="Archive").click()
    expect(page.get_by_text("This bot is archived")).to_be_visible()
    page.get_by_role("button", name="Restore").click()
    page.get_by_role("dialog").get_by_role("button", name="Restore").click()
    expect(page.get_by_text("This bot is archived")).to_be_hidden()
