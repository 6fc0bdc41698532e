"""The PEP 723 block: the same language as the specification's regular expression, in linear time."""

import re
import time

import pytest
from codex32_server.kit.manifest.errors import ManifestError
from codex32_server.kit.manifest.script import blocks, find_block
from hypothesis import given
from hypothesis import strategies as st

SPECIFIED = re.compile(r"(?m)^# /// (?P<type>[a-zA-Z0-9-]+)$\s(?P<content>(^#(| .*)$\s)+)^# ///$")

lines = st.sampled_from(
    [
        "# /// script",
        "# /// other-1",
        "# ///",
        "#",
        "# ",
        "# a = 1",
        "#x",
        "",
        "x = 1",
        " # ///",
        "# /// ",
        "#  b",
    ]
)


def specified(text: str) -> list[tuple[str, str]]:
    """What the reference implementation of PEP 723 makes of a text."""
    return [
        (
            match["type"],
            "".join(
                line[2:] if line.startswith("# ") else line[1:]
                for line in match["content"].splitlines(keepends=True)
            ),
        )
        for match in SPECIFIED.finditer(text)
    ]


@given(st.lists(lines, max_size=14), st.booleans())
def test_same_blocks_as_the_specification(parts: list[str], final_newline: bool) -> None:
    text = "\n".join(parts) + ("\n" if final_newline else "")
    assert [(block.kind, block.text) for block in blocks(text)] == specified(text)


@given(st.text(alphabet="# /script\n\rab\x0c\u2028", max_size=80))
def test_any_text_is_read_like_the_specification(text: str) -> None:
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    assert [block.kind for block in blocks(text)] == [kind for kind, _ in specified(unified)]


@given(st.lists(lines, max_size=14))
def test_positions_lead_back_to_the_same_characters(parts: list[str]) -> None:
    for block in blocks("\n".join(parts)):
        for number, line in enumerate(block.text.split("\n")[:-1], start=1):
            row, column = block.position(number, 1)
            assert parts[row - 1][column - 1 :] == line


def test_two_blocks_are_refused_with_their_lines() -> None:
    block = "# /// script\n# a = 1\n# ///\n\n"
    with pytest.raises(ManifestError) as caught:
        find_block(block + block, "x.py")
    assert (
        caught.value.detail == "x.py, line 5, column 1: a second `# /// script` block; the first is in line 1"
    )


def test_other_blocks_do_not_matter() -> None:
    block = find_block("# /// pyproject\n# a = 1\n# ///\n\n# /// script\r\n# b = 2\r\n# ///\r\n")
    assert block is not None
    assert (block.text, block.line) == ("b = 2\n", 5)


def test_a_file_without_a_block() -> None:
    assert find_block("x = 1\n") is None


def test_a_header_of_a_megabyte_is_refused() -> None:
    with pytest.raises(ManifestError, match="larger than 64 KiB"):
        find_block("# /// script\n" + "# x\n" * 40_000 + "# ///\n")


def test_hostile_text_takes_linear_time() -> None:
    started = time.monotonic()
    assert find_block("# /// script\n" * 80_000) is None
    assert time.monotonic() - started < 2
