"""The whole product, started as a person starts it, and a real browser in front of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from support.builder.scripted import ADDRESS
from support.stack import Stack, running
from support.watching import Watched

WEB = Path(__file__).parents[3] / "web" / "dist" / "index.html"
REMEDY = "install Chromium (as root: apt-get install chromium) to run the browser tests"


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """An installation in an empty home, which may reach scripted models."""
    if not WEB.exists():
        pytest.skip("the web app is not built: run make setup")
    reach = {"CODEX32_EGRESS_ALLOW_PRIVATE": f"{ADDRESS}/32"}
    with running(tmp_path_factory.mktemp("home"), **reach) as started:
        yield started


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip(REMEDY)
    arguments = [
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=chromium,
            # Chromium's own sandbox refuses to run as root.
            args=[*arguments, "--no-sandbox"] if os.geteuid() == 0 else arguments,
        )
        yield launched
        launched.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport={"width": 1280, "height": 900})
    opened.set_default_timeout(15_000)
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page on which nothing may go wrong unseen: see `watching.Watched`."""
    opened = context.new_page()
    watched = Watched()
    watched.on(opened)
    yield opened
    assert watched.faults == []


@pytest.fixture
def signed_in(page: Page, stack: Stack) -> Page:
    page.goto(stack.new_link())
    page.get_by_role("navigation", name="Main").wait_for()
    return page
