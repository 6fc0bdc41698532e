"""The `[tool.codex32]` table as models, from which the published JSON Schema is made. One source of truth.

Reading a file and finding positions is `manifest`; a model here only says what each key means and may hold.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, Self, TypeVar, cast

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    PlainSerializer,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)
from pydantic import Tag as Choice
from pydantic_core import PydanticCustomError

from . import rules
from .quantities import (
    DURATION_PATTERN,
    MONEY_PATTERN,
    SIZE_PATTERN,
    Money,
    format_duration,
    format_money,
    format_size,
    parse_duration,
    parse_money,
    parse_size,
)
from .services import Service
from .webhook import Webhook, or_true

MIB: Final = 1024 * 1024
GIB: Final = 1024 * MIB

_T = TypeVar("_T")


Name = Annotated[
    str, AfterValidator(rules.slug), WithJsonSchema({"type": "string", "pattern": rules.NAME_PATTERN})
]
Tag = Annotated[
    str, AfterValidator(rules.tag), WithJsonSchema({"type": "string", "pattern": rules.TAG_PATTERN})
]
Environment = Annotated[
    str,
    AfterValidator(rules.environment),
    WithJsonSchema({"type": "string", "pattern": rules.ENVIRONMENT_PATTERN}),
]
Host = Annotated[
    str, AfterValidator(rules.host), WithJsonSchema({"type": "string", "pattern": rules.HOST_PATTERN})
]
CalledBot = Annotated[
    str, AfterValidator(rules.called_bot), WithJsonSchema({"type": "string", "pattern": rules.CALL_PATTERN})
]
KnowledgeName = Annotated[
    str, AfterValidator(rules.slug), WithJsonSchema({"type": "string", "pattern": rules.NAME_PATTERN})
]
SecretName = Annotated[
    str, AfterValidator(rules.secret), WithJsonSchema({"type": "string", "pattern": rules.SECRET_PATTERN})
]
Inject = Annotated[
    str, AfterValidator(rules.inject), WithJsonSchema({"type": "string", "pattern": rules.INJECT_PATTERN})
]
ExactHost = Annotated[
    str,
    AfterValidator(rules.exact_host),
    WithJsonSchema({"type": "string", "pattern": rules.HOST_PATTERN.replace(r"(\*\.)?", "", 1)}),
]
Size = Annotated[
    int,
    BeforeValidator(parse_size),
    PlainSerializer(format_size, return_type=str),
    WithJsonSchema({"type": "string", "pattern": SIZE_PATTERN}),
]
Duration = Annotated[
    float,
    BeforeValidator(parse_duration),
    PlainSerializer(format_duration, return_type=str),
    WithJsonSchema({"type": "string", "pattern": DURATION_PATTERN}),
]
Dollars = Annotated[
    Money,
    BeforeValidator(parse_money),
    PlainSerializer(format_money, return_type=str),
    WithJsonSchema({"type": "string", "pattern": MONEY_PATTERN}),
]


@dataclass(frozen=True)
class Ceilings:
    """The most that a manifest may ask for on this server; bytes, seconds, cores, counts."""

    memory: int = 8 * GIB
    timeout: float = 24 * 3600.0
    cpu: float = 16.0
    processes: int = 1024
    disk: int = 16 * GIB
    output: int = 16 * MIB
    files: int = 4 * GIB


_NO_CEILINGS = Ceilings(*[2**62] * 7)


@dataclass(frozen=True)
class _Floors:
    """Below these a Python process does not even start."""

    memory: int = 32 * MIB
    timeout: float = 0.1
    cpu: float = 0.05
    processes: int = 1
    disk: int = 1 * MIB
    output: int = 1024
    files: int = 0


_FLOORS = _Floors()


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Limits(_Table):
    """What one run may use."""

    memory: Size = Field(
        default=256 * MIB, description="Memory of the run with all its processes.", examples=["256MiB", "1GB"]
    )
    timeout: Duration = Field(
        default=60.0, description="Time from start to end of one attempt.", examples=["30s", "5m"]
    )
    cpu: float = Field(
        default=1.0, allow_inf_nan=False, description="Processor cores.", examples=[0.5, 1.0, 2.0]
    )
    processes: int = Field(default=64, description="Processes and threads at one time.", examples=[64])
    disk: Size = Field(default=256 * MIB, description="Temporary space in /tmp.", examples=["256MiB"])
    output: Size = Field(default=1 * MIB, description="The JSON that main returns.", examples=["1MiB"])
    files: Size = Field(
        default=64 * MIB, description="Files that the run leaves as outputs.", examples=["64MiB"]
    )

    @field_validator("*", mode="after")
    @classmethod
    def within(cls, value: _T, info: ValidationInfo) -> _T:
        """Between what a process needs and what this server allows."""
        ceilings = _ceilings(info)
        key = info.field_name or ""
        low, high = getattr(_FLOORS, key), getattr(ceilings, key)
        show = _SHOWN.get(key, str)
        if value < low:
            raise ValueError(f"{key} = {show(value)} is too little; the least is {show(low)}")
        if value > high:
            raise ValueError(f"{key} = {show(value)} is more than this server allows, {show(high)}")
        return value


_SHOWN: Mapping[str, Callable[[Any], str]] = {
    "memory": format_size,
    "disk": format_size,
    "output": format_size,
    "files": format_size,
    "timeout": format_duration,
}


def _ceilings(info: ValidationInfo) -> Ceilings:
    context: Any = info.context
    return context if isinstance(context, Ceilings) else Ceilings()


class Budget(_Table):
    """Money the bot may spend on models and other metered calls. A bot without a budget may spend nothing."""

    per_run: Dollars | None = Field(
        default=None, description="At most this for one run.", examples=["0.02 USD"]
    )
    per_day: Dollars | None = Field(
        default=None, description="At most this in a day (UTC).", examples=["1 USD"]
    )
    per_month: Dollars | None = Field(
        default=None, description="At most this in a month (UTC).", examples=["5 USD"]
    )
    total: Dollars | None = Field(default=None, description="At most this ever.", examples=["50 USD"])

    @model_validator(mode="after")
    def ordered(self) -> Self:
        """A wider period never has the smaller limit: the narrower one could not be used up."""
        last: tuple[str, Money] | None = None
        for key in ("per_run", "per_day", "per_month", "total"):
            money: Money | None = getattr(self, key)
            if money is not None and last is not None and money < last[1]:
                raise problem(f"{key} = {money} is less than {last[0]} = {last[1]}", key)
            last = (key, money) if money is not None else last
        return self


class Retries(_Table):
    """What happens after an attempt that failed and may succeed next time."""

    attempts: int = Field(
        default=1, ge=1, le=20, description="Attempts in all, the first included.", examples=[3]
    )
    backoff: Literal["exponential", "fixed", "none"] = Field(
        default="exponential", description="How the wait grows between attempts.", examples=["exponential"]
    )
    delay: Duration = Field(default=1.0, description="Wait before the second attempt.", examples=["1s"])
    max_delay: Duration = Field(default=60.0, description="The longest wait.", examples=["60s"])

    @model_validator(mode="after")
    def ordered(self) -> Self:
        """The first wait cannot be longer than the longest."""
        if self.delay > self.max_delay:
            longest = format_duration(self.max_delay)
            raise problem(
                f"delay = {format_duration(self.delay)} is longer than max_delay = {longest}", "delay"
            )
        return self


def _one_kind(schema: dict[str, Any]) -> None:
    """What the published schema says of a trigger beside its keys."""
    described = schema["properties"]["webhook"]
    table = described.pop("anyOf")[0]
    described["oneOf"] = [{"const": True}, table]
    schema["oneOf"] = [{"required": ["schedule"]}, {"required": ["webhook"]}]


class Trigger(_Table):
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


class InjectedSecret(_Table):
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


class Manifest(_Table):
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
    knowledge: Annotated[tuple[KnowledgeName, ...], Field(strict=False, max_length=32)] = Field(
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
        return cls.model_validate(dict(data), context=_NO_CEILINGS)

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


def problem(detail: str, *below: str | int) -> PydanticCustomError:
    """A problem of something below the value that is being checked."""
    return PydanticCustomError("codex32", "{detail}", {"detail": detail, "below": below})
