"""The `[tool.codex32]` table as models, from which the published JSON Schema is made. One source of truth.

Reading a file and finding positions is `manifest`; a model here only says what each key means and may hold.
What a run may use is in `limits`, a service's table in `services`, a webhook's in `webhook`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, Self, cast

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic import Tag as Choice

from . import rules
from .limits import NO_CEILINGS, Budget, Limits, Retries
from .services import Service
from .values import (
    CalledBot,
    Environment,
    ExactHost,
    Host,
    Inject,
    Name,
    SecretName,
    Table,
    Tag,
    problem,
)
from .webhook import Webhook, or_true


def _one_kind(schema: dict[str, Any]) -> None:
    """What the published schema says of a trigger beside its keys."""
    described = schema["properties"]["webhook"]
    table = described.pop("anyOf")[0]
    described["oneOf"] = [{"const": True}, table]
    schema["oneOf"] = [{"required": ["schedule"]}, {"required": ["webhook"]}]


class Trigger(Table):
    """One thing that starts runs by itself: a schedule or a webhook."""

    model_config = ConfigDict(json_schema_extra=_one_kind)

    schedule: Annotated[str, Field(max_length=100), AfterValidator(rules.schedule)] | None = Field(
        default=None,
        description="Cron expression: minute, hour, day of month, month, day of week.",
        examples=["0 9 * * mon-fri", "*/15 * * * *"],
    )
    webhook: Annotated[Webhook | None, BeforeValidator(or_true)] = Field(
        default=None,
        description="A URL that starts runs: true, or a table of how it is protected and answers.",
        examples=[True, {"auth": "token", "answer": "sync"}],
    )
    timezone: Annotated[str, AfterValidator(rules.timezone)] = Field(
        default="UTC", description="IANA time zone of the schedule.", examples=["Europe/Madrid"]
    )
    misfire: Literal["skip", "once", "all"] = Field(
        default="once",
        description="After a pause or an outage: run no missed slot, one, or all of them.",
        examples=["once"],
    )
    environment: Environment | None = Field(
        default=None,
        description="Environment whose version runs; without it `prod` if set, else `dev`.",
        examples=["prod"],
    )
    input: dict[str, Any] = Field(
        default_factory=dict,
        description="Input of the run; of a webhook, the part that callers cannot change.",
        examples=[{"limit": 10}],
    )
    name: Name | None = Field(
        default=None, description="Name of the trigger in lists.", examples=["mornings"]
    )

    @field_validator("input", mode="after")
    @classmethod
    def json_only(cls, value: dict[str, Any]) -> dict[str, Any]:
        """TOML knows dates, infinity and NaN; JSON does not."""
        where = not_json(value)
        if where is not None:
            raise problem("dates, times, inf, nan and NUL cannot be part of an input; write texts", *where)
        return value

    @model_validator(mode="after")
    def one_kind(self) -> Self:
        """A schedule or a webhook, and the clock only for a schedule."""
        if self.schedule is None and self.webhook is None:
            raise problem(
                'schedule is missing; write for example schedule = "0 9 * * mon-fri", or webhook = true',
                "schedule",
            )
        if self.webhook is None:
            return self
        if self.schedule is not None:
            raise problem("a trigger has a schedule or a webhook, not both", "webhook")
        for key in ("timezone", "misfire"):
            if key in self.model_fields_set and getattr(self, key) != type(self).model_fields[key].default:
                raise problem("belongs to a schedule; a webhook has no clock", key)
        return self


class InjectedSecret(Table):
    """A secret that the bot never holds: the egress proxy puts it into requests to one host."""

    name: SecretName = Field(description="Name of the secret.", examples=["STRIPE_KEY"])
    inject: Inject = Field(
        description="Where it is put on the wire: `header:` and the name of the header.",
        examples=["header:Authorization"],
    )
    host: ExactHost = Field(
        description="The only host that gets it (port 443 unless given); network must cover it.",
        examples=["api.stripe.com"],
    )

    @property
    def header(self) -> str:
        return self.inject.partition(":")[2]


PLAIN, TABLE = "name", "table"
"""Marks of the two ways to ask for a secret; they stand in the places of pydantic's errors."""
Secret = Annotated[
    Annotated[SecretName, Choice(PLAIN)] | Annotated[InjectedSecret, Choice(TABLE)],
    Discriminator(lambda given: TABLE if isinstance(given, dict | InjectedSecret) else PLAIN),
]


def secret_name(secret: str | InjectedSecret) -> str:
    return secret if isinstance(secret, str) else secret.name


Role = Literal[
    "worker", "collector", "analyzer", "aggregator", "orchestrator", "supervisor", "coordinator", "custom"
]
Isolation = Literal["strict", "standard", "minimal"]
Triggers = Annotated[tuple[Trigger, ...], Field(strict=False, max_length=32)]


class Manifest(Table):
    """What a bot is and may do: the `[tool.codex32]` table. Frozen; equal manifests compare equal."""

    name: Name = Field(description="Name of the bot, unique in its workspace.", examples=["price-watch"])
    title: str = Field(default="", max_length=120, description="Name for people.", examples=["Price watch"])
    description: str = Field(
        default="", max_length=2000, description="What it does.", examples=["Watches prices."]
    )
    role: Role = Field(default="worker", description="Its part in a larger whole.", examples=["collector"])
    tags: Annotated[tuple[Tag, ...], Field(strict=False, max_length=20)] = Field(
        default=(), description="Words to find it by.", examples=[["sales", "daily"]]
    )
    kind: Literal["job", "service"] = Field(
        default="job", description="Runs to an end, or stays up.", examples=["job"]
    )
    service: Service | None = Field(
        default=None,
        description='How a service stays up and is reached; only with `kind = "service"`.',
        examples=[{"port": 8080, "readiness": {"http": "/health"}}],
    )
    reuse: bool = Field(
        default=False,
        description="One process may serve several runs of a version, one after the other; only for jobs.",
        examples=[True],
    )
    entry: str | None = Field(
        default=None,
        max_length=200,
        description="File with `main`; without it the file of this header.",
        examples=["bot.py"],
    )
    triggers: Triggers = Field(
        default=(),
        description="What starts runs.",
        examples=[[{"schedule": "0 9 * * mon-fri", "timezone": "Europe/Madrid"}]],
    )
    network: Annotated[tuple[Host, ...], Field(strict=False, max_length=64)] = Field(
        default=(),
        description="Hosts it may reach (port 443 unless given); none without this.",
        examples=[["api.example.com", "*.example.org:8443"]],
    )
    secrets: Annotated[tuple[Secret, ...], Field(strict=False, max_length=64)] = Field(
        default=(),
        description="Names of the secrets it may read, or tables of those that are injected on the wire.",
        examples=[["API_TOKEN"]],
    )
    calls: Annotated[tuple[CalledBot, ...], Field(strict=False, max_length=64)] = Field(
        default=(),
        description="Bots of the workspace that it may call, or `*` for all; none without this.",
        examples=[["send-invoice"]],
    )
    knowledge: Annotated[tuple[Name, ...], Field(strict=False, max_length=32)] = Field(
        default=(),
        description="Knowledge bases of the workspace that it may search; none without this.",
        examples=[["handbook"]],
    )
    budget: Budget = Field(
        default_factory=lambda: Budget(),
        description="Money it may spend; none without this.",
        examples=[{"per_run": "0.02 USD"}],
    )
    limits: Limits = Field(
        default_factory=lambda: Limits(),
        description="What a run may use.",
        examples=[{"memory": "256MiB", "timeout": "30s"}],
    )
    retries: Retries = Field(
        default_factory=lambda: Retries(), description="Attempts after failures.", examples=[{"attempts": 3}]
    )
    concurrency: int | None = Field(
        default=None,
        ge=1,
        le=1000,
        description="Runs at one time; without it the server's limit.",
        examples=[1],
    )
    isolation: Isolation = Field(default="strict", description="How it is confined.", examples=["strict"])

    @property
    def standing(self) -> Service:
        """How it stays up, whether or not the file says anything about that."""
        return self.service or Service()

    @model_validator(mode="after")
    def of_one_kind(self) -> Self:
        """What belongs to services, and what to jobs."""
        if self.kind == "job" and self.service is not None:
            raise problem('the table `service` needs kind = "service"', "service")
        if self.kind == "service" and self.triggers:
            raise problem("a service stays up by itself: triggers are for jobs", "triggers")
        return self

    def as_dict(self) -> dict[str, Any]:
        """JSON values only, in the spelling of the file; `from_dict` gives an equal manifest back."""
        return self.model_dump(mode="json")

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """A manifest that was checked before. Today's ceilings do not apply: it must stay readable."""
        return cls.model_validate(dict(data), context=NO_CEILINGS)

    @property
    def secret_names(self) -> tuple[str, ...]:
        """Of every secret it names, however it gets them."""
        return tuple(secret_name(secret) for secret in self.secrets)

    @field_validator("secrets", mode="after")
    @classmethod
    def secrets_once(cls, secrets: tuple[Secret, ...]) -> tuple[Secret, ...]:
        """A secret is read or injected, not both, and has one host."""
        names = [secret_name(secret) for secret in secrets]
        for index, name in enumerate(names):
            if name in names[:index]:
                raise problem(f"{name!r} is listed twice", index)
        return secrets

    @model_validator(mode="after")
    def injected_where_allowed(self) -> Self:
        """A secret cannot go to a host that the bot may not reach."""
        for index, secret in enumerate(self.secrets):
            if isinstance(secret, str) or any(rules.host_covers(wide, secret.host) for wide in self.network):
                continue
            raise problem(
                f'network does not list {secret.host!r}; add it: network = ["{secret.host}"]',
                "secrets", index, "host",
            )  # fmt: skip
        return self

    @field_validator("tags", "network", "calls", "knowledge", mode="after")
    @classmethod
    def distinct(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        """Nothing twice."""
        for index, value in enumerate(values):
            if value in values[:index]:
                raise problem(f"{value!r} is listed twice", index)
        return values

    @field_validator("reuse", mode="after")
    @classmethod
    def only_for_jobs(cls, value: bool, info: ValidationInfo) -> bool:
        """A service stays up anyway."""
        if value and info.data.get("kind") == "service":
            raise ValueError("only a job's process can be used again: remove it, or make this a job")
        return value

    @field_validator("title", "description", mode="after")
    @classmethod
    def no_nul(cls, text: str) -> str:
        """PostgreSQL keeps no NUL in a text."""
        if "\0" in text:
            raise ValueError("a text cannot contain NUL")
        return text

    @field_validator("triggers", mode="after")
    @classmethod
    def unique(cls, triggers: tuple[Trigger, ...]) -> tuple[Trigger, ...]:
        """No two triggers of one name, and no two that do the same at the same time."""
        for index, trigger in enumerate(triggers):
            for other in triggers[:index]:
                if trigger.name is not None and trigger.name == other.name:
                    raise problem(f"a trigger named {trigger.name!r} exists already", index, "name")
                if trigger_identity(trigger) == trigger_identity(other):
                    what = "the webhook" if trigger.webhook else f"the schedule {trigger.schedule!r}"
                    raise problem(f"{what} is listed twice", index)
        return triggers


def not_json(value: Any) -> tuple[str | int, ...] | None:
    """Path of the first part of a TOML value that JSON cannot carry; None if there is none."""
    if isinstance(value, dict):
        items: Iterable[tuple[str | int, Any]] = cast("dict[str, Any]", value).items()
    elif isinstance(value, list):
        items = enumerate(cast("list[Any]", value))
    else:
        text = isinstance(value, str) and "\0" not in value
        fits = text or isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))
        return None if fits else ()
    for key, item in items:
        below = not_json(item)
        if below is not None:
            return (key, *below)
    return None


def trigger_identity(trigger: Trigger) -> tuple[Any, ...]:
    """What makes a trigger itself, whatever it is called."""
    if trigger.webhook is not None:
        return "webhook", trigger.name, trigger.environment
    return trigger.schedule, trigger.timezone, trigger.environment, repr(sorted(trigger.input.items()))
