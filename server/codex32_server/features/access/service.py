"""Decisions about credentials: what a key may grant, who may sign in as whom, who is asking."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from codex32_server.features.access import repository
from codex32_server.features.access.auth import hash_credential, hint_of, new_key, new_token
from codex32_server.features.access.errors import (
    KeyNotFoundError,
    LinkNotValidError,
    TooMuchAccessError,
    UnknownScopeError,
)
from codex32_server.features.access.schemas import KeyView, NewKey, NewKeyView
from codex32_server.http.edge import Peek
from codex32_server.http.principal import SCOPES_OF_ROLE, Principal, granted
from codex32_server.kit.errors import FieldProblem, UnauthenticatedError
from codex32_server.kit.ids import new_id
from codex32_server.storage.lean import LeanConnections, Rows
from codex32_server.storage.session import Tx

SESSION_SECONDS = 14 * 24 * 3600
LINK_SECONDS = 3600
BOOTSTRAP_NAME = "bootstrap"
_BAD_KEY = "The key is not valid."
_BAD_SESSION = "The session is over."


async def by_key(tx: Tx, pepper: bytes, bearer: str) -> Principal:
    """The principal of an API key. Raises UnauthenticatedError."""
    row = await repository.authenticate_key(tx, hash_credential(pepper, bearer))
    if row is None:
        raise UnauthenticatedError(_BAD_KEY)
    return _of_key(row)


async def by_session(tx: Tx, pepper: bytes, token: str) -> Principal:
    """The principal of a browser session. Raises UnauthenticatedError."""
    row = await repository.authenticate_session(tx, hash_credential(pepper, token))
    if row is None:
        raise UnauthenticatedError(_BAD_SESSION)
    return _of_session(row)


async def peek_by_key(
    lean: LeanConnections, peek: Peek, pepper: bytes, bearer: str
) -> tuple[Principal, Rows]:
    """The principal of an API key and the rows of a query. Raises UnauthenticatedError."""
    found = await repository.peek_by_key(lean, peek, hash_credential(pepper, bearer))
    if found is None:
        raise UnauthenticatedError(_BAD_KEY)
    return _of_key(found[0]), found[1]


async def peek_by_session(
    lean: LeanConnections, peek: Peek, pepper: bytes, token: str
) -> tuple[Principal, Rows]:
    """The principal of a session and the rows of a query. Raises UnauthenticatedError."""
    found = await repository.peek_by_session(lean, peek, hash_credential(pepper, token))
    if found is None:
        raise UnauthenticatedError(_BAD_SESSION)
    return _of_session(found[0]), found[1]


def _of_key(row: Mapping[Any, Any]) -> Principal:
    """A key never does more than its member may, whatever it was made with."""
    own = granted(row["role"], row["administrator"], row["scopes"])
    return _principal(row, "key", own & granted(row["member_role"], row["administrator"], None))


def _of_session(row: Mapping[Any, Any]) -> Principal:
    return _principal(row, "session", granted(row["role"], row["administrator"], None))


def _principal(
    row: Mapping[Any, Any], credential: Literal["key", "session"], scopes: frozenset[str]
) -> Principal:
    return Principal(
        workspace_id=row["workspace_id"],
        member_id=row["member_id"],
        name=row["name"],
        role=row["role"],
        scopes=scopes,
        administrator=row["administrator"],
        credential=credential,
        credential_id=row["credential_id"],
    )


async def make_key(tx: Tx, pepper: bytes, workspace_id: UUID, member_id: UUID, new: NewKey) -> NewKeyView:
    """A fresh key of a member; whether the caller may hand it out was checked before."""
    value = new_key()
    view = await repository.insert_key(
        tx,
        {
            "id": new_id(),
            "workspace_id": workspace_id,
            "member_id": member_id,
            "name": new.name,
            "role": new.role,
            "scopes": sorted(set(new.scopes)) if new.scopes is not None else None,
            "administrator": new.administrator,
            "hint": hint_of(value),
            "key_hash": hash_credential(pepper, value),
            "expires_at": new.expires_at,
        },
    )
    return NewKeyView(**view.model_dump(), key=value)


async def ensure_bootstrap_key(
    tx: Tx, pepper: bytes, workspace_id: UUID, member_id: UUID, value: str
) -> None:
    """The owner key for unattended installs. Another value replaces it; a revoked value stays revoked."""
    key_hash = hash_credential(pepper, value)
    await repository.retire_keys(tx, workspace_id, BOOTSTRAP_NAME, key_hash)
    values: dict[str, Any] = {
        "id": new_id(),
        "workspace_id": workspace_id,
        "member_id": member_id,
        "name": BOOTSTRAP_NAME,
        "role": "owner",
        "administrator": True,
        "hint": "",
        "key_hash": key_hash,
    }
    await repository.ensure_key(tx, values)


def check_grant(principal: Principal, new: NewKey) -> None:
    """Raises UnknownScopeError for scopes that the role lacks, TooMuchAccessError for more than one's own."""
    known = granted(new.role, new.administrator, None)
    unknown = sorted(set(new.scopes or ()) - known)
    if unknown:
        fields = [
            FieldProblem("body.scopes", f"{scope!r} is not a scope of a {new.role}") for scope in unknown
        ]
        raise UnknownScopeError(f"A key of a {new.role} cannot have {', '.join(unknown)}.", fields=fields)
    if new.administrator and not principal.administrator:
        raise TooMuchAccessError("Only an administrator can make administrator keys.")
    _refuse_more(principal, granted(new.role, new.administrator, new.scopes))


def check_sign_in(principal: Principal, role: str, administrator: bool) -> None:
    """Raises TooMuchAccessError when signing in as that member would give more than one has."""
    if administrator and not principal.administrator:
        raise TooMuchAccessError("Only an administrator can make a sign-in link for one.")
    _refuse_more(principal, SCOPES_OF_ROLE[role])


def check_revoke(principal: Principal, key: KeyView) -> None:
    """Raises TooMuchAccessError when the key is worth more than the caller."""
    if key.administrator and not principal.administrator:
        raise TooMuchAccessError(
            "Only an administrator can revoke an administrator's key.",
            next_step="Ask an administrator of the installation to revoke it.",
        )


async def get_key(tx: Tx, workspace_id: UUID, key_id: UUID) -> KeyView:
    key = await repository.get_key(tx, workspace_id, key_id)
    if key is None:
        raise KeyNotFoundError("There is no such key in this workspace.")
    return key


async def make_link(
    tx: Tx, pepper: bytes, workspace_id: UUID, member_id: UUID, seconds: float
) -> tuple[str, datetime]:
    """The token of a one-time link and the moment it ends."""
    token = new_token()
    ends = await repository.insert_link(
        tx, new_id(), workspace_id, member_id, hash_credential(pepper, token), seconds
    )
    return token, ends


async def redeem(tx: Tx, pepper: bytes, token: str, seconds: float) -> tuple[str, UUID]:
    """A session token for a link's token, and the workspace that the transaction now speaks for.

    Raises LinkNotValidError. Of several that redeem one link at once, one succeeds.
    """
    row = await repository.redeem_link(tx, hash_credential(pepper, token))
    if row is None:
        raise LinkNotValidError("The link was used already, is too old, or was never made.")
    session = new_token()
    await repository.insert_session(
        tx,
        new_id(),
        row["workspace_id"],
        row["member_id"],
        hash_credential(pepper, session),
        seconds,
    )
    return session, row["workspace_id"]


def _refuse_more(principal: Principal, wanted: frozenset[str]) -> None:
    missing = sorted(wanted - principal.scopes)
    if missing:
        raise TooMuchAccessError(f"You do not have {', '.join(missing)} yourself.")
