"""Settings of the area `log`."""

from __future__ import annotations

from typing import Literal

from codex32_server.settings.declaring import Group, setting


class LogSettings(Group):
    """What the platform writes about itself."""

    title = "Logs"
    level: Literal["debug", "info", "warning", "error"] = setting(
        "LOG_LEVEL", "info", "Least severity to write."
    )
    format: Literal["auto", "text", "json"] = setting(
        "LOG_FORMAT",
        "auto",
        "text for people, json for Elastic (ECS); auto is text on a terminal, else json.",
    )
