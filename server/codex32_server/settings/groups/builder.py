"""Settings of the area `builder`."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator

from codex32_server.settings.declaring import Group, setting


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("it is not an IANA time zone like Europe/Madrid")
    return name


class BuilderSettings(Group):
    """Making bots from sentences."""

    title = "Builder"
    default_timezone: Annotated[str, AfterValidator(_known_zone)] = setting(
        "DEFAULT_TIMEZONE", "UTC", "IANA time zone of schedules whose sentence names none."
    )
    budget_usd: Decimal = setting(
        "BUILDER_BUDGET_USD",
        Decimal("0.50"),
        "What a session may spend on models, where whoever opens it says nothing else.",
        ge=0,
        le=1000,
    )
    think_model: str = setting(
        "BUILDER_THINK_MODEL", "fast", "Model or alias that reads wishes and plans bots.", min_length=1
    )
    code_model: str = setting(
        "BUILDER_CODE_MODEL", "code", "Model or alias that writes and repairs bots.", min_length=1
    )
    strong_model: str = setting(
        "BUILDER_STRONG_MODEL",
        "smart",
        "Model or alias that is asked where the others give no answer of use or come no further.",
        min_length=1,
    )
