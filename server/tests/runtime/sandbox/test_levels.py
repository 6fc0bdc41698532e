"""What a level leaves out is left out, is said, and nothing else is; one that is not allowed never starts."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from codex32_server.kit.isolation import IsolationConsent, IsolationRefusedError
from codex32_server.runtime import doctor, standalone
from codex32_server.runtime.driver import Driver
from codex32_server.runtime.sandbox import levels
from codex32_server.runtime.standalone import StandaloneRun

WORKSPACE = uuid4()
OPENED = IsolationConsent("minimal", frozenset({WORKSPACE}))
STATUS = """
import os
def main():
    lines = dict(line.split(":", 1) for line in open("/proc/self/status") if ":" in line)
    listed = True
    try: os.listdir("/")
    except PermissionError: listed = False
    return {"seccomp": lines["Seccomp"].strip(), "privileges": lines["NoNewPrivs"].strip(),
            "capabilities": lines["CapBnd"].strip(), "landlock": not listed, "user": os.getuid()}
"""


async def seen(bench: Any, isolation: str) -> dict[str, Any]:
    bench.driver._consent = OPENED
    outcome = await bench.run(STATUS, isolation=isolation, workspace_id=WORKSPACE)
    return json.loads(outcome.output)


@pytest.mark.sandbox
@pytest.mark.parametrize("isolation", ["strict", "standard"])
async def test_strict_and_standard_have_every_layer(bench: Any, isolation: str) -> None:
    found = await seen(bench, isolation)
    assert found["seccomp"] == "2"
    assert found["landlock"] or not _landlock()
    assert bench.lines.texts("system") == []


@pytest.mark.sandbox
async def test_minimal_has_all_but_two_and_says_so(bench: Any) -> None:
    found = await seen(bench, "minimal")
    assert (found["seccomp"], found["landlock"]) == ("0", False)
    assert (found["privileges"], found["user"], int(found["capabilities"], 16)) == ("1", 1000, 0)
    assert bench.lines.texts("system") == ["Isolation is minimal: this run has no seccomp and no landlock."]


@pytest.mark.sandbox
async def test_the_worker_refuses_what_was_published_before_the_consent_was_withdrawn(bench: Any) -> None:
    with pytest.raises(IsolationRefusedError, match="'minimal' is weaker"):
        await bench.run("def main(): ...", isolation="minimal", workspace_id=WORKSPACE)
    assert list(bench.work.iterdir()) == []


@pytest.mark.sandbox
async def test_a_file_of_ones_own_needs_the_setting_too(shared: Path, tmp_path: Path) -> None:
    path = tmp_path / "bot.py"
    path.write_text(
        '# /// script\n# [tool.codex32]\n# name = "b"\n# isolation = "minimal"\n# ///\ndef main(): return 1\n'
    )
    home = tmp_path / "home"
    with pytest.raises(IsolationRefusedError):
        await standalone.run(StandaloneRun(path), home=home, shared=shared, on_line=lambda _: None)
    assert not home.exists()


def test_only_strict_has_dependencies_of_its_own() -> None:
    bot = uuid4()
    owners = [levels.dependency_owner(level, bot) for level in ("strict", "standard", "minimal")]
    assert owners == [bot, None, None]


@pytest.mark.parametrize(
    ("consent", "ok", "words"),
    [
        (IsolationConsent(), True, "strict and standard"),
        (IsolationConsent("strict"), True, "strict only"),
        (IsolationConsent("minimal"), True, "strict and standard"),
        (OPENED, False, "1 workspace(s) may use minimal"),
    ],
)
def test_the_doctor_says_which_levels_are_allowed(consent: IsolationConsent, ok: bool, words: str) -> None:
    check = doctor.level_check(consent)
    assert (check.ok, check.required) == (ok, False)
    assert words in check.detail


def _landlock() -> bool:
    return (
        "landlock" in Path("/sys/kernel/security/lsm").read_text()
        if Path("/sys/kernel/security/lsm").exists()
        else True
    )


def test_the_guide_names_every_level() -> None:
    guide = (Path(__file__).parents[4] / "docs/guides/sandbox.md").read_text()
    assert all(re.search(rf"\| `{level}` \|", guide) for level in levels.LEVELS)


async def test_a_driver_without_consent_allows_no_minimal(tmp_path: Path) -> None:
    driver = Driver(None, work=tmp_path)  # type: ignore[arg-type]
    assert not driver._consent.opened
