"""New keys for old, while everything goes on: readers take what they find, and both keys open it meanwhile.

Goes from workspace to workspace in transactions of their own, so it may be stopped and begun again. Writers
of one workspace wait for its turn (milliseconds); readers never wait.
"""

from __future__ import annotations

from uuid import UUID

from codex32_server.features.secrets import repository
from codex32_server.features.secrets.repository import Place
from codex32_server.features.secrets.schemas import Rotated
from codex32_server.features.secrets.service import vault
from codex32_server.storage.crypto import (
    DataKey,
    KeyEncryption,
    about_key,
    about_secret,
    seal,
    unseal,
    wrapper_of,
)
from codex32_server.storage.session import Database, Tx


async def check_all(directory: Database, owner: Database, keys: KeyEncryption) -> None:
    """Open every data key once. Raises SealBrokenError, WrappingKeyMissingError."""
    for workspace_id in await _workspaces(directory):
        async with owner.transaction(workspace_id) as tx:
            for row in await repository.keys(tx, workspace_id):
                await keys.unwrap(row.wrapped, about_key(workspace_id, row.id))


async def rewrap_all(directory: Database, owner: Database, keys: KeyEncryption) -> Rotated:
    """Wrap every data key with the present key-encryption key. When this returns, no row needs another one.

    `directory` may list workspaces, `owner` may change their keys.
    """
    async with owner.transaction(None) as tx:
        await repository.wait_for_wrappings(tx)
    current = await keys.current_id()
    done = Rotated()
    for workspace_id in await _workspaces(directory):
        async with owner.transaction(workspace_id) as tx:
            rewrapped = await _rewrap(tx, keys, workspace_id, current)
        done = _plus(done, workspaces=1, data_keys_rewrapped=rewrapped)
    return done


async def replace_data_keys(directory: Database, owner: Database, keys: KeyEncryption) -> Rotated:
    """A fresh data key for every workspace, every value sealed with it, the former keys forgotten."""
    done = Rotated()
    for workspace_id in await _workspaces(directory):
        async with owner.transaction(workspace_id) as tx:
            replaced, resealed = await _replace(tx, keys, workspace_id)
        done = _plus(done, workspaces=1, data_keys_replaced=replaced, secrets_resealed=resealed)
    return done


async def wrappers_in_use(directory: Database, owner: Database) -> set[bytes]:
    """Ids of the key-encryption keys that some data key still needs."""
    used: set[bytes] = set()
    for workspace_id in await _workspaces(directory):
        async with owner.transaction(workspace_id) as tx:
            used |= {wrapper_of(row.wrapped) for row in await repository.keys(tx, workspace_id)}
    return used


async def _workspaces(directory: Database) -> list[UUID]:
    async with directory.transaction(None) as tx:
        return await repository.workspace_ids(tx)


async def _rewrap(tx: Tx, keys: KeyEncryption, workspace_id: UUID, current: bytes) -> int:
    await repository.lock(tx, workspace_id)
    old = [row for row in await repository.keys(tx, workspace_id) if wrapper_of(row.wrapped) != current]
    for row in old:
        about = about_key(workspace_id, row.id)
        wrapped = await keys.wrap(await keys.unwrap(row.wrapped, about), about)
        await repository.rewrap(tx, workspace_id, row.id, wrapped)
    return len(old)


async def _replace(tx: Tx, keys: KeyEncryption, workspace_id: UUID) -> tuple[int, int]:
    await repository.lock(tx, workspace_id)
    former = {
        row.id: DataKey(row.id, await keys.unwrap(row.wrapped, about_key(workspace_id, row.id)))
        for row in await repository.keys(tx, workspace_id)
    }
    if not former:
        return 0, 0
    fresh = await vault.add_key(tx, keys, workspace_id)
    rows = await repository.everything_sealed(tx, workspace_id)
    for row in rows:
        place = Place(row.name, row.environment or None)
        about = about_secret(workspace_id, place.environment, row.name, row.version)
        value = unseal(former[row.key_id], row.sealed, about)
        await repository.reseal(tx, workspace_id, place, seal(fresh, value, about), fresh.id)
    await repository.forget_other_keys(tx, workspace_id, fresh.id)
    return len(former), len(rows)


def _plus(done: Rotated, **more: int) -> Rotated:
    return Rotated(**{name: value + more.get(name, 0) for name, value in done.model_dump().items()})
