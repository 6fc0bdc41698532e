"""Contracts of keys, sign-in links and sessions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from codex32_server.features.workspaces.facade import MemberView, WorkspaceView
from codex32_server.http.principal import Role

KeyName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except (OverflowError, ValueError) as error:
        raise ValueError("the time is out of range") from error


def _ahead(moment: datetime) -> datetime:
    if moment <= datetime.now(UTC):
        raise ValueError("the time has passed")
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc), AfterValidator(_ahead)]


class _View(BaseModel):
    model_config = ConfigDict(frozen=True)


class _Change(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class KeyView(_View):
    """A key, without its value."""

    id: UUID
    name: str
    role: Role
    scopes: list[str] | None = Field(description="Narrower than the role's; null: all of them.")
    hint: str = Field(description="The first characters, to tell keys apart.", examples=["c32_aB3d"])
    administrator: bool
    member_id: UUID
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None = Field(description="Exact to a minute.")
    revoked_at: datetime | None


class NewKeyView(KeyView):
    """A key that was just made."""

    key: str = Field(description="Shown this once.", examples=["c32_" + "x" * 43])


class NewKey(_Change):
    """A key to make."""

    name: KeyName = Field(examples=["ci"])
    role: Role = "editor"
    scopes: list[str] | None = Field(
        None, max_length=50, description="Only these scopes of the role.", examples=[["runs:write"]]
    )
    member_id: UUID | None = Field(None, description="Whose key; your own without it.")
    administrator: bool = Field(False, description="May manage the installation, as you may.")
    expires_at: Moment | None = None


class NewLink(_Change):
    """A sign-in link to make."""

    member_id: UUID | None = Field(None, description="Who signs in with it; you without it.")


class LinkView(_View):
    """A link that opens one browser session, once."""

    url: str
    expires_at: datetime


class SignIn(_Change):
    """The token of a sign-in link."""

    token: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class PrincipalView(_View):
    """Who is asking, and what they may do."""

    member_id: UUID
    name: str
    role: Role
    scopes: list[str]
    administrator: bool
    credential: Literal["key", "session"]


class MeView(_View):
    """The principal and its workspace."""

    principal: PrincipalView
    workspace: WorkspaceView


class OpenedWorkspace(_View):
    """A further workspace, its owner, and the owner's first key."""

    workspace: WorkspaceView
    owner: MemberView
    key: NewKeyView
