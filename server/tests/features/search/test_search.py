"""/search and /bots/{bot}/similar: by meaning and by words, kept up to date, each workspace for itself."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from codex32_server.features.access.facade import AccessFacade, NewKey
from codex32_server.features.bots.facade import BotsFacade
from codex32_server.features.bots.service.describing import DESCRIBE_BOTS
from codex32_server.features.knowledge.repository import entries
from codex32_server.features.workspaces.facade import WorkspacesFacade
from codex32_server.gateway.embeddings.errors import EmbeddingError
from codex32_server.storage.embedded import add_extensions
from sqlalchemy import text
from support.api import PEPPER, Api, Tenant
from support.searching import Finding


@pytest.fixture
async def finding(api: Api, one: Tenant) -> Finding:
    return Finding(api, one)


async def some_bots(finding: Finding) -> None:
    await finding.bot("price-watch", "Watches prices of a shop.", tags='["shop"]')
    await finding.bot("price-report", "Reports prices of a shop every week.", tags='["shop"]')
    await finding.bot("birthday-mail", "Writes mails to friends.")


async def test_similar_bots_by_meaning(finding: Finding) -> None:
    await some_bots(finding)
    assert await finding.describe() == {"read": 3, "embedded": 3}
    by, names = await finding.similar("price-watch")
    assert (by, names[0], sorted(names)) == ("meaning", "price-report", ["birthday-mail", "price-report"])
    assert await finding.similar("price-watch", params={"top": 1}) == ("meaning", ["price-report"])
    gone = await finding.call("GET", f"/bots/{uuid4()}/similar")
    assert (gone.status_code, gone.json()["code"]) == (404, "bot_not_found")
    assert (await finding.call("GET", "/bots/price-watch/similar?top=0")).status_code == 422


async def test_words_answer_until_there_are_vectors(finding: Finding) -> None:
    await some_bots(finding)
    assert await finding.similar("price-watch") == ("words", [])
    finding.embedder.broken = True
    with pytest.raises(EmbeddingError):
        await finding.describe()
    assert await finding.similar("price-watch") == ("words", ["price-report"])
    [hit] = await finding.search("friends", kind="bot")
    assert (hit["title"], hit["kind"]) == ("birthday-mail", "bot")
    finding.embedder.broken = False
    assert await finding.describe() == {"read": 0, "embedded": 3}
    assert (await finding.similar("price-watch"))[0] == "meaning"


async def test_words_are_asked_for_in_ones_own_workspace_only(finding: Finding, two: Tenant) -> None:
    """The function that asks the index passes row-level security: it must mind the workspace itself."""
    await some_bots(finding)
    await finding.describe()
    one, other = finding.tenant.workspace_id, two.workspace_id
    database = finding.api.under_test.app
    async with database.transaction(one) as tx:
        assert len(await entries.by_words(tx, one, "bot", "shop prices", 9)) == 2
        assert len(await entries.by_words(tx, one, "bot", "friends nowhere", 9)) == 1
        assert await entries.by_words(tx, one, "other", "shop prices", 9) == []
        assert await entries.by_words(tx, one, "bot", f"workspace:{one}", 9) == []
    async with database.transaction(other) as tx:
        for asked in (one, other):
            assert await entries.by_words(tx, asked, "bot", "shop prices", 9) == []
    async with database.transaction(None) as tx:
        assert await entries.by_words(tx, one, "bot", "shop prices", 9) == []


async def test_only_what_changed_is_read_and_embedded(finding: Finding) -> None:
    await some_bots(finding)
    await finding.describe()
    finding.embedder.passages.clear()
    assert await finding.describe() == {"read": 0, "embedded": 0}
    await finding.bot("price-watch", "Watches prices of a shop.", tags='["shop"]', retries="{attempts = 2}")
    assert await finding.describe() == {"read": 1, "embedded": 0}
    await finding.bot("price-watch", "Greets the moon.", network='["moon.example"]')
    assert await finding.describe() == {"read": 1, "embedded": 1}
    assert finding.embedder.passages == ["price-watch\nGreets the moon.\nhosts: moon.example"]
    assert (await finding.search("moon", kind="bot"))[0]["title"] == "price-watch"


async def test_another_model_computes_everything_anew(finding: Finding) -> None:
    await some_bots(finding)
    await finding.describe()
    finding.embedder.name = "newer"
    assert [hit["title"] for hit in await finding.search("friends", kind="bot")] == ["birthday-mail"]
    assert await finding.describe() == {"read": 0, "embedded": 3}
    assert (await finding.similar("price-watch"))[1][0] == "price-report"


async def test_bots_that_rest_are_not_found(finding: Finding) -> None:
    await some_bots(finding)
    await finding.describe()
    await finding.call("POST", "/bots/price-report/archive")
    await finding.call("DELETE", "/bots/birthday-mail")
    assert (await finding.similar("price-watch"))[1] == []
    assert [hit["title"] for hit in await finding.search("prices friends", kind="bot")] == ["price-watch"]
    await finding.describe()
    async with finding.api.under_test.owner.transaction(None) as tx:
        assert await tx.scalar(text("select count(*) from search_entries")) == 1
        assert await tx.scalar(text("select count(*) from search_vectors")) == 1
    await finding.call("POST", "/bots/price-report/restore")
    assert await finding.describe() == {"read": 1, "embedded": 1}


async def test_workspaces_do_not_find_each_other(finding: Finding, two: Tenant) -> None:
    await some_bots(finding)
    await finding.bot("price-spy", "Watches prices of a shop.", by=two)
    await finding.describe()
    await finding.describe(by=two)
    assert "price-spy" not in (await finding.similar("price-watch"))[1]
    assert await finding.similar("price-spy", by=two) == ("words", [])
    assert (await finding.call("GET", "/bots/price-watch/similar", by=two)).status_code == 404
    assert [hit["title"] for hit in await finding.search("prices", by=two, kind="bot,run")] == ["price-spy"]
    for tenant, seen in ((finding.tenant, 3), (two, 1)):
        for database in (finding.api.database, finding.api.under_test.worker):
            async with database.transaction(tenant.workspace_id) as tx:
                assert await tx.scalar(text("select count(*) from search_vectors")) == seen
                assert await tx.scalar(text("select count(*) from search_entries")) == seen


async def test_without_the_extension_words_are_enough(finding: Finding) -> None:
    await some_bots(finding)
    async with finding.api.under_test.owner.transaction(None) as tx:
        await tx.execute(text("drop table search_vectors"))
        await tx.execute(text("drop table knowledge_vectors"))
        await tx.execute(text("drop extension vector"))
    assert await finding.describe() == {"read": 3, "embedded": 0}
    assert await finding.similar("price-watch") == ("words", ["price-report"])
    assert [hit["title"] for hit in await finding.search("friends", kind="bot")] == ["birthday-mail"]
    scheduler = finding.api.under_test.scheduler
    async with scheduler.transaction(finding.tenant.workspace_id) as tx:
        assert not await BotsFacade().ask_description(tx, finding.tenant.workspace_id, "words")
    await add_extensions(finding.api.under_test.owner_url)
    assert await finding.describe() == {"read": 0, "embedded": 3}
    assert (await finding.similar("price-watch"))[0] == "meaning"


async def test_the_job_is_asked_for_once(finding: Finding) -> None:
    workspace_id, bots = finding.tenant.workspace_id, BotsFacade()

    async def ask(model: str = "words") -> bool:
        async with finding.api.under_test.scheduler.transaction(workspace_id) as tx:
            return await bots.ask_description(tx, workspace_id, model)

    assert not await ask()
    await some_bots(finding)
    assert await ask()
    assert not await ask()
    await finding.describe()
    async with finding.api.under_test.owner.transaction(None) as tx:
        done = "update jobs set status = 'succeeded', finished_at = now() where kind = :kind returning id"
        assert len((await tx.execute(text(done), {"kind": DESCRIBE_BOTS})).all()) == 1
    assert not await ask()
    assert await ask("newer")


async def test_one_search_over_everything(finding: Finding) -> None:
    await some_bots(finding)
    await finding.describe()
    made = await finding.call("POST", "/knowledge", json={"name": "handbook"})
    assert made.status_code == 201
    await _index(finding, "shop.md", b"# Prices\n\nPrices of the shop change every week.")
    run = (await finding.call("POST", "/bots/price-watch/runs", json={"input": {}})).json()
    hits = await finding.search("prices", top=50)
    assert {hit["kind"] for hit in hits} >= {"bot", "document", "guide"}
    document = next(hit for hit in hits if hit["kind"] == "document")
    assert (document["title"], "change every week" in document["snippet"]) == ("shop.md › Prices", True)
    [found] = await finding.search("PRICE-WATCH queued", kind="run")
    assert found["link"] == f"/api/v1/runs/{run['id']}"
    assert "queued" in found["snippet"]
    recipes = await finding.search("remove duplicate rows", kind="recipe")
    assert recipes[0]["link"] == "/api/v1/builder/recipes"
    for hit in [*hits, found, *recipes[:1]]:
        assert (await finding.call("GET", hit["link"])).status_code == 200, hit
    assert [hit["score"] for hit in hits] == sorted((hit["score"] for hit in hits), reverse=True)
    assert len(await finding.search("prices", top=2)) == 2


async def test_without_the_model_everything_is_found_by_words(finding: Finding) -> None:
    await some_bots(finding)
    await finding.describe()
    await finding.call("POST", "/knowledge", json={"name": "handbook"})
    await _index(finding, "shop.md", b"Prices of the shop.")
    finding.embedder.broken = True
    assert {hit["kind"] for hit in await finding.search("prices shop", top=50)} >= {"bot", "document"}


async def test_an_error_of_a_run_is_found(finding: Finding) -> None:
    await finding.bot("price-watch")
    run = (await finding.call("POST", "/bots/price-watch/runs", json={"input": {}})).json()
    async with finding.api.under_test.owner.transaction(None) as tx:
        failed = (
            "update runs set status = 'failed', error_code = 'bot_failed', finished_at = now(),"
            " error_detail = 'KeyError: 100%_sure' where id = :id"
        )
        await tx.execute(text(failed), {"id": run["id"]})
    [hit] = await finding.search("keyerror 100%_SURE", kind="run")
    assert (hit["link"], hit["snippet"]) == (f"/api/v1/runs/{run['id']}", "failed: KeyError: 100%_sure")
    assert await finding.search("100%!sure", kind="run") == []


async def test_each_kind_needs_its_scope(finding: Finding, one: Tenant) -> None:
    await some_bots(finding)
    access = AccessFacade(PEPPER, WorkspacesFacade())
    async with finding.api.database.transaction(None) as tx:
        principal = await access.authenticate(tx, bearer=one.keys["owner"], session=None)
        narrow = NewKey(name="narrow", role="viewer", scopes=["runs:read"])
        key = (await access.create_key(tx, principal, narrow)).key
    for kind, scope in (("bot", "bots:read"), ("document", "knowledge:read"), ("run,recipe", "bots:read")):
        refused = await finding.api.call(key, "GET", "/search", params={"q": "prices", "kind": kind})
        assert (refused.status_code, scope in refused.text) == (403, True)
    allowed = await finding.api.call(key, "GET", "/search", params={"q": "prices"})
    assert {hit["kind"] for hit in allowed.json()["hits"]} <= {"run", "guide"}
    assert (await finding.api.call(key, "GET", "/bots/price-watch/similar")).status_code == 403


@pytest.mark.parametrize(
    "params", [{}, {"q": ""}, {"q": "x", "kind": "cat"}, {"q": "x", "kind": ","}, {"q": "x", "top": 51}]
)
async def test_what_is_no_search_is_refused(finding: Finding, params: dict[str, Any]) -> None:
    answer = await finding.call("GET", "/search", params=params)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


@pytest.mark.parametrize("query", ["'", "\\", "\0", "a' | b & !c:*", "%", "🐈", " "])
async def test_any_text_may_be_looked_for(finding: Finding, query: str) -> None:
    await some_bots(finding)
    await finding.describe()
    assert isinstance(await finding.search(query), list)


async def test_guides_are_read(finding: Finding) -> None:
    hits = await finding.search("knowledge base documents", kind="guide")
    assert "/api/v1/guides/knowledge" in [hit["link"] for hit in hits]
    guide = (await finding.call("GET", "/guides/knowledge")).json()
    assert (guide["title"], guide["content"][:11]) == ("Knowledge", "# Knowledge")
    missing = await finding.call("GET", "/guides/..%2Fadr")
    assert missing.status_code == 404
    assert (await finding.call("GET", "/guides/absent")).json()["code"] == "guide_not_found"


async def _index(finding: Finding, name: str, content: bytes) -> None:
    put = await finding.call("PUT", "/knowledge/handbook/documents", params={"name": name}, content=content)
    assert put.status_code == 202
    worker, workspace_id = finding.api.under_test.worker, finding.tenant.workspace_id
    ended = await finding.knowledge.index_document(worker, workspace_id, UUID(put.json()["id"]), 1, 1)
    assert ended == "ready"
