"""The workbench for tests of bots, used as its documentation says."""

from __future__ import annotations

import pytest
from codex32_bot import _platform, files, log, run, state
from codex32_bot.testing import workbench


def test_a_bot_on_the_bench() -> None:
    with workbench(
        inputs={"in.csv": "a,b\n1,2\n", "raw": b"\0"}, state={"seen": 1}, environment="prod"
    ) as bench:
        files.output("out.csv").write_text(files.input("in.csv").read_text().upper())
        state.set("seen", state.get("seen") + 1)
        state.set("list", [1])
        state.delete("list")
        log.info("done", rows=1)
        assert run.info().environment == "prod"
        assert files.inputs() == ["in.csv", "raw"]
        assert state.keys() == ["seen"]
    assert bench.output_text("out.csv") == "A,B\n1,2\n"
    assert bench.output_bytes("out.csv") == b"A,B\n1,2\n"
    assert bench.outputs() == ["out.csv"]
    assert bench.state == {"seen": 2}
    assert [(entry.level, entry.text, entry.fields) for entry in bench.logs] == [
        ("info", "done", {"rows": 1})
    ]
    assert (bench.log_texts(), bench.log_texts("error")) == (["done"], [])


def test_benches_are_separate_and_nest() -> None:
    before = _platform.active()
    with workbench() as outer:
        state.set("a", 1)
        with workbench() as inner:
            assert state.get("a") is None
        assert state.get("a") == 1
    assert (outer.state, inner.state) == ({"a": 1}, {})
    assert _platform.active() is before


def test_values_are_copies_as_on_the_platform() -> None:
    with workbench() as bench:
        value = {"list": [1]}
        state.set("k", value)
        value["list"].append(2)
        read = state.get("k")
        read["list"].append(3)
    assert bench.state == {"k": {"list": [1]}}


def test_a_missing_output_names_what_there_is() -> None:
    with workbench() as bench:
        files.output("a.txt").touch()
    with pytest.raises(FileNotFoundError, match=r"no file 'b.txt'; it left: a.txt"):
        bench.output_text("b.txt")


def test_more_inputs_can_be_added() -> None:
    with workbench() as bench:
        bench.add_input("late.txt", "x")
        assert files.input("late.txt").read_text() == "x"
