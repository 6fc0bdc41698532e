"""The only way out of a build from source: a process that fetches from the package index, and from nowhere
else.

Started as `python -m codex32_server.runtime.dependencies.door DESCRIPTOR` with a listening unix socket; it
reads one line of JSON (indexes with their credentials) and serves until its standard input ends. Clients are
hostile: they may read what the index has, below the indexes and the files that its pages name, and are told
no credential. A file is asked for with one only if it is named by the index whose credential it is. The door
has an uid of its own and none of the worker's secrets.
"""

from __future__ import annotations

import base64
import json
import os
import re
import socket
import socketserver
import ssl
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from http.client import HTTPException, HTTPMessage
from http.server import BaseHTTPRequestHandler
from typing import IO, Any, TypeAlias
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from codex32_server.runtime.dependencies import links
from codex32_server.runtime.proxy.process import harden

_CONNECTIONS = 64
_MOST_FILES = 500_000
"""A build that reads page after page learns of no further files."""
_METADATA = ".metadata"
"""Appended by clients that want what is said of a file, and not the file."""
_LARGEST_PAGE = 64 * 1024 * 1024
_BLOCK = 64 * 1024
_IDLE = 60.0
_ASKED = ("Accept", "Range", "If-Range", "If-None-Match", "If-Modified-Since")
_ANSWERED = ("Content-Type", "Content-Range", "Accept-Ranges", "ETag", "Last-Modified", "Cache-Control")
_NUMBERED = re.compile(r"/i/([0-9]{1,3})(/.*)?")
_FILE = re.compile(r"/x/(https?)/([^/?#@\\\s]+)(/.*)")
_PLAIN = re.compile(r"[!-~]*")

_Place: TypeAlias = tuple[str, str, str]
"""Scheme, host, path with query."""


class Index:
    """What may be asked for, and how. `addresses` may hold user and password."""

    def __init__(self, addresses: Sequence[str], insecure: Sequence[str], timeout: float) -> None:
        self._bases: list[str] = []
        self._credentials: dict[tuple[str, str], str] = {}
        self._files: dict[_Place, bool] = {}
        """What pages named, by whether that was the index of the same host."""
        self._insecure = frozenset(insecure)
        self._timeout = timeout
        for address in addresses:
            parts = urlsplit(address)
            user, _, host = parts.netloc.rpartition("@")
            self._bases.append(urlunsplit((parts.scheme, host, parts.path.rstrip("/"), parts.query, "")))
            if user:
                word = base64.b64encode(":".join(map(unquote, user.partition(":")[::2])).encode()).decode()
                self._credentials[parts.scheme, host.lower()] = f"Basic {word}"
        unchecked = ssl.create_default_context()
        unchecked.check_hostname = False
        unchecked.verify_mode = ssl.CERT_NONE
        self._usual, self._unchecked = (
            urllib.request.build_opener(urllib.request.HTTPSHandler(context=context))
            for context in (ssl.create_default_context(), unchecked)
        )

    def allow(self, page: str, path: str) -> links.Allow:
        """Who hears of the files that a page names: found at `page`, asked for as `path` of the door."""
        at = urlsplit(page)
        asked = urlsplit(self.address(path) or "")
        itself = _host(at) == _host(asked)

        def allow(scheme: str, host: str, file: str) -> None:
            place, own = (scheme, host, file), itself and _host(at) == (scheme, host)
            if place in self._files or len(self._files) < _MOST_FILES:
                self._files[place] = own or self._files.get(place, False)

        return allow

    def address(self, path: str) -> str | None:
        """What stands behind a path of the door; None for anything else."""
        if not _PLAIN.fullmatch(path):
            return None
        if found := _NUMBERED.fullmatch(path):
            number, rest = int(found[1]), found[2] or ""
            inside = "/.." not in unquote(rest)
            return self._bases[number] + rest if number < len(self._bases) and inside else None
        if (found := _FILE.fullmatch(path)) and self._named(path) is not None:
            scheme, host, rest = found.groups()
            return f"{scheme}://{host}{rest}"
        return None

    def _named(self, path: str) -> bool | None:
        """Whether the index of that host named the file; None if no page did."""
        if not (found := _FILE.fullmatch(path)):
            return None
        scheme, host, rest = found.groups()
        plain, mark, query = rest.partition("?")
        names = rest, rest.removesuffix(_METADATA), f"{plain.removesuffix(_METADATA)}{mark}{query}"
        said = [self._files[place] for one in names if (place := (scheme, host.lower(), one)) in self._files]
        return any(said) if said else None

    def credential(self, path: str) -> str | None:
        """With what a path of the door is asked for."""
        address = self.address(path)
        if address is None or (_FILE.fullmatch(path) and not self._named(path)):
            return None
        return self._credentials.get(_host(urlsplit(address)))

    def open(self, method: str, address: str, headers: Mapping[str, str], credential: str | None) -> Any:
        """The answer, whatever its status, after redirects. Raises OSError, HTTPException, ValueError."""
        parts = urlsplit(address)
        request = urllib.request.Request(address, method=method, headers=dict(headers))  # noqa: S310 - http or https, see `address`
        if credential:
            request.add_unredirected_header("Authorization", credential)
        unchecked = (parts.hostname or "") in self._insecure or parts.netloc in self._insecure
        try:
            return (self._unchecked if unchecked else self._usual).open(request, timeout=self._timeout)
        except urllib.error.HTTPError as answer:
            return answer


def _host(address: SplitResult) -> tuple[str, str]:
    return address.scheme, address.netloc.lower()


class _Client(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = _IDLE
    index: Index

    def do_GET(self) -> None:
        address = self.index.address(self.path)
        if address is None:
            self._refuse(403)
            return
        asked = {name: value for name in _ASKED if (value := self.headers[name]) is not None}
        try:
            credential = self.index.credential(self.path)
            with self.index.open(self.command, address, asked, credential) as answer:
                kind = answer.headers.get("Content-Type", "")
                if answer.status == HTTPStatus.OK and self.path.startswith("/i/") and links.is_page(kind):
                    self._page(answer)
                else:
                    self._file(answer)
        except (OSError, HTTPException, ValueError):
            self._refuse(502)

    do_HEAD = do_GET

    def _page(self, answer: Any) -> None:
        page: bytes = answer.read(_LARGEST_PAGE)
        kind = answer.headers["Content-Type"]
        at = answer.geturl()
        page = links.led_through(page, kind, at, self.index.allow(at, self.path))
        self._head(answer.status, answer.headers, str(len(page)))
        if self.command == "GET":
            self.wfile.write(page)

    def _file(self, answer: Any) -> None:
        self._head(answer.status, answer.headers, answer.headers.get("Content-Length"))
        while self.command == "GET" and (block := answer.read(_BLOCK)):
            self.wfile.write(block)

    def _head(self, status: int, headers: HTTPMessage, length: str | None) -> None:
        self._begun = True
        self.send_response(status)
        for name in _ANSWERED:
            if (value := headers.get(name)) is not None:
                self.send_header(name, value)
        if length is not None:
            self.send_header("Content-Length", length)
        else:
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()

    def _refuse(self, status: int) -> None:
        """What has begun can only be cut off."""
        self.close_connection = True
        if not getattr(self, "_begun", False):
            self._head(status, HTTPMessage(), "0")

    def handle_one_request(self) -> None:
        self._begun = False
        super().handle_one_request()

    def log_message(self, format: str, *args: Any) -> None:
        """Nobody reads it."""


class _Server(socketserver.ThreadingMixIn, socketserver.BaseServer):
    """Threads of a bounded number: a client that gets none waits in the listener's queue."""

    daemon_threads = True

    def __init__(self, listener: socket.socket, index: Index) -> None:
        super().__init__(listener.getsockname(), type("Client", (_Client,), {"index": index}))
        self.socket = listener
        self._room = threading.BoundedSemaphore(_CONNECTIONS)

    def fileno(self) -> int:
        return self.socket.fileno()

    def get_request(self) -> tuple[socket.socket, Any]:
        self._room.acquire()
        try:
            return self.socket.accept()
        except OSError:
            self._room.release()
            raise

    def shutdown_request(self, request: Any) -> None:
        request.close()
        self._room.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no fault."""


def main() -> None:
    listener = socket.socket(fileno=int(sys.argv[1]))
    told = json.loads(sys.stdin.buffer.readline())
    index = Index(told["addresses"], told["insecure"], told["timeout"])
    for codec in ("idna", "punycode"):
        "".encode(codec)  # imported at its first use: while it can still be read
    harden(told["uid"])
    server = _Server(listener, index)
    threading.Thread(target=_end_with, args=(sys.stdin.buffer,), daemon=True).start()
    server.serve_forever(poll_interval=60.0)


def _end_with(worker: IO[bytes]) -> None:
    worker.read()
    os._exit(0)


if __name__ == "__main__":
    main()
