"""Searching in memory, snippets, fusing, reading docstrings. Pure."""

from __future__ import annotations

from codex32_server.features.bots.service.describing import docstring
from codex32_server.features.search.service.fusing import fuse
from codex32_server.features.search.service.guides import guides, sections
from codex32_server.kit.shelf import Shelf, Text, snippet
from hypothesis import given
from hypothesis import strategies as st

SHELF = Shelf(
    [
        Text("Schedules", "Runs are started by the clock.", "a"),
        Text("Webhooks", "A URL starts a run, for example by a schedule elsewhere.", "b"),
        Text("Café", "Éclairs.", "c"),
    ]
)


def links(query: str, most: int = 10) -> list[str]:
    return [text.link for text in SHELF.search(query, most)]


def test_rare_words_and_titles_count_more() -> None:
    assert links("schedule") == ["a", "b"]
    assert links("a URL") == ["b"]
    assert links("cafe ECLAIR") == ["c"]
    assert links("schedule", 1) == ["a"]
    assert links("absent !") == []
    assert Shelf([]).search("x", 5) == []


@given(st.text(max_size=60))
def test_any_query_finds_only_what_is_there(query: str) -> None:
    found = links(query)
    assert len(found) == len(set(found)) <= 3


@given(st.text(max_size=600), st.text(max_size=20))
def test_a_snippet_is_a_part_on_one_line(text: str, query: str) -> None:
    cut = snippet(text, query)
    assert len(cut) <= 242
    assert cut.strip("…") in " ".join(text.split()) or "…" in text


def test_a_snippet_shows_the_word() -> None:
    assert "needle" in snippet("hay " * 300 + "needle " + "hay " * 300, "Needles")


@given(st.lists(st.lists(st.integers(0, 9), max_size=8), max_size=4))
def test_fusing_keeps_everything_once_and_in_order(lists: list[list[int]]) -> None:
    fused = fuse(*lists)
    assert {key for key, _ in fused} == {key for one in lists for key in one}
    assert len(fused) == len({key for key, _ in fused})
    assert [score for _, score in fused] == sorted((score for _, score in fused), reverse=True)


def test_what_both_lists_have_comes_first() -> None:
    assert [key for key, _ in fuse(["a", "b", "c"], ["c", "d"])] == ["c", "a", "b", "d"]


def test_guides_come_with_the_product() -> None:
    pages = guides()
    assert {"bots", "knowledge", "runs"} <= pages.keys()
    assert all(page.title for page in pages.values())
    assert len(sections(pages)) > 3 * len(pages)


def test_docstrings() -> None:
    assert docstring(b'"""What it does."""\nx = 1\n') == "What it does."
    for nothing in (b"", b"x = 1", b"def (", b"\xff\xfe", b"\0", b"(" * 5_000, b" " * 300_000):
        assert docstring(nothing) == ""
