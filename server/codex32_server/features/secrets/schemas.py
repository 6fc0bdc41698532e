"""Contracts of secrets. Values come in and never go out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

from codex32_server.kit.manifest import rules

LONGEST_VALUE = 64 * 1024
"""Bytes of UTF-8."""
MOST_SECRETS = 500
"""Of one workspace, every environment's counted."""

SecretName = Annotated[
    str,
    Field(max_length=64, description="Capital letters, digits and _.", examples=["API_TOKEN"]),
    AfterValidator(rules.secret),
]
Environment = Annotated[str, Field(max_length=32, examples=["prod"]), AfterValidator(rules.environment)]


def _storable(value: SecretStr) -> SecretStr:
    """Not empty, not too long, and text. The messages must not show the value."""
    try:
        size = len(value.get_secret_value().encode())
    except UnicodeEncodeError:
        raise ValueError("the value holds half a surrogate pair") from None
    if not size:
        raise ValueError("the value is empty; to take a secret away, delete it")
    if size > LONGEST_VALUE:
        raise ValueError(f"the value has {size} bytes; {LONGEST_VALUE} are allowed")
    return value


class SecretView(BaseModel):
    """A secret, without its value."""

    model_config = ConfigDict(frozen=True)

    name: str
    environment: str | None = Field(description="null: for every environment that has no value of its own.")
    version: int = Field(description="How often it was set since it was made.")
    created_at: datetime
    updated_at: datetime = Field(description="When the present value was set.")
    updated_by: UUID | None = Field(description="The member who set it.")
    last_used_at: datetime | None = Field(description="When a run last got it; exact to a minute.")


class NewValue(BaseModel):
    """What to set a secret to."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    value: Annotated[
        SecretStr,
        AfterValidator(_storable),
        Field(description=f"Up to {LONGEST_VALUE} bytes of UTF-8, kept exactly as given; never shown again."),
    ]


class Rotated(BaseModel):
    """What a rotation of keys did."""

    model_config = ConfigDict(frozen=True)

    workspaces: int = 0
    data_keys_rewrapped: int = 0
    data_keys_replaced: int = 0
    secrets_resealed: int = 0
