"""Files that come with a sentence: a schedule has no person to hand it a file, so they are attached to it."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from codex32_server.features.runs.facade import RunsFacade
from codex32_server.features.triggers.facade import ScheduleChange, TriggersFacade
from codex32_server.http.paging import PageRequest
from codex32_server.storage.session import Tx

_MOST_SCHEDULES = 50


class ScheduleFiles:
    """Gives uploads to the schedules of a new bot."""

    def __init__(self, runs: RunsFacade, triggers: TriggersFacade) -> None:
        self._runs = runs
        self._triggers = triggers

    async def check(self, tx: Tx, workspace_id: UUID, files: Mapping[str, UUID]) -> None:
        """Before anything is built. Raises UploadNotFoundError, BadFileNameError or SubmissionError."""
        if files:
            await self._runs.stored_files(tx, workspace_id, files)

    async def attach(self, tx: Tx, workspace_id: UUID, bot_id: UUID, files: Mapping[str, UUID]) -> None:
        """To every schedule of the bot; a bot without one is handed its files run by run."""
        page = PageRequest(limit=_MOST_SCHEDULES, after=None)
        schedules = await self._triggers.list(tx, workspace_id, str(bot_id), page)
        for schedule in schedules.items:
            await self._triggers.change(tx, workspace_id, schedule.id, ScheduleChange(files=dict(files)))
