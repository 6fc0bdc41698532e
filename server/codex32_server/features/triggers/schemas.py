"""Frozen contracts of triggers: what the facade takes and hands out, and what the API shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from codex32_server.kit.manifest import rules
from codex32_server.kit.manifest import webhook as manifest_webhook

Misfire = Literal["skip", "once", "all"]
Outcome = Literal["fired", "skipped", "refused"]
DeliveryOutcome = Literal["accepted", "repeated", "refused"]

Cron = Annotated[str, Field(max_length=100, examples=["0 9 * * mon-fri"]), AfterValidator(rules.schedule)]
Zone = Annotated[str, Field(max_length=64, examples=["Europe/Madrid"]), AfterValidator(rules.timezone)]
Environment = Annotated[str, Field(max_length=32, examples=["prod"]), AfterValidator(rules.environment)]
Name = Annotated[str, Field(max_length=63, examples=["mornings"]), AfterValidator(rules.slug)]
FileName = Annotated[str, Field(min_length=1, max_length=200)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class _Request(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AttachedFile(_Frozen):
    """A file that every run of a schedule is given."""

    name: str
    size: int
    digest: str


class ScheduleView(_Frozen):
    """A cron expression in a time zone that starts runs of a bot."""

    id: UUID
    bot_id: UUID
    bot_name: str
    name: str
    cron: str
    timezone: str = Field(description="IANA zone.")
    misfire: Misfire
    environment: str | None = Field(description="null: `prod` if it is set, else `dev`.")
    input: Any
    files: list[AttachedFile]
    origin: Literal["manifest", "person"]
    paused: bool
    next_fire_at: datetime | None
    next_fires: list[datetime] = Field(description="The next three times; empty while paused.")
    last_fire_at: datetime | None
    last_error: str | None = Field(description="Why the newest slot did not start a run.")
    created_at: datetime


class SlotView(_Frozen):
    """One moment at which a schedule was due, and what became of it."""

    slot: datetime
    outcome: Outcome
    run_id: UUID | None
    detail: str
    created_at: datetime


class NewSchedule(_Request):
    """A schedule made by hand."""

    bot: Annotated[str, Field(min_length=1, max_length=100, description="Id or name of the bot.")]
    cron: Cron
    timezone: Zone | None = Field(None, description="Without it, UTC.")
    name: Name | None = None
    misfire: Misfire = "once"
    environment: Environment | None = None
    input: dict[str, Any] = {}
    files: dict[FileName, UUID] = Field({}, description="Name → upload id.")
    paused: bool = False


class ScheduleChange(_Request):
    """What to change; what is left out stays. `files` adds and replaces by name, null takes a file away."""

    cron: Cron | None = None
    timezone: Zone | None = None
    name: Name | None = None
    misfire: Misfire | None = None
    environment: Environment | None = None
    input: dict[str, Any] | None = None
    files: dict[FileName, UUID | None] | None = None
    paused: bool | None = None


class PreviewRequest(_Request):
    """An expression whose times are to be shown."""

    cron: Cron
    timezone: Zone = "UTC"
    count: Annotated[int, Field(ge=1, le=50)] = 5


class Preview(_Frozen):
    """The next times of an expression (UTC)."""

    next_fires: list[datetime]


@dataclass(frozen=True)
class Fired:
    """What one pass of the scheduler did: slots by outcome, and whether more was due than it took on."""

    triggers: int = 0
    fired: int = 0
    skipped: int = 0
    refused: int = 0
    more: bool = False


class SlotsView(_Frozen):
    """Slots of a schedule, newest first."""

    items: list[SlotView]
    next_cursor: str | None = Field(description="Pass as `cursor` for the next page; null at the end.")


# -- webhooks

LONGEST_GRACE = 7 * 24 * 3600
Method = manifest_webhook.Method
Methods = Annotated[list[Method], Field(min_length=1, max_length=5)]
AnswerSeconds = Annotated[int, Field(ge=1, le=manifest_webhook.LONGEST_ANSWER)]


class WebhookView(_Frozen):
    """A URL that starts runs of a bot."""

    id: UUID
    bot_id: UUID
    bot_name: str
    name: str
    url: str = Field(
        description="Where deliveries are sent. With `auth` none it is all the protection there is."
    )
    auth: manifest_webhook.Auth
    answer: manifest_webhook.Answer
    methods: list[Method]
    payload: manifest_webhook.Payload
    delivery_id: str | None = Field(description="Header by which repeats are known; null: `webhook-id`.")
    timeout: int = Field(description="Seconds that a synchronous answer waits for the run.")
    environment: str | None = Field(description="null: `prod` if it is set, else `dev`.")
    input: Any = Field(description="Arguments that the sender cannot change.")
    origin: Literal["manifest", "person"]
    paused: bool
    secret_shown: bool = Field(description="Whether the newest secret was shown, which happens once.")
    old_secrets: int = Field(description="Secrets before the newest one that are still valid.")
    created_at: datetime


class NewWebhook(_Request):
    """A webhook made by hand."""

    bot: Annotated[str, Field(min_length=1, max_length=100, description="Id or name of the bot.")]
    name: Name | None = None
    auth: manifest_webhook.Auth = "signature"
    answer: manifest_webhook.Answer = "async"
    methods: Methods = ["POST"]
    payload: manifest_webhook.Payload = "body"
    delivery_id: manifest_webhook.HeaderName | None = None
    timeout: AnswerSeconds = 30
    environment: Environment | None = None
    input: dict[str, Any] = {}

    @model_validator(mode="after")
    def checked(self) -> Self:
        """The same rules as in a manifest."""
        manifest_webhook.Webhook(
            auth=self.auth, methods=tuple(self.methods), delivery_id=self.delivery_id, timeout=self.timeout
        )
        return self


class WebhookChange(_Request):
    """What to change; what is left out stays."""

    name: Name | None = None
    auth: manifest_webhook.Auth | None = None
    answer: manifest_webhook.Answer | None = None
    methods: Methods | None = None
    payload: manifest_webhook.Payload | None = None
    delivery_id: manifest_webhook.HeaderName | None = None
    timeout: AnswerSeconds | None = None
    environment: Environment | None = None
    input: dict[str, Any] | None = None
    paused: bool | None = None


class RotateRequest(_Request):
    """A new secret, a new URL, or both."""

    url: bool = Field(False, description="Replace the URL too: the old one is unknown at once.")
    keep_secret: bool = Field(False, description="With `url`: replace the URL alone.")
    grace: Annotated[int, Field(ge=0, le=LONGEST_GRACE)] = Field(
        24 * 3600, description="Seconds for which the old secret stays valid beside the new one."
    )

    @model_validator(mode="after")
    def something(self) -> Self:
        """Something is replaced."""
        if self.keep_secret and not self.url:
            raise ValueError("keep_secret goes with url: nothing would be replaced")
        return self


class SecretView(_Frozen):
    """A webhook with its secret, which is not shown again."""

    webhook: WebhookView
    secret: str | None = Field(
        description="`whsec_…` for a signature, `c32h_…` for a token; null without one."
    )


class TrialRequest(_Request):
    """A delivery to try a webhook with."""

    body: Any = Field(None, description="The body as JSON; left out for an empty one.")
    query: Annotated[str, Field(max_length=8000)] = ""
    headers: Annotated[dict[str, str], Field(max_length=50)] = {}


class TrialView(_Frozen):
    """What a test started."""

    run_id: UUID


class DeliveryView(_Frozen):
    """One request to a webhook, and what became of it."""

    id: UUID
    outcome: DeliveryOutcome
    http_status: int
    code: str | None = Field(description="Why it was refused, or why its run gave no answer.")
    detail: str
    delivery_id: str | None = Field(description="The sender's id of the delivery.")
    run_id: UUID | None
    method: str
    size: int = Field(description="Bytes of the body.")
    latency_ms: float = Field(
        description="Until it was recorded; with a synchronous answer until that was sent."
    )
    test: bool
    created_at: datetime
