"""Settings of the area `database`."""

from __future__ import annotations

from typing import Self

from pydantic import SecretStr, model_validator

from codex32_server.settings.declaring import Group, setting


class DatabaseSettings(Group):
    """PostgreSQL: the embedded one, or one of your own."""

    title = "Database"
    url: SecretStr | None = setting(
        "DATABASE_URL",
        None,
        "postgresql://… of the role that owns the database; without it an embedded PostgreSQL is started.",
        secret=True,
        alias="DATABASE_URL",
    )
    pool_size: int = setting(
        "DATABASE_POOL_SIZE", 5, "Connections that each process keeps open.", ge=1, le=100
    )
    pool_overflow: int = setting(
        "DATABASE_POOL_OVERFLOW", 10, "More connections that a process may open under load.", ge=0, le=200
    )

    @model_validator(mode="after")
    def _is_postgresql(self) -> Self:
        if self.url and not self.url.get_secret_value().startswith(("postgresql://", "postgres://")):
            raise ValueError("CODEX32_DATABASE_URL must begin with postgresql://")
        return self
