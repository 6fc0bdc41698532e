"""Virtual keys: made, shown once, checked, ended with what they were made for."""

from __future__ import annotations

import psycopg

from codex32_server.features.usage.auth import hash_key, hint_of, looks_like_one, new_key
from codex32_server.features.usage.repository import keys, money
from codex32_server.features.usage.schemas import Holder, NewLlmKey, NewLlmKeyView
from codex32_server.gateway.contract import Caller
from codex32_server.gateway.errors import KeyNotValidError, LedgerUnavailableError
from codex32_server.http.principal import Principal
from codex32_server.kit.ids import new_id
from codex32_server.kit.manifest.schema import Budget
from codex32_server.storage.lean import LeanConnections
from codex32_server.storage.session import Database, Tx

_GRACE_SECONDS = 60.0
"""Beyond the run's own timeout: its last call may still be under way."""
_PERIODS = {"per_run": "run", "per_day": "day", "per_month": "month", "total": "total"}


class VirtualKeys:
    """Who holds a key, in one indexed query. Implements `gateway.ports.Keys`; nothing is remembered."""

    def __init__(self, url: str, pepper: bytes, *, connections: int = 4) -> None:
        self._lean = LeanConnections(url, size=connections, application_name="codex32-llm-keys")
        self._pepper = pepper

    async def caller(self, token: str) -> Caller:
        """Raises KeyNotValidError, LedgerUnavailableError."""
        if looks_like_one(token):
            try:
                found = await money.caller_of(self._lean, hash_key(self._pepper, token))
            except psycopg.Error as error:
                raise LedgerUnavailableError("Keys cannot be checked just now.") from error
            if found is not None:
                return found
        raise KeyNotValidError("The key is unknown, revoked or past its time.")

    async def close(self) -> None:
        await self._lean.close()


class RunKeys:
    """Keys of runs and services, for the worker (role `codex32_worker`). Each call is its own transaction.

    A key is good while its attempt is: the check looks at the run's state, fence and lease, so that a killed
    worker leaves nothing behind that works.
    """

    def __init__(self, database: Database, pepper: bytes) -> None:
        self._database = database
        self._pepper = pepper

    async def issue(self, holder: Holder) -> str:
        """A key for this attempt alone, within the budget of its manifest and of whoever began it by hand."""
        value = new_key()
        row = {
            "id": new_id(),
            "workspace_id": holder.workspace_id,
            "kind": "run",
            "name": "",
            "key_hash": hash_key(self._pepper, value),
            "bot_id": holder.bot_id,
            "run_id": holder.run_id,
            "attempt": holder.attempt,
            "environment": holder.environment,
            "caps": caps_of(holder.budget),
        }
        seconds = None if holder.timeout is None else holder.timeout + _GRACE_SECONDS
        async with self._database.transaction(holder.workspace_id) as tx:
            await keys.add_for_run(tx, row, seconds)
        return value

    async def revoke(self, holder: Holder) -> None:
        """The attempt is over. Harmless to repeat, and to call for a key that was never made."""
        async with self._database.transaction(holder.workspace_id) as tx:
            await keys.end_of_run(tx, holder.workspace_id, holder.run_id, holder.attempt)


def caps_of(budget: Budget) -> list[dict[str, str]]:
    """The budget of a manifest as limits. A bot without a budget may spend nothing."""
    given = {period: getattr(budget, key) for key, period in _PERIODS.items()}
    caps = [{"period": period, "usd": str(money.usd)} for period, money in given.items() if money is not None]
    return caps or [{"period": "total", "usd": "0"}]


async def make(tx: Tx, pepper: bytes, principal: Principal, new: NewLlmKey) -> NewLlmKeyView:
    """A fresh key of a person, bot or integration; whether the caller may make it was checked before."""
    value = new_key()
    row = {
        "id": new_id(),
        "workspace_id": principal.workspace_id,
        "kind": new.kind,
        "name": new.name,
        "hint": hint_of(value),
        "key_hash": hash_key(pepper, value),
        "member_id": (new.member_id or principal.member_id) if new.kind == "person" else None,
        "bot_id": new.bot if new.kind == "bot" else None,
        "models": new.models,
        "requests_per_minute": new.requests_per_minute,
        "tokens_per_minute": new.tokens_per_minute,
        "expires_at": new.expires_at,
        "created_by": principal.member_id,
    }
    view = await keys.add(tx, row)
    return NewLlmKeyView(**view.model_dump(), key=value)
