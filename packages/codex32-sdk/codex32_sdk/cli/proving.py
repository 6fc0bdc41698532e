"""Waiting for a version's proof and telling how its tests went."""

from __future__ import annotations

import time
from typing import Any, cast

from codex32_sdk.cli import terminal
from codex32_sdk.cli.exits import CommandError
from codex32_sdk.client import Client
from codex32_sdk.models import Version

_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 1.0


def wait_for_proof(client: Client, bot: str, version: Version, *, timeout: float) -> Version:
    """The version once its tests have run. Raises CommandError after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    pause = _FIRST_PAUSE
    if version.proof == "pending":
        terminal.say(f"Version {version.number} is being proven …")
    told: str | None = None
    while version.proof == "pending":
        if time.monotonic() > deadline:
            raise CommandError(
                "proof_timeout",
                f"Version {version.number} is not proven after {timeout:.0f} seconds.",
                next_step=f"Look again with: codex32 versions {bot}",
            )
        if version.proof_stage != told:
            told = version.proof_stage
            terminal.say(f"  {told} …" if told else "  …")
        time.sleep(pause)
        pause = min(pause * 1.5, _LONGEST_PAUSE)
        version = client.get_version(bot, version.id)
    return version


def tell_proof(version: Version) -> None:
    """How the tests went, on stderr."""
    report = _report(version)
    counted = f" ({report['passed']} of {report['tests']} tests passed)" if report.get("tests") else ""
    if version.proof == "proven":
        terminal.say(f"Proven{counted}.", style="green")
    elif version.proof == "unproven":
        terminal.say("Unproven: it has no tests. It runs in dev and cannot be promoted.", style="yellow")
    else:
        terminal.say(f"Not published: the proof failed{counted}.", style="red")
        for text in failures(version):
            terminal.say(text)
    for warning in version.warnings:
        terminal.say(f"Warning: {_sentence(warning)}", style="yellow")


def failures(version: Version) -> list[str]:
    """Why the proof failed, then each test that did not pass with what went wrong."""
    report = _report(version)
    cases = cast("list[dict[str, Any]]", report.get("cases") or [])
    failed = [
        f"{case.get('name')}: {case.get('message')}" for case in cases if case.get("outcome") != "passed"
    ]
    stage = [version.proof_stage] if version.proof_stage else []
    return ([str(report["reason"])] if report.get("reason") else []) + stage + failed


def _report(version: Version) -> dict[str, Any]:
    report: object = version.proof_report
    return cast("dict[str, Any]", report) if isinstance(report, dict) else {}


def _sentence(warning: object) -> str:
    if not isinstance(warning, dict):
        return str(warning)
    told = cast("dict[str, Any]", warning)
    return str(told.get("detail") or told.get("message") or told)
