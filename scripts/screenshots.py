"""Takes the pictures of the web page: `make screenshots`. What the README shows goes to docs/images; with
`--all FOLDER` every page, in both schemes and on a phone, goes to that folder.

Everything in them is real: an installation in an empty home, bots that the builder built, runs that ran.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from support.stack import Stack, running
from support.watching import DESK, PHONE, use_scheme

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
CONTACTS = "name,email\nAda,ada@example.org\nBob,\nAda L,ADA@example.org\nCy,cy@example.org\n"
SENTENCES = (
    "every weekday at 9 clean the contacts CSV: drop rows without an email, deduplicate by email,"
    " and report how many were dropped",
    "every hour fetch the orders from https://api.example.com/orders, keep those where amount is above 100"
    " and post them to Slack",
)
EXAMPLES = (
    "invoice_totals.py",
    "notes_service.py",
    "keyword_report.py",
    "budget-vs-actual",
    "duplicate_files.py",
)
PAGES = {
    "home": "/",
    "build": "/build",
    "bots": "/bots",
    "bot": "/bots/clean-contacts",
    "bot-code": "/bots/clean-contacts?tab=code",
    "runs": "/runs",
    "services": "/services",
    "triggers": "/triggers",
    "proposals": "/proposals",
    "incidents": "/incidents",
    "usage": "/usage",
    "knowledge": "/knowledge",
    "settings": "/settings/models",
    "system": "/settings/system",
    "design": "/design",
}
SETTLING_MS = 1500


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", type=Path, help="take every page, into this folder")
    given = parser.parse_args()
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.stderr.write("There is no Chromium. Next: install it (Debian: apt-get install chromium).\n")
        return 1
    with tempfile.TemporaryDirectory(prefix="codex32-shots-", dir="/var/tmp") as folder:
        Path(folder).chmod(0o711)
        with running(Path(folder)) as stack, sync_playwright() as playwright:
            _furnish(stack, Path(folder))
            arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
            browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(stack.sign_in_link)
            page.get_by_role("navigation", name="Main").wait_for()
            if given.all:
                _take_all(page, stack, given.all)
            else:
                _take_shown(page, stack)
            browser.close()
    return 0


def _furnish(stack: Stack, folder: Path) -> None:
    """Bots, runs that went well and one that did not, a document, a budget."""
    contacts = folder / "contacts.csv"
    contacts.write_text(CONTACTS)
    for sentence in SENTENCES:
        stack.codex32("new", sentence, "--yes", "--json")
    for example in EXAMPLES:
        stack.codex32("deploy", str(ROOT / "examples" / "bots" / example), "--json")
    for _ in range(3):
        stack.codex32("run", "clean-contacts", "--file", f"contacts={contacts}", "--json")
    stack.codex32("budgets", "set", "25", "--period", "month")
    stack.codex32("knowledge", "create", "handbook", "--description", "How we work")
    stack.codex32("knowledge", "add", "handbook", str(ROOT / "docs" / "guides" / "runs.md"))


def _take_shown(page: Page, stack: Stack) -> None:
    """What the README shows."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    for name in ("home", "bot"):
        _shoot(page, stack.url + PAGES[name], IMAGES / f"{name}.png")
    page.goto(stack.url + "/runs")
    page.locator("a[href^='/runs/0']").first.click()
    page.get_by_role("log").wait_for()
    page.wait_for_timeout(SETTLING_MS)
    page.screenshot(path=IMAGES / "run.png")
    _build(page, stack)
    page.screenshot(path=IMAGES / "build.png")
    page.set_viewport_size(PHONE)
    use_scheme(page, "light")
    _shoot(page, stack.url + "/", IMAGES / "home-phone.png")


def _build(page: Page, stack: Stack) -> None:
    """A session that waits for its review."""
    page.goto(stack.url + "/build")
    page.get_by_label("What should be automated?").fill(SENTENCES[1].replace("100", "250"))
    page.get_by_role("button", name="Build it").click()
    page.get_by_role("button", name="Publish…").wait_for(timeout=60_000)
    page.wait_for_timeout(SETTLING_MS)


def _take_all(page: Page, stack: Stack, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for look, scheme, screen in (("light", "light", DESK), ("dark", "dark", DESK), ("phone", "light", PHONE)):
        page.set_viewport_size(screen)
        use_scheme(page, scheme)
        for name, path in PAGES.items():
            _shoot(page, stack.url + path, folder / f"{name}-{look}.png", whole=True)


def _shoot(page: Page, address: str, path: Path, *, whole: bool = False) -> None:
    page.goto(address)
    page.get_by_role("heading", level=1).wait_for()
    page.wait_for_timeout(SETTLING_MS)
    page.screenshot(path=path, full_page=whole)


if __name__ == "__main__":
    sys.exit(main())
