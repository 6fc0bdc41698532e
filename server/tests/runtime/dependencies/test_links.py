"""The links of an index's pages, led through the door, and what the door then lets through."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Generator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from codex32_server.runtime.dependencies.door import Index, _Server
from codex32_server.runtime.dependencies.links import JSON, is_page, led_through

PAGE = "https://a.example/simple/part/"


def led(page: str, kind: str = "text/html") -> tuple[str, set[tuple[str, str, str]]]:
    allowed: set[tuple[str, str, str]] = set()
    made = led_through(page.encode(), kind, PAGE, lambda *place: allowed.add(place))
    return made.decode(), allowed


@pytest.mark.parametrize(
    ("link", "behind"),
    [
        ("part-1.0.whl", "/x/https/a.example/simple/part/part-1.0.whl"),
        ("../../files/part-1.0.whl#sha256=00", "/x/https/a.example/files/part-1.0.whl#sha256=00"),
        ("https://files.example:8443/p.whl?x=1", "/x/https/files.example:8443/p.whl?x=1"),
        ("https://me:secret@Files.example/p.whl", "/x/https/files.example/p.whl"),
        ("https://files.example/a/../p%2B1.whl", "/x/https/files.example/p%2B1.whl"),
        ("https://files.example/a//p 1ä.whl", "/x/https/files.example/a//p%201%C3%A4.whl"),
        ("https://files.example/../../i/0/p.whl", "/x/https/files.example/i/0/p.whl"),
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
    assert allowed == {("https", "files.example", "/all/p.whl?a=1&b=2")}


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
    named(index, "https://files.example/p.whl", "https://files.example/get?file=p.whl")
    assert index.address(file) == "https://files.example/p.whl"
    assert index.address(f"{file}.metadata") == "https://files.example/p.whl.metadata"
    for path in ("get?file=p.whl", "get.metadata?file=p.whl", "get?file=p.whl.metadata"):
        assert index.address(f"/x/https/files.example/{path}") == f"https://files.example/{path}"
    for path in (
        "/i/2/part/", "/i/0/../part", "/i/0/%2e%2e/part", "/x/http/files.example/p.whl", "/", "/x/https//p",
        "/x/https/a.example/simple", "http://a.example/", "/x/https/files.example@evil.example/p",
        "/i/0/part/\r\nHost: b.example", "/x/file/etc/passwd", "/i/0/a b", "/x/https/files.example/",
        f"{file}?x=1", f"{file}.metadata.metadata", f"{file}/../secret", "/x/https/files.example/P.whl",
        "/x/https/files.example/get", "/x/https/files.example/get?file=secret",
    ):  # fmt: skip
        assert index.address(path) is None, path


def named(index: Index, *files: str, path: str = "/i/0/part/", at: str | None = None) -> None:
    """A page of the index names these files."""
    page = json.dumps({"files": [{"url": file} for file in files]}).encode()
    at = at or index.address(path) or ""
    led_through(page, JSON, at, index.allow(at, path))


def test_a_credential_goes_only_to_what_its_own_index_names() -> None:
    index = Index(["https://me:secret@a.example/simple/", "https://b.example/list"], [], 1.0)
    own, private = "/x/https/a.example/files/p.whl", "/x/https/a.example/private"
    named(index, "../../files/p.whl", "https://files.example/q.whl")
    named(index, "https://a.example/private", path="/i/1/part/")
    named(index, "https://a.example/elsewhere", at="https://moved.example/")
    named(index, "http://a.example/files/p.whl")
    assert index.credential("/i/0/part/") == index.credential(own) == index.credential(f"{own}.metadata")
    assert (index.credential(own) or "").startswith("Basic ")
    for path in (
        "/i/1/part/", private, "/x/https/a.example/elsewhere", "/x/http/a.example/files/p.whl",
        "/x/https/files.example/q.whl", "/x/https/a.example/never-named",
    ):  # fmt: skip
        assert index.credential(path) is None, path
    named(index, "https://a.example/private")
    assert index.credential(private)


class Upstream(BaseHTTPRequestHandler):
    """An index whose pages say their status, and all name one file each."""

    def do_GET(self) -> None:
        status = self.path.strip("/").rpartition("/")[2]
        body = b'<a href="/files/%s.whl">p</a>' % status.encode()
        self.send_response(int(status) if status.isdigit() else 200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nobody reads it."""


@pytest.fixture
def upstream() -> Generator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield int(server.server_address[1])
    server.shutdown()
    server.server_close()


def asked(door: Path, path: str) -> bytes:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(20)
        client.connect(str(door))
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: door\r\nConnection: close\r\n\r\n".encode())
        return b"".join(iter(lambda: client.recv(65536), b""))


def test_only_a_page_that_was_found_says_what_there_is(tmp_path: Path, upstream: int) -> None:
    """Whoever may ask for any path may have an error page written with a link of his own."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(tmp_path / "door"))
    listener.listen()
    server = _Server(listener, Index([f"http://127.0.0.1:{upstream}/simple"], [], 5.0))
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    files = f"/x/http/127.0.0.1:{upstream}/files"
    try:
        for status, seen in ((404, 403), (203, 403), (200, 200)):
            page = asked(tmp_path / "door", f"/i/0/{status}/")
            assert page.startswith(b"HTTP/1.1 %d " % status)
            assert (files.encode() in page) == (status == 200)
            file = asked(tmp_path / "door", f"{files}/{status}.whl")
            assert file.startswith(b"HTTP/1.1 %d " % seen)
    finally:
        server.shutdown()
        listener.close()
