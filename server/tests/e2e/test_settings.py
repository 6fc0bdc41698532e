"""An owner makes a key and ends it, keeps a secret, connects a provider in vain, and sees the machine."""

from __future__ import annotations

import httpx
import pytest
from playwright.sync_api import Page, expect
from support.stack import Stack, free_port
from support.watching import assert_sound_everywhere

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def _me(stack: Stack, key: str) -> int:
    return httpx.get(f"{stack.url}/api/v1/me", headers={"Authorization": f"Bearer {key}"}).status_code


def test_a_key_opens_the_api_until_it_is_revoked(signed_in: Page, stack: Stack) -> None:
    page = signed_in
    page.goto(f"{stack.url}/settings/keys")
    page.get_by_role("button", name="New key").click()
    page.get_by_role("textbox", name="Name").fill("ci")
    page.get_by_role("button", name="Make the key").click()
    key = page.get_by_role("dialog").locator("pre").inner_text()
    page.get_by_role("button", name="I have it").click()
    assert _me(stack, key) == 200
    row = page.get_by_role("row", name="ci c32_")
    assert key not in page.content()
    row.get_by_role("button", name="Revoke").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(row.get_by_text("revoked")).to_be_visible()
    assert _me(stack, key) == 401
    assert_sound_everywhere(page)


def test_a_secret_is_written_and_never_shown(signed_in: Page, stack: Stack) -> None:
    page = signed_in
    page.goto(f"{stack.url}/settings/secrets")
    page.get_by_role("button", name="Set a secret").click()
    page.get_by_role("textbox", name="Name").fill("SLACK_WEBHOOK")
    page.get_by_role("textbox", name="Value").fill("a value that nobody reads")
    page.get_by_role("button", name="Keep it").click()
    page.get_by_role("row", name="SLACK_WEBHOOK ", exact=False).first.wait_for()
    page.reload()
    page.get_by_role("row", name="SLACK_WEBHOOK ", exact=False).first.wait_for()
    assert "a value that nobody reads" not in page.content()


def test_a_provider_that_does_not_answer_says_why(signed_in: Page, stack: Stack) -> None:
    page = signed_in
    page.goto(f"{stack.url}/settings/models")
    page.get_by_role("button", name="Add a provider").click()
    page.get_by_role("combobox", name="Which one").fill("LM Stu")
    page.get_by_role("option").first.click()
    page.get_by_role("textbox", name="Name").fill("nobody")
    page.get_by_role("textbox", name="Address").fill(f"http://127.0.0.1:{free_port()}/v1")
    page.get_by_role("textbox", name="Key").fill("sk-nobody")
    page.get_by_role("button", name="Connect and test").click()
    # Addresses of this machine are closed until an administrator opens them.
    expect(page.get_by_role("dialog").get_by_text("127.0.0.1").first).to_be_visible(timeout=30_000)


def test_the_machine_is_explained_and_times_follow_the_chosen_zone(signed_in: Page, stack: Stack) -> None:
    page = signed_in
    page.goto(f"{stack.url}/settings/system")
    expect(page.get_by_role("row", name="bubblewrap").first).to_be_visible(timeout=30_000)
    assert_sound_everywhere(page)
    page.goto(f"{stack.url}/settings/appearance")
    page.get_by_role("combobox", name="Times are shown in").fill("Asia/Tokyo")
    page.get_by_role("option", name="Asia/Tokyo").click()
    page.reload()
    assert page.get_by_role("combobox", name="Times are shown in").input_value() == "Asia/Tokyo"
