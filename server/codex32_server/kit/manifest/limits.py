"""What a bot may use: `limits`, `budget` and `retries` of a manifest, and the most that this server gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self, TypeVar

from pydantic import Field, ValidationInfo, field_validator, model_validator

from .quantities import Money, format_duration, format_size
from .values import GIB, MIB, Dollars, Duration, Size, Table, problem

_T = TypeVar("_T")


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


NO_CEILINGS = Ceilings(*[2**62] * 7)


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


class Limits(Table):
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


class Budget(Table):
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


class Retries(Table):
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
