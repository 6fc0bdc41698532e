"""The part of the workbench that answers SQL: a small PostgreSQL server (protocol 3.0).

A driver may be written in C and not know the sockets of Python, so this one listens, on a socket in the file
system: a sandbox without a network lets nobody bind a port. The secret `DATABASE_URL` leads to it. It knows
answers, not SQL.
"""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import tempfile
import threading
from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any, BinaryIO, TypeAlias
from urllib.parse import quote

Found: TypeAlias = Callable[[str], Any] | BaseException | Sequence[Mapping[str, Any]]
"""What a query finds: rows, an exception whose text is the server's error, a function of the query."""

_NO_ENCRYPTION = (80877103, 80877104)
_TEXT, _BOOL, _INT, _FLOAT, _JSON = 25, 16, 20, 701, 114
_READY = b"Z\0\0\0\5I"
_SETTINGS = {
    "server_version": "17.0", "server_encoding": "UTF8", "client_encoding": "UTF8", "DateStyle": "ISO, MDY",
    "TimeZone": "UTC", "integer_datetimes": "on", "standard_conforming_strings": "on",
}  # fmt: skip


class SqlBench:
    """Finds what the test told it to."""

    def __init__(self, sql: Mapping[str, Found] | None) -> None:
        self.queries: list[str] = []
        """What the bot asked the database, in order, without BEGIN, COMMIT and SET."""
        self._sql = {_plain(query): found for query, found in (sql or {}).items()}

    def rows_of(self, query: str) -> Sequence[Mapping[str, Any]]:
        """Raises what the test said, or AssertionError that names the line to add."""
        self.queries.append(query)
        found = self._sql.get(_plain(query), self._sql.get("*"))
        if found is None:
            raise AssertionError(
                f"the bench has no rows for {query!r}: say workbench(sql={{{query!r}: [{{…}}]}})"
            )
        found = found(query) if callable(found) else found
        if isinstance(found, BaseException):
            raise found
        return found


@contextlib.contextmanager
def database_on_the_bench(bench: SqlBench, wanted: bool) -> Generator[str]:
    """The address of the database inside the block; nothing listens unless it is wanted."""
    if not wanted:
        yield ""
        return
    with (
        tempfile.TemporaryDirectory(prefix="sql-") as folder,
        socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener,
    ):
        listener.bind(f"{folder}/.s.PGSQL.5432")
        listener.listen()
        threading.Thread(target=_accept, args=(listener, bench), daemon=True).start()
        yield f"postgresql://bench@/bench?host={quote(folder, safe='')}"


def _accept(listener: socket.socket, bench: SqlBench) -> None:
    with contextlib.suppress(OSError):
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=_serve, args=(connection, bench), daemon=True).start()


def _serve(connection: socket.socket, bench: SqlBench) -> None:
    stream: Any = connection.makefile("rwb")
    with contextlib.suppress(OSError, struct.error), connection:
        _begin(stream)
        query = ""
        while kind := stream.read(1):
            body = stream.read(_int(stream) - 4)
            if kind == b"X":
                return
            if kind == b"P":
                query = body.split(b"\0")[1].decode()
            answers = {b"P": b"1\0\0\0\4", b"B": b"2\0\0\0\4", b"S": _READY, b"D": b"", b"H": b""}
            if kind == b"Q":
                stream.write(_answer(bench, body[:-1].decode()) + _READY)
            else:
                stream.write(_answer(bench, query) if kind == b"E" else answers.get(kind, b""))
            stream.flush()


def _begin(stream: BinaryIO) -> None:
    """Startup without encryption and without a password."""
    body = stream.read(_int(stream) - 4)
    while struct.unpack("!I", body[:4])[0] in _NO_ENCRYPTION:
        stream.write(b"N")
        stream.flush()
        body = stream.read(_int(stream) - 4)
    settings = b"".join(_message(b"S", f"{name}\0{value}\0".encode()) for name, value in _SETTINGS.items())
    stream.write(_message(b"R", b"\0\0\0\0") + settings + _message(b"K", b"\0\0\0\1\0\0\0\1") + _READY)
    stream.flush()


def _answer(bench: SqlBench, query: str) -> bytes:
    first = query.split(None, 1)[0].upper().rstrip(";") if query.strip() else ""
    if first in ("BEGIN", "COMMIT", "ROLLBACK", "SET", "DISCARD", "DEALLOCATE", ""):
        return _message(b"C", f"{first}\0".encode())
    try:
        rows = bench.rows_of(query)
    except Exception as error:  # noqa: BLE001 - whatever the test says is the error of the database
        fields = f"SERROR\0VERROR\0CXX000\0M{error}\0\0"
        return _message(b"E", fields.encode())
    names = list(rows[0]) if rows else []
    described = b"".join(
        name.encode() + b"\0" + struct.pack("!IHIhih", 0, 0, _kind(rows[0][name]), -1, -1, 0)
        for name in names
    )
    lines = [_row([row.get(name) for name in names]) for row in rows]
    head = _message(b"T", struct.pack("!H", len(names)) + described)
    return head + b"".join(lines) + _message(b"C", f"SELECT {len(rows)}\0".encode())


def _row(values: Sequence[Any]) -> bytes:
    cells = b""
    for value in values:
        text = b"" if value is None else _text(value).encode()
        cells += struct.pack("!i", -1 if value is None else len(text)) + text
    return _message(b"D", struct.pack("!H", len(values)) + cells)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "t" if value else "f"
    return json.dumps(value) if isinstance(value, (dict, list)) else str(value)


def _kind(value: Any) -> int:
    known = ((bool, _BOOL), (int, _INT), (float, _FLOAT), (dict, _JSON), (list, _JSON))
    return next((oid for kind, oid in known if isinstance(value, kind)), _TEXT)


def _message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!I", len(body) + 4) + body


def _int(stream: BinaryIO) -> int:
    return struct.unpack("!I", stream.read(4))[0]


def _plain(query: str) -> str:
    return " ".join(query.casefold().rstrip("; \n").split())
