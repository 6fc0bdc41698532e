"""From the profile to a client, and files on their way to the server."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from codex32_sdk.client import Client


def connect() -> Client:
    """A client for the server of the environment or the profile. Raises NoProfileError."""
    return Client.from_profile()


def upload_all(client: Client, files: Mapping[str, Path]) -> dict[str, str] | None:
    """Send files; the upload id of each by its name, None if there are none."""
    return {name: client.upload(name, path).id for name, path in files.items()} or None
