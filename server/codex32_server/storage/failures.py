"""Which exceptions mean that the database is away, for rooms that may not know the driver."""

from __future__ import annotations

import psycopg
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

DATABASE_ERRORS = (DBAPIError, PoolTimeoutError, psycopg.Error)
"""What a statement or the pool may raise."""

_ENCODING = (psycopg.errors.CharacterNotInRepertoire, psycopg.errors.UntranslatableCharacter)


def database_is_away(error: BaseException) -> bool:
    """Whether trying again later may help: the server is down, restarting, all connections are taken, or this
    process hung so long that it lost its transaction.
    """
    if isinstance(error, PoolTimeoutError | psycopg.OperationalError | psycopg.InterfaceError):
        return True
    if isinstance(error, OperationalError | InterfaceError):
        return True
    if isinstance(_original(error), psycopg.errors.IdleInTransactionSessionTimeout):
        return True
    return isinstance(error, DBAPIError) and error.connection_invalidated


def disk_is_full(error: BaseException) -> bool:
    """Whether PostgreSQL found no room on its disk. It is `database_is_away` as well: it passes."""
    return isinstance(_original(error), psycopg.errors.DiskFull)


def text_is_unstorable(error: BaseException) -> bool:
    """Whether a text held U+0000 or a lone surrogate, which PostgreSQL cannot keep."""
    original = _original(error)
    if isinstance(original, _ENCODING):
        return True
    return isinstance(original, psycopg.DataError) and "NUL" in str(original)


def _original(error: BaseException) -> BaseException | None:
    return error.orig if isinstance(error, DBAPIError) else error
