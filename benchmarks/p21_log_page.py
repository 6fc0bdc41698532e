"""P21: the page of a run that prints 100,000 lines while it is looked at: how long its tasks are.

A browser follows the log from the start, at its end, with colours in every line and with a search. What is
measured is each task of the page's one thread that takes longer than 50 ms (Long Tasks,
https://www.w3.org/TR/longtasks-1/): while it runs, no key and no click is answered. Needs Chromium.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from _harness import report, show, temporary_home
from playwright.sync_api import Browser, Page, sync_playwright

_CODEX32 = Path(sys.executable).with_name("codex32")
_MUST_MS = 50.0
_PATIENCE_S = 120.0
_BOT = '''# /// script
# requires-python = ">=3.11"
# dependencies = []
# [tool.codex32]
# name = "flood"
# ///
"""Prints many lines."""

import sys
import time


def main(lines: int = 100_000, wait: float = 1.5) -> int:
    """Prints them as fast as they go, once the page is there."""
    time.sleep(wait)
    for number in range(lines):
        sys.stdout.write(f"\\x1b[3{number % 8}mline {number}\\x1b[0m of a flood, needle {number % 100}\\n")
    return lines
'''
_OBSERVE = """
window.__long = [];
new PerformanceObserver((list) => {
  for (const { startTime, duration } of list.getEntries()) {
    window.__long.push([Math.round(startTime), Math.round(duration)]);
  }
}).observe({ type: "longtask", buffered: true });
"""


def main() -> None:
    given = _arguments()
    with _installation() as link, sync_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=arguments)
        url = link.split("/sign-in")[0]
        page = _page(browser, link)
        ways = {"": "plain", "&find=needle+77": "search", "&wrap=yes": "wrapped"}
        longest: dict[str, list[float]] = {name: [] for name in ways.values()}
        for _ in range(given.repeats):
            for query, name in ways.items():
                tasks = _followed(page, url, _begun(page, given.lines), query, given.lines)
                longest[name].append(float(max((task[1] for task in tasks), default=0)))
                sys.stderr.write(f"{name}: long tasks {tasks}\n")
        browser.close()
    answer = report(
        "P21",
        [max(values) for values in longest.values()],
        unit="ms of the longest task (0: none above 50)",
        must=_MUST_MS,
        aim=_MUST_MS,
        lower_is_better=True,
        lines=given.lines,
        longest=longest,
        load=round(os.getloadavg()[0], 2),
    )
    show(
        answer, [(name, f"longest task {max(values):.0f} ms of {values}") for name, values in longest.items()]
    )


def _followed(page: Page, url: str, run: str, query: str, lines: int) -> list[list[float]]:
    """Start and length of each long task from the page's load until all lines are on it and it is at rest."""
    page.goto(f"{url}/runs/{run}?tab=log{query}")
    page.get_by_role("log").wait_for(timeout=_PATIENCE_S * 1000)
    began = time.perf_counter()
    while _lines(page) < lines:
        assert time.perf_counter() - began < _PATIENCE_S, f"only {_lines(page)} lines came"
        page.wait_for_timeout(250)
    page.wait_for_timeout(1000)
    found: list[list[float]] = page.evaluate("window.__long")
    return found


def _lines(page: Page) -> int:
    """How many it says there are; those of the platform are among them."""
    found = re.match(r"[\d,]+", page.locator(".c32-log-foot").inner_text())
    return int(found.group().replace(",", "")) if found else 0


def _page(browser: Browser, link: str) -> Page:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.add_init_script(_OBSERVE)
    page = context.new_page()
    page.goto(link)
    page.get_by_role("navigation", name="Main").wait_for()
    return page


def _begun(page: Page, lines: int) -> str:
    """Id of a run that begins now."""
    found: Any = page.evaluate(
        """async (input) => (await fetch("/api/v1/bots/flood/runs", {
          method: "POST",
          headers: { "Content-Type": "application/json", "X-Codex32-Request": "1" },
          body: JSON.stringify({ input }),
        })).json()""",
        {"lines": lines},
    )
    return str(found["id"])


@contextmanager
def _installation() -> Generator[str]:
    """The sign-in link of an `up` with the bot in it; everything is gone at the end."""
    home = temporary_home()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CODEX32_")}
    environ = {**kept, "XDG_CONFIG_HOME": str(home / "config")}
    up = [_CODEX32, "up", "--home", home / "home", "--port", str(_free_port()), "--detach"]
    told = subprocess.run(up, env=environ, check=True, capture_output=True, text=True)
    try:
        (home / "flood.py").write_text(_BOT)
        subprocess.run([_CODEX32, "deploy", home / "flood.py"], env=environ, check=True, capture_output=True)
        found = re.search(r"https?://\S+/sign-in#token=\S+", told.stdout)
        assert found, told.stdout
        yield found.group()
    finally:
        down = [_CODEX32, "down", "--home", home / "home"]
        subprocess.run(down, env=environ, check=False, capture_output=True)
        shutil.rmtree(home, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--repeats", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    main()
