"""The one way into runs. Frozen contracts go in and come out; the caller owns the transaction."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from codex32_server.features.events.facade import EventsFacade
from codex32_server.features.runs.errors import RunFileNotFoundError, RunNotFoundError
from codex32_server.features.runs.history_schemas import BotRuns as BotRuns
from codex32_server.features.runs.history_schemas import FailingBot as FailingBot
from codex32_server.features.runs.history_schemas import PastRun as PastRun
from codex32_server.features.runs.history_schemas import RunCounts as RunCounts
from codex32_server.features.runs.log_schemas import LogLineView, LogPage, LogPosition, LogQuery
from codex32_server.features.runs.repository import durable, files, matching, runs, state, sweeping
from codex32_server.features.runs.repository import resources as sampled
from codex32_server.features.runs.schemas import (
    MAX_INPUT_BYTES,
    MAX_INPUT_DEPTH,
    AttemptView,
    EgressView,
    FileContent,
    RunFilter,
    RunView,
    StateEntry,
    TriggerKind,
    UploadView,
)
from codex32_server.features.runs.schemas import ApprovalView as ApprovalView
from codex32_server.features.runs.schemas import BotCall as BotCall
from codex32_server.features.runs.schemas import CallEnd as CallEnd
from codex32_server.features.runs.schemas import NewFile as NewFile
from codex32_server.features.runs.schemas import NewSample as NewSample
from codex32_server.features.runs.schemas import ResourcesView as ResourcesView
from codex32_server.features.runs.schemas import StoredFile as StoredFile
from codex32_server.features.runs.schemas import Submission as Submission
from codex32_server.features.runs.service import (
    awaiting,
    content,
    egress,
    following,
    keeping,
    logs,
    resources,
    submission,
    views,
)
from codex32_server.features.runs.service.approvals import Approvals
from codex32_server.features.runs.service.awaiting import RunResult as RunResult
from codex32_server.features.runs.service.durable import DurableRuns as DurableRuns
from codex32_server.features.runs.service.history import RunHistory
from codex32_server.features.runs.service.state import DurableState
from codex32_server.features.runs.service.state import Fence as Fence
from codex32_server.features.runs.service.submission import Resolve, Runnable
from codex32_server.features.usage.facade import UsageFacade
from codex32_server.http.paging import Page, PageRequest, next_cursor
from codex32_server.kit.errors import Codex32Error
from codex32_server.kit.json_limits import JsonLimits
from codex32_server.queue.entries import NewRun
from codex32_server.queue.notify import Listener, Subscription
from codex32_server.queue.submit import cancel_run
from codex32_server.runtime.contract import EgressRecord, LogLine
from codex32_server.storage.lean import LeanConnections
from codex32_server.storage.session import Database, Tx

MONTHS_AHEAD = 3


class RunsFacade:
    """Submitting runs and everything that hangs on them. `resolve` is the bots facade's."""

    def __init__(self, resolve: Resolve, *, max_input_bytes: int = MAX_INPUT_BYTES) -> None:
        self._resolve = resolve
        self._limits = JsonLimits(max_input_bytes, MAX_INPUT_DEPTH)
        self._usage = UsageFacade()
        self.approvals = Approvals()
        """Questions of waiting runs, and their answers."""
        self.history = RunHistory()
        """Runs over time, and what bots did lately."""
        self.durable = DurableRuns(resolve, self._limits, EventsFacade(), self.approvals)
        """For the worker: steps, calls, sleeps and questions of a run that it holds."""

    # -- submitting

    async def submit(self, tx: Tx, wish: Submission) -> RunView:
        """Queue a run, or answer with the earlier run of the same idempotency key.

        Raises what `resolve` raises, RunInputError, SubmissionError, UploadNotFoundError,
        IdempotencyMismatchError, or an error of kit.json_limits. Roll back then.
        """
        run_id = await submission.submit(tx, self._resolve, wish, self._limits)
        return await self.get(tx, wish.workspace_id, run_id)

    async def submit_all(self, tx: Tx, wishes: Sequence[Submission]) -> list[UUID | Codex32Error]:
        """Queue many runs of the workspace that the transaction speaks for: ids, or why one was refused.

        Idempotency keys are not looked at; callers have a key of their own (the slot of a trigger).
        """
        return await submission.submit_all(tx, self._resolve, wishes, self._limits)

    async def check_input(
        self, tx: Tx, workspace_id: UUID, bot_ref: str, environment: str | None, value: Any
    ) -> None:
        """Raises what submitting this input to this bot would raise."""
        submission.check_input(
            await self._resolve(tx, workspace_id, bot_ref, environment), value, self._limits
        )

    def prepare(self, runnable: Runnable, wish: Submission) -> NewRun:
        """The queue entry for a wish without files, for a statement that queues it and does more.

        Raises RunInputError, SubmissionError or an error of kit.json_limits.
        """
        return submission.prepare(runnable, wish, {}, self._limits)

    @property
    def input_limits(self) -> JsonLimits:
        """How large and deep the input of a run may be."""
        return self._limits

    async def retry(
        self,
        tx: Tx,
        workspace_id: UUID,
        run_id: UUID,
        *,
        value: Any = None,
        created_by: UUID | None = None,
        trigger_kind: TriggerKind = "retry",
    ) -> RunView:
        """A new run of the same bot, environment, files and input (or `value`).

        It runs the version that the environment points at *now*, so that a corrected bot can be tried on what
        failed. Raises as `submit` does.
        """
        before = await self.get(tx, workspace_id, run_id)
        wish = Submission(
            workspace_id,
            str(before.bot_id),
            before.input if value is None else value,
            environment=before.environment,
            files={file.name: StoredFile(file.digest, file.size) for file in before.input_files},
            priority=before.priority,
            trigger_kind=trigger_kind,
            retry_of=run_id,
            created_by=created_by,
        )
        return await self.submit(tx, wish)

    async def cancel(self, tx: Tx, workspace_id: UUID, run_id: UUID, reason: str | None) -> RunView:
        """Cancelled at once if it has not started; asked to end if it runs; unchanged if it ended before.

        Raises RunNotFoundError.
        """
        await cancel_run(tx, workspace_id, run_id, reason)
        return await self.get(tx, workspace_id, run_id)

    # -- looking

    async def get(self, tx: Tx, workspace_id: UUID, run_id: UUID) -> RunView:
        """Raises RunNotFoundError."""
        row = await runs.find(tx, workspace_id, run_id)
        if row is None:
            raise RunNotFoundError(f"There is no run {run_id}.")
        return (await self._views(tx, workspace_id, [row]))[0]

    async def get_many(self, tx: Tx, workspace_id: UUID, run_ids: Collection[UUID]) -> list[RunView]:
        """Those of the runs that are the workspace's, oldest first, without large fields."""
        return await self._views(tx, workspace_id, await runs.find_many(tx, workspace_id, run_ids))

    async def list(self, tx: Tx, workspace_id: UUID, wanted: RunFilter, page: PageRequest) -> Page[RunView]:
        """Newest first, without large fields."""
        bot_ids = await runs.bots_meant(tx, workspace_id, wanted)
        rows = await runs.newest_first(tx, workspace_id, wanted, bot_ids, page.after, page.limit + 1)
        cursor = next_cursor([row.id for row in rows], page.limit)
        return Page(items=await self._views(tx, workspace_id, rows[: page.limit]), next_cursor=cursor)

    async def matching(self, tx: Tx, workspace_id: UUID, words: Sequence[str], most: int) -> list[RunView]:
        """Of the newest runs those whose bot's name, status or error has all of the words, newest first."""
        if not words:
            return []
        ids = await matching.matching(tx, workspace_id, words, most)
        return (await self.get_many(tx, workspace_id, ids))[::-1]

    async def attempts(self, tx: Tx, workspace_id: UUID, run_id: UUID) -> Sequence[AttemptView]:
        """Finished attempts, first to last. Raises RunNotFoundError."""
        await self._exists(tx, workspace_id, run_id)
        return views.attempt_views(await runs.attempts_of(tx, workspace_id, run_id))

    async def wait_for_end(
        self, database: Database, listener: Listener, workspace_id: UUID, run_id: UUID, seconds: float
    ) -> RunView:
        """The run when it has ended, or as it is after `seconds`. Raises RunNotFoundError."""
        await following.wait_for_end(database, listener, workspace_id, run_id, seconds)
        async with database.transaction(workspace_id) as tx:
            return await self.get(tx, workspace_id, run_id)

    async def wait_for_result(
        self, lean: LeanConnections, changes: Subscription, workspace_id: UUID, run_id: UUID, seconds: float
    ) -> RunResult:
        """How a run ended and what it put out, in as few round trips as can be; or how it is after `seconds`.

        `changes` is a subscription to the run that was opened before the run was queued. Raises
        RunNotFoundError and psycopg's errors.
        """
        return await awaiting.wait_for_result(lean, changes, workspace_id, run_id, seconds)

    async def changes(
        self, database: Database, listener: Listener, workspace_id: UUID, run_id: UUID
    ) -> AsyncIterator[RunView]:
        """The run now and after each change, until it has ended."""
        async for _ in following.statuses(database, listener, workspace_id, run_id):
            async with database.transaction(workspace_id) as tx:
                yield await self.get(tx, workspace_id, run_id)

    async def live(
        self, database: Database, listener: Listener, workspace_id: UUID, wanted: RunFilter
    ) -> AsyncIterator[RunView]:
        """The newest runs, then every run that appears or changes, without large fields. Has no end."""
        async for view in following.live(database, listener, workspace_id, wanted, self.get_many):
            yield view

    # -- logs

    async def logs(self, tx: Tx, workspace_id: UUID, run_id: UUID, query: LogQuery) -> LogPage:
        """Raises RunNotFoundError."""
        await self._exists(tx, workspace_id, run_id)
        return await logs.page(tx, workspace_id, run_id, query)

    def follow_logs(
        self, database: Database, listener: Listener, workspace_id: UUID, run_id: UUID, after: LogPosition
    ) -> AsyncIterator[Sequence[LogLineView] | str]:
        """Lines beyond `after` as they come, then the final status. Raises RunNotFoundError."""
        return following.log_lines(database, listener, workspace_id, run_id, after)

    async def append_logs(
        self, tx: Tx, workspace_id: UUID, run_id: UUID, attempt: int, lines: Sequence[LogLine]
    ) -> None:
        """For the worker: store consecutive lines of an attempt. Harmless to repeat with the same lines."""
        await logs.append(tx, workspace_id, run_id, attempt, lines)

    # -- the network

    async def egress(self, tx: Tx, workspace_id: UUID, run_id: UUID) -> EgressView:
        """What a run did on the network, in its finished attempts. Raises RunNotFoundError."""
        await self._exists(tx, workspace_id, run_id)
        return await egress.view(tx, workspace_id, run_id)

    async def record_egress(
        self,
        tx: Tx,
        workspace_id: UUID,
        run_id: UUID,
        attempt: int,
        records: Sequence[EgressRecord],
        uncounted: int,
        part: int | None = None,
    ) -> None:
        """For the worker: what an attempt did on the network. Harmless to repeat. What stays up tells it in
        parts; a part that is told again is replaced.
        """
        await egress.record(tx, workspace_id, run_id, attempt, records, uncounted, part)

    # -- files

    async def upload(
        self, tx: Tx, workspace_id: UUID, name: str, digest: str, data: bytes, created_by: UUID | None
    ) -> UploadView:
        """Keep a file for a run or a schedule. Raises BadFileNameError or FileTooLargeError."""
        return await content.upload(tx, workspace_id, name, digest, data, created_by)

    async def stored_files(
        self, tx: Tx, workspace_id: UUID, given: Mapping[str, UUID | StoredFile]
    ) -> Mapping[str, StoredFile]:
        """What uploads hold, for those who keep it longer than an upload lives.

        Raises UploadNotFoundError, BadFileNameError or SubmissionError.
        """
        return await submission.stored_files(tx, workspace_id, given)

    async def file(self, tx: Tx, workspace_id: UUID, run_id: UUID, name: str) -> FileContent:
        """Where the content of a run's output (or input) file is.

        Raises RunFileNotFoundError or RunNotFoundError.
        """
        return await content.find(tx, workspace_id, run_id, name)

    def pieces(self, database: Database, workspace_id: UUID, file: FileContent) -> AsyncIterator[bytes]:
        """The content of a file, a piece at a time."""
        return content.pieces(database, workspace_id, file)

    async def read_stored(self, tx: Tx, workspace_id: UUID, digest: str) -> bytes:
        """Content by digest, whole. Raises RunFileNotFoundError."""
        return await content.whole(tx, workspace_id, digest)

    async def input_content(self, tx: Tx, workspace_id: UUID, run_id: UUID) -> Mapping[str, bytes]:
        """For the worker: the files given to a run. Raises RunFileNotFoundError."""
        given = await files.input_files(tx, workspace_id, run_id)
        if given is None:
            raise RunFileNotFoundError(f"There is no run {run_id}.")
        return {name: await content.whole(tx, workspace_id, file["digest"]) for name, file in given.items()}

    async def record_files(
        self, tx: Tx, workspace_id: UUID, run_id: UUID, attempt: int, new: Sequence[NewFile]
    ) -> None:
        """For the worker: the files an attempt left behind. Harmless to repeat."""
        await content.record(tx, workspace_id, run_id, attempt, new)

    async def kept_bytes(self, tx: Tx, workspace_id: UUID, run_id: UUID) -> int:
        """For the worker: the size of the files that suspended attempts of a run have left."""
        return await files.kept_bytes(tx, workspace_id, run_id)

    # -- state

    def state_store(
        self,
        database: Database,
        workspace_id: UUID,
        bot_id: UUID,
        environment: str,
        fence: Fence | None = None,
    ) -> DurableState:
        """For the worker: what is behind codex32_bot.state of an attempt."""
        return DurableState(database, workspace_id, bot_id, environment, fence)

    async def state_entries(
        self, tx: Tx, workspace_id: UUID, bot_ref: str, environment: str | None, after: str, limit: int
    ) -> Sequence[StateEntry]:
        """What a bot remembers in an environment (None: the one that runs use), by key beyond `after`."""
        runnable = await self._resolve(tx, workspace_id, bot_ref, environment)
        of = state.StateOf(workspace_id, runnable.bot_id, environment or runnable.environment)
        return [views.state_entry(row) for row in await state.entries(tx, of, after, limit)]

    # -- resources

    async def resources(
        self, tx: Tx, workspace_id: UUID, run_id: UUID, after: datetime | None = None
    ) -> ResourcesView:
        """What a run used over time. Raises RunNotFoundError."""
        await self._exists(tx, workspace_id, run_id)
        return await resources.of_run(tx, workspace_id, run_id, after, datetime.now(UTC))

    async def service_resources(
        self, tx: Tx, workspace_id: UUID, service_id: UUID, period: timedelta
    ) -> ResourcesView:
        """What all replicas of a service used together, lately."""
        return await resources.of_service(tx, workspace_id, service_id, period, datetime.now(UTC))

    async def record_samples(self, tx: Tx, samples: Sequence[NewSample]) -> None:
        """For the worker: what runs of any workspace used."""
        await sampled.record(tx, samples)

    async def thin_samples(self, tx: Tx, keep: timedelta) -> int:
        """For the scheduler: put old samples together, forget very old ones; how many were taken away."""
        return await resources.thin(tx, keep)

    # -- keeping house

    async def workspaces(self, tx: Tx) -> Sequence[UUID]:
        """For the scheduler: every workspace there is to sweep."""
        return await sweeping.workspaces(tx)

    async def ensure_partitions(self, tx: Tx) -> int:
        """Make the partitions of the months to come; how many were missing."""
        return await sweeping.ensure_partitions(tx, MONTHS_AHEAD)

    async def drop_old(self, tx: Tx, keep: timedelta) -> Sequence[str]:
        """Drop whole months of runs, attempts and logs that ended longer ago than `keep`; which ones."""
        return await sweeping.drop_partitions(tx, keep)

    async def sweep(self, tx: Tx, workspace_id: UUID, needed: Collection[str]) -> int:
        """Remove old idempotency keys, unused uploads, what belongs to dropped runs, and content that
        nothing names.

        `needed` are digests that others name (the triggers). How many rows went.
        """
        return await keeping.sweep(tx, workspace_id, needed)

    async def _exists(self, tx: Tx, workspace_id: UUID, run_id: UUID) -> None:
        if await runs.status_of(tx, workspace_id, run_id) is None:
            raise RunNotFoundError(f"There is no run {run_id}.")

    async def _views(self, tx: Tx, workspace_id: UUID, rows: Sequence[Any]) -> list[RunView]:
        found = await runs.files_of(tx, workspace_id, [row.id for row in rows])
        waiting = [row.id for row in rows if row.status == "waiting"]
        waits = await durable.waits_of(tx, workspace_id, waiting)
        begun = [row.id for row in rows if row.attempt]
        spent = await self._usage.spent_of_runs(tx, workspace_id, begun) if begun else {}
        return [
            views.run_view(row, found[row.id], wait=waits.get(row.id), spent=spent.get(row.id))
            for row in rows
        ]
