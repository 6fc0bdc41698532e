"""The `service` table of a manifest: how a bot that stays up is started, watched, restarted and reached.

What each key means and may hold, no more; the rest of the manifest is in `schema`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    model_validator,
)
from pydantic import WithJsonSchema as Published
from pydantic_core import PydanticCustomError

from .quantities import DURATION_PATTERN, format_duration, parse_duration

MOST_REPLICAS = 32
_LONGEST_PATH = 2000
_MOST_WORDS = 64

Restart = Literal["always", "on-failure", "never"]


def _within(low: float, high: float) -> AfterValidator:
    def check(seconds: float) -> float:
        if not low <= seconds <= high:
            raise ValueError(f"it lies between {format_duration(low)} and {format_duration(high)}")
        return seconds

    return AfterValidator(check)


def _path(value: str) -> str:
    if not value.startswith("/") or not value.isascii() or not value.isprintable() or " " in value:
        raise ValueError('a path begins with / and has only printable ASCII, for example "/health"')
    return value


def _word(value: str) -> str:
    if "\0" in value:
        raise ValueError("a word of a command cannot contain NUL")
    return value


_Seconds = Annotated[
    float,
    BeforeValidator(parse_duration),
    PlainSerializer(format_duration, return_type=str),
    Published({"type": "string", "pattern": DURATION_PATTERN}),
]
_Path = Annotated[str, AfterValidator(_path), Published({"type": "string", "pattern": "^/"})]
_Word = Annotated[str, AfterValidator(_word), Field(max_length=4000)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Probe(_Table):
    """How to see from time to time whether a replica is well: exactly one of http, command, heartbeat."""

    http: _Path | None = Field(
        default=None,
        max_length=_LONGEST_PATH,
        description="A path that answers 200 to 399.",
        examples=["/health"],
    )
    command: (
        Annotated[tuple[_Word, ...], Field(strict=False, min_length=1, max_length=_MOST_WORDS)] | None
    ) = Field(
        default=None,
        description="A program that ends with 0, run inside the sandbox.",
        examples=[["python", "check.py"]],
    )
    heartbeat: Annotated[_Seconds, _within(0.2, 86400)] | None = Field(
        default=None,
        description="The bot calls codex32_bot.service.heartbeat() at least this often.",
        examples=["30s"],
    )
    interval: Annotated[_Seconds, _within(0.1, 3600)] = Field(
        default=5.0, description="Time between two looks.", examples=["5s"]
    )
    timeout: Annotated[_Seconds, _within(0.1, 60)] = Field(
        default=2.0, description="An answer that takes longer is a failure.", examples=["2s"]
    )
    failures: int = Field(
        default=3, ge=1, le=100, description="So many failures in a row count.", examples=[3]
    )

    @model_validator(mode="after")
    def one_way(self) -> Self:
        """Exactly one way to look."""
        given = [key for key in ("http", "command", "heartbeat") if getattr(self, key) is not None]
        if len(given) != 1:
            raise problem("a probe has exactly one of http, command and heartbeat", *given[1:2])
        return self


class Service(_Table):
    """How a service stays up. Everything has a default."""

    port: int | None = Field(
        default=None,
        ge=1024,
        le=65535,
        description="Port on 127.0.0.1 where the bot answers HTTP; without it, nobody reaches it.",
        examples=[8080],
    )
    replicas: int = Field(
        default=1, ge=0, le=MOST_REPLICAS, description="Processes at one time.", examples=[1]
    )
    public: bool = Field(
        default=False, description="Whether anybody may call it without a key.", examples=[False]
    )
    readiness: Probe | None = Field(
        default=None, description="When a replica may get work.", examples=[{"http": "/health"}]
    )
    liveness: Probe | None = Field(
        default=None,
        description="When a replica that stopped being well is restarted.",
        examples=[{"heartbeat": "30s"}],
    )
    start_timeout: Annotated[_Seconds, _within(0.5, 3600)] = Field(
        default=60.0, description="Time to become ready for the first time.", examples=["60s"]
    )
    restart: Restart = Field(
        default="always", description="What follows when the bot ends by itself.", examples=["on-failure"]
    )
    backoff: Annotated[_Seconds, _within(0.05, 3600)] = Field(
        default=2.0,
        description="Wait after the first failure; doubled with each further one.",
        examples=["2s"],
    )
    max_backoff: Annotated[_Seconds, _within(0.05, 3600)] = Field(
        default=60.0, description="The longest wait.", examples=["60s"]
    )
    reset_after: Annotated[_Seconds, _within(0.5, 86400)] = Field(
        default=300.0,
        description="After so long without a failure the earlier ones are forgotten.",
        examples=["5m"],
    )
    crash_loop: int = Field(
        default=6, ge=1, le=100, description="The failure that quarantines the replica.", examples=[6]
    )
    stop_grace: Annotated[_Seconds, _within(0, 300)] = Field(
        default=10.0, description="Time between the request to stop and the kill.", examples=["10s"]
    )

    @model_validator(mode="after")
    def fits(self) -> Self:
        """What needs a port has one; waits are in order."""
        if self.max_backoff < self.backoff:
            raise problem("max_backoff is shorter than backoff", "max_backoff")
        if self.port is None:
            for name in ("readiness", "liveness"):
                probe: Probe | None = getattr(self, name)
                if probe is not None and probe.http is not None:
                    raise problem("an http probe needs a port", name, "http")
            if self.public:
                raise problem("a service without a port cannot be public", "public")
        return self

    def as_dict(self) -> dict[str, Any]:
        """JSON values only, in the spelling of the file; `Service.model_validate` gives it back."""
        return self.model_dump(mode="json")


def problem(detail: str, *below: str | int) -> PydanticCustomError:
    """A problem of something below the table that is being checked."""
    return PydanticCustomError("codex32", "{detail}", {"detail": detail, "below": below})
