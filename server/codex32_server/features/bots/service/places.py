"""Cursors of lists of bots: where a page ended, in the order that it had.

The value that was sorted by is in the cursor, beside the id: it stays where it was although the bot may be
renamed, changed or gone by then.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from codex32_server.features.bots.schemas import BotPlace, BotSort
from codex32_server.http.errors import BadCursorError
from codex32_server.http.paging import decode_cursor, encode_cursor

MAX_CURSOR = 200
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAME, _UPDATED = b"n", b"u"
_ID = slice(1, 17)
_VALUE = slice(17, None)
_MOMENT_BYTES = 8
_LATEST = 253402300799_999999
"""Microseconds to the end of the year 9999."""


def next_place(rows: list[dict[str, Any]], limit: int, sort: BotSort) -> str | None:
    """The cursor behind a page, given up to `limit + 1` bots that the query fetched."""
    if len(rows) <= limit:
        return None
    last = rows[limit - 1]
    if sort == "created":
        return encode_cursor(last["id"])
    if sort == "name":
        return _encoded(_NAME, last["id"], last["name"].encode())
    moment = (last["updated_at"] - _EPOCH) // timedelta(microseconds=1)
    return _encoded(_UPDATED, last["id"], moment.to_bytes(_MOMENT_BYTES))


def read_place(cursor: str | None, sort: BotSort) -> BotPlace | None:
    """Raises BadCursorError for what `next_place` did not make for this order."""
    if cursor is None:
        return None
    if sort == "created":
        return BotPlace(decode_cursor(cursor))
    try:
        data = urlsafe_b64decode(cursor.encode("ascii") + b"==")
        identifier = UUID(bytes=data[_ID])
        if sort == "name" and data[:1] == _NAME:
            return BotPlace(identifier, name=_storable(data[_VALUE]))
        moment = int.from_bytes(data[_VALUE])
        if sort == "updated" and data[:1] == _UPDATED and moment <= _LATEST:
            return BotPlace(identifier, updated_at=_EPOCH + timedelta(microseconds=moment))
    except ValueError as error:
        raise BadCursorError("The cursor is not one of this API.") from error
    raise BadCursorError("The cursor is of another order, or not one of this API.")


def _encoded(kind: bytes, identifier: UUID, value: bytes) -> str:
    return urlsafe_b64encode(kind + identifier.bytes + value).rstrip(b"=").decode()


def _storable(value: bytes) -> str:
    """Raises ValueError for what no name holds."""
    text = value.decode()
    if "\0" in text:
        raise ValueError("a name has no U+0000")
    return text
