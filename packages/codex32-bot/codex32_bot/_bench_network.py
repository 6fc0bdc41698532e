"""The part of the workbench that answers requests of the network; see `testing`. Nothing leaves the process.

What is said to which address. How a bot's sockets come here is `_bench_sockets`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from ._bench_mail import Mail

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
_PORTS = {"http": 80, "https": 443, "smtp": 25, "smtps": 465}


@dataclass(frozen=True)
class Request:
    """What a bot sent. Names of headers are in lower case."""

    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""

    @property
    def text(self) -> str:
        """The body as UTF-8."""
        return self.body.decode()

    def json(self) -> Any:
        """The body as a JSON document. Raises ValueError if it is none."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Response:
    """What is answered. A text or bytes are sent as they are, anything else as JSON."""

    status: int = 200
    body: Any = b""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    def content(self) -> tuple[bytes, str]:
        """The bytes of the body and their content type."""
        if isinstance(self.body, bytes):
            return self.body, "application/octet-stream"
        if isinstance(self.body, str):
            kind = "text/html" if self.body.lstrip()[:1] == "<" else "text/plain"
            return self.body.encode(), f"{kind}; charset=utf-8"
        return json.dumps(self.body).encode(), "application/json"


Answered: TypeAlias = Callable[[Request], Any] | BaseException | Response | Any
"""A Response, its body alone, an exception to raise in the bot, a function of the request, or a list of these
in turn, the last one for ever. A list that is the body itself is a `Response(body=[…])`."""


class NetworkBench:
    """Says what the test told it to, and keeps what the bot sent."""

    def __init__(self, http: Mapping[str, Answered] | None, certificates: Mapping[str, str] | None) -> None:
        self.requests: list[Request] = []
        """What the bot sent, in order; also what nobody had an answer for."""
        self.mails: list[Mail] = []
        """What the bot mailed by SMTP, in order."""
        self.certificates = dict(certificates or {})
        self.unanswered: list[str] = []
        """Each says which line to add. The bench raises them at its end, if nothing else was raised."""
        self._http = {_key(name): _turns(answer) for name, answer in (http or {}).items()}

    def knows(self, host: str, port: int) -> bool:
        """Whether an address is named at all."""
        return any(_place(url) in (("", 0), (host, port)) for _, url in self._http)

    def refused(self, host: str, port: int) -> BaseException | None:
        """What connecting raises: an exception named for `smtp://host:port` or `tcp://host:port`."""
        for (_, url), turns in self._http.items():
            parts = urlsplit(url)
            if parts.scheme in ("smtp", "smtps", "tcp") and _place(url) == (host, port):
                said = turns.pop(0) if len(turns) > 1 else turns[0]
                return said if isinstance(said, BaseException) else None
        return None

    def stranger(self, address: str) -> AssertionError:
        """The error for an address that is not named."""
        line = f'the bench has no answer for {address}: say workbench(http={{"{address}": …}})'
        self.unanswered.append(line)
        return AssertionError(line)

    def answer(self, request: Request) -> Response | BaseException:
        """What to send back; an exception is to be raised in the bot."""
        self.requests.append(request)
        turns = self._http_turns(request)
        if turns is None:
            error = self.stranger(
                request.url if request.method == "GET" else f"{request.method} {request.url}"
            )
            return Response(421, f"{error}\n")
        said = turns.pop(0) if len(turns) > 1 else turns[0]
        try:
            said = said(request) if callable(said) else said
        except Exception as error:  # noqa: BLE001 - whatever the test raises is raised in the bot
            return error
        if isinstance(said, BaseException | Response):
            return said
        return Response(200, said)

    def _http_turns(self, request: Request) -> list[Any] | None:
        plain = request.url.partition("?")[0]
        for url in (request.url, plain):
            for method in (request.method, ""):
                if (method, url) in self._http:
                    return self._http[method, url]
        near = [
            key
            for key in self._http
            if key[1].endswith("*")
            and key[0] in ("", request.method)
            and request.url.startswith(key[1].rstrip("*"))
        ]
        return self._http[max(near, key=lambda key: (len(key[1]), key[0]))] if near else None


def _key(name: str) -> tuple[str, str]:
    """`POST https://…` is (POST, https://…); without a method for all. A bare host has the path /."""
    method, _, url = name.rpartition(" ")
    if method and method not in METHODS:
        raise ValueError(f"{name!r}: {method!r} is no method; write for example 'POST https://…'")
    if url != "*" and "://" not in url:
        raise ValueError(f"{name!r} is no URL; write for example 'https://api.example.com/prices'")
    parts = urlsplit(url)
    if parts.scheme in ("http", "https") and not parts.path and not url.endswith("*"):
        url = f"{parts.scheme}://{parts.netloc}/{'?' * bool(parts.query)}{parts.query}"
    return method, url


def _place(url: str) -> tuple[str, int]:
    """Host and port of a key; nothing if it covers many hosts."""
    parts = urlsplit(url.rstrip("*"))
    if not parts.hostname or (url.endswith("*") and not parts.path):
        return "", 0
    return parts.hostname, parts.port or _PORTS.get(parts.scheme, 443)


def _turns(answer: Any) -> list[Any]:
    return [*answer] if isinstance(answer, list) and answer else [answer]  # pyright: ignore[reportUnknownVariableType]
