"""The one way into the search over everything."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from uuid import UUID

from codex32_server.features.bots.facade import BotFilter, BotsFacade, BotView
from codex32_server.features.builder.facade import BuilderFacade
from codex32_server.features.knowledge.facade import KnowledgeFacade, SearchRequest
from codex32_server.features.runs.facade import RunsFacade, RunView
from codex32_server.features.search.errors import GuideNotFoundError
from codex32_server.features.search.schemas import FoundView, GuideView, HitView, Kind
from codex32_server.features.search.service import guides
from codex32_server.features.search.service.fusing import fuse
from codex32_server.http.paging import PageRequest
from codex32_server.kit.shelf import Shelf, Text, snippet
from codex32_server.storage.session import Database

_BOT = "bot"
_DEPTH = 50
"""How far down each list counts, at least."""
_SNIPPET = 240
_RECIPES = "/api/v1/builder/recipes"
Ranked = Sequence[tuple[HitView, float]]


class SearchFacade:
    """Asks each feature for its own and makes one list of it."""

    def __init__(
        self, bots: BotsFacade, knowledge: KnowledgeFacade, builder: BuilderFacade, runs: RunsFacade
    ) -> None:
        self._bots = bots
        self._knowledge = knowledge
        self._builder = builder
        self._runs = runs

    async def search(
        self, database: Database, workspace_id: UUID, query: str, kinds: Sequence[Kind], top: int
    ) -> FoundView:
        """`kinds` are those that the caller may find. The model that is away costs the search by meaning."""
        query = query.replace("\0", " ")
        found: list[HitView] = []
        for kind in dict.fromkeys(kinds):
            found += await self._of(kind, database, workspace_id, query, top)
        best = sorted(found, key=lambda hit: -hit.score)
        return FoundView(query=query, hits=best[:top])

    def guide(self, name: str) -> GuideView:
        """Raises GuideNotFoundError."""
        found = self._guides.get(name)
        if found is None:
            raise GuideNotFoundError(f"There is no guide {name[:80]!r}.")
        return GuideView(name=found.name, title=found.title, content=found.content)

    def warm(self) -> None:
        """Read what comes with the product; a few tens of milliseconds. Call it in a thread."""
        assert self._guide_shelf
        assert self._recipe_shelf

    async def _of(
        self, kind: Kind, database: Database, workspace_id: UUID, query: str, top: int
    ) -> list[HitView]:
        if kind == "bot":
            return await self._of_bots(database, workspace_id, query, top)
        if kind == "document":
            return await self._of_documents(database, workspace_id, query, top)
        if kind == "run":
            return await self._of_runs(database, workspace_id, query, top)
        shelf = self._guide_shelf if kind == "guide" else self._recipe_shelf
        return [_of_shelf(kind, text, score, query) for text, score in fuse(shelf.search(query, top))]

    async def _of_bots(self, database: Database, workspace_id: UUID, query: str, top: int) -> list[HitView]:
        """Three lists: by meaning, by words, and those that hold the very text, however new they are."""
        depth = max(_DEPTH, 2 * top)
        near, said = await self._knowledge.search_entries(database, workspace_id, _BOT, query, depth)
        async with database.transaction(workspace_id) as tx:
            literal = await self._bots.list(tx, workspace_id, BotFilter(q=query), PageRequest(limit=top))
            ranked = fuse(near, said, [bot.id for bot in literal.items])[: 2 * top]
            there = await self._bots.in_use(tx, workspace_id, [bot_id for bot_id, _ in ranked])
        return [_of_bot(there[bot_id], score) for bot_id, score in ranked if bot_id in there][:top]

    async def _of_documents(
        self, database: Database, workspace_id: UUID, query: str, top: int
    ) -> list[HitView]:
        request = SearchRequest(query=query, top=top)
        return [
            HitView(
                kind="document",
                title=" › ".join((found.hit.document, *found.hit.heading)),
                snippet=found.hit.snippet,
                link=f"/api/v1/knowledge/{found.base}/documents/{found.hit.document_id}",
                score=found.hit.score.fused,
            )
            for found in await self._knowledge.search_documents(database, workspace_id, request)
        ]

    async def _of_runs(self, database: Database, workspace_id: UUID, query: str, top: int) -> list[HitView]:
        async with database.transaction(workspace_id) as tx:
            found = await self._runs.matching(tx, workspace_id, query.split(), top)
        return [_of_run(run, score) for run, score in fuse_runs(found)]

    @cached_property
    def _guides(self) -> dict[str, guides.Guide]:
        return dict(guides.guides())

    @cached_property
    def _guide_shelf(self) -> Shelf:
        return Shelf(guides.sections(self._guides))

    @cached_property
    def _recipe_shelf(self) -> Shelf:
        return Shelf(
            [
                Text(recipe.title, f"{recipe.name} {recipe.role}: {recipe.example}", _RECIPES)
                for recipe in self._builder.recipes()
            ]
        )


def fuse_runs(found: Sequence[RunView]) -> list[tuple[RunView, float]]:
    """By their places; runs are not hashable."""
    return [(found[place], score) for place, score in fuse(range(len(found)))]


def _of_bot(bot: BotView, score: float) -> HitView:
    return HitView(
        kind="bot",
        title=bot.title or bot.name,
        snippet=bot.description[:_SNIPPET] or bot.name,
        link=f"/api/v1/bots/{bot.id}",
        score=score,
    )


def _of_run(run: RunView, score: float) -> HitView:
    said = f": {run.error.detail}" if run.error else ""
    return HitView(
        kind="run",
        title=f"{run.bot_name}, {run.created_at:%Y-%m-%d %H:%M}",
        snippet=f"{run.status}{said}"[:_SNIPPET],
        link=f"/api/v1/runs/{run.id}",
        score=score,
    )


def _of_shelf(kind: Kind, text: Text, score: float, query: str) -> HitView:
    return HitView(
        kind=kind, title=text.title, snippet=snippet(text.text, query), link=text.link, score=score
    )
