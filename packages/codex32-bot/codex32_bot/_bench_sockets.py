"""Leads the sockets of a bot to the bench, under whichever library: urllib, http.client, smtplib, httpx,
requests, asyncio.

While a bench is open, looking a name up gives an address of the range for benchmarks (RFC 2544), connecting
to it puts one end of a socket pair under the bot's socket, and TLS hands the bytes through as they are. At
the other end a thread speaks HTTP or SMTP. A socket of this machine (127.0.0.1) that the test does not name
is left alone, and so is everything when the bench is closed.
"""

from __future__ import annotations

import contextlib
import os
import socket
import ssl
import threading
from collections.abc import Callable, Generator
from typing import Any

from ._bench_mail import PORTS, serve_mail
from ._bench_network import NetworkBench, Request, Response

_REAL_CONNECT = socket.socket.connect
_REAL_LOOKUP = socket.getaddrinfo
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
_failures: dict[int, BaseException] = {}
"""Descriptor of a bot's socket → what reading from it raises."""
_served: dict[int, _Line] = {}
"""Descriptor of a bot's socket → its other end."""


class _Line:
    """The bench's end of one connection."""

    def __init__(self, bench: NetworkBench, host: str, port: int, bot_end: int) -> None:
        self.bench, self.host, self.port, self.bot_end = bench, host, port, bot_end
        self.tls = port == 443
        self.mine, self.theirs = socket.socketpair()
        self.stream = self.mine.makefile("rwb")

    def start(self) -> None:
        mail = self.port in PORTS and not self._is_http()
        threading.Thread(target=self._run, args=(self._mail if mail else self._http,), daemon=True).start()

    def _is_http(self) -> bool:
        return self.bench.knows(self.host, self.port) and self.bench.refused(self.host, self.port) is None

    def _run(self, speak: Callable[[], None]) -> None:
        with contextlib.suppress(OSError, ValueError):
            speak()
        with contextlib.suppress(OSError):
            self.stream.close()
        self.mine.close()

    def _say(self, data: bytes) -> None:
        self.stream.write(data)
        self.stream.flush()

    def _mail(self) -> None:
        serve_mail(self.stream, lambda line: self._say(f"{line}\r\n".encode()), self.bench.mails.append)

    def _http(self) -> None:
        while request := _read_request(self.stream, self.host, self.port, self.tls):
            said = self.bench.answer(request)
            if isinstance(said, BaseException):
                _failures[self.bot_end] = said
                return
            self._say(_written(said, request.method))


class _BenchSocket(socket.socket):
    """A socket of the bot while it is connected to the bench."""

    __slots__ = ()

    def setsockopt(self, *_args: Any) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """What TCP can be told means nothing to a socket pair."""

    def getpeername(self) -> Any:
        line = _served.get(self.fileno())
        return (line.host, line.port) if line else super().getpeername()

    def recv(self, *args: Any) -> bytes:
        found = super().recv(*args)
        return found if found else self._ended(found)

    def recv_into(self, *args: Any, **named: Any) -> int:
        count = super().recv_into(*args, **named)
        return count if count else self._ended(count)

    def _ended(self, nothing: Any) -> Any:
        failure = _failures.pop(self.fileno(), None)
        if failure is not None:
            raise failure
        return nothing


class _TlsSocket(_BenchSocket):
    """What a library asks of a TLS socket. The bytes are plain."""

    __slots__ = ()

    def getpeercert(self, binary_form: bool = False) -> Any:
        return b"" if binary_form else _certificate(_served.get(self.fileno()))

    def selected_alpn_protocol(self) -> None:
        return None

    def version(self) -> str:
        return "TLSv1.3"

    def cipher(self) -> tuple[str, str, int]:
        return "bench", "TLSv1.3", 256

    def unwrap(self) -> socket.socket:
        return self

    def pending(self) -> int:
        return 0


class _PlainObject:
    """TLS of asyncio (`ssl.SSLObject`) that hands the bytes through."""

    server_side = False

    def __init__(self, incoming: ssl.MemoryBIO, outgoing: ssl.MemoryBIO, context: ssl.SSLContext) -> None:
        self.incoming, self.outgoing, self.context = incoming, outgoing, context

    def do_handshake(self) -> None:
        """Nothing to agree on."""

    def read(self, length: int = 65_536, buffer: Any = None) -> Any:
        found = self.incoming.read(length)
        if not found and not self.incoming.eof:
            raise ssl.SSLWantReadError
        if buffer is None:
            return found
        buffer[: len(found)] = found
        return len(found)

    def write(self, data: Any) -> int:
        return self.outgoing.write(data)

    def unwrap(self) -> None:
        """Nothing to say goodbye with."""

    def getpeercert(self, binary_form: bool = False) -> Any:
        return b"" if binary_form else {}

    def selected_alpn_protocol(self) -> None:
        return None

    def version(self) -> str:
        return "TLSv1.3"

    def cipher(self) -> tuple[str, str, int]:
        return "bench", "TLSv1.3", 256

    def compression(self) -> None:
        return None

    def get_channel_binding(self, _kind: str = "tls-unique") -> None:
        return None


class _Detour:
    """What looking up and connecting do while a bench is open."""

    def __init__(self, bench: NetworkBench) -> None:
        self.bench = bench
        self.names: dict[str, str] = {}
        """Name → the address it has on the bench."""

    def look_up(self, host: Any, port: Any, *args: Any, **named: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else str(host or "")
        number = int(port or 0)
        known = self.bench.knows(name, number)
        if name in ("", "localhost", "127.0.0.1", "::1") and not known:
            return _REAL_LOOKUP(host, port, *args, **named)
        if not known and number not in PORTS:
            raise self.bench.stranger(f"{'http' if number == 80 else 'https'}://{_authority(name, number)}/")
        address = self.names.setdefault(name, f"198.18.{len(self.names) >> 8}.{len(self.names) & 255}")
        return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, number))]

    def connect(self, sock: socket.socket, address: Any) -> None:
        if sock.family not in (socket.AF_INET, socket.AF_INET6):
            return _REAL_CONNECT(sock, address)
        port = address[1]
        host = next((name for name, fake in self.names.items() if fake == address[0]), address[0])
        if not self.bench.knows(host, port) and host.startswith(("127.", "::1", "localhost")):
            return _REAL_CONNECT(sock, address)
        return _join(self.bench, sock, host, port)


@contextlib.contextmanager
def on_the_bench(bench: NetworkBench) -> Generator[None]:
    """Inside the block the network is the bench."""
    detour = _Detour(bench)
    real_wrap = ssl.SSLContext.wrap_socket

    def connect(sock: socket.socket, address: Any) -> None:
        detour.connect(sock, address)

    def connect_ex(sock: socket.socket, address: Any) -> int:
        detour.connect(sock, address)
        return 0

    def wrap(context: ssl.SSLContext, sock: socket.socket, *args: Any, **named: Any) -> Any:
        if not isinstance(sock, _BenchSocket):
            return real_wrap(context, sock, *args, **named)
        return _secured(sock)

    def wrap_bio(context: ssl.SSLContext, incoming: Any, outgoing: Any, *_args: Any, **_named: Any) -> Any:
        return _PlainObject(incoming, outgoing, context)

    with contextlib.ExitStack() as undo:
        _replace(undo, socket, "getaddrinfo", detour.look_up)
        _replace(undo, socket.socket, "connect", connect)
        _replace(undo, socket.socket, "connect_ex", connect_ex)
        _replace(undo, ssl.SSLContext, "wrap_socket", wrap)
        _replace(undo, ssl.SSLContext, "wrap_bio", wrap_bio)
        hidden = {name: os.environ.pop(name) for name in _PROXIES if name in os.environ}
        undo.callback(os.environ.update, hidden)
        yield


def _secured(sock: socket.socket) -> socket.socket:
    """The same socket, which says that it speaks TLS."""
    if line := _served.get(sock.fileno()):
        line.tls = True
    sock.__class__ = _TlsSocket
    return sock


def _replace(undo: contextlib.ExitStack, owner: Any, name: str, value: Any) -> None:
    """Put a value in the place of an attribute; taken back with the rest, also where it was inherited."""
    own = name in vars(owner)
    former = getattr(owner, name)
    setattr(owner, name, value)
    undo.callback(setattr, owner, name, former) if own else undo.callback(delattr, owner, name)


def _join(bench: NetworkBench, sock: socket.socket, host: str, port: int) -> None:
    if (error := bench.refused(host, port)) is not None:
        raise error
    if not bench.knows(host, port) and port not in PORTS:
        raise bench.stranger(f"{'http' if port == 80 else 'https'}://{_authority(host, port)}/")
    line = _Line(bench, host, port, sock.fileno())
    os.dup2(line.theirs.fileno(), sock.fileno(), inheritable=False)
    line.theirs.close()
    sock.settimeout(sock.gettimeout())  # the descriptor is another one now, and has to be told again
    sock.__class__ = _BenchSocket
    _failures.pop(sock.fileno(), None)
    _served[sock.fileno()] = line
    line.start()


def _authority(host: str, port: int) -> str:
    return host if port in (80, 443) else f"{host}:{port}"


def _certificate(line: _Line | None) -> dict[str, Any]:
    """As `SSLSocket.getpeercert` gives it; valid until the day the test says, else for very long."""
    host = line.host if line else ""
    until = line.bench.certificates.get(host, "2099-12-31") if line else "2099-12-31"
    from datetime import date  # noqa: PLC0415 - only bots that look at certificates

    day = date.fromisoformat(until)
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    return {
        "subject": ((("commonName", host),),),
        "subjectAltName": (("DNS", host),),
        "notAfter": f"{months[day.month - 1]} {day.day:2d} 00:00:00 {day.year} GMT",
    }


def _read_request(stream: Any, host: str, port: int, tls: bool) -> Request | None:
    """The next request of a connection; None at its end."""
    first = stream.readline().decode("latin-1").split()
    if len(first) < 2:
        return None
    headers: dict[str, str] = {}
    while line := stream.readline().decode("latin-1").strip():
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    body = _read_body(stream, headers)
    scheme = "https" if tls else "http"
    usual = 443 if tls else 80
    place = host if port == usual else f"{host}:{port}"
    return Request(first[0], f"{scheme}://{place}{first[1]}", headers, body)


def _read_body(stream: Any, headers: dict[str, str]) -> bytes:
    if "chunked" in headers.get("transfer-encoding", "").lower():
        pieces: list[bytes] = []
        while size := int(stream.readline().split(b";")[0] or b"0", 16):
            pieces.append(stream.read(size))
            stream.readline()
        while stream.readline().strip():
            pass
        return b"".join(pieces)
    return stream.read(int(headers.get("content-length", 0)))


def _written(said: Response, method: str) -> bytes:
    body, kind = said.content()
    headers = {"content-type": kind, "content-length": str(len(body))}
    headers |= {name.lower(): str(value) for name, value in said.headers.items()}
    lines = [f"HTTP/1.1 {said.status} Bench", *(f"{name}: {value}" for name, value in headers.items())]
    head = "\r\n".join(lines).encode() + b"\r\n\r\n"
    return head if method == "HEAD" or said.status in (204, 304) else head + body
