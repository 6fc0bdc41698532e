"""Settings of the area `keys`."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, SecretStr

from codex32_server.settings.declaring import Group, setting


def _ring(text: SecretStr | None) -> SecretStr | None:
    if text is not None and not text.get_secret_value().split():
        raise ValueError("it names no key")
    return text


class KeySettings(Group):
    """The key from which others are derived, and the keys that protect secrets."""

    title = "Keys"
    master: SecretStr | None = setting(
        "MASTER_KEY",
        None,
        "Master key, 32 bytes in hexadecimal or base64; home/master.key is made and used if not set.",
        secret=True,
    )
    secrets: Annotated[SecretStr | None, AfterValidator(_ring)] = setting(
        "SECRETS_KEY",
        None,
        "Keys that wrap the data keys of workspaces, each like the master key, with blanks between them: the "
        "first wraps, the others still unwrap; home/secrets.keys or the master key serves if not set.",
        secret=True,
    )
