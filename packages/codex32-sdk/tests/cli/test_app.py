"""The program itself: speed, help, wrong use, missing server, missing package, the reference page."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from codex32_sdk.cli import registry as registry_module
from codex32_sdk.cli.app import group
from codex32_sdk.cli.registry import registry
from codex32_sdk.cli.schedules import local_zone

PROMISED = """
up down status config new deploy run logs bots runs versions promote rollback schedules keys doctor
"""


def test_every_promised_command_is_there() -> None:
    assert set(PROMISED.split()) <= set(registry().entries)


def test_help_is_fast_and_imports_no_server() -> None:
    program = (
        "import sys\nfrom codex32_sdk.cli.app import run\nrun(['--help'])\n"
        "heavy = {'httpx', 'pydantic', 'fastapi', 'codex32_server.main.up'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    took: list[float] = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        took.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        assert done.returncode == 0, done.stderr
        assert "deploy" in done.stdout
    assert min(took) < 1.5, "processor seconds; the target is 0.5, this bound only catches a blunder"


OURS = [name for name, entry in registry().entries.items() if entry.target.startswith("codex32_sdk.")]


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_command_has_help_and_json(name: str) -> None:
    command: Any = group().commands[name]
    leaves = list(_leaves(name, command.load()))
    assert leaves
    for words, leaf in leaves:
        options = {option for item in leaf.params for option in item.opts}
        assert "--json" in options, words


def _leaves(words: str, command: Any) -> Iterator[tuple[str, Any]]:
    """What can be run below a name: commands, and groups that do something by themselves."""
    assert command.help, f"{words} says nothing about itself"
    below: dict[str, Any] = getattr(command, "commands", {})
    if not below or command.invoke_without_command:
        yield words, command
    for name, leaf in below.items():
        yield from _leaves(f"{words} {name}", leaf)


def test_wrong_use(codex32: Any) -> None:
    told = codex32("deplou", "--json")
    assert (told.code, told.json["code"]) == (2, "usage")
    assert "Did you mean 'deploy'?" in told.json["detail"]
    assert codex32("bots", "--nothing").code == 2
    assert "codex32 deploy --help" in codex32("deploy").err
    assert codex32().code == 2


def test_no_server(codex32: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODEX32_URL", "http://127.0.0.1:9")
    monkeypatch.setattr("codex32_sdk.transport.RetryPolicy.delay", lambda *_: 0.0)
    told = codex32("runs", "--json")
    assert (told.code, told.json["code"]) == (3, "unreachable")
    assert "codex32 up" in told.json["next_step"]


def test_a_run_that_cannot_start_prints_the_members_of_a_run(
    codex32: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CODEX32_URL", "http://127.0.0.1:9")
    monkeypatch.setattr("codex32_sdk.transport.RetryPolicy.delay", lambda *_: 0.0)
    for arguments, code in ((["tick"], "unreachable"), (["tick", "--input", "{"], "bad_input")):
        told = codex32("run", *arguments, "--json")
        assert (told.json["run"], told.json["output"]) == (None, None)
        assert told.json["error"]["code"] == code
        assert told.json["error"]["detail"] == told.json["detail"]


def test_no_profile(codex32: Any, no_profile: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CODEX32_URL")
    told = codex32("runs", "--json")
    assert (told.code, told.json["code"]) == (3, "no_profile")
    assert str(no_profile) in told.json["detail"]


def test_without_the_servers_package(codex32: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(registry_module, "entry_points", lambda **_: [])
    told = codex32("up", "--port", "1", "--json")
    assert (told.code, told.json["code"]) == (1, "server_not_installed")
    bot = tmp_path / "bot.py"
    bot.write_text("def main(): ...\n")
    told = codex32("run", str(bot))
    assert told.code == 1
    assert "codex32-server" in told.err


def test_version(codex32: Any) -> None:
    assert codex32("--version").out.startswith("codex32 ")


def test_advice_is_given_in_commands(codex32: Any, api: Any, kit: Any) -> None:
    step = "GET /api/v1/bots lists the bots."
    api.on("GET /bots/nobody", kit.problem("bot_not_found", "There is no bot nobody.", 404, next_step=step))
    told = codex32("bots", "show", "nobody", "--json")
    assert (told.code, told.json["next_step"]) == (5, "codex32 bots lists them.")
    assert "GET" not in told.err


@pytest.mark.parametrize("url", ["nonsense", "localhost:8032", "http://", "http://[", "ftp://here"])
def test_an_address_that_is_no_url(codex32: Any, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("CODEX32_URL", url)
    told = codex32("bots")
    assert told.code == 2
    assert "CODEX32_URL is not a URL" in told.err


@pytest.mark.parametrize(
    "command", [("logs",), ("logs", "-f"), ("cancel",), ("retry",), ("download",), ("runs",)]
)
def test_what_is_no_run_id_is_named(codex32: Any, api: Any, kit: Any, command: tuple[str, ...]) -> None:
    errors = [{"field": "path.run_id", "detail": "Input should be a valid UUID"}]
    refused = kit.problem("invalid_input", "path.run_id: not a UUID", 422, errors=errors)
    for route in ("GET /runs/tick", "GET /runs/tick/logs", "GET /runs/tick/logs/stream"):
        api.on(route, refused)
    for route in ("POST /runs/tick/cancel", "POST /runs/tick/retry"):
        api.on(route, refused)
    told = codex32(*command, "tick")
    assert told.code == 2
    assert told.err.splitlines() == ["tick is not the id of a run.", "Next: codex32 runs lists them."]


def test_an_empty_sentence_makes_no_bot(codex32: Any, api: Any) -> None:
    told = codex32("new", " ")
    assert (told.code, api.requests) == (2, [])
    assert told.err.startswith("The sentence is empty.")


@pytest.mark.parametrize("zone", ["UTC", "Etc/UTC", "Etc/Universal", "Zulu", "Nowhere/Else"])
def test_utc_has_one_name(monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    monkeypatch.setenv("TZ", zone)
    assert local_zone() == "UTC"
