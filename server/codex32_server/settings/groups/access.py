"""Settings of the area `access`."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, SecretStr

from codex32_server.settings.declaring import Group, setting

_KEY_LENGTH = 24


def _long_enough(key: SecretStr | None) -> SecretStr | None:
    if key is not None and len(key) < _KEY_LENGTH:
        raise ValueError(f"it must have at least {_KEY_LENGTH} characters")
    return key


class AccessSettings(Group):
    """Who gets in at the beginning, and for how long."""

    title = "Access"
    bootstrap_api_key: Annotated[SecretStr | None, AfterValidator(_long_enough)] = setting(
        "BOOTSTRAP_API_KEY",
        None,
        "First owner key for unattended installations; at least 24 characters.",
        secret=True,
    )
    sign_in_link_minutes: int = setting(
        "SIGN_IN_LINK_MINUTES", 30, "How long a one-time sign-in link is valid.", ge=1
    )
    session_hours: int = setting("SESSION_HOURS", 168, "After how many hours people sign in again.", ge=1)
