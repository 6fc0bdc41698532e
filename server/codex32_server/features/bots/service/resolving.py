"""What a run of a bot would execute: asked for, or from the row of a larger statement. The latter remembers
what a version says.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from codex32_server.features.bots.errors import BotArchivedError, BotNotFoundError, NoPublishedVersionError
from codex32_server.features.bots.repository import environments
from codex32_server.features.bots.schemas import RunnableVersion
from codex32_server.features.bots.service.naming import as_id, shown
from codex32_server.kit.manifest.schema import Manifest
from codex32_server.storage.session import Tx

_KEPT = 256
"""Versions whose manifest and schema stay parsed: half a millisecond of each delivery otherwise."""


async def find_runnable(tx: Tx, workspace_id: UUID, bot_ref: str, environment: str | None) -> RunnableVersion:
    """Raises BotNotFoundError (also for a deleted bot), BotArchivedError, NoPublishedVersionError."""
    found = await environments.runnable(
        tx, workspace_id, bot_id=as_id(bot_ref), name=bot_ref, environment=environment
    )
    if found is None:
        raise BotNotFoundError(f"There is no bot {shown(bot_ref)} in this workspace.")
    if found.archived_at is not None:
        raise BotArchivedError(f"The bot {found.bot_name!r} is archived.")
    if found.version_id is None:
        where = f"in {environment!r}" if environment else "yet"
        raise NoPublishedVersionError(f"The bot {found.bot_name!r} has no version to run {where}.")
    return RunnableVersion(
        bot_id=found.bot_id,
        bot_name=found.bot_name,
        version_id=found.version_id,
        digest=found.digest,
        environment=found.environment,
        manifest=Manifest.model_validate(found.manifest),
        input_schema=found.input_schema,
        allowed_hosts=found.egress_hosts or (),
    )


class RunnableRow(NamedTuple):
    """The columns of repository.environments.RUNNABLE."""

    bot_id: UUID | None
    bot_name: str
    archived_at: Any
    environment: str
    version_id: UUID | None
    digest: str
    proof: str
    manifest: str
    input_schema: str
    egress_hosts: Sequence[str]


class Resolving:
    """Rows of RUNNABLE as versions. A finished version never changes, so nothing here is ever stale."""

    def __init__(self) -> None:
        self._parsed: OrderedDict[UUID, tuple[Manifest, Mapping[str, Any]]] = OrderedDict()

    def read(self, columns: Sequence[Any]) -> RunnableVersion:
        """Raises BotNotFoundError, BotArchivedError, NoPublishedVersionError."""
        row = RunnableRow(*columns)
        if row.bot_id is None:
            raise BotNotFoundError("The bot is deleted.")
        if row.archived_at is not None:
            raise BotArchivedError(f"The bot {row.bot_name!r} is archived.")
        if row.version_id is None:
            raise NoPublishedVersionError(f"The bot {row.bot_name!r} has no version to run there.")
        manifest, schema = self._parse(row.version_id, row)
        return RunnableVersion(
            *(row.bot_id, row.bot_name, row.version_id, row.digest, row.environment, manifest, schema),
            allowed_hosts=row.egress_hosts or (),
        )

    def _parse(self, version_id: UUID, row: RunnableRow) -> tuple[Manifest, Mapping[str, Any]]:
        found = self._parsed.get(version_id)
        if found is not None:
            self._parsed.move_to_end(version_id)
            return found
        found = Manifest.model_validate(orjson.loads(row.manifest)), orjson.loads(row.input_schema)
        if row.proof != "pending":
            self._parsed[version_id] = found
            if len(self._parsed) > _KEPT:
                self._parsed.popitem(last=False)
        return found
