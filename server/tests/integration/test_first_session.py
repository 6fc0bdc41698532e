"""The first session of a person, from nothing to a bot that ran: only the command line, only real parts."""

from __future__ import annotations

import json
import os
import signal
import stat
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.folders import reachable_folder
from support.installation import Installation

pytestmark = [pytest.mark.slow, pytest.mark.sandbox, pytest.mark.timeout(420)]

SENTENCE = (
    "every weekday at 9 clean the contacts CSV: drop rows without an email, deduplicate by email, "
    "and report how many were dropped"
)
CONTACTS = (
    "name,email\nAda,ada@example.org\nBob,\nCy,cy@example.org\nAda again,ada@example.org\n"
    "Dee,dee@example.org\nEve,\n"
)
USES_A_SECRET = """# /// script
# [tool.codex32]
# name = "uses"
# secrets = ["API_TOKEN"]
# ///
from codex32_bot import secrets
def main():
    return {"length": len(secrets["API_TOKEN"]), "value": secrets["API_TOKEN"]}
"""
PROCESSES = {"postgres", "api", "worker", "scheduler"}


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    with reachable_folder("codex32-session-") as base:
        session = Installation(base)
        try:
            yield session
        finally:
            session.down()


def test_1_up_starts_everything_and_says_how_to_get_in(installation: Installation) -> None:
    told = installation.up()
    assert told.code == 0, told.err
    assert told.json["healthy"]
    assert {process["name"] for process in told.json["processes"]} == PROCESSES
    assert told.json["sign_in_url"].startswith(f"{installation.url}/sign-in#token=")
    assert stat.S_IMODE(installation.profile.stat().st_mode) == 0o600
    with urllib.request.urlopen(f"{installation.url}/health/ready", timeout=5) as answer:
        assert answer.status == 200


def test_2_no_secret_is_on_a_command_line(installation: Installation) -> None:
    key = json.loads(installation.profile.read_text())["api_key"]
    status = installation.codex32("status", "--json").json
    for pid in [status["supervisor"]["pid"], *(process["pid"] for process in status["processes"])]:
        line = Path(f"/proc/{pid}/cmdline").read_bytes()
        assert key.encode() not in line
        assert b"postgresql://" not in line


def test_3_status_by_home_and_by_url(installation: Installation) -> None:
    local = installation.codex32("status", "--json", "--home", installation.home)
    assert (local.code, local.json["url"], local.json["healthy"]) == (0, installation.url, True)
    assert all(process["healthy"] and process["pid"] for process in local.json["processes"])
    key = json.loads(installation.profile.read_text())["api_key"]
    remote = installation.codex32("status", "--json", CODEX32_URL=installation.url, CODEX32_API_KEY=key)
    assert (remote.code, remote.json["url"], remote.json["healthy"]) == (0, installation.url, True)
    assert remote.json["processes"]


def test_4_a_sentence_becomes_a_published_bot(installation: Installation) -> None:
    told = installation.codex32("new", SENTENCE, "--yes", "--json")
    assert told.code == 0, told.out + told.err
    assert told.json["status"] == "published"
    assert told.json["bot"]["id"]
    assert told.json["version"]["digest"]
    assert told.json["questions"] == []
    (installation.base / "bot").write_text(told.json["bot"]["name"])


def test_5_it_runs_on_real_rows_and_its_log_and_history_are_there(installation: Installation) -> None:
    bot = (installation.base / "bot").read_text()
    contacts = installation.base / "contacts.csv"
    contacts.write_text(CONTACTS)
    told = installation.codex32("run", bot, "--input", "{}", "--file", f"contacts.csv={contacts}", "--json")
    assert told.code == 0, told.out + told.err
    assert told.json["run"]["status"] == "succeeded"
    assert told.json["run"]["attempts"] == 1
    assert told.json["error"] is None
    assert 3 in _numbers(told.json["output"]), "two rows without an email and one duplicate were dropped"
    run_id = told.json["run"]["id"]
    logs = installation.codex32("logs", run_id, "--json")
    assert logs.code == 0
    assert logs.json["items"]
    assert installation.codex32("logs", run_id, "--follow").code == 0
    runs = installation.codex32("runs", "--json").json["items"]
    assert [run["id"] for run in runs] == [run_id]


def test_5_the_run_is_in_the_metrics_of_the_platform(installation: Installation) -> None:
    deadline, page = time.monotonic() + 30, ""
    while "bot_executions_total{" not in page and time.monotonic() < deadline:
        with urllib.request.urlopen(f"{installation.url}/metrics", timeout=5) as answer:
            page = answer.read().decode()
        time.sleep(0.2)
    (line,) = [line for line in page.splitlines() if line.startswith("bot_executions_total{")]
    assert 'status="succeeded"' in line
    assert line.endswith(" 1.0")


def test_6_its_schedule_is_there_with_its_zone(installation: Installation) -> None:
    schedules = installation.codex32("schedules", "--json").json["items"]
    assert [schedule["cron"] for schedule in schedules] == ["0 9 * * 1-5"] or "9" in schedules[0]["cron"]
    assert schedules[0]["timezone"]
    assert schedules[0]["next_fire_at"]


def test_61_a_secret_goes_to_the_bot_and_its_keys_are_rotated_meanwhile(installation: Installation) -> None:
    (installation.base / "uses.py").write_text(USES_A_SECRET)
    value = installation.base / "value"
    value.write_text("a-value-of-mine\n")
    deployed = installation.codex32("deploy", installation.base / "uses.py", "--json")
    assert deployed.json["missing_secrets"] == ["API_TOKEN"]
    missing = installation.codex32("run", "uses", "--json")
    assert (missing.code, missing.json["error"]["code"]) == (1, "secret_missing")
    assert installation.codex32("secrets", "set", "API_TOKEN", "--from-file", value).code == 0
    for rotation in (["--data-keys"], []):
        told = installation.codex32("secrets", "rotate-key", "--home", installation.home, "--json", *rotation)
        assert told.code == 0, told.err
        assert told.json["data_keys_rewrapped"] == 1
        ran = installation.codex32("run", "uses", "--json")
        assert ran.json["output"] == {"length": 15, "value": "[secret API_TOKEN]"}, ran.out + ran.err
    assert stat.S_IMODE((installation.home / "secrets.keys").stat().st_mode) == 0o600
    for log in (installation.home / "log").iterdir():
        assert "a-value-of-mine" not in log.read_text(errors="replace")
    assert installation.codex32("secrets", "--json").json["items"][0]["last_used_at"]


def test_7_a_second_up_says_that_it_runs(installation: Installation) -> None:
    told = installation.up()
    assert told.code == 0
    assert told.json["already_running"]
    assert told.json["url"] == installation.url


def test_8_after_kill_9_of_the_supervisor_down_clears_up_and_nothing_is_lost(
    installation: Installation,
) -> None:
    before = installation.codex32("status", "--json").json
    os.kill(before["supervisor"]["pid"], signal.SIGKILL)
    assert installation.down().code == 0
    deadline = time.monotonic() + 10
    pids = [process["pid"] for process in before["processes"]]
    while any(_runs(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not [pid for pid in pids if _runs(pid)]
    status = installation.codex32("status", "--json")
    assert (status.code, status.json["code"]) == (3, "not_running")
    again = installation.up()
    assert again.code == 0, again.err
    assert again.json["sign_in_url"] is None
    assert len(installation.codex32("runs", "--json").json["items"]) == 4


def test_9_down_stops_everything_in_order(installation: Installation) -> None:
    told = installation.down()
    assert told.code == 0
    assert set(told.json["stopped"]) >= PROCESSES
    assert installation.codex32("bots", "--json").code == 3


def _numbers(value: object) -> set[object]:
    """Every number anywhere in a JSON document."""
    if isinstance(value, dict):
        return set().union(*(_numbers(item) for item in value.values()))
    if isinstance(value, list):
        return set().union(*(_numbers(item) for item in value))
    return {value} if isinstance(value, int | float) else set()


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
