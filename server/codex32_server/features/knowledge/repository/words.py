"""Which words of a base are too common to look for, found in a sample of its chunks."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select, text

from codex32_server.features.knowledge.models import Chunk
from codex32_server.features.knowledge.schemas import BaseRef
from codex32_server.storage.session import Tx
from codex32_server.storage.tenancy import owned

LEAST = 2_000
"""Chunks; in a smaller base every word is worth looking for."""
GROWTH = 2
"""Counted again when there are so many times as many chunks."""
_SAMPLE = 1_000
_SHARE = 0.05
_SAMPLED = """
    select word from ts_stat(
      format('select words from knowledge_chunks where workspace_id = %L and base_id = %L and live'
             ' order by random() limit {sample}', cast(:workspace_id as uuid), cast(:base_id as uuid)))
     where ndoc > {least} and word <> :token order by ndoc desc limit 5000
    """
_COMMON = text(_SAMPLED.format(sample=_SAMPLE, least=int(_SAMPLE * _SHARE)))


async def count_chunks(tx: Tx, workspace_id: UUID, base_id: UUID) -> int:
    query = (
        select(func.count()).select_from(Chunk).where(owned(Chunk, workspace_id), Chunk.base_id == base_id)
    )
    return await tx.scalar(query) or 0


async def common(tx: Tx, base: BaseRef) -> list[str]:
    """Lexemes that more than a twentieth of the chunks have."""
    values = {"workspace_id": base.workspace_id, "base_id": base.id, "token": base.token}
    return list((await tx.execute(_COMMON, values)).scalars())
