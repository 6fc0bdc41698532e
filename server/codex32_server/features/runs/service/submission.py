"""From a wish to a queued run: what may run, with which input, under which limits, at most once per key."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from codex32_server.features.runs.errors import (
    IdempotencyMismatchError,
    RunInputError,
    ServiceNotRunnableError,
    SubmissionError,
    UploadNotFoundError,
)
from codex32_server.features.runs.repository import files as file_queries
from codex32_server.features.runs.repository import keys
from codex32_server.features.runs.schemas import (
    HIGHEST_PRIORITY,
    LOWEST_PRIORITY,
    MAX_DELAY_SECONDS,
    MAX_INPUT_FILES,
    StoredFile,
    Submission,
)
from codex32_server.features.runs.service.names import input_name
from codex32_server.kit import json_schema
from codex32_server.kit.egress import check_hosts
from codex32_server.kit.errors import Codex32Error, FieldProblem
from codex32_server.kit.json_limits import JsonLimits, dump_json
from codex32_server.kit.manifest.schema import Manifest
from codex32_server.queue.entries import NewRun, Retries
from codex32_server.queue.submit import submit_run, submit_runs
from codex32_server.storage.session import Tx

_MAX_KEY = 255


class Runnable(Protocol):
    """What is known of a version that is about to run (bots' RunnableVersion)."""

    @property
    def bot_id(self) -> UUID: ...
    @property
    def version_id(self) -> UUID: ...
    @property
    def environment(self) -> str: ...
    @property
    def manifest(self) -> Manifest: ...
    @property
    def input_schema(self) -> Mapping[str, Any]: ...
    @property
    def allowed_hosts(self) -> Sequence[str]: ...


class Resolve(Protocol):
    """What a bot's name or id means in an environment. Raises NotFoundError or `no_published_version`."""

    async def __call__(
        self, tx: Tx, workspace_id: UUID, bot_ref: str, environment: str | None
    ) -> Runnable: ...


async def submit(tx: Tx, resolve: Resolve, wish: Submission, limits: JsonLimits) -> UUID:
    """Queue one run; the id of the earlier one if the idempotency key was used for the same request.

    Raises typed errors; the caller must roll back then, which also frees the key.
    """
    if wish.idempotency_key is not None:
        earlier = await _claim_key(tx, wish, wish.idempotency_key, limits)
        if earlier is not None:
            return earlier
    runnable = await resolve(tx, wish.workspace_id, wish.bot_ref, wish.environment)
    files = await stored_files(tx, wish.workspace_id, wish.files)
    return await submit_run(tx, prepare(runnable, wish, files, limits))


async def submit_all(
    tx: Tx, resolve: Resolve, wishes: Sequence[Submission], limits: JsonLimits
) -> list[UUID | Codex32Error]:
    """Queue many runs without idempotency keys; a wish that cannot be granted yields its error instead.

    Nothing was written for those; the others are queued when the transaction commits.
    """
    known: dict[tuple[UUID, str, str | None], Runnable | Codex32Error] = {}
    results: list[UUID | Codex32Error] = []
    entries: list[NewRun] = []
    for wish in wishes:
        try:
            runnable = await _resolve_once(tx, resolve, wish, known)
            files = await stored_files(tx, wish.workspace_id, wish.files)
            entries.append(prepare(runnable, wish, files, limits))
            results.append(wish.id)
        except Codex32Error as error:
            results.append(error)
    await submit_runs(tx, entries)
    return results


def check_input(runnable: Runnable, value: Any, limits: JsonLimits) -> bytes:
    """The input as JSON, once it is known to fit.

    Raises RunInputError with a problem for each violation, or an error of kit.json_limits.
    """
    text = dump_json(value, limits, name="input")
    problems = json_schema.check(runnable.input_schema, value)
    if not isinstance(value, dict):
        problems = [
            FieldProblem("input", 'must be an object of main\'s arguments, for example {"limit": 10}')
        ]
    if problems:
        raise RunInputError.of(problems)
    return text


def prepare(
    runnable: Runnable, wish: Submission, files: Mapping[str, StoredFile], limits: JsonLimits
) -> NewRun:
    """The queue entry for a wish.

    Raises ServiceNotRunnableError, EgressNotAllowedError, SubmissionError, RunInputError or an error of
    kit.json_limits.
    """
    manifest = runnable.manifest
    if manifest.kind == "service":
        raise ServiceNotRunnableError(f"The bot {manifest.name!r} stays up by itself.")
    check_hosts(manifest.network, runnable.allowed_hosts)
    _check_bounds(wish, manifest)
    timeout = manifest.limits.timeout if wish.timeout is None else wish.timeout
    retries = manifest.retries
    return NewRun(
        id=wish.id,
        workspace_id=wish.workspace_id,
        bot_id=runnable.bot_id,
        version_id=runnable.version_id,
        environment=runnable.environment,
        input=check_input(runnable, wish.input, limits).decode(),
        input_files=json.dumps({name: {"digest": f.digest, "size": f.size} for name, f in files.items()}),
        priority=wish.priority,
        delay=wish.delay,
        timeout_ms=round(timeout * 1000),
        concurrency=manifest.concurrency,
        retries=Retries(
            retries.attempts, retries.backoff, round(retries.delay * 1000), round(retries.max_delay * 1000)
        ),
        trigger_kind=wish.trigger_kind,
        trigger_id=wish.trigger_id,
        scheduled_for=wish.scheduled_for,
        retry_of=wish.retry_of,
        parent_run_id=wish.parent_run_id,
        created_by=wish.created_by,
    )


async def stored_files(
    tx: Tx, workspace_id: UUID, files: Mapping[str, UUID | StoredFile]
) -> dict[str, StoredFile]:
    """Content behind uploads, kept from being swept while this transaction is about to use it.

    Raises UploadNotFoundError, BadFileNameError or SubmissionError.
    """
    if not files:
        return {}
    if len(files) > MAX_INPUT_FILES:
        raise SubmissionError(f"A run takes at most {MAX_INPUT_FILES} files, not {len(files)}.")
    uploaded = {ref for ref in files.values() if isinstance(ref, UUID)}
    uploads = await file_queries.uploads(tx, workspace_id, uploaded)
    found: dict[str, StoredFile] = {}
    for name, ref in files.items():
        if isinstance(ref, UUID):
            upload = uploads.get(ref)
            if upload is None:
                raise _no_upload(name, f"There is no upload {ref}.")
            ref = StoredFile(upload.digest, upload.size)
        found[input_name(name)] = ref
    present = await file_queries.touch(tx, workspace_id, {file.digest for file in found.values()})
    for name, file in found.items():
        if file.digest not in present:
            raise _no_upload(name, f"The content of {name} is not kept any more.")
    return found


def _no_upload(name: str, detail: str) -> UploadNotFoundError:
    return UploadNotFoundError(detail, fields=[FieldProblem(f"files.{name}", detail)])


def _check_bounds(wish: Submission, manifest: Manifest) -> None:
    problems: list[FieldProblem] = []
    if not LOWEST_PRIORITY <= wish.priority <= HIGHEST_PRIORITY:
        problems.append(FieldProblem("priority", f"must be {LOWEST_PRIORITY} to {HIGHEST_PRIORITY}"))
    if not (math.isfinite(wish.delay) and 0 <= wish.delay <= MAX_DELAY_SECONDS):
        problems.append(FieldProblem("delay", f"must be 0 to {MAX_DELAY_SECONDS:.0f} seconds"))
    limit = manifest.limits.timeout
    # Half a millisecond is what rounding may take away.
    if wish.timeout is not None and not (wish.timeout >= 0.001 and wish.timeout <= limit):
        problems.append(
            FieldProblem(
                "timeout", f"must be more than 0 and at most {limit:g} seconds, as the manifest says"
            )
        )
    if problems:
        raise SubmissionError(f"{problems[0].field} {problems[0].detail}.", fields=problems)


async def _claim_key(tx: Tx, wish: Submission, key: str, limits: JsonLimits) -> UUID | None:
    """None if the key is ours, else the run of the same request. Raises IdempotencyMismatchError."""
    if not (0 < len(key) <= _MAX_KEY and key.isascii() and key.isprintable()):
        raise SubmissionError(f"An Idempotency-Key has 1 to {_MAX_KEY} printable ASCII characters.")
    dump_json(wish.input, limits, name="input")  # bounded before it is hashed
    request = request_hash(wish)
    while not await keys.claim(tx, wish.workspace_id, key, request, wish.id):
        holder = await keys.holder(tx, wish.workspace_id, key)
        if holder is None:
            continue  # swept between the two statements: free again
        if holder.request_hash != request:
            raise IdempotencyMismatchError(
                f"The key {key!r} was used for another request (run {holder.run_id})."
            )
        return holder.run_id
    return None


def request_hash(wish: Submission) -> str:
    """What makes two requests the same: everything that was asked for, whatever the order of keys."""
    files = {name: str(ref) for name, ref in wish.files.items()}
    asked = [
        wish.bot_ref,
        wish.environment,
        wish.input,
        files,
        wish.delay,
        wish.priority,
        wish.timeout,
        str(wish.retry_of),
    ]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


async def _resolve_once(
    tx: Tx,
    resolve: Resolve,
    wish: Submission,
    known: dict[tuple[UUID, str, str | None], Runnable | Codex32Error],
) -> Runnable:
    asked = (wish.workspace_id, wish.bot_ref, wish.environment)
    if asked not in known:
        try:
            known[asked] = await resolve(tx, *asked)
        except Codex32Error as error:
            known[asked] = error
    found = known[asked]
    if isinstance(found, Codex32Error):
        raise found
    return found
