"""What a run of a bot would execute, from the row of a larger statement. Remembers what a version says."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from codex32_server.features.bots.errors import BotArchivedError, BotNotFoundError, NoPublishedVersionError
from codex32_server.features.bots.schemas import RunnableVersion
from codex32_server.kit.manifest.schema import Manifest

_KEPT = 256
"""Versions whose manifest and schema stay parsed: half a millisecond of each delivery otherwise."""


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
