"""The name of a version."""

import hashlib

from codex32_server.kit.manifest.digest import digest
from hypothesis import given
from hypothesis import strategies as st

files = st.dictionaries(st.text(alphabet="ab/é.", min_size=1, max_size=4), st.binary(max_size=4), max_size=4)
locks = st.none() | st.binary(max_size=4)


def test_the_form_never_changes() -> None:
    """Versions are named by it for ever: the bytes are written out here once more, by hand."""

    def length(count: int) -> bytes:
        return count.to_bytes(8, "big")

    form = b"codex32 version 1\n" + length(2)
    form += length(4) + b"a.md" + length(2) + b"# " + length(6) + b"bot.py" + length(1) + b"x"
    files = {"bot.py": b"x", "a.md": b"# "}
    assert digest(files) == "sha256:" + hashlib.sha256(form).hexdigest()
    assert digest(files, b"lock") == "sha256:" + hashlib.sha256(form + length(4) + b"lock").hexdigest()


@given(files, locks, st.randoms())
def test_the_order_of_files_does_not_matter(
    content: dict[str, bytes], lock: bytes | None, random: object
) -> None:
    items = list(content.items())
    random.shuffle(items)  # type: ignore[attr-defined]
    assert digest(dict(items), lock) == digest(content, lock)


@given(files, locks, files, locks)
def test_different_content_has_different_names(
    one: dict[str, bytes], one_lock: bytes | None, other: dict[str, bytes], other_lock: bytes | None
) -> None:
    same = (one, one_lock) == (other, other_lock)
    assert (digest(one, one_lock) == digest(other, other_lock)) is same


def test_bytes_cannot_move_between_parts() -> None:
    assert digest({"a": b"bc"}) != digest({"ab": b"c"})
    assert digest({"a": b"", "b": b""}) != digest({"a": b"\0" * 8 + b"b"})
    assert digest({"a": b"x"}, b"") != digest({"a": b"x"})
