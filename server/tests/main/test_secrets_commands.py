"""Secrets of a file that runs without a server, and rotating keys where there is nothing to rotate."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from codex32_sdk.cli.app import run
from codex32_server.main import secrets as secrets_command
from codex32_server.settings.loading import SettingsError, load
from support.folders import reachable_folder

VALUE = "value-of-this-machine"
BOT = """# /// script
# [tool.codex32]
# name = "uses"
# network = ["a.example"]
# secrets = ["API_TOKEN", { name = "KEY", inject = "header:X-Key", host = "a.example" }]
# ///
from codex32_bot import secrets


def main() -> list:
    print(secrets["API_TOKEN"])
    return [len(secrets["API_TOKEN"]), secrets["KEY"]]
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
    for name in ("CODEX32_URL", "CODEX32_API_KEY", "CODEX32_HOME", "API_TOKEN", "KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))

    def call(*arguments: object) -> Told:
        code = run([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Told(code, captured.out, captured.err)

    return call


@pytest.fixture
def file(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with reachable_folder("codex32-secrets-") as base:
        monkeypatch.setenv("CODEX32_HOME", str(base / "home"))
        (base / "uses.py").write_text(BOT)
        yield base / "uses.py"


@pytest.mark.sandbox
def test_a_file_gets_its_secrets_from_the_environment(
    codex32: Callable[..., Told], file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTHER_NAME", VALUE)
    monkeypatch.setenv("KEY", "injected-value")
    told = codex32("run", file, "--secret", "API_TOKEN=OTHER_NAME", "--secret", "KEY", "--json")
    assert told.code == 0, told.err
    length, placeholder = told.json["output"]
    assert length == len(VALUE)
    assert placeholder.startswith("c32-secret-")
    assert "[secret API_TOKEN]" in told.err
    assert VALUE not in told.out + told.err


@pytest.mark.parametrize(
    ("variables", "options", "code", "words"),
    [
        ({"KEY": "x" * 9}, [], "secret_missing", "export API_TOKEN=…"),
        ({"KEY": "x" * 9, "API_TOKEN": ""}, [], "secret_missing", "is not set"),
        ({"KEY": "x" * 9}, ["--secret", "API_TOKEN=ELSEWHERE"], "secret_missing", "ELSEWHERE is not set"),
        ({"KEY": "x" * 9, "API_TOKEN": VALUE}, ["--secret", "NOPE"], "invalid_input", 'secrets = ["NOPE"]'),
        ({"KEY": "a\nb", "API_TOKEN": VALUE}, [], "secret_unusable", "KEY cannot be a header"),
    ],
)
@pytest.mark.sandbox
def test_what_is_missing_or_unusable_is_said(
    codex32: Callable[..., Told],
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    options: list[str],
    code: str,
    words: str,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    told = codex32("run", file, "--json", *options)
    assert told.code in (1, 2)
    assert told.json["code"] == code
    assert words in told.err
    assert VALUE not in told.out + told.err


def test_nothing_to_rotate(codex32: Callable[..., Told], tmp_path: Path) -> None:
    told = codex32("secrets", "rotate-key", "--home", tmp_path / "none", "--json")
    assert (told.code, told.json["code"]) == (1, "no_database")
    assert not (tmp_path / "none").exists()
    (tmp_path / "stopped").mkdir()
    told = codex32("secrets", "rotate-key", "--home", tmp_path / "stopped")
    assert "codex32 up" in told.err
    assert list((tmp_path / "stopped").iterdir()) == []


def test_a_setting_without_a_key_stops() -> None:
    with pytest.raises(SettingsError, match=r"CODEX32_SECRETS_KEY.* names no key"):
        load({"CODEX32_SECRETS_KEY": "  "})


@pytest.mark.parametrize("elsewhere", [True, False])
def test_a_rotation_finds_the_server_that_commands_talk_to(
    codex32: Callable[..., Told], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, elsewhere: bool
) -> None:
    """As `status` does. A URL in the environment may be another server's, whose home is not here."""
    home, profile = tmp_path / "home", tmp_path / "profile.json"
    monkeypatch.delenv("CODEX32_HOME", raising=False)
    monkeypatch.setattr(secrets_command, "default_home", lambda: tmp_path / "none")
    monkeypatch.setenv("CODEX32_PROFILE", str(profile))
    profile.write_text(json.dumps({"url": "http://x", "api_key": "k", "home": str(home)}))
    monkeypatch.delenv("CODEX32_URL", raising=False)
    if elsewhere:
        monkeypatch.setenv("CODEX32_URL", "http://y")
    told = codex32("secrets", "rotate-key", "--json")
    assert (told.code, told.json["code"]) == (1, "no_database")
    assert str(tmp_path / "none" if elsewhere else home) in told.json["detail"]
    profile.write_text("{")
    assert str(tmp_path / "none") in codex32("secrets", "rotate-key").err


def test_a_rotation_tells_what_can_go(
    codex32: Callable[..., Told], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async def rotate(*_: object, **__: object) -> dict[str, Any]:
        return {
            "key": "ab",
            "workspaces": 2,
            "data_keys_rewrapped": 2,
            "secrets_resealed": 0,
            "not_needed": ["cd"],
        }

    monkeypatch.setattr(secrets_command, "rotate", rotate)
    monkeypatch.setenv("CODEX32_SECRETS_KEY", f"{'11' * 32} {'22' * 32}")
    (tmp_path / "master.key").write_text("33" * 32)
    (tmp_path / "master.key").chmod(0o600)
    told = codex32("secrets", "rotate-key", "--home", tmp_path)
    assert "2 workspaces are protected by the key ab." in told.out
    assert "take them out: cd" in told.err
