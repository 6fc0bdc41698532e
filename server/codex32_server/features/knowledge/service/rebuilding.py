"""All vectors of a base anew, by another model, while the present ones answer."""

from __future__ import annotations

from uuid import UUID

from codex32_server.features.knowledge.models import Generation
from codex32_server.features.knowledge.repository import bases, chunks
from codex32_server.features.knowledge.schemas import BaseRef
from codex32_server.features.knowledge.service.models import Models
from codex32_server.kit.errors import Codex32Error
from codex32_server.storage.session import Database

BATCH = 16


async def rebuild(database: Database, models: Models, workspace_id: UUID, base_id: UUID, new: UUID) -> str:
    """Fill the generation `new` and let it answer. How it ended: switched or superseded.

    May be begun again. Raises EmbeddingError: then it is tried again.
    """
    async with database.transaction(workspace_id) as tx:
        generation = await bases.generation(tx, workspace_id, new)
    if generation is None:
        return "superseded"
    ended = "switched"
    try:
        while True:
            await _fill(database, models, base_id, generation)
            if await _switch(database, workspace_id, base_id, generation):
                break
    except _GoneError:
        ended = "superseded"
    except Codex32Error as error:
        await _note(database, workspace_id, base_id, new, f"{error.detail} {error.advice}")
        raise
    await _drop_unused(database, workspace_id, base_id)
    return ended


class _GoneError(Exception):
    """The base is gone, or it is being rebuilt otherwise."""


async def _fill(database: Database, models: Models, base_id: UUID, generation: Generation) -> None:
    workspace_id, after = generation.workspace_id, chunks.FIRST
    embedder = models.of(generation.model)
    while True:
        async with database.transaction(workspace_id) as tx:
            _check(await bases.find(tx, workspace_id, base_id), generation.id)
            some = await chunks.lacking(
                tx, workspace_id, generation.id, base_id=base_id, after=after, most=BATCH
            )
        if not some:
            return
        vectors = await embedder.embed([text for _, _, text in some], "passage")
        rows = [(chunk, owner, vector) for (chunk, owner, _), vector in zip(some, vectors, strict=True)]
        async with database.transaction(workspace_id) as tx:
            _check(await bases.find(tx, workspace_id, base_id, lock="share"), generation.id)
            await chunks.insert_vectors(tx, workspace_id, generation.id, rows)
        after = some[-1][0]


def _check(base: BaseRef | None, generation_id: UUID) -> None:
    if base is None or base.building_id != generation_id:
        raise _GoneError


async def _switch(database: Database, workspace_id: UUID, base_id: UUID, generation: Generation) -> bool:
    """False if chunks came meanwhile that lack a vector."""
    async with database.transaction(workspace_id) as tx:
        base = await bases.find(tx, workspace_id, base_id, lock="update")
        _check(base, generation.id)
        assert base is not None
        if await chunks.lacking(tx, workspace_id, generation.id, base_id=base_id, most=1):
            return False
        await bases.switch(tx, base, generation.id)
        return True


async def _drop_unused(database: Database, workspace_id: UUID, base_id: UUID) -> None:
    """Vectors that neither answer nor will, whoever left them. In a transaction of its own, because those who
    search wait for it.
    """
    async with database.transaction(workspace_id) as tx:
        base = await bases.find(tx, workspace_id, base_id, lock="update")
        used = {base.generation_id, base.building_id} if base else set[UUID | None]()
        for generation_id in await bases.generations(tx, workspace_id, base_id):
            if generation_id not in used:
                await bases.drop_generation(tx, generation_id)


async def _note(database: Database, workspace_id: UUID, base_id: UUID, new: UUID, error: str) -> None:
    async with database.transaction(workspace_id) as tx:
        base = await bases.find(tx, workspace_id, base_id, lock="update")
        if base is not None and base.building_id == new:
            await bases.note_error(tx, base, error)
