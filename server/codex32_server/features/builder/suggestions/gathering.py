"""Collects what is known of a bot from the features that know it, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from codex32_server.features.bots.facade import BotsFacade, VersionView
from codex32_server.features.runs.facade import RunFilter, RunsFacade, RunView
from codex32_server.features.usage.facade import UsageFacade
from codex32_server.http.paging import PageRequest
from codex32_server.storage.session import Tx

from .model import Evidence, Recorded, RunSeen, Spending

_RUNS = 50
_MEASURED = 5
_DAYS = 30
_SIMILAR = 3
_MODELS = 20
_GIVEN = 4_000
"""Bytes of files that a run was given, at most, to be written into a test."""


@dataclass(frozen=True)
class Gathering:
    """The facades that are asked."""

    bots: BotsFacade
    runs: RunsFacade
    usage: UsageFacade

    async def of(self, tx: Tx, workspace_id: UUID, reference: str) -> Evidence:
        """What is known of the bot and of the version that `dev` runs. Raises BotNotFoundError."""
        bot = await self.bots.get(tx, workspace_id, reference)
        version = await self.bots.base(tx, workspace_id, str(bot.id))
        loaded = await self.bots.load(tx, workspace_id, version.id)
        files = {path: content.decode("utf-8", "replace") for path, content in loaded.files.items()}
        page = await self.runs.list(tx, workspace_id, RunFilter(bot=str(bot.id)), PageRequest(_RUNS, None))
        alike = await self.bots.similar(tx, workspace_id, str(bot.id), _SIMILAR)
        return Evidence(
            name=bot.name,
            manifest=loaded.manifest,
            entry=loaded.entry,
            files=files,
            proof=version.proof,
            runs=[_seen(run) for run in page.items],
            most_memory=await self._memory(tx, workspace_id, page.items),
            spending=await self._spending(tx, workspace_id, bot.id),
            similar=[(one.bot.name, one.score) for one in alike.items] if alike.by == "meaning" else [],
            dependencies=loaded.dependencies,
            from_recipes="Asked for as:" in files.get("README.md", ""),
            recorded=await self._recorded(tx, workspace_id, version, page.items),
        )

    async def _recorded(
        self, tx: Tx, workspace_id: UUID, version: VersionView, runs: list[RunView]
    ) -> list[Recorded]:
        """What the version's runs were given and gave; nothing for a version with tests."""
        if version.proof != "unproven":
            return []
        found: list[Recorded] = []
        for run in runs:
            whole = run.version_id == version.id and run.status == "succeeded" and not run.omitted
            if whole and sum(file.size for file in run.input_files) <= _GIVEN and len(found) < _MEASURED:
                texts = _texts(await self.runs.input_content(tx, workspace_id, run.id))
                if texts is not None:
                    found.append(Recorded(str(run.id), run.input, run.output, texts))
        return found

    async def _memory(self, tx: Tx, workspace_id: UUID, runs: list[RunView]) -> int | None:
        most: list[int] = []
        for run in runs[:_MEASURED]:
            found = await self.runs.resources(tx, workspace_id, run.id)
            most += [sample.memory for sample in found.items]
        return max(most, default=None)

    async def _spending(self, tx: Tx, workspace_id: UUID, bot_id: UUID) -> list[Spending]:
        since = datetime.now(UTC) - timedelta(days=_DAYS)
        found = await self.usage.totals(tx, workspace_id, (since, None), {"bot": bot_id}, ["model"], _MODELS)
        return [
            Spending(
                model=group.keys.get("model") or "",
                calls=group.attempts,
                dollars=float(group.cost),
                input=group.input,
                cached=group.cached,
                hits=group.hits,
            )
            for group in found.groups
        ]


def _texts(given: Mapping[str, bytes]) -> dict[str, str] | None:
    """None where a file is no text."""
    try:
        return {name: content.decode() for name, content in given.items()}
    except UnicodeDecodeError:
        return None


def _seen(run: RunView) -> RunSeen:
    return RunSeen(
        status=run.status,
        seconds=run.duration_ms / 1000 if run.duration_ms is not None else None,
        error_code=run.error.code if run.error else "",
        error=run.error.detail if run.error else "",
        trigger=run.trigger.kind,
    )
