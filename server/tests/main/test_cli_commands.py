"""The server's commands without a running server: config, status, down, doctor, up's refusals, run FILE."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from codex32_sdk.cli.app import group, run
from codex32_sdk.cli.registry import registry
from codex32_sdk.profile import Profile, save_profile
from codex32_server.main.present import present, served
from codex32_server.main.running import RunningProcess, RunningState, UpLock, running_state
from codex32_server.main.serve import PortBusyError, check_port
from codex32_server.main.serving import Served, lines
from codex32_server.main.status import local_status
from codex32_server.main.supervisor import ProcessStatus
from codex32_server.storage.homes import open_home
from support.folders import reachable_folder

BOT = """# /// script
# requires-python = ">=3.11"
# [tool.codex32]
# name = "adder"
# ///
from codex32_bot import files, log


def main(a: int, text: str = "", fail: bool = False) -> dict:
    log.info("adding")
    if fail:
        raise ValueError("no such luck")
    files.output("sum.txt").write_text(str(a))
    rows = files.input("rows.csv").read_text().splitlines() if text == "rows" else []
    return {"sum": a + 1, "text": text, "rows": len(rows)}
"""


@dataclass
class Told:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def codex32(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Told]:
    """The command line of a person without any setting or profile."""
    for name in ("CODEX32_URL", "CODEX32_API_KEY", "CODEX32_PROFILE", "CODEX32_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))

    def call(*arguments: object) -> Told:
        code = run([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Told(code, captured.out, captured.err)

    return call


def test_config_shows_value_source_and_meaning_and_masks_secrets(
    codex32: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CODEX32_PORT", "9000")
    monkeypatch.setenv("CODEX32_BOOTSTRAP_API_KEY", "a secret of twenty-four characters")
    told = codex32("config", "--json", "--home", "/nowhere")
    found = {entry["name"]: entry for entry in told.json["settings"]}
    assert (found["CODEX32_PORT"]["value"], found["CODEX32_PORT"]["source"]) == ("9000", "environment")
    assert (found["CODEX32_HOME"]["value"], found["CODEX32_HOME"]["source"]) == ("/nowhere", "option")
    assert found["CODEX32_LOG_LEVEL"]["source"] == "default"
    assert all(entry["meaning"] for entry in found.values())
    assert "twenty-four" not in told.out + codex32("config").out
    assert "CODEX32_LOG_LEVEL" not in codex32("config", "--changed").out


@pytest.mark.parametrize(("name", "value"), [("CODEX32_PROT", "1"), ("CODEX32_PORT", "eighty")])
def test_a_wrong_setting_is_one_sentence_and_exit_code_2(
    codex32: Any, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    told = codex32("config", "--json")
    assert (told.code, told.json["code"]) == (2, "settings_invalid")
    assert name in told.json["detail"]
    doctor = codex32("doctor", "--json")
    assert doctor.code == 1
    assert doctor.json["checks"][0]["name"] == "settings"
    assert name in doctor.json["checks"][0]["detail"]


@pytest.mark.parametrize("detach", [[], ["--detach"]], ids=["here", "detached"])
def test_up_with_a_wrong_setting_ends_with_2_and_the_usual_document(
    tmp_path: Path, detach: list[str]
) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CODEX32_")}
    done = subprocess.run(
        [Path(sys.executable).with_name("codex32"), "up", "--home", tmp_path / "home", "--json", *detach],
        env=environment | {"CODEX32_PROT": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    document = json.loads(done.stdout)
    assert document["error"]["code"] == document["code"] == "settings_invalid"
    assert "did you mean CODEX32_PORT?" in document["detail"]
    assert document["next_step"]


def test_nothing_runs(codex32: Any, tmp_path: Path) -> None:
    home = tmp_path / "home"
    told = codex32("status", "--json", "--home", home)
    assert (told.code, told.json["code"]) == (3, "not_running")
    assert (told.json["url"], told.json["healthy"], told.json["processes"]) == (None, False, [])
    assert codex32("down", "--json", "--home", home).json == {"home": str(home), "stopped": []}
    assert not home.exists(), "looking for a home must not make one"


def test_a_server_that_is_gone_is_named_with_the_remedy(
    codex32: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("codex32_sdk.transport.RetryPolicy.delay", lambda *_: 0.0)
    profile = tmp_path / "config" / "codex32" / "profile.json"
    save_profile(Profile("http://127.0.0.1:9", "k", str(tmp_path / "gone")), profile)
    told = codex32("status")
    assert told.code == 3
    assert f"Nothing is running in {tmp_path / 'gone'}" in told.err
    assert "codex32 up" in told.err
    save_profile(Profile("http://127.0.0.1:9", "k"), profile)
    assert codex32("status", "--json").json["code"] == "unreachable"
    monkeypatch.setenv("CODEX32_URL", "http://127.0.0.1:9")
    told = codex32("status", "--json")
    assert told.json["code"] == "unreachable"
    assert told.json["url"] == "http://127.0.0.1:9"
    assert (told.json["healthy"], told.json["processes"]) == (False, [])


def test_a_busy_port_is_one_sentence_with_a_remedy() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortBusyError, match=str(port)) as caught:
            check_port("127.0.0.1", port)
    assert "--port" in caught.value.advice
    check_port("127.0.0.1", port)
    with pytest.raises(PortBusyError, match="not an address"):
        check_port("203.0.113.7", port)


def test_what_the_status_file_says_is_checked_against_the_processes(tmp_path: Path) -> None:
    home = open_home(tmp_path / "home", system_root=tmp_path / "system")
    assert present(home, 0) is None
    dead = RunningProcess("api", 2**22 - 1, 1.0, healthy=True)
    report = served(RunningState(1, 1.0, "", "http://x", ready=True, processes=(dead,)), home)
    assert not report.healthy
    assert report.processes == [{"name": "api", "pid": dead.pid, "healthy": False}]


def test_a_process_that_cannot_run_is_listed_with_the_reason(tmp_path: Path) -> None:
    home = open_home(tmp_path / "home", system_root=tmp_path / "system")
    with UpLock(home, "http://127.0.0.1:1") as lock:
        lock.write([ProcessStatus("postgres", None, False, 3, "The disk has 1 MiB left.")], ready=True)
        state = running_state(home)
        assert state is not None
        shown = served(state, home)
        assert not shown.healthy
        expected = {"name": "postgres", "pid": None, "healthy": False, "problem": "The disk has 1 MiB left."}
        assert shown.processes == [expected]
        assert local_status(home.path)["problems"] == ["The API does not answer."]


def test_the_report_shows_the_link_once() -> None:
    shown = "\n".join(lines(Served("http://x", "/h", True, [{"name": "api"}], "http://x/sign-in#token=t")))
    assert "http://x/sign-in#token=t" in shown
    assert "healthy" in shown
    later = "\n".join(lines(Served("http://x", "/h", True, [], already_running=True)))
    assert "already" in later
    assert "codex32 open" in later


@pytest.mark.parametrize("name", ["up", "down", "status", "doctor", "config"])
def test_our_commands_say_what_they_do_and_take_json(name: str) -> None:
    assert registry().entries[name].target.startswith("codex32_server.main.")
    real: Any = group().commands[name]
    command = real.load()
    assert command.help
    assert "--json" in {option for item in command.params for option in item.opts}


@pytest.mark.sandbox
def test_a_file_runs_in_the_sandbox_with_no_server_at_all(
    codex32: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot = tmp_path / "adder.py"
    bot.write_text(BOT)
    rows = tmp_path / "rows.csv"
    rows.write_text("a\n1\n")
    with reachable_folder("codex32-local-") as home:
        monkeypatch.setenv("CODEX32_HOME", str(home))
        out = tmp_path / "out"
        told = codex32(
            "run", bot, "--a", 4, "--text", "rows", "--file", f"rows.csv={rows}", "-o", out, "--json"
        )
        assert told.code == 0, told.err
        assert told.json["run"]["status"] == "succeeded"
        assert told.json["run"]["attempts"] == 1
        assert told.json["output"] == {"sum": 5, "text": "rows", "rows": 2}
        assert "adding" in told.err
        assert (out / "sum.txt").read_text() == "4"

        failed = codex32("run", bot, "--input", '{"a": 1, "fail": true}', "--json", "-q")
        assert failed.code == 1
        assert failed.json["error"]["code"] == "bot_error"
        assert "no such luck" in failed.json["error"]["detail"]

        wrong = codex32("run", bot, "--a", "many", "--json")
        assert (wrong.code, wrong.json["code"]) == (2, "input_invalid")
        assert wrong.json["detail"] == "input.a must be a whole number, not 'many'."
        assert wrong.json["fields"][0]["field"] == "input.a"

        bot.write_text("def main(: pass")
        broken = codex32("run", bot, "--json")
        assert broken.code == 2
        assert broken.json["fields"][0]["line"] == 1


@pytest.mark.sandbox
def test_the_doctor_examines_this_machine(codex32: Any) -> None:
    with reachable_folder("codex32-doctor-") as home:
        told = codex32("doctor", "--json", "--home", home)
    names = {check["name"] for check in told.json["checks"]}
    assert {"settings", "disk", "database", "port", "bubblewrap", "seccomp"} <= names
    assert told.code == (0 if told.json["ok"] else 1)
    for check in told.json["checks"]:
        assert check["ok"] or check["remedy"], f"{check['name']} names no remedy"
