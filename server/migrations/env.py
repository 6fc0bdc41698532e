"""Runs migrations on the connection that storage.migrate hands over, or on DATABASE_URL (command line)."""

from __future__ import annotations

import os
import re

from alembic import context
from codex32_server.main.tables import METADATA
from codex32_server.storage.session import sqlalchemy_url
from sqlalchemy import Connection, create_engine
from sqlalchemy.sql.schema import SchemaItem

_PARTITION = re.compile(
    r"^((runs|run_attempts|run_logs|llm_ledger)_p\d{6}|(ix_|pk_)?knowledge_vectors|search_vectors)"
)


def include_object(
    _item: SchemaItem, name: str | None, kind: str, _reflected: bool, _other: SchemaItem | None
) -> bool:
    """Partitions are made by ensure_partitions(), vectors by prepare_knowledge() and prepare_search(), not by
    the models.
    """
    return not (name and kind in {"table", "index"} and _PARTITION.match(name))


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        include_object=include_object,
        compare_type=True,
        compare_server_default=False,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with create_engine(sqlalchemy_url(os.environ["DATABASE_URL"])).connect() as own:
        run(own)
        own.commit()
