"""Values go in sealed and come out for a run. What is open lives as long as the call that asked for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from codex32_server.features.secrets import repository
from codex32_server.features.secrets.errors import SecretMissingError, TooManySecretsError
from codex32_server.features.secrets.repository import Place
from codex32_server.features.secrets.schemas import MOST_SECRETS
from codex32_server.kit.errors import FieldProblem
from codex32_server.kit.ids import new_id
from codex32_server.storage.crypto import (
    DataKey,
    KeyEncryption,
    about_key,
    about_secret,
    new_key,
    seal,
    unseal,
)
from codex32_server.storage.session import Tx


class Sealed(NamedTuple):
    """A value for all environments as it lies there, with the data key that it was sealed with, wrapped."""

    version: int
    sealed: bytes
    key_id: UUID
    wrapped: bytes


async def put(
    tx: Tx, keys: KeyEncryption, workspace_id: UUID, place: Place, value: str, member_id: UUID | None
) -> None:
    """Set a value: one more version. Raises TooManySecretsError."""
    await repository.lock(tx, workspace_id)
    present = await repository.find(tx, workspace_id, place)
    if present is None and await repository.count(tx, workspace_id) >= MOST_SECRETS:
        raise TooManySecretsError(f"The workspace has {MOST_SECRETS} secrets already.")
    version = present.version + 1 if present else 1
    key = await sealing_key(tx, keys, workspace_id)
    sealed = seal(key, value.encode(), about_secret(workspace_id, place.environment, place.name, version))
    if present is None:
        await repository.insert_secret(tx, workspace_id, place, sealed, key.id, member_id)
    else:
        await repository.replace_value(tx, workspace_id, place, version, sealed, key.id, member_id)


async def sealing_key(tx: Tx, keys: KeyEncryption, workspace_id: UUID) -> DataKey:
    """The data key of a workspace, made at its first secret. The caller holds the workspace's lock."""
    found = await repository.newest_key(tx, workspace_id)
    if found is not None:
        key_id, wrapped = found
        return DataKey(key_id, await keys.unwrap(wrapped, about_key(workspace_id, key_id)))
    return await add_key(tx, keys, workspace_id)


async def add_key(tx: Tx, keys: KeyEncryption, workspace_id: UUID) -> DataKey:
    """A new data key, which seals from now on. The caller holds the workspace's lock."""
    key = DataKey(new_id(), new_key())
    await repository.begin_wrapping(tx)
    wrapped = await keys.wrap(key.value, about_key(workspace_id, key.id))
    await repository.insert_key(tx, workspace_id, key, wrapped)
    return key


async def values(
    tx: Tx, keys: KeyEncryption, workspace_id: UUID, environment: str, names: Sequence[str]
) -> Mapping[str, str]:
    """The values a run in `environment` is given. Raises SecretMissingError, SealBrokenError, and what the
    key encryption raises.
    """
    if not names:
        return {}
    rows = await repository.sealed_values(tx, workspace_id, environment, names)
    found = {row.name: row for row in rows}
    if absent := [name for name in names if name not in found]:
        raise missing(absent, environment)
    opened: dict[UUID, DataKey] = {}
    result = {name: await _open(keys, opened, workspace_id, found[name]) for name in names}
    await repository.note_use(tx, workspace_id, [Place(row.name, row.environment or None) for row in rows])
    return result


def missing(names: Sequence[str], environment: str) -> SecretMissingError:
    """The error that names them, and the command that sets the first."""
    listed = ", ".join(names)
    many = "secrets are" if len(names) > 1 else "secret is"
    return SecretMissingError(
        f"The {many} not set for {environment!r}: {listed}.",
        fields=[FieldProblem(f"secrets.{name}", f"{name} is not set for {environment!r}") for name in names],
        next_step="Set it with: " + "; ".join(set_command(name, environment) for name in names),
    )


def set_command(name: str, environment: str) -> str:
    """How a person sets it."""
    return f"codex32 secrets set {name} --env {environment}"


async def open_sealed(keys: KeyEncryption, workspace_id: UUID, name: str, sealed: Sealed) -> str:
    """Raises SealBrokenError, and what the key encryption raises."""
    key = DataKey(sealed.key_id, await keys.unwrap(sealed.wrapped, about_key(workspace_id, sealed.key_id)))
    return unseal(key, sealed.sealed, about_secret(workspace_id, None, name, sealed.version)).decode()


async def _open(keys: KeyEncryption, opened: dict[UUID, DataKey], workspace_id: UUID, row: Any) -> str:
    if row.key_id not in opened:
        value = await keys.unwrap(row.wrapped, about_key(workspace_id, row.key_id))
        opened[row.key_id] = DataKey(row.key_id, value)
    about = about_secret(workspace_id, row.environment or None, row.name, row.version)
    return unseal(opened[row.key_id], row.sealed, about).decode()
