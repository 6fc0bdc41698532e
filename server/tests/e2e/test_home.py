"""An operator begins with nothing, sees what needs him and mends it, and lets bots start by themselves."""

from __future__ import annotations

import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from support.menu import go_to
from support.stack import Stack
from support.watching import assert_sound, assert_sound_everywhere

pytestmark = [pytest.mark.browser, pytest.mark.slow]

_BOT = '''# /// script
# requires-python = ">=3.11"
# dependencies = []
# [tool.codex32]
# name = "{name}"
# {manifest}
# ///
"""{about}"""


def main({arguments}):
    {body}
'''


@pytest.fixture(scope="module")
def workspace(stack: Stack) -> Stack:
    """An empty one, so that other stories neither see nor disturb this one."""
    return stack.workspace("operators")


@pytest.fixture
def signed_in(page: Page, workspace: Stack) -> Page:
    page.goto(workspace.new_link())
    page.get_by_role("heading", name="Home", level=1).wait_for()
    return page


def _deploy(workspace: Stack, folder: Path, name: str, **parts: str) -> None:
    file = folder / f"{name}.py"
    usual = {"manifest": "", "about": "A bot of a story.", "arguments": "", "body": "return {}"}
    file.write_text(_BOT.format(name=name, **{**usual, **parts}))
    workspace.codex32("deploy", str(file), "--json")


def test_from_an_empty_home_to_a_mended_service(signed_in: Page, workspace: Stack, tmp_path: Path) -> None:
    page = signed_in
    expect(page.get_by_text("0 of 3 done")).to_be_visible()
    assert_sound_everywhere(page)
    page.get_by_role("button", name="Watch a site").click()
    page.wait_for_url("**/build?say=every+15+minutes*")

    _deploy(
        workspace, tmp_path, "reader",
        manifest='kind = "service"\n# service = { readiness = { heartbeat = "1m" }, crash_loop = 1 }',
        body="raise ConnectionError('<b>no</b> queue')",
    )  # fmt: skip
    go_to(page, "Home")
    opened = page.get_by_role("link", name="Open the incident: reader")
    opened.wait_for(timeout=30_000)
    assert_sound_everywhere(page)
    opened.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Quarantined: reader")
    story = page.get_by_role("list", name="Timeline")
    expect(story).to_contain_text("<b>no</b> queue")
    assert_sound_everywhere(page)

    page.get_by_label("What was done about it").fill("The queue is back.")
    page.get_by_role("button", name="Resolve").click()
    expect(story).to_contain_text("The queue is back.")
    go_to(page, "Incidents")
    expect(page.get_by_text("Nothing is open")).to_be_visible()
    expect(page.get_by_role("row", name="Quarantined")).to_contain_text("The queue is back.")

    _deploy(
        workspace, tmp_path, "reader",
        manifest='kind = "service"\n# service = { readiness = { heartbeat = "1m" } }',
        body="from codex32_bot import service\n    while not service.wait(1):\n        service.heartbeat()",
    )  # fmt: skip
    go_to(page, "Services")
    expect(page.get_by_role("row", name="reader")).to_contain_text("running", timeout=30_000)
    page.get_by_role("link", name="reader").click()
    expect(page.get_by_role("heading", name="Resources")).to_be_visible()
    assert_sound_everywhere(page)
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("dialog").get_by_role("button", name="Pause").click()
    expect(page.get_by_text("It is paused and answers nothing")).to_be_visible()
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_text("of 1 wanted").locator("..")).to_contain_text("1", timeout=30_000)


def test_a_bot_starts_by_the_clock_and_by_a_call(signed_in: Page, workspace: Stack, tmp_path: Path) -> None:
    page = signed_in
    _deploy(workspace, tmp_path, "greeter", arguments="name: str = 'you'", body="return {'hello': name}")
    go_to(page, "Triggers")
    page.get_by_role("button", name="New schedule").click()
    form = page.get_by_role("dialog")
    form.get_by_role("combobox", name="Bot", exact=True).fill("greet")
    page.get_by_role("option", name="greeter").click()
    form.get_by_role("combobox", name="Time zone").fill("Madrid")
    page.get_by_role("option", name="Europe/Madrid").click()
    expect(form.get_by_text("Clocks in Europe/Madrid go")).to_be_visible()
    expect(form.get_by_text("9:00:00 AM")).to_have_count(5)
    assert_sound(page)
    form.get_by_role("button", name="Create the schedule").click()
    form.wait_for(state="detached")
    page.get_by_role("button", name="Later").click()
    expect(page.get_by_role("link", name="greeter").first).to_be_visible()
    assert_sound_everywhere(page)
    page.get_by_role("tab", name="Schedules").click()
    expect(page.get_by_role("row", name="greeter")).to_contain_text("weekdays at 09:00")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("row", name="greeter")).to_contain_text("paused")

    page.get_by_role("tab", name="Webhooks").click()
    page.get_by_role("button", name="New webhook").click()
    form.get_by_role("combobox", name="Bot", exact=True).fill("greet")
    page.get_by_role("option", name="greeter").click()
    form.get_by_role("textbox", name="Name").fill("greetings")
    form.get_by_role("button", name="Create the webhook").click()
    secret = form.get_by_role("status").locator("code").inner_text()
    assert secret.startswith("whsec_")
    form.get_by_role("button", name="Open it").click()
    page.get_by_role("heading", name="greetings", level=1).wait_for()

    page.get_by_label("Body (JSON)").fill('{"name": "<i>Ada</i>"}')
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("group", name="Output")).to_contain_text("<i>Ada</i>", timeout=30_000)
    _call_as_the_page_says(page, secret)
    deliveries = page.get_by_role("table", name="The last deliveries")
    expect(deliveries.get_by_text("accepted")).to_have_count(2)
    page.get_by_text("Refused", exact=True).click()
    expect(deliveries).to_contain_text("delivery_unauthenticated")
    expect(deliveries.get_by_text("accepted")).to_have_count(0)
    assert_sound_everywhere(page)


def _call_as_the_page_says(page: Page, secret: str) -> None:
    """Run the example in Python that the page shows, with the secret and with a wrong one."""
    page.get_by_text("Python", exact=True).click()
    example = page.get_by_role("group", name="Python").inner_text()
    ran = subprocess.run(
        [sys.executable, "-c", f"SECRET = {secret!r}\n{example}"], capture_output=True, text=True, timeout=30
    )
    assert '"repeated":false' in ran.stdout.replace(" ", ""), ran.stderr
    url = page.locator("code", has_text="/hooks/").last.inner_text()
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(urllib.request.Request(url, b"{}", {"webhook-id": "msg_1"}), timeout=10)
