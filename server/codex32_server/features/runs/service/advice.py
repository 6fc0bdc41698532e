"""What a person may want to do next about a run, as short sentences. Pure: no queries, no state."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from codex32_server.queue.wait_tables import RunWait

_BY_ERROR: Final[dict[str, str]] = {
    "bot_error": "The bot raised an error: see its traceback with `codex32 logs {run}`.",
    "exit_code": "The process ended by itself: see its last lines with `codex32 logs {run}`.",
    "killed_by_signal": "The process was killed by a signal: see its last lines with `codex32 logs {run}`.",
    "out_of_memory": "Raise `limits.memory` in the manifest, or let the bot hold less in memory at once.",
    "timeout": "Raise `limits.timeout` in the manifest, or let the bot do less in one run.",
    "storage_full": "Free space on the worker's disk, then start the run again.",
    "disk_full": "Raise `limits.disk` in the manifest, or let the bot write less to /tmp.",
    "input_too_large": "Send less input, or give large data as a file (`codex32 run … --file NAME=PATH`).",
    "input_invalid": "Correct the input: the bot's page shows what `main` takes.",
    "output_too_large": "Return less, write the result to a file, or raise `limits.output` in the manifest.",
    "output_not_json": "Return only what JSON can carry: no NaN, dates as texts, no objects of your own.",
    "output_too_deep": "Return a flatter structure.",
    "files_too_large": "Raise `limits.files` in the manifest, or leave fewer files.",
    "protocol_error": "The bot disturbed its own reporting; let it leave open file descriptors alone.",
    "approval_rejected": "Somebody said no: `codex32 approvals --run {run}` says who and why.",
    "secret_missing": "Set the secret that is missing (`codex32 secrets set NAME`), then run it again.",
    "secret_unusable": "Set another value of that secret (`codex32 secrets set NAME`), then run it again.",
    "environment_failed": "Check `dependencies` in the header: names, versions, and that wheels exist.",
    "sandbox_unavailable": "This machine cannot confine bots right now: `codex32 doctor` says why.",
    "tests_failed": "Correct the bot or its tests, then deploy again.",
    "egress_not_allowed_by_workspace": (
        "Ask an owner to allow the host (`codex32 workspaces hosts`), or do without it."
    ),
    "egress_failed": "Run it again; the worker's log says why the egress proxy ended.",
    "worker_lost": "Its worker vanished; run it again when workers are back (`codex32 status`).",
    "internal_error": "The fault is the platform's: look at the server's log, then run it again.",
}


def next_steps(
    run_id: UUID, *, status: str, error_code: str | None, attempt: int, ready_at: datetime, now: datetime
) -> list[str]:
    """At most two sentences; none where nothing is to be done."""
    if status == "queued":
        return [_queued(attempt, ready_at, now)]
    if status == "running":
        return [f"Follow it: `codex32 logs {run_id} --follow`."]
    if status in {"succeeded", "waiting"}:
        return []
    if status == "cancelled":
        return ["Run it again from its page, or with POST /api/v1/runs/{id}/retry."]
    fallback = "See what happened: `codex32 logs {run}`."
    advice = _BY_ERROR.get("timeout" if status == "timed_out" else error_code or "", fallback)
    steps = [advice.format(run=run_id)]
    if "codex32 logs" not in steps[0]:
        steps.append(f"See what happened: `codex32 logs {run_id}`.")
    return steps


def waiting_steps(run_id: UUID, wait: RunWait | None) -> list[str]:
    """What a waiting run waits for, and how to let it go on."""
    if wait is None:
        return []
    until = f"{wait.wake_at:%Y-%m-%d %H:%M:%S} UTC" if wait.wake_at else ""
    if wait.kind == "approval":
        steps = [f"Answer it: `codex32 approve {run_id} {wait.name}` (or with --reject)."]
        return [*steps, f"Without an answer it goes on at {until}."] if until else steps
    if wait.kind == "sleep":
        return [f"It goes on at {until}."]
    return [f"It goes on when run {wait.child_run_id} of {wait.name} has ended."]


def _queued(attempt: int, ready_at: datetime, now: datetime) -> str:
    moment = ready_at.strftime("%Y-%m-%d %H:%M:%S UTC")
    if ready_at > now:
        return f"It begins at {moment}." if attempt == 0 else f"Attempt {attempt + 1} begins at {moment}."
    return "It begins as soon as a worker is free; `codex32 status` shows the workers."
