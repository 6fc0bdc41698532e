"""The short-lived child of `up` with the owner's rights: migrates, makes the first workspace and keys.

A process of its own, so that the supervisor keeps neither Alembic nor the owner's rights for longer. Settings
come through the environment, where CODEX32_DATABASE_URL is the owner's; the answer is one JSON
document on stdout: `{"sign_in_token"}`, or `{"problem": {"detail", "next_step"}}` and exit code 1.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from codex32_server.features.access.facade import AccessFacade
from codex32_server.features.workspaces.facade import WorkspacesFacade
from codex32_server.kit.errors import Codex32Error
from codex32_server.main.derived import access_pepper, role_url
from codex32_server.main.serving import CLI_KEY_FILE
from codex32_server.settings.loading import load
from codex32_server.settings.model import Settings
from codex32_server.storage.homes import Home, default_home, open_home
from codex32_server.storage.keys import MasterKey, write_private_once
from codex32_server.storage.migrate import LOGIN_ROLES, migrate
from codex32_server.storage.session import Database


@dataclass(frozen=True)
class Prepared:
    """What the first start shows once; None at every later one."""

    sign_in_token: str | None


async def bootstrap(database: Database, settings: Settings, master: MasterKey, key_file: Path) -> Prepared:
    """The first workspace, its owner, the configured key, and the key of this machine's command line.

    May be repeated: what exists stays. `key_file` is written 0600 after the key was committed.
    """
    workspaces = WorkspacesFacade()
    access = AccessFacade(access_pepper(master), workspaces)
    configured = settings.access.bootstrap_api_key
    has_key = await asyncio.to_thread(key_file.exists)
    key: str | None = None
    token: str | None = None
    async with database.transaction(None) as tx:
        workspace, owner, is_new = await workspaces.bootstrap(tx, settings.builder.default_timezone)
        if configured is not None:
            await access.bootstrap_key(tx, owner, workspace.id, configured.get_secret_value())
        if is_new:
            seconds = settings.access.sign_in_link_minutes * 60
            token = await access.first_link(tx, workspace.id, owner.id, seconds)
        if is_new or not has_key:
            name = f"command line on {socket.gethostname()}"[:100]
            key = (await access.owner_key(tx, owner, workspace.id, name)).key
    if key is not None:
        await asyncio.to_thread(_keep, key_file, key)
    return Prepared(token)


def _keep(file: Path, key: str) -> None:
    file.unlink(missing_ok=True)
    write_private_once(file, key + "\n")


async def prepare(settings: Settings, home: Home, owner_url: str) -> Prepared:
    """Migrate and bootstrap. Raises what `migrate` and the facades raise."""
    master = home.master_key(_given(settings))
    passwords = {role: master.role_password(role) for role in LOGIN_ROLES}
    await asyncio.to_thread(migrate, owner_url, passwords)
    database = Database(role_url(owner_url, "codex32_app", master), pool_size=1)
    try:
        return await bootstrap(database, settings, master, home.path / CLI_KEY_FILE)
    finally:
        await database.close()


def _given(settings: Settings) -> str | None:
    return settings.keys.master.get_secret_value() if settings.keys.master else None


def main() -> int:
    """Entry point of the child."""
    try:
        settings = load(os.environ)
        home = open_home(settings.server.home or default_home())
        assert settings.database.url is not None
        done = asyncio.run(prepare(settings, home, settings.database.url.get_secret_value()))
    except Codex32Error as error:
        json.dump({"problem": {"detail": error.detail, "next_step": error.advice}}, sys.stdout)
        return 1
    json.dump(asdict(done), sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
