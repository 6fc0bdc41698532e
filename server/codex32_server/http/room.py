"""Refusing new work while the disk of the data is nearly full; reading, cancelling and deleting go on."""

from __future__ import annotations

from typing import Any

from fastapi import Depends, FastAPI, Request

from codex32_server.http.errors import StorageFullError
from codex32_server.storage.disk import Disk


def watch_room(app: FastAPI, disk: Disk | None) -> None:
    """Tell `needs_room` where to look; None where the data are not on a disk of this machine."""
    app.state.disk = disk


def no_room(request: Request) -> StorageFullError | None:
    """The error to raise if the disk is nearly full."""
    disk: Disk | None = getattr(request.app.state, "disk", None)
    return StorageFullError(disk.sentence()) if disk is not None and disk.short() else None


def needs_room() -> Any:
    """Dependency of an operation that makes the data grow. Raises StorageFullError."""

    async def check(request: Request) -> None:
        if (error := no_room(request)) is not None:
            raise error

    return Depends(check)
