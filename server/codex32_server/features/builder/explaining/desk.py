"""Explains bots and runs of a workspace: finds files and what is known of a run, and asks an explainer."""

from __future__ import annotations

from uuid import UUID

from codex32_server.features.bots.facade import BotsFacade, BotView
from codex32_server.features.builder.errors import NothingFailedError, NothingToExplainError
from codex32_server.features.runs.facade import LogQuery, RunFilter, RunsFacade, RunView
from codex32_server.http.paging import PageRequest
from codex32_server.storage.session import Database, Tx

from .asked import About
from .port import Explainer, Explanation, FailedRun, FailureExplanation

_ENVIRONMENTS = ("prod", "staging", "dev")
_FAILED = ("failed", "timed_out")
_LINES = 200


class Explanations:
    """No transaction is open while the explainer works."""

    def __init__(self, database: Database, bots: BotsFacade, runs: RunsFacade, explainer: Explainer) -> None:
        self._database = database
        self._bots = bots
        self._runs = runs
        self._explainer = explainer

    async def of_bot(self, workspace_id: UUID, reference: str, environment: str | None) -> Explanation:
        """Of what an environment points at; without one of the first that there is, else the newest version.

        Raises BotNotFoundError, NothingToExplainError.
        """
        async with self._database.transaction(workspace_id) as tx:
            bot = await self._bots.get(tx, workspace_id, reference)
            files = await self._files(tx, workspace_id, bot.id, _version(bot, environment))
        return await self._explainer.bot(files)

    async def of_failure(self, workspace_id: UUID, reference: str, run_id: UUID | None) -> FailureExplanation:
        """Of that run, or of the newest one that failed. Raises BotNotFoundError, RunNotFoundError,
        NothingFailedError.
        """
        async with self._database.transaction(workspace_id) as tx:
            bot = await self._bots.get(tx, workspace_id, reference)
            run = await self._run(tx, workspace_id, bot, run_id)
            known = await self._known(tx, workspace_id, run)
            files = await self._files(tx, workspace_id, bot.id, run.version_id)
        return await self._explainer.failure(files, known)

    async def tell(self, workspace_id: UUID, bot: str, about: About) -> list[str]:
        """`TellAbout`: the explanation line by line. Raises BotNotFoundError."""
        try:
            if about == "bot":
                return _lines(await self.of_bot(workspace_id, bot, None))
            async with self._database.transaction(workspace_id) as tx:
                run = await self._run(tx, workspace_id, await self._bots.get(tx, workspace_id, bot), None)
            found = await self.of_failure(workspace_id, bot, run.id)
        except (NothingFailedError, NothingToExplainError) as nothing:
            return [nothing.detail]
        when = f"{run.created_at:%Y-%m-%d %H:%M} UTC"
        place = [f"Where: {found.where}"] if found.where else []
        return [
            f"The newest run that failed began at {when}.",
            found.summary,
            found.cause,
            *place,
            *found.steps,
        ]

    async def _files(self, tx: Tx, workspace_id: UUID, bot_id: UUID, version_id: UUID) -> dict[str, str]:
        """Texts only."""
        found = await self._bots.files(tx, workspace_id, str(bot_id), str(version_id))
        return {file.path: file.content for file in found.items if file.content is not None}

    async def _run(self, tx: Tx, workspace_id: UUID, bot: BotView, run_id: UUID | None) -> RunView:
        if run_id is not None:
            run = await self._runs.get(tx, workspace_id, run_id)
            if run.bot_id == bot.id and run.ended and run.status != "succeeded":
                return run
            raise NothingFailedError(f"Run {run_id} is no run of {bot.name} that failed.")
        newest: list[RunView] = []
        for status in _FAILED:
            wanted = RunFilter(bot=str(bot.id), status=status)
            page = await self._runs.list(tx, workspace_id, wanted, PageRequest(limit=1))
            newest += page.items
        if not newest:
            raise NothingFailedError(f"No run of {bot.name} failed.")
        return await self._runs.get(tx, workspace_id, max(newest, key=lambda run: run.created_at).id)

    async def _known(self, tx: Tx, workspace_id: UUID, run: RunView) -> FailedRun:
        attempts = await self._runs.attempts(tx, workspace_id, run.id)
        lines = LogQuery(attempt=run.attempt, stream="stderr", limit=_LINES)
        log = await self._runs.logs(tx, workspace_id, run.id, lines)
        network = await self._runs.egress(tx, workspace_id, run.id)
        refused = [one.host for one in network.items if one.reason == "not_in_manifest" and one.host]
        return FailedRun(
            code=run.error.code if run.error else run.status,
            detail=run.error.detail if run.error else "",
            traceback=(attempts[-1].traceback or "") if attempts else "",
            log="\n".join(line.text for line in log.lines),
            attempts=run.attempts,
            advice=tuple(run.next_steps),
            refused=tuple(dict.fromkeys(refused)),
        )


def _lines(told: Explanation) -> list[str]:
    lists = {"Starts": told.starts, "Takes": told.takes, "Gives": told.gives, "May touch": told.touches}
    facts = [f"{name}: {' '.join(lines)}" for name, lines in lists.items() if lines]
    return [told.summary, *told.steps, *facts]


def _version(bot: BotView, environment: str | None) -> UUID:
    """Raises NothingToExplainError."""
    for name in (environment,) if environment is not None else _ENVIRONMENTS:
        if name in bot.environments:
            return bot.environments[name].version_id
    if environment is None and bot.latest_version is not None:
        return bot.latest_version.id
    where = f"in {environment!r}" if environment else "yet"
    raise NothingToExplainError(f"The bot {bot.name} has no version {where}.")
