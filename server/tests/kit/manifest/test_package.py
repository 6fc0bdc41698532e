"""Bots as sets of files, from memory and from a disk."""

import os
from pathlib import Path

import pytest
from codex32_server.kit.manifest.digest import digest
from codex32_server.kit.manifest.errors import (
    BotFileError,
    MainMissingError,
    ManifestError,
    PackageError,
    PackageTooLargeError,
    SourceError,
)
from codex32_server.kit.manifest.package import package_from_files, read_package

HEADER = b'# /// script\n# [tool.codex32]\n# name = "a"\n# ///\n'
BOT = HEADER + b'"""Does\nthings.\n\nMore."""\ndef main(n: int = 1): ...\n'


def refusal(files: dict[str, bytes]) -> BotFileError:
    with pytest.raises(BotFileError) as caught:
        package_from_files(files)
    return caught.value


def test_a_folder_of_files() -> None:
    files = {"bot.py": BOT, "more.py": b"", "test_bot.py": b"", "README.md": b"# A", "data/x.bin": b"\xff\0"}
    package = package_from_files(files)
    assert (package.entry, package.tests, package.docs) == ("bot.py", ("test_bot.py",), "# A")
    assert package.description == "Does things."
    assert package.input_schema["properties"] == {"n": {"type": "integer", "default": 1}}
    assert package.digest == digest(files)
    assert package.digest_with(b"lock") == digest(files, b"lock")


def test_a_package_cannot_be_changed() -> None:
    package = package_from_files({"bot.py": BOT})
    with pytest.raises(TypeError):
        package.files["bot.py"] = b""  # type: ignore[index]
    assert package == package_from_files({"bot.py": BOT})


@pytest.mark.parametrize("name", ["watch.py", "bot.py", "my bot.py", "überwachung.py"])
def test_a_single_file_of_any_name(name: str) -> None:
    assert package_from_files({name: BOT}).entry == name


def test_main_may_stand_in_another_file() -> None:
    files = {
        "bot.py": BOT.replace(b'"a"', b'"a"\n# entry = "lib/run.py"'),
        "lib/run.py": b"def main(x: str): ...",
    }
    assert package_from_files(files).input_schema["required"] == ["x"]


def test_an_entry_that_is_not_there_is_named_with_its_place() -> None:
    problem = refusal({"bot.py": BOT.replace(b'"a"', b'"a"\n# entry = "gone.py"')}).fields[0]
    assert (problem.field, problem.line, problem.column) == ("manifest.entry", 4, 11)


@pytest.mark.parametrize(
    "path",
    [
        "../x.py", "/etc/passwd", "a/../b.py", "a//b.py", "./a.py", "a\\b.py", "a\0.py", "a\n.py", "", ".env",
        "a/.git/config", "__pycache__/x.pyc", "con.txt", "LPT1", "a.", " a", "a ", "c:x", "e\u0301.txt",
        "\ud800", "x" * 201, "a/" * 9 + "b", "json.py", "codex32_bot.py", "codex32_bot/x.py",
        "email/__init__.py", "sitecustomize.py",
    ],
)  # fmt: skip
def test_names_that_are_refused(path: str) -> None:
    error = refusal({"bot.py": BOT, path: b""})
    assert isinstance(error, PackageError)
    assert len(error.fields) == 1
    error.fields[0].field.encode()


def test_names_that_clash() -> None:
    assert "a file and a folder" in refusal({"bot.py": BOT, "a": b"", "a/b": b""}).detail
    assert "only in upper and lower case" in refusal({"bot.py": BOT, "a": b"", "A": b""}).detail


def test_sizes() -> None:
    mebibyte = b"#" * 2**20
    assert package_from_files({"bot.py": BOT, "x.txt": mebibyte})
    for files in (
        {"bot.py": BOT, "x.txt": mebibyte + b"#"},
        {"bot.py": BOT} | {f"{n}.txt": mebibyte for n in range(5)},
        {"bot.py": BOT} | {f"{n}.txt": b"" for n in range(200)},
        {"bot.py": b"#" * 10 * 2**20},
    ):
        assert isinstance(refusal(files), PackageTooLargeError)
        assert refusal(files).status == 413


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"def main(:\n", "syntax error"),
        (b"# \xff\n", "not UTF-8"),
        (b"x = 1\0\n", "NUL"),
        (b"# coding: latin-1\n", "declares the encoding"),
        (b"# coding: rot13\n", "encoding"),
        (b"x = " + b"(" * 5000, "nested parentheses"),
        (b"x = " + b"-" * 100_000 + b"1", "nests too deep"),
        (b"x" + b".a" * 100_000, "nests too deep"),
        (b"x = " + b"9" * 5000, "digits"),
    ],
)
def test_sources_that_cannot_be_read(content: bytes, says: str) -> None:
    error = refusal({"bot.py": BOT, "more.py": content})
    assert isinstance(error, SourceError)
    assert says in error.detail
    assert error.fields[0].field == "files.more.py"


def test_all_files_with_errors_are_named() -> None:
    error = refusal({"bot.py": b"def", "more.py": b"\xff"})
    assert [(item.field, item.line) for item in error.fields] == [("files.bot.py", 1), ("files.more.py", 1)]


def test_a_bom_and_windows_lines_are_fine() -> None:
    assert package_from_files({"bot.py": b"\xef\xbb\xbf" + BOT.replace(b"\n", b"\r\n")}).manifest.name == "a"


def test_no_main() -> None:
    assert isinstance(refusal({"bot.py": BOT.replace(b"main", b"start")}), MainMissingError)


def test_which_file_is_the_bot() -> None:
    assert package_from_files({"run.py": BOT, "lib.py": b"", "test_x.py": b""}).entry == "run.py"
    assert "could each be the bot" in refusal({"a.py": BOT, "b.py": BOT}).detail
    assert "no Python file" in refusal({"README.md": b""}).detail
    assert "no files" in refusal({}).detail


def test_a_trigger_whose_input_main_refuses() -> None:
    trigger = b'"a"\n# triggers = [{ schedule = "* * * * *", input = { n = "x" } }]'
    error = refusal({"bot.py": BOT.replace(b'"a"', trigger)})
    assert isinstance(error, ManifestError)
    assert (error.fields[0].field, error.fields[0].line) == ("manifest.triggers.0.input.n", 4)
    assert "whole number" in error.detail


def test_a_single_file_brings_its_test(tmp_path: Path) -> None:
    (tmp_path / "watch.py").write_bytes(BOT)
    (tmp_path / "test_watch.py").write_bytes(b"x = 1")
    (tmp_path / "other.py").write_bytes(b"")
    assert sorted(read_package(tmp_path / "watch.py").files) == ["test_watch.py", "watch.py"]


def test_a_folder_without_what_does_not_belong(tmp_path: Path) -> None:
    for name in ("bot.py", "lib/a.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(BOT)
    for name in (
        ".git/config",
        "__pycache__/bot.pyc",
        ".venv/x",
        ".env",
        "env/pyvenv.cfg",
        ".codex32/state",
        "a.py~",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"\xff")
    assert sorted(read_package(tmp_path).files) == ["bot.py", "lib/a.py"]


def test_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "bot.py").write_bytes(BOT)
    (tmp_path / "passwd").symlink_to("/etc/passwd")
    with pytest.raises(PackageError, match="passwd: is a symbolic link"):
        read_package(tmp_path)
    (tmp_path / "passwd").unlink()
    (tmp_path / "etc").symlink_to("/etc")
    with pytest.raises(PackageError, match="etc: is a symbolic link"):
        read_package(tmp_path)


def test_a_pipe_does_not_block(tmp_path: Path) -> None:
    (tmp_path / "bot.py").write_bytes(BOT)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(PackageError, match="not a regular file"):
        read_package(tmp_path)


def test_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(PackageError, match="no such file"):
        read_package(tmp_path / "x.py")
    (tmp_path / "x.txt").write_text("")
    with pytest.raises(PackageError, match=r"a \.py file or a folder"):
        read_package(tmp_path / "x.txt")


def test_a_huge_file_on_disk_is_not_read_whole(tmp_path: Path) -> None:
    with (tmp_path / "bot.py").open("wb") as stream:
        stream.truncate(10 * 2**30)
    with pytest.raises(PackageTooLargeError):
        read_package(tmp_path)
