"""Outside of the platform the same calls use the console, the current folder and a state file."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from codex32_bot import _platform, files, log, run, state


@pytest.fixture(autouse=True)
def laptop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    """A fresh platform in an empty folder."""
    monkeypatch.chdir(tmp_path)
    for name in ("CODEX32_INPUT_DIR", "CODEX32_OUTPUT_DIR", "CODEX32_STATE_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CODEX32_BOT", "price-watch")
    restore = _platform.use(None)
    yield
    restore()


def test_files_are_those_of_the_current_folder(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("a")
    (tmp_path / ".hidden").touch()
    assert files.inputs() == ["in.csv"]
    assert files.input("in.csv").read_text() == "a"
    files.output("out.csv").write_text("b")
    assert (tmp_path / "out.csv").read_text() == "b"


def test_a_missing_input_names_what_there_is(tmp_path: Path) -> None:
    (tmp_path / "other.csv").touch()
    with pytest.raises(FileNotFoundError, match=r"no input file named 'in.csv'; there are: other.csv"):
        files.input("in.csv")


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "/etc/passwd", "a\0b", "x" * 256])
def test_names_are_plain(name: str) -> None:
    with pytest.raises(ValueError, match="plain"):
        files.output(name)
    with pytest.raises(ValueError, match="plain"):
        files.input(name)


def test_folders_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, folder in (("CODEX32_INPUT_DIR", "in"), ("CODEX32_OUTPUT_DIR", "out")):
        (tmp_path / folder).mkdir()
        monkeypatch.setenv(variable, str(tmp_path / folder))
    assert files.output("x") == tmp_path / "out" / "x"
    assert files.inputs() == []


def test_state_is_a_file(tmp_path: Path) -> None:
    assert state.get("last", 5) == 5
    state.set("last", {"price": 1.5})
    state.set("list", [None])
    state.delete("nothing")
    assert state.get("last") == {"price": 1.5}
    assert (state.keys(), state.keys("la")) == (["last", "list"], ["last"])
    kept = json.loads((tmp_path / ".codex32" / "state" / "price-watch.json").read_text())
    assert kept == {"last": {"price": 1.5}, "list": [None]}
    state.delete("last")
    assert state.get("last") is None


@pytest.mark.parametrize("value", [float("nan"), object(), {1, 2}])
def test_state_takes_json_only(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        state.set("key", value)
    assert state.keys() == []


@pytest.mark.parametrize("key", ["", "x" * 201, "a\nb", "a\0b"])
def test_keys_are_printable_and_short(key: str) -> None:
    with pytest.raises(ValueError, match="printable"):
        state.set(key, 1)


def test_log_goes_to_the_console(capsys: pytest.CaptureFixture[str]) -> None:
    log.debug("a")
    log.info("rows dropped", count=3, text="why")
    log.warning("w")
    log.error("e", path=Path("/x"))
    lines = capsys.readouterr().err.splitlines()
    assert lines == [
        "DEBUG   a",
        'INFO    rows dropped count=3 text="why"',
        "WARNING w",
        'ERROR   e path="/x"',
    ]


def test_facts_about_the_run() -> None:
    info = run.info()
    assert (info.id, info.bot, info.attempt, info.environment) == ("local", "price-watch", 1, "local")
    assert info.deadline is None
    assert info.remaining() is None


def test_importing_it_is_cheap() -> None:
    """A bot pays for this in every run: no typing, no asyncio, no pathlib until `files` is used."""
    code = "from codex32_bot import log, state; print(sorted(sys.modules))"
    path = str(Path(_platform.__file__).parent.parent)
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {path!r}); {code}"],
        capture_output=True,
        check=True,
    )
    assert b"typing" not in done.stdout
    assert b"asyncio" not in done.stdout
    assert b"pathlib" not in done.stdout
