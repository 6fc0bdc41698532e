"""From the profile to a client, and files on their way to the server."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from codex32_sdk.cli.exits import BadInputError
from codex32_sdk.client import Client
from codex32_sdk.profile import load_profile, profile_path


def connect() -> Client:
    """A client for the server of the environment or the profile. Raises NoProfileError or BadInputError."""
    profile = load_profile()
    if not _is_url(profile.url):
        raise BadInputError(
            f"CODEX32_URL is not a URL: {profile.url}"
            if "CODEX32_URL" in os.environ
            else f"The profile {profile_path()} holds no URL: {profile.url}",
            next_step="Write it as CODEX32_URL=http://127.0.0.1:8032",
        )
    return Client(profile.url, profile.api_key)


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def upload_all(client: Client, files: Mapping[str, Path]) -> dict[str, str] | None:
    """Send files; the upload id of each by its name, None if there are none."""
    return {name: client.upload(name, path).id for name, path in files.items()} or None
