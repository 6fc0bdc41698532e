"""Every request of API v1 as a value: what is sent, and how the answer is read. Nothing is sent here.

`Client` and `AsyncClient` both offer these functions as methods; see `operations`.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar
from urllib.parse import quote
from uuid import uuid4

from codex32_sdk.models import (
    AnyDocument,
    ApiKey,
    Approval,
    Attempt,
    Bot,
    Build,
    Connection,
    Deployment,
    EmittedEvent,
    LogLine,
    Page,
    Run,
    Schedule,
    SchedulePreview,
    Secret,
    SignInLink,
    Version,
)

T = TypeVar("T")

_WAIT_MARGIN = 15.0
"""Seconds that the answer to a waiting request may take longer than the wait it asked for."""
_BUILD_TIMEOUT = 150.0


@dataclass(frozen=True)
class Call(Generic[T]):
    """One request. `path` is below /api/v1 unless `absolute`; `timeout` in seconds, None: as usual."""

    method: str
    path: str
    read: Callable[[Any], T]
    params: Mapping[str, str] = field(default_factory=dict[str, str])
    body: Any = None
    content: bytes | None = None
    """A raw body, instead of a JSON one."""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    timeout: float | None = None
    absolute: bool = False

    @property
    def repeatable(self) -> bool:
        """Whether sending it twice has the effect of sending it once."""
        return self.method in {"GET", "PUT", "DELETE"} or "Idempotency-Key" in self.headers

    def after(self, cursor: str) -> Call[T]:
        """The same list from `cursor` on."""
        return replace(self, params={**self.params, "cursor": cursor})


def me() -> Call[AnyDocument]:
    """Who the key speaks for."""
    return Call("GET", "/me", AnyDocument.model_validate)


def system() -> Call[AnyDocument]:
    """Processes, queue and database of the installation."""
    return Call("GET", "/system", AnyDocument.model_validate)


def health() -> Call[AnyDocument]:
    """Whether the server is well; needs no key."""
    return Call("GET", "/health", AnyDocument.model_validate, absolute=True)


def list_keys() -> Call[Page[ApiKey]]:
    """Keys of the workspace, without their secrets."""
    return Call("GET", "/keys", Page[ApiKey].model_validate)


def create_key(
    name: str, *, role: str = "editor", scopes: list[str] | None = None, expires_at: str | None = None
) -> Call[ApiKey]:
    """A new key; its secret is in this answer and never again."""
    body = _given(name=name, role=role, scopes=scopes, expires_at=expires_at)
    return Call("POST", "/keys", ApiKey.model_validate, body=body)


def revoke_key(key_id: str) -> Call[None]:
    """The key stops working at once."""
    return Call("DELETE", _path("keys", key_id), _nothing)


def create_sign_in_link() -> Call[SignInLink]:
    """A one-time link that opens a browser session of the key's owner."""
    return Call("POST", "/sign-in-links", SignInLink.model_validate, body={})


def list_secrets(*, environment: str | None = None) -> Call[Page[Secret]]:
    """Secrets of the workspace, without their values; of one environment and the defaults, or all."""
    return Call("GET", "/secrets", Page[Secret].model_validate, params=_params(environment=environment))


def set_secret(name: str, value: str, *, environment: str | None = None) -> Call[Secret]:
    """Set a secret for one environment, or for all that have no value of their own."""
    params, body = _params(environment=environment), {"value": value}
    return Call("PUT", f"/secrets{_path(name)}", Secret.model_validate, params=params, body=body)


def delete_secret(name: str, *, environment: str | None = None) -> Call[None]:
    """Delete the value of one environment, or the one of all others."""
    return Call("DELETE", f"/secrets{_path(name)}", _nothing, params=_params(environment=environment))


def get_bot(bot: str) -> Call[Bot]:
    """By id or name."""
    return Call("GET", _path("bots", bot), Bot.model_validate)


def create_bot(files: Mapping[str, bytes], *, message: str | None = None) -> Call[Deployment]:
    """A new bot; refused if its name is taken."""
    body = _given(files=_files(files), message=message)
    return Call("POST", "/bots", Deployment.model_validate, body=body)


def deploy(name: str, files: Mapping[str, bytes], *, message: str | None = None) -> Call[Deployment]:
    """A new version of the bot `name`, which is created if there is none."""
    body = _given(files=_files(files), message=message)
    return Call("PUT", _path("bots", "by-name", name), Deployment.model_validate, body=body)


def delete_bot(bot: str) -> Call[None]:
    """Delete a bot; `restore_bot` brings it back until it is swept away."""
    return Call("DELETE", _path("bots", bot), _nothing)


def archive_bot(bot: str) -> Call[Bot]:
    """Its triggers stop and it takes no runs; nothing is lost."""
    return Call("POST", _path("bots", bot, "archive"), Bot.model_validate)


def restore_bot(bot: str) -> Call[Bot]:
    """Undo archive or delete."""
    return Call("POST", _path("bots", bot, "restore"), Bot.model_validate)


def list_versions(bot: str, *, cursor: str | None = None, limit: int | None = None) -> Call[Page[Version]]:
    """Versions of a bot, newest first."""
    params = _params(cursor=cursor, limit=limit)
    return Call("GET", _path("bots", bot, "versions"), Page[Version].model_validate, params)


def get_version(bot: str, version: str) -> Call[Version]:
    """By id, number or digest."""
    return Call("GET", _path("bots", bot, "versions", version), Version.model_validate)


def list_files(bot: str, version: str) -> Call[AnyDocument]:
    """Names and sizes of a version's files."""
    return Call("GET", _path("bots", bot, "versions", version, "files"), AnyDocument.model_validate)


def diff_versions(bot: str, first: str, second: str) -> Call[AnyDocument]:
    """What changed between two versions, in source and manifest."""
    params = {"from": first, "to": second}
    return Call("GET", _path("bots", bot, "diff"), AnyDocument.model_validate, params)


def promote(
    bot: str, to: str, *, version: str | None = None, from_environment: str | None = None
) -> Call[AnyDocument]:
    """Point environment `to` at a version, or at what another environment points at."""
    body = {"to": to, **_given(version=version)} | ({"from": from_environment} if from_environment else {})
    return Call("POST", _path("bots", bot, "promote"), AnyDocument.model_validate, body=body)


def rollback(bot: str, environment: str) -> Call[AnyDocument]:
    """Point the environment at the version it pointed at before."""
    body = {"environment": environment}
    return Call("POST", _path("bots", bot, "rollback"), AnyDocument.model_validate, body=body)


def submit_run(
    bot: str,
    input: Any = None,
    *,
    environment: str | None = None,
    wait: float | None = None,
    delay: float | None = None,
    priority: int | None = None,
    timeout: float | None = None,
    files: Mapping[str, str] | None = None,
    idempotency_key: str | None = None,
) -> Call[Run]:
    """Start a run; `wait` seconds for its end. `files` maps names to upload ids. Times in seconds.

    Without a key of your own one is made, so that a repeated request starts no second run.
    """
    given: Any = {} if input is None else input
    body = {"input": given} | _given(
        environment=environment, wait=wait, delay=delay, priority=priority, timeout=timeout, files=files
    )
    return Call(
        "POST",
        _path("bots", bot, "runs"),
        Run.model_validate,
        body=body,
        headers={"Idempotency-Key": idempotency_key or uuid4().hex},
        timeout=wait + _WAIT_MARGIN if wait else None,
    )


def list_runs(
    *,
    bot: str | None = None,
    status: str | None = None,
    environment: str | None = None,
    trigger: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
    **more: str | None,
) -> Call[Page[Run]]:
    """Runs, newest first; also by `since`, `until`, `version`, `person`, `error` and `q`."""
    params = _params(
        bot=bot, status=status, environment=environment, trigger=trigger, cursor=cursor, limit=limit, **more
    )
    return Call("GET", "/runs", Page[Run].model_validate, params)


def get_run(run_id: str, *, wait: float | None = None) -> Call[Run]:
    """The run; `wait` up to that many seconds for its end."""
    timeout = wait + _WAIT_MARGIN if wait else None
    return Call("GET", _path("runs", run_id), Run.model_validate, _params(wait=wait), timeout=timeout)


def cancel_run(run_id: str, *, reason: str | None = None) -> Call[Run]:
    """A queued run ends at once, a running one as soon as its worker hears of it."""
    return Call("POST", _path("runs", run_id, "cancel"), Run.model_validate, body=_given(reason=reason))


def retry_run(run_id: str, *, input: Any = None) -> Call[Run]:
    """A new run of the same version with the same or another input."""
    return Call("POST", _path("runs", run_id, "retry"), Run.model_validate, body=_given(input=input))


def get_trace(run_id: str) -> Call[AnyDocument]:
    """One timeline of the run: `spans` with their beginnings, durations and parents."""
    return Call("GET", _path("runs", run_id, "trace"), AnyDocument.model_validate)


def list_attempts(run_id: str) -> Call[Page[Attempt]]:
    """Every try of the run, first to last."""
    return Call("GET", _path("runs", run_id, "attempts"), Page[Attempt].model_validate)


def list_egress(run_id: str) -> Call[Page[Connection]]:
    """What the run did on the network in its finished attempts."""
    return Call("GET", _path("runs", run_id, "egress"), Page[Connection].model_validate)


def read_logs(
    run_id: str,
    *,
    attempt: int | None = None,
    after: str | None = None,
    limit: int | None = None,
    q: str | None = None,
    stream: str | None = None,
) -> Call[Page[LogLine]]:
    """Lines of a run in order; `after` is `attempt:line`."""
    params = _params(attempt=attempt, after=after, limit=limit, q=q, stream=stream)
    return Call("GET", _path("runs", run_id, "logs"), Page[LogLine].model_validate, params)


def list_approvals(
    *, run: str | None = None, cursor: str | None = None, limit: int | None = None
) -> Call[Page[Approval]]:
    """What runs wait for people to decide, newest first; with `run` all that this run asked."""
    params = _params(run=run, cursor=cursor, limit=limit)
    return Call("GET", "/approvals", Page[Approval].model_validate, params)


def decide_approval(run_id: str, name: str, decision: str, *, comment: str | None = None) -> Call[Approval]:
    """Answer with approve or reject; the run goes on. Repeating the same answer is harmless."""
    body = {"decision": decision} | _given(comment=comment)
    return Call("POST", _path("runs", run_id, "approvals", name), Approval.model_validate, body=body)


def list_steps(run_id: str) -> Call[Page[AnyDocument]]:
    """What the run has finished for good, first to last."""
    return Call("GET", _path("runs", run_id, "steps"), Page[AnyDocument].model_validate)


def list_events(
    *,
    type: str | None = None,
    subject: str | None = None,
    run: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> Call[Page[EmittedEvent]]:
    """What bots said has happened, newest first."""
    params = _params(type=type, subject=subject, run=run, cursor=cursor, limit=limit)
    return Call("GET", "/events", Page[EmittedEvent].model_validate, params)


def list_schedules(*, bot: str | None = None, cursor: str | None = None) -> Call[Page[Schedule]]:
    """Schedules with the next times they fire."""
    return Call("GET", "/schedules", Page[Schedule].model_validate, _params(bot=bot, cursor=cursor))


def create_schedule(
    bot: str,
    cron: str,
    timezone: str,
    *,
    name: str | None = None,
    misfire: str | None = None,
    environment: str | None = None,
    input: Any = None,
    files: Mapping[str, str] | None = None,
) -> Call[Schedule]:
    """Start `bot` by the clock; `cron` has five fields, `timezone` is an IANA name."""
    body = {"bot": bot, "cron": cron, "timezone": timezone} | _given(
        name=name, misfire=misfire, environment=environment, input=input, files=files
    )
    return Call("POST", "/schedules", Schedule.model_validate, body=body)


def update_schedule(schedule_id: str, **changes: Any) -> Call[Schedule]:
    """Change the named members."""
    return Call("PATCH", _path("schedules", schedule_id), Schedule.model_validate, body=changes)


def delete_schedule(schedule_id: str) -> Call[None]:
    """It fires no more."""
    return Call("DELETE", _path("schedules", schedule_id), _nothing)


def pause_schedule(schedule_id: str) -> Call[Schedule]:
    """It fires no more until it is resumed."""
    return Call("POST", _path("schedules", schedule_id, "pause"), Schedule.model_validate)


def resume_schedule(schedule_id: str) -> Call[Schedule]:
    """It fires again; what it missed is treated as its misfire policy says."""
    return Call("POST", _path("schedules", schedule_id, "resume"), Schedule.model_validate)


def preview_schedule(cron: str, timezone: str) -> Call[SchedulePreview]:
    """When such a schedule would fire."""
    body = {"cron": cron, "timezone": timezone}
    return Call("POST", "/schedules/preview", SchedulePreview.model_validate, body=body)


def build_bot(
    text: str,
    *,
    answers: Mapping[str, Any] | None = None,
    timezone: str | None = None,
    name: str | None = None,
    files: Mapping[str, str] | None = None,
    assume_defaults: bool = False,
    publish: bool = True,
) -> Call[Build]:
    """A bot from a sentence, proven before it is published; `publish=False` only says what would be made.

    `assume_defaults` answers questions that have a default with it.
    """
    body = {"text": text, "publish": publish} | _given(
        answers=answers,
        timezone=timezone,
        name=name,
        files=files,
        assume_defaults=assume_defaults or None,
    )
    return Call("POST", "/builder/bots", Build.model_validate, body=body, timeout=_BUILD_TIMEOUT)


def _path(*parts: str) -> str:
    return "".join(f"/{quote(part, safe='')}" for part in parts)


def _given(**members: Any) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


def _params(**members: Any) -> dict[str, str]:
    return {name: str(value) for name, value in members.items() if value is not None}


def _files(files: Mapping[str, bytes]) -> list[dict[str, str]]:
    """Base64 keeps every byte: the server judges the encoding, not this client."""
    return [{"path": path, "content_base64": b64encode(content).decode()} for path, content in files.items()]


def _nothing(_: Any) -> None:
    return None
