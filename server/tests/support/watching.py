"""What every page must hold: nobody is kept out, nothing is refused or fails, nothing is too wide."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import ConsoleMessage, Page, Response

_AXE = Path(__file__).parents[3] / "web" / "node_modules" / "axe-core" / "axe.min.js"
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


@dataclass
class Watched:
    """What went wrong on a page since it was opened."""

    faults: list[str] = field(default_factory=list)

    def on(self, page: Page) -> None:
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        page.on("dialog", lambda dialog: self.faults.append(f"dialog: {dialog.message}"))
        page.on("response", self._answered)

    def _said(self, message: ConsoleMessage) -> None:
        # A failed request is said once more by the browser; which may fail is up to the test.
        if message.type == "error" and "Failed to load resource" not in message.text:
            place = message.location
            self.faults.append(f"{message.text} ({place['url']}:{place['lineNumber']})")

    def _answered(self, response: Response) -> None:
        if response.status >= 500:
            self.faults.append(f"{response.status} {response.request.method} {response.url}")


def violations(page: Page) -> list[str]:
    """What axe finds on the page as it is now by WCAG 2.2 AA and its best practices."""
    # By the debugger, because the page's own policy would refuse the script.
    session = page.context.new_cdp_session(page)
    script = f"{_AXE.read_text()};axe.run(document, {{runOnly: {_TAGS!r}}})"
    answer: dict[str, Any] = session.send(
        "Runtime.evaluate", {"expression": script, "awaitPromise": True, "returnByValue": True}
    )
    found: list[dict[str, Any]] = answer["result"]["value"]["violations"]
    return [f"{one['id']}: {one['help']}: {one['nodes'][0]['html'][:200]}" for one in found]


def use_scheme(page: Page, scheme: str) -> None:
    """`light` or `dark`, as a person chooses it in the menu; the page is loaded again."""
    page.evaluate("scheme => localStorage.setItem('mantine-color-scheme-value', scheme)", scheme)
    page.reload()


def assert_sound(page: Page, *, settled: bool = True) -> None:
    """Nobody is kept out, and nothing is wider than the page. `settled`: once nothing is being loaded."""
    if settled:
        page.get_by_text("Loading…").first.wait_for(state="detached")
    found = violations(page)
    assert found == [], found
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


def assert_sound_everywhere(page: Page, *, settled: bool = True) -> None:
    """`assert_sound` in both schemes and on a phone."""
    for scheme in ("light", "dark"):
        use_scheme(page, scheme)
        page.get_by_role("heading", level=1).wait_for()
        assert_sound(page, settled=settled)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert_sound(page, settled=settled)
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
