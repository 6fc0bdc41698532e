"""Wrapping keys for tests, and secrets set as the API sets them."""

from __future__ import annotations

from uuid import UUID

from codex32_server.features.secrets.facade import NewValue, SecretsFacade
from codex32_server.http.principal import Principal, granted
from codex32_server.kit.ids import new_id
from codex32_server.storage.session import Database
from codex32_server.storage.wrapping import GivenRing, RingEncryption
from pydantic import SecretStr

KEY = "11" * 32


def secret_keys(*keys: str) -> RingEncryption:
    """A ring of the given keys, the first one wraps; the tests' own without any."""
    return RingEncryption(GivenRing(" ".join(keys or (KEY,))))


def editor_of(workspace_id: UUID) -> Principal:
    return Principal(
        workspace_id, new_id(), "editor", "editor", granted("editor", False, None), False, "key", new_id()
    )


async def set_secret(
    app: Database, workspace_id: UUID, name: str, value: str, environment: str | None = None
) -> None:
    """In a transaction of its own, under the role of the API."""
    facade = SecretsFacade(secret_keys())
    async with app.transaction(workspace_id) as tx:
        await facade.put(tx, editor_of(workspace_id), name, environment, NewValue(value=SecretStr(value)))
