"""`codex32 deploy`: what is sent, waiting for the proof, failing tests."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from codex32_sdk.cli.exits import BadInputError
from codex32_sdk.cli.sources import bot_name, collect

SOURCE = '# /// script\n# [tool.codex32]\n# name = "price-watch"\n# ///\ndef main(): return {}\n'


def deployment(kit: Any, proof: str, **more: Any) -> dict[str, Any]:
    return {"bot": kit.bot(), "version": kit.version(proof, **more), "created": True, "unchanged": False}


def test_a_file_goes_with_its_test_and_the_proof_is_awaited(
    api: Any, kit: Any, codex32: Any, tmp_path: Path
) -> None:
    (tmp_path / "watch.py").write_text(SOURCE)
    (tmp_path / "test_watch.py").write_text("def test(): pass\n")
    (tmp_path / "test_other.py").write_text("def test(): pass\n")
    api.on("PUT /bots/by-name/price-watch", kit.Answer(201, deployment(kit, "pending")))
    report = {"tests": 1, "passed": 1, "failed": 0, "cases": []}
    api.on("GET /bots/b1/versions/v1", kit.version("pending"), kit.version("proven", proof_report=report))
    api.on("GET /bots/b1", kit.bot())
    told = codex32("deploy", str(tmp_path / "watch.py"), "--json", "-m", "first")
    assert told.code == 0
    assert told.json["bot"] | {"id": "b1", "name": "price-watch"} == told.json["bot"]
    assert told.json["version"]["proof"] == "proven"
    assert "Proven (1 of 1 tests passed)" in told.err
    body = api.requests[0].json
    assert body["message"] == "first"
    sent = {file["path"]: base64.b64decode(file["content_base64"]).decode() for file in body["files"]}
    assert sent == {"watch.py": SOURCE, "test_watch.py": "def test(): pass\n"}


def test_failing_tests_are_shown_and_end_with_1(api: Any, kit: Any, codex32: Any, tmp_path: Path) -> None:
    (tmp_path / "bot.py").write_text(SOURCE)
    cases = [{"name": "test_price", "outcome": "failed", "message": "assert 1 == 2"}]
    report = {"tests": 1, "passed": 0, "failed": 1, "cases": cases, "reason": "A test failed."}
    api.on("PUT /bots/by-name/price-watch", deployment(kit, "failed", proof_report=report))
    api.on("GET /bots/b1", kit.bot())
    told = codex32("deploy", str(tmp_path))
    assert told.code == 1
    assert "test_price: assert 1 == 2" in told.err
    assert codex32("deploy", str(tmp_path), "--json").json["version"]["proof"] == "failed"
    assert "change a file" not in told.err
    again = deployment(kit, "failed", proof_report=report) | {"created": False, "unchanged": True}
    api.on("PUT /bots/by-name/price-watch", again)
    told = codex32("deploy", str(tmp_path))
    assert (told.code, "change a file" in told.err) == (1, True)


def test_a_proof_that_does_not_come_is_not_awaited_for_ever(
    api: Any, kit: Any, codex32: Any, tmp_path: Path
) -> None:
    (tmp_path / "bot.py").write_text(SOURCE)
    api.on("PUT /bots/by-name/price-watch", deployment(kit, "pending"))
    api.on("GET /bots/b1/versions/v1", kit.version("pending"))
    told = codex32("deploy", str(tmp_path), "--timeout", "0.05", "--json")
    assert (told.code, told.json["code"]) == (1, "proof_timeout")


def test_a_header_that_cannot_be_read_is_the_servers_to_explain(
    api: Any, kit: Any, codex32: Any, tmp_path: Path
) -> None:
    (tmp_path / "bot.py").write_bytes(b"\xff\xfe")
    wrong = {"field": "bot.py", "detail": "is not UTF-8", "line": 1, "column": 1}
    api.on("POST /bots", kit.problem("not_utf8", "bot.py is text in another encoding.", 422, errors=[wrong]))
    told = codex32("deploy", str(tmp_path / "bot.py"), "--json")
    assert (told.code, told.json["code"]) == (2, "not_utf8")
    assert "bot.py (line 1, column 1): is not UTF-8" in told.err


def test_folders_are_sent_without_what_tools_leave(tmp_path: Path) -> None:
    for name in ("bot.py", "README.md", "lib/rows.py", "__pycache__/bot.pyc", ".git/config", ".venv/x.py"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(SOURCE)
    (tmp_path / "link.py").symlink_to("/etc/passwd")
    assert sorted(collect(tmp_path)) == ["README.md", "bot.py", "lib/rows.py"]


@pytest.mark.parametrize("name", ["nothing.py", "empty"])
def test_nothing_to_deploy(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadInputError):
        collect(tmp_path / name)


def test_what_is_too_large_for_a_bot_is_told_before_it_is_sent(
    api: Any, codex32: Any, tmp_path: Path
) -> None:
    (tmp_path / "bot.py").write_text(SOURCE + "#" * 1024 * 1024)
    told = codex32("deploy", str(tmp_path / "bot.py"), "--json")
    assert (told.code, told.json["code"], told.json["fields"][0]["field"]) == (
        2,
        "package_too_large",
        "files.bot.py",
    )
    assert "bot.py is larger than 1024 KiB" in told.err
    (tmp_path / "bot.py").write_text(SOURCE)
    for number in range(200):
        (tmp_path / f"data{number}.txt").touch()
    told = codex32("deploy", str(tmp_path), "--json")
    assert (told.code, told.json["code"]) == (2, "package_too_large")
    assert "201 files" in told.err
    assert api.requests == []


@pytest.mark.parametrize(
    ("source", "name"),
    [
        (SOURCE, "price-watch"),
        (SOURCE.replace("\n", "\r\n"), "price-watch"),
        ("def main(): ...", None),
        ("# /// script\n# name = [\n# ///\n", None),
        ("# /// script\n# [tool.codex32]\n# name = 3\n# ///\n", None),
    ],
)
def test_the_name_in_the_header(source: str, name: str | None) -> None:
    assert bot_name({"bot.py": source.encode(), "test_bot.py": SOURCE.replace("price", "x").encode()}) == name
