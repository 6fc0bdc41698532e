"""The links of an index's pages, led through the door, and what the door then lets through."""

from __future__ import annotations

import json

import pytest
from codex32_server.runtime.dependencies.door import Index
from codex32_server.runtime.dependencies.links import JSON, is_page, led_through

PAGE = "https://a.example/simple/part/"


def led(page: str, kind: str = "text/html") -> tuple[str, set[tuple[str, str]]]:
    allowed: set[tuple[str, str]] = set()
    made = led_through(page.encode(), kind, PAGE, lambda scheme, host: allowed.add((scheme, host)))
    return made.decode(), allowed


@pytest.mark.parametrize(
    ("link", "behind"),
    [
        ("part-1.0.whl", "/x/https/a.example/simple/part/part-1.0.whl"),
        ("../../files/part-1.0.whl#sha256=00", "/x/https/a.example/files/part-1.0.whl#sha256=00"),
        ("https://files.example:8443/p.whl?x=1", "/x/https/files.example:8443/p.whl?x=1"),
        ("https://me:secret@Files.example/p.whl", "/x/https/files.example/p.whl"),
        ("ftp://files.example/p.whl", "ftp://files.example/p.whl"),
        ("https://[broken/p.whl", "https://[broken/p.whl"),
    ],
)
def test_links_of_both_kinds_of_pages(link: str, behind: str) -> None:
    page = json.dumps({"files": [{"filename": "p", "url": link, "hashes": {}}]})
    made, allowed = led(page, JSON)
    assert json.loads(made)["files"][0]["url"] == behind
    made, again = led(f"<a class='x' data-yanked=\"\" href='{link}'>p</a>")
    assert made == f'<a class=\'x\' data-yanked="" href="{behind}">p</a>'
    assert allowed == again


def test_a_page_with_a_base() -> None:
    made, allowed = led('<base href="https://files.example/all/"><a href="p.whl?a=1&amp;b=2">p</a>')
    assert made == '<a href="/x/https/files.example/all/p.whl?a=1&amp;b=2">p</a>'
    assert allowed == {("https", "files.example")}


@pytest.mark.parametrize("page", ["no json", "[]", '{"files": 3}', '{"files": [1, {"url": 2}]}'])
def test_what_is_no_page_is_left_to_uv(page: str) -> None:
    made, allowed = led(page, JSON)
    assert made.replace(" ", "") == page.replace(" ", "")
    assert allowed == set()
    assert is_page("text/html; charset=utf-8")
    assert not is_page("application/octet-stream")


def test_only_what_the_index_names_is_behind_the_door() -> None:
    index = Index(["https://me:secret@a.example/simple/", "https://b.example/list"], [], 1.0)
    assert index.address("/i/0/part/") == "https://a.example/simple/part/"
    assert index.address("/i/1") == "https://b.example/list"
    file = "/x/https/files.example/p.whl"
    assert index.address(file) is None
    index.allow("https", "files.example")
    assert index.address(file) == "https://files.example/p.whl"
    assert index.address(f"{file}.metadata") == "https://files.example/p.whl.metadata"
    for path in (
        "/i/2/part/", "/i/0/../part", "/i/0/%2e%2e/part", "/x/http/files.example/p.whl", "/", "/x/https//p",
        "/x/https/a.example/simple", "http://a.example/", "/x/https/files.example@evil.example/p",
        "/i/0/part/\r\nHost: b.example", "/x/file/etc/passwd", "/i/0/a b",
    ):  # fmt: skip
        assert index.address(path) is None, path
