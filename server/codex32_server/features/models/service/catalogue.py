"""Newer published prices: fetched or given, believed or refused, kept, and taken into use by every process.

What is in use is a row; processes look for a newer one again and again, and the one that took it over knows
at once. Nothing is taken over in part: until a file was read and compared as a whole, the old prices hold.
"""

from __future__ import annotations

import asyncio
import hashlib
import zlib
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import structlog

from codex32_server.features.models.errors import (
    CatalogueDoubtfulError,
    CatalogueNotFetchedError,
    CatalogueNotValidError,
)
from codex32_server.features.models.repository import catalogue as rows
from codex32_server.features.models.schemas import CatalogueChanges, CatalogueView, RateChangeView
from codex32_server.gateway import price_changes, published, published_files
from codex32_server.gateway.errors import GatewayError
from codex32_server.gateway.price_changes import Changes
from codex32_server.gateway.providers.transport.client import HttpClient
from codex32_server.gateway.providers.transport.url import BadUrlError, parse_base_url
from codex32_server.gateway.published import Published
from codex32_server.gateway.published_files import FileNotValidError
from codex32_server.storage.lean import LeanConnections
from codex32_server.storage.session import Tx

SECONDS = 30.0
"""In which a file must have come."""
EVERY_SECONDS = 15.0
"""How often a process looks whether another one took over newer prices."""
A_DAY = timedelta(days=1)
_MOST_SHOWN = 500
_PACKAGE_SOURCE = "package"

OpenTransaction = Callable[[], AbstractAsyncContextManager[Tx]]
_log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Given:
    """A file of published prices, and where it is from."""

    content: bytes
    source: str


class PriceSource:
    """Where newer prices are fetched: by the rules for everything that the platform dials."""

    def __init__(self, client: HttpClient, url: str, seconds: float = SECONDS) -> None:
        self._client = client
        self._url = url
        self._seconds = seconds

    async def fetch(self) -> Given:
        """Raises CatalogueNotFetchedError."""
        try:
            url = parse_base_url(self._url)
        except BadUrlError as error:
            raise CatalogueNotFetchedError(f"The address of the prices cannot be used: {error}.") from None
        try:
            async with asyncio.timeout(self._seconds):
                answer = await self._client.send(
                    url.origin,
                    "GET",
                    url.path or "/",
                    {"accept": "application/json", "user-agent": "codex32"},
                    most=published_files.MOST_BYTES,
                )
                content = await answer.read()
        except GatewayError as error:
            raise CatalogueNotFetchedError(error.detail) from None
        except TimeoutError:
            raise CatalogueNotFetchedError(
                f"{url.origin.host} did not send the prices within {self._seconds:g} s."
            ) from None
        if answer.status != 200:
            raise CatalogueNotFetchedError(f"{url.origin.host} answered with HTTP {answer.status}.")
        return Given(content, self._url)


class Following:
    """Keeps this process at the newest catalogue. `lean` may read `llm_catalogues`."""

    def __init__(self, lean: LeanConnections, every: float = EVERY_SECONDS) -> None:
        self._lean = lean
        self._every = every
        self._refused: str | None = None

    async def look(self) -> None:
        """Take the newest into use, if it is not. Raises psycopg's errors."""
        version = await rows.newest(self._lean, published.release())
        if version == self._refused or version == published.taken():
            return
        if version is None:
            published.use(None)
            return
        document = await rows.document(self._lean, published.release(), version)
        if document is None:
            return
        try:
            published.use(await asyncio.to_thread(_read, document, version))
            _log.info("newer prices are in use", version=version)
        except (FileNotValidError, zlib.error) as error:
            self._refused = version
            _log.error("stored prices cannot be read", version=version, error=str(error))

    async def keep(self) -> None:
        """Look again and again, until it is cancelled."""
        while True:
            try:
                await self.look()
            except (psycopg.Error, OSError) as error:
                _log.warning("newer prices could not be looked for", error=str(error).partition("\n")[0])
            await asyncio.sleep(self._every)


async def take_over(
    open_transaction: OpenTransaction,
    given: Given,
    member_id: UUID | None,
    *,
    dry_run: bool = False,
    force: bool = False,
) -> CatalogueChanges:
    """Check a file and take it into use; with `dry_run` only say what it would change.

    Raises CatalogueNotValidError, and without `force` CatalogueDoubtfulError; then nothing has changed.
    """
    digest = hashlib.sha256(given.content).hexdigest()
    async with open_transaction() as tx:
        current = await rows.current(tx, published.release())
        if current is not None and current.digest == digest:
            if not dry_run:
                await rows.checked(tx, published.release(), digest)
            return _changes(view(current), None)
    version = f"{datetime.now(UTC):%Y-%m-%d} {digest[:8]}"
    try:
        new, changes = await asyncio.to_thread(_compared, given.content, version)
    except FileNotValidError as error:
        raise CatalogueNotValidError(f"The prices are not taken over: {error}.") from None
    models = sum(1 for _ in published_files.models_in(new))
    if dry_run:
        row = rows.Row(version, digest, given.source, models, datetime.now(UTC), datetime.now(UTC))
        return _changes(view(row), changes)
    if changes.doubt is not None and not force:
        raise CatalogueDoubtfulError(f"The prices are not taken over: {changes.doubt}.")
    values = {"version": version, "package": published.release(), "digest": digest, "models": models}
    document = await asyncio.to_thread(zlib.compress, given.content)
    async with open_transaction() as tx:
        await rows.put(tx, {**values, "source": given.source, "document": document}, member_id)
        stored = await rows.current(tx, published.release())
    assert stored is not None
    published.use(Published(stored.version, new.providers))
    _log.info("newer prices were taken over", version=stored.version, source=given.source)
    return _changes(view(stored), changes)


async def refresh_daily(open_transaction: OpenTransaction, source: PriceSource) -> None:
    """For the scheduler: fetch, if that was not done for a day. Raises what `fetch` and `take_over` raise."""
    async with open_transaction() as tx:
        current = await rows.current(tx, published.release())
    if current is not None and datetime.now(UTC) - current.checked_at < A_DAY:
        return
    await take_over(open_transaction, await source.fetch(), None)


async def shown(tx: Tx) -> CatalogueView:
    """The catalogue in use."""
    current = await rows.current(tx, published.release())
    if current is not None:
        return view(current)
    await published.ready()
    package = published.packaged()
    count = sum(1 for _ in published_files.models_in(package))
    return CatalogueView(
        version=package.version, source=_PACKAGE_SOURCE, models=count, added_at=None, checked_at=None
    )


def view(row: rows.Row) -> CatalogueView:
    return CatalogueView(
        version=row.version,
        source=row.source,
        models=row.models,
        added_at=row.added_at,
        checked_at=row.checked_at,
    )


def _read(document: bytes, version: str) -> Published:
    unpacked = zlib.decompressobj().decompress(document, published_files.MOST_BYTES + 1)
    return published_files.read(unpacked, version)


def _compared(content: bytes, version: str) -> tuple[Published, Changes]:
    new = published_files.read(content, version)
    return new, price_changes.between(published.in_use(), new, datetime.now(UTC))


def _changes(catalogue: CatalogueView, found: Changes | None) -> CatalogueChanges:
    """None: it is in use already."""
    if found is None:
        return CatalogueChanges(catalogue=catalogue, changed=False, doubt=None, more=0)
    rates = [
        RateChangeView(model=one.model, rate=one.rate, before=one.before, after=one.after)
        for one in found.rates[:_MOST_SHOWN]
    ]
    return CatalogueChanges(
        catalogue=catalogue,
        changed=True,
        added=list(found.added[:_MOST_SHOWN]),
        removed=list(found.removed[:_MOST_SHOWN]),
        rates=rates,
        doubt=found.doubt,
        more=sum(max(0, len(part) - _MOST_SHOWN) for part in (found.added, found.removed, found.rates)),
    )
