from codex32_bot.testing import workbench
from notes_service import KEY, LONGEST, answer


def test_notes_come_and_go() -> None:
    with workbench() as bench:
        assert answer("GET", "/", b"") == (200, {"notes": []})
        assert answer("POST", "/", b" buy milk ") == (201, {"number": 0})
        assert answer("POST", "/", "ärger".encode()) == (201, {"number": 1})
        assert answer("DELETE", "/0", b"") == (200, {"removed": 0})
        assert bench.state[KEY] == ["ärger"]


def test_what_is_refused() -> None:
    with workbench() as bench:
        assert answer("POST", "/", b"  ")[0] == 422
        assert answer("POST", "/", b"x" * (LONGEST + 1))[0] == 422
        assert answer("DELETE", "/0", b"")[0] == 404
        assert answer("DELETE", "/x", b"")[0] == 404
        assert answer("PUT", "/", b"x")[0] == 404
        assert bench.state == {}


def test_it_says_that_it_is_well() -> None:
    with workbench():
        assert answer("GET", "/health", b"") == (200, {"ok": True})
