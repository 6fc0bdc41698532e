"""`codex32 secrets` on the machine of the server: what the SDK's command does, and rotating keys.

A rotation needs the home (or CODEX32_SECRETS_KEY) and the database; nothing has to be stopped for it.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import AsyncExitStack, nullcontext, suppress
from pathlib import Path
from typing import Annotated, Any

import typer
from codex32_sdk.cli import terminal
from codex32_sdk.cli.arguments import AsJson
from codex32_sdk.cli.secrets import app as app
from codex32_sdk.errors import NoProfileError
from codex32_sdk.profile import saved_profile

from codex32_server.features.secrets.facade import SecretsFacade
from codex32_server.kit.errors import UnavailableError
from codex32_server.main.derived import role_url, secrets_ring
from codex32_server.main.options import Options
from codex32_server.main.telling import told
from codex32_server.main.up import HomeOption
from codex32_server.settings.model import Settings
from codex32_server.storage.cluster import Cluster
from codex32_server.storage.embedded import ConnectionInfo
from codex32_server.storage.failures import DATABASE_ERRORS, database_is_away
from codex32_server.storage.homes import Home, default_home, open_home
from codex32_server.storage.session import Database
from codex32_server.storage.wrapping import FileRing, Ring, RingEncryption


class NoDatabaseError(UnavailableError):
    """There is no installation here, or its database does not answer."""

    code = "no_database"
    title = "The database cannot be reached"
    next_step = "Start it with `codex32 up`, or name the installation with --home or CODEX32_DATABASE_URL."


@app.command("rotate-key")
def rotate_key(
    data_keys: Annotated[
        bool, typer.Option("--data-keys", help="Make new data keys as well and encrypt every value anew.")
    ] = False,
    home: HomeOption = None,
    as_json: AsJson = False,
) -> None:
    """Protect all secrets with a new key, while everything goes on. For the machine of the server.

    The new key is made in home/secrets.keys. Where CODEX32_SECRETS_KEY is set, the first key there is used.
    """
    with told():
        settings = Options(home).settings()
        done = asyncio.run(rotate(settings, _home(settings), data_keys=data_keys))
    if as_json:
        terminal.document(done)
        return
    protected = terminal.counted(done["workspaces"], "workspace is", "workspaces are")
    terminal.result(f"{protected} protected by the key {done['key']}.")
    keys = terminal.counted(done["data_keys_rewrapped"], "data key", "data keys")
    secrets = terminal.counted(done["secrets_resealed"], "secret", "secrets")
    terminal.say(f"{keys} wrapped anew, {secrets} encrypted anew.")
    if done["not_needed"] and settings.keys.secrets is not None:
        gone = ", ".join(done["not_needed"])
        terminal.say(f"Nothing needs these keys of CODEX32_SECRETS_KEY any more, take them out: {gone}.")


async def rotate(settings: Settings, home: Home, *, data_keys: bool) -> dict[str, Any]:
    """Add a key, move everything to it, forget what nothing needs. May be stopped at any moment and repeated.

    Raises NoDatabaseError, MasterKeyError, RotationRunningError, SealBrokenError, WrappingKeyMissingError.
    """
    master = home.master_key(settings.keys.master.get_secret_value() if settings.keys.master else None)
    ring = secrets_ring(settings, home, master)
    if settings.database.url is not None:
        owner_url = settings.database.url.get_secret_value()
    else:
        owner_url = ConnectionInfo(
            Cluster(home.postgres.absolute(), None).socket_dir(), 0, master.role_password
        ).owner_url
    async with AsyncExitStack() as stack:
        owner, directory = (
            Database(url, pool_size=1) for url in (owner_url, role_url(owner_url, "codex32_app", master))
        )
        stack.push_async_callback(owner.close)
        stack.push_async_callback(directory.close)
        with ring.changing() if isinstance(ring, FileRing) else nullcontext():
            try:
                return await rotate_ring(ring, directory, owner, data_keys=data_keys)
            except DATABASE_ERRORS as error:
                if database_is_away(error):
                    raise NoDatabaseError("The database does not answer.") from error
                raise


async def rotate_ring(ring: Ring, directory: Database, owner: Database, *, data_keys: bool) -> dict[str, Any]:
    """Within `FileRing.changing`. `directory` may list workspaces, `owner` change their keys.

    Nothing is written before it is sure that every key that is needed is there.
    """
    keys = RingEncryption(ring)
    facade = SecretsFacade(keys)
    await facade.check(directory, owner)
    if isinstance(ring, FileRing):
        ring.add()
    done = await facade.rewrap(directory, owner)
    resealed = (await facade.replace_data_keys(directory, owner)).secrets_resealed if data_keys else 0
    needed = await facade.wrappers_in_use(directory, owner)
    *older, current = ring.read()
    if isinstance(ring, FileRing):
        not_needed = ring.keep_only(needed)
    else:
        not_needed = [key for key in older if key.id not in needed]
    return {
        "key": current.id.hex(),
        "workspaces": done.workspaces,
        "data_keys_rewrapped": done.data_keys_rewrapped,
        "secrets_resealed": resealed,
        "not_needed": [key.id.hex() for key in not_needed],
    }


def _home(settings: Settings) -> Home:
    """The one that was named, else that of the server which commands talk to, as `codex32 status` finds it.

    Looking for a home must make neither one nor its keys. Raises NoDatabaseError.
    """
    place = (settings.server.home or _of_profile() or default_home()).expanduser().absolute()
    if not place.is_dir() or (settings.keys.master is None and not (place / "master.key").exists()):
        raise NoDatabaseError(f"There is no installation in {place}.")
    return open_home(place)


def _of_profile() -> Path | None:
    """The home in the profile that `up` wrote; None without one, or if CODEX32_URL names another server."""
    if os.environ.get("CODEX32_URL"):
        return None
    with suppress(NoProfileError):
        profile = saved_profile()
        return Path(profile.home) if profile is not None and profile.home else None
    return None
