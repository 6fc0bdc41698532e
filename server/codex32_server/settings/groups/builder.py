"""Settings of the area `builder`."""

from __future__ import annotations

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
