"""The one way into secrets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from codex32_server.features.secrets import repository
from codex32_server.features.secrets.errors import SecretMissingError as SecretMissingError
from codex32_server.features.secrets.errors import SecretNotFoundError
from codex32_server.features.secrets.repository import Place
from codex32_server.features.secrets.repository import sealed_join as sealed_join
from codex32_server.features.secrets.schemas import NewValue as NewValue
from codex32_server.features.secrets.schemas import Rotated as Rotated
from codex32_server.features.secrets.schemas import SecretView as SecretView
from codex32_server.features.secrets.service import rotation, vault
from codex32_server.features.secrets.service.vault import Sealed as Sealed
from codex32_server.features.secrets.service.vault import set_command as set_command
from codex32_server.http.principal import Principal
from codex32_server.storage.crypto import KeyEncryption
from codex32_server.storage.session import Database, Tx


async def missing_secrets(tx: Tx, workspace_id: UUID, environment: str, names: Sequence[str]) -> list[str]:
    """Those of `names` that are not set for `environment`, in their order. A function: it needs no keys."""
    if not names:
        return []
    known = await repository.known_names(tx, workspace_id, environment, names)
    return [name for name in names if name not in known]


class SecretsFacade:
    """Secrets of a workspace. Methods run in the caller's transaction."""

    def __init__(self, keys: KeyEncryption) -> None:
        self._keys = keys

    async def list(self, tx: Tx, workspace_id: UUID, environment: str | None = None) -> list[SecretView]:
        """Names and when they were set and used, never values; by name."""
        return [_view(row) for row in await repository.page(tx, workspace_id, environment)]

    async def put(
        self, tx: Tx, principal: Principal, name: str, environment: str | None, new: NewValue
    ) -> SecretView:
        """Set a value; the former one is gone. Raises TooManySecretsError, and what wrapping raises."""
        place = Place(name, environment)
        workspace_id = principal.workspace_id
        value = new.value.get_secret_value()
        await vault.put(tx, self._keys, workspace_id, place, value, principal.member_id)
        return _view(await repository.find(tx, workspace_id, place))

    async def delete(self, tx: Tx, principal: Principal, name: str, environment: str | None) -> None:
        """Raises SecretNotFoundError."""
        if not await repository.remove(tx, principal.workspace_id, Place(name, environment)):
            where = f"for {environment!r}" if environment else "for all environments"
            raise SecretNotFoundError(f"There is no secret {name} {where}.")

    async def resolve(
        self, tx: Tx, workspace_id: UUID, environment: str, names: Sequence[str]
    ) -> Mapping[str, str]:
        """For the worker: the values that one run is given. Hold them no longer than the attempt.

        Raises SecretMissingError, SealBrokenError, and what the key encryption raises.
        """
        return await vault.values(tx, self._keys, workspace_id, environment, names)

    async def open(self, workspace_id: UUID, name: str, sealed: Sealed) -> str:
        """The value of what `sealed_join` joined. Hold it no longer than the request.

        Raises SealBrokenError, and what the key encryption raises.
        """
        return await vault.open_sealed(self._keys, workspace_id, name, sealed)

    async def check(self, directory: Database, owner: Database) -> None:
        """Whether every data key can be opened. Raises SealBrokenError, WrappingKeyMissingError."""
        await rotation.check_all(directory, owner, self._keys)

    async def rewrap(self, directory: Database, owner: Database) -> Rotated:
        """Every data key under the present key-encryption key; may be repeated."""
        return await rotation.rewrap_all(directory, owner, self._keys)

    async def replace_data_keys(self, directory: Database, owner: Database) -> Rotated:
        """New data keys for every workspace; may be repeated."""
        return await rotation.replace_data_keys(directory, owner, self._keys)

    @staticmethod
    async def wrappers_in_use(directory: Database, owner: Database) -> set[bytes]:
        """Ids of the key-encryption keys that are still needed."""
        return await rotation.wrappers_in_use(directory, owner)


def _view(row: Any) -> SecretView:
    return SecretView(
        name=row.name,
        environment=row.environment or None,
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
        updated_by=row.updated_by,
        last_used_at=row.last_used_at,
    )
