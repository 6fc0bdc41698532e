"""Rows of providers, aliases, what was said about single models, and kept answers."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from codex32_server.storage.base import Base


class Provider(Base):
    """A server with models. Its key is a secret of the workspace; here is only the secret's name."""

    __tablename__ = "llm_providers"

    workspace_id: Mapped[UUID] = mapped_column(
        ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    preset: Mapped[str | None] = mapped_column(Text)
    base_url: Mapped[str] = mapped_column(Text)
    secret: Mapped[str | None] = mapped_column(Text)
    headers: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    options: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    catalogue: Mapped[str | None] = mapped_column(Text)
    """The provider's id in the catalogue."""
    free: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    models: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True))
    """What the server listed when it was tested last; null: never."""
    requests_per_minute: Mapped[int | None] = mapped_column(Integer)
    concurrency: Mapped[int | None] = mapped_column(Integer)
    enabled: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_by: Mapped[UUID | None]

    __table_args__ = (
        CheckConstraint("kind in ('openai', 'azure', 'google', 'anthropic', 'compatible')", name="kind"),
    )


class Alias(Base):
    """A name for models that are tried in order."""

    __tablename__ = "llm_aliases"

    workspace_id: Mapped[UUID] = mapped_column(
        ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    targets: Mapped[list[Any]] = mapped_column(JSONB)
    """[{"provider": …, "model": …}]; they may name what does not exist any more."""
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_by: Mapped[UUID | None]


class ModelSetting(Base):
    """What the workspace says about one model, over what the catalogue says."""

    __tablename__ = "llm_models"

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    provider: Mapped[str] = mapped_column(Text, primary_key=True)
    model: Mapped[str] = mapped_column(Text, primary_key=True)
    context_tokens: Mapped[int | None] = mapped_column(Integer)
    most_output_tokens: Mapped[int | None] = mapped_column(Integer)
    abilities: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True))
    prices: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """As `gateway.pricing` reads them."""
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_by: Mapped[UUID | None]

    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "provider"],
            ["llm_providers.workspace_id", "llm_providers.name"],
            name="fk_llm_models_provider",
            ondelete="CASCADE",
        ),
    )


class KeptAnswer(Base):
    """An answer that is given again to the same question, until it expires or newer ones need its space."""

    __tablename__ = "llm_cache"

    workspace_id: Mapped[UUID] = mapped_column(
        ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True
    )
    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    size: Mapped[int] = mapped_column(Integer)
    attempt_id: Mapped[UUID]
    usage: Mapped[dict[str, Any]] = mapped_column(JSONB)
    cost: Mapped[Decimal] = mapped_column(Numeric)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]

    __table_args__ = (
        Index("ix_llm_cache_age", "workspace_id", "created_at", postgresql_include=["size"]),
        Index("ix_llm_cache_expires_at", "expires_at"),
    )


class Catalogue(Base):
    """A file of published prices that was taken over, for the whole installation. The newest is in use."""

    __tablename__ = "llm_catalogues"

    package: Mapped[str] = mapped_column(Text, primary_key=True)
    """The release of genai-prices that it was read with: a later one may know more itself."""
    digest: Mapped[str] = mapped_column(Text, primary_key=True)
    version: Mapped[str] = mapped_column(Text)
    """The day and the beginning of the digest; goes into the ledger."""
    source: Mapped[str] = mapped_column(Text)
    models: Mapped[int] = mapped_column(Integer)
    document: Mapped[bytes] = mapped_column(LargeBinary)
    """The file, compressed (zlib)."""
    added_by: Mapped[UUID | None]
    added_at: Mapped[datetime] = mapped_column(server_default=func.now())
    checked_at: Mapped[datetime] = mapped_column(server_default=func.now())
    """When the source was last found to say the same."""
