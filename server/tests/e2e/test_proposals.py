"""A change waits for a person, who reads what it would do and decides."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from support.menu import go_to
from support.stack import Stack
from support.watching import assert_sound_everywhere

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TESTS = "from bot import main\n\n\ndef test_greets():\n    assert main() == {'says': 'hello'}\n"


def source(hosts: str = "[]", says: str = "hello") -> str:
    header = f'# /// script\n# [tool.codex32]\n# name = "greeter"\n# network = {hosts}\n# ///\n'
    return f"{header}def main() -> dict:\n    return {{'says': '{says}'}}\n"


def proposed(page: Page, stack: Stack, title: str, code: str) -> None:
    answer = page.request.post(
        f"{stack.url}/api/v1/proposals",
        headers={"X-Codex32-Request": "1"},
        data={
            "bot": "greeter",
            "title": title,
            "rationale": "Because <b>somebody</b> asked.",
            "files": {"bot.py": code, "test_bot.py": TESTS},
        },
    )
    assert answer.status == 201, answer.text()


def test_a_person_decides(signed_in: Page, stack: Stack, tmp_path: Path) -> None:
    page = signed_in
    (tmp_path / "bot.py").write_text(source())
    (tmp_path / "test_bot.py").write_text(TESTS)
    stack.codex32("deploy", str(tmp_path), "--json")
    proposed(page, stack, "Reach a host", source('["api.example.com"]'))
    proposed(page, stack, "Say something else", source(says="bye"))

    go_to(page, "Proposals")
    page.get_by_role("link", name="Reach a host").wait_for()
    assert_sound_everywhere(page)
    page.get_by_role("link", name="Say something else").click()
    expect(page.get_by_text("tests failed").first).to_be_visible(timeout=60_000)
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)
    page.get_by_label("Note").fill("It must say hello.")
    page.get_by_role("button", name="Reject").click()
    expect(page.get_by_text("It must say hello.")).to_be_visible()

    go_to(page, "Proposals")
    page.get_by_role("link", name="Reach a host").click()
    expect(page.get_by_text("network: api.example.com")).to_be_visible()
    expect(page.get_by_text("Because <b>somebody</b> asked.")).to_be_visible()
    expect(page.get_by_role("button", name="Approve and apply")).to_be_visible(timeout=60_000)
    assert_sound_everywhere(page)
    page.get_by_role("button", name="Approve and apply").click()
    expect(page.get_by_role("link", name="Open the bot")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="Approved and applied")).to_be_focused()
