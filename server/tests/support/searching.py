"""The API with a search whose model is of the tests; the worker's part is done on demand."""

from __future__ import annotations

from typing import Any

import httpx
from codex32_server.features.bots.describing_job import DescribeBots
from codex32_server.features.bots.facade import BotsFacade
from codex32_server.features.builder.facade import BuilderFacade
from codex32_server.features.knowledge.facade import KnowledgeFacade
from codex32_server.features.runs.facade import RunsFacade
from codex32_server.features.search.facade import SearchFacade
from codex32_server.http.routing import provide
from support.api import Api, Tenant
from support.knowledge import WordEmbedder, knowledge_with


class Finding:
    """What people ask of the search of one workspace."""

    def __init__(self, api: Api, tenant: Tenant) -> None:
        self.api, self.tenant = api, tenant
        self.embedder = WordEmbedder()
        self.knowledge = knowledge_with(self.embedder)
        self.bots = BotsFacade()
        builder: BuilderFacade = api.app.state.provided[BuilderFacade]
        runs = RunsFacade(self.bots.resolve)
        provide(api.app, KnowledgeFacade, self.knowledge)
        provide(api.app, SearchFacade, SearchFacade(self.bots, self.knowledge, builder, runs))

    async def call(self, method: str, path: str, *, by: Tenant | None = None, **more: Any) -> httpx.Response:
        return await self.api.call((by or self.tenant).keys["editor"], method, path, **more)

    async def bot(
        self, name: str, doc: str = "", *, by: Tenant | None = None, **manifest: Any
    ) -> dict[str, Any]:
        """Deploy a bot of this name; values of the manifest are TOML as they stand."""
        lines = "".join(f"# {key} = {value}\n" for key, value in manifest.items())
        code = f'# /// script\n# [tool.codex32]\n# name = "{name}"\n{lines}# ///\n"""{doc}"""\n'
        body = {"files": {"bot.py": code + "def main() -> int:\n    return 1\n"}}
        answer = await self.call("PUT", f"/bots/by-name/{name}", by=by, json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()["bot"]

    async def describe(self, *, by: Tenant | None = None) -> dict[str, Any]:
        """Do the job that reads bots."""
        job = DescribeBots(self.api.under_test.worker, self.bots, self.knowledge)
        return await job((by or self.tenant).workspace_id, {})

    async def similar(self, bot: str, **more: Any) -> tuple[str, list[str]]:
        answer = await self.call("GET", f"/bots/{bot}/similar", **more)
        assert answer.status_code == 200, answer.text
        found = answer.json()
        return found["by"], [one["bot"]["name"] for one in found["items"]]

    async def search(self, q: str, *, by: Tenant | None = None, **params: Any) -> list[dict[str, Any]]:
        answer = await self.call("GET", "/search", by=by, params={"q": q, **params})
        assert answer.status_code == 200, answer.text
        return answer.json()["hits"]
