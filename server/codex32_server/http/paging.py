"""Cursor paging: a page and the opaque cursor of the next one. Queries belong to the repositories.

A cursor is the last id of a page in base64url; it stays valid whatever is added or removed meanwhile.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar
from uuid import UUID

from fastapi import Depends, Query
from pydantic import BaseModel, Field

from codex32_server.http.errors import BadCursorError

MAX_LIMIT = 200
DEFAULT_LIMIT = 50

Item = TypeVar("Item")


class Page(BaseModel, Generic[Item]):
    """One page of a list, newest first unless the operation says otherwise."""

    items: list[Item]
    next_cursor: str | None = Field(None, description="Pass as `cursor` for the next page; null at the end.")


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page is wanted: at most `limit` items beyond `after` (None: from the start)."""

    limit: int = DEFAULT_LIMIT
    after: UUID | None = None


def encode_cursor(last: UUID) -> str:
    return urlsafe_b64encode(last.bytes).rstrip(b"=").decode()


def decode_cursor(cursor: str) -> UUID:
    """The id inside a cursor. Raises BadCursorError for anything that encode_cursor did not make."""
    try:
        identifier = UUID(bytes=urlsafe_b64decode(cursor.encode("ascii") + b"=="))
    except ValueError as error:
        raise BadCursorError("The cursor is not one of this API.") from error
    if encode_cursor(identifier) != cursor:
        raise BadCursorError("The cursor is not one of this API.")
    return identifier


def next_cursor(ids: Sequence[UUID], limit: int) -> str | None:
    """The cursor behind a page, given the ids of up to `limit + 1` rows that the query fetched."""
    return encode_cursor(ids[limit - 1]) if len(ids) > limit else None


async def _page_request(
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Items on a page.")] = DEFAULT_LIMIT,
    cursor: Annotated[
        str | None, Query(max_length=64, description="`next_cursor` of the page before.")
    ] = None,
) -> PageRequest:
    return PageRequest(limit, decode_cursor(cursor) if cursor else None)


Paging = Annotated[PageRequest, Depends(_page_request)]
"""`paging: Paging` in an endpoint's signature takes `limit` and `cursor` from the query."""
