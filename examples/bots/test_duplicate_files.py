from codex32_bot.testing import workbench
from duplicate_files import main


def test_equal_content_is_found() -> None:
    given = {
        "a.txt": "hello",
        "b.txt": "hello",
        "c.txt": "world",
        "d.bin": b"\x00" * 10,
        "e.bin": b"\x00" * 10,
    }
    with workbench(inputs=given):
        report = main()
    assert [group["names"] for group in report["groups"]] == [["d.bin", "e.bin"], ["a.txt", "b.txt"]]
    assert report["wasted_bytes"] == 15
    assert report["files"] == 5


def test_empty_files_do_not_count() -> None:
    with workbench(inputs={"a": "", "b": ""}):
        assert main() == {"files": 0, "groups": [], "wasted_bytes": 0}
