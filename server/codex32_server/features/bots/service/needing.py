"""Which files a run of a version must be given. What was found is kept; a version's files never change."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from uuid import UUID

from codex32_server.features.bots.schemas import LoadedVersion
from codex32_server.kit.manifest.given_files import GivenFiles, given_files

_KEPT = 256
"""Versions whose answer is kept: up to seconds of a processor otherwise, each time that a form opens."""


class Needing:
    """Knows nothing of workspaces: ask it only for versions that the caller may read."""

    def __init__(self) -> None:
        self._known: OrderedDict[UUID, GivenFiles] = OrderedDict()

    def known(self, version_id: UUID) -> GivenFiles | None:
        """What was found of the version, if it was looked at lately."""
        found = self._known.get(version_id)
        if found is not None:
            self._known.move_to_end(version_id)
        return found

    async def find(self, version: LoadedVersion) -> GivenFiles:
        """In a thread, outside a transaction."""
        found = await asyncio.to_thread(given_files, version.files, version.entry)
        self._known[version.version_id] = found
        self._known.move_to_end(version.version_id)
        if len(self._known) > _KEPT:
            self._known.popitem(last=False)
        return found
