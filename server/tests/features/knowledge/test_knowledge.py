"""/knowledge from upload to answer: isolation, updates, failures, limits."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import httpx
import pytest
from codex32_server.features.knowledge.facade import KnowledgeFacade, KnowledgeLimits
from codex32_server.features.knowledge.jobs import IndexDocument, RebuildBase
from codex32_server.http.routing import provide
from codex32_server.storage.embedded import add_extensions
from sqlalchemy import text
from support.api import Api, Tenant
from support.knowledge import WordEmbedder, knowledge_with

HANDBOOK = """# Handbook

Welcome to the company.

## Holidays

Everybody has twenty-five days of holidays a year.

## Travel

Trains are booked by the office; flights need approval.
"""


class Library:
    """The API with an embedder of the tests, and the worker's part done on demand."""

    def __init__(self, api: Api, tenant: Tenant) -> None:
        self.api, self.tenant = api, tenant
        self.embedder, self.other = WordEmbedder(), WordEmbedder("other", 32)
        self.use(knowledge_with(self.embedder, self.other))

    def use(self, knowledge: KnowledgeFacade) -> None:
        self.knowledge = knowledge
        provide(self.api.app, KnowledgeFacade, knowledge)

    async def call(self, method: str, path: str, *, by: Tenant | None = None, **more: Any) -> httpx.Response:
        return await self.api.call((by or self.tenant).keys["editor"], method, f"/knowledge{path}", **more)

    async def create(self, name: str = "handbook", **more: Any) -> dict[str, Any]:
        answer = await self.call("POST", "", json={"name": name, **more})
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def put(
        self, name: str, content: str | bytes, base: str = "handbook", **params: Any
    ) -> dict[str, Any]:
        answer = await self.call(
            "PUT", f"/{base}/documents", params={"name": name, **params}, content=content
        )
        assert answer.status_code == 202, answer.text
        return answer.json()

    async def work(self, attempt: int = 1) -> list[str]:
        """Do the jobs that wait, in their order; how each ended."""
        worker = self.api.under_test.worker
        async with self.api.under_test.owner.transaction(None) as tx:
            rows = (
                await tx.execute(
                    text(
                        "update jobs set status = 'cancelled', finished_at = now() where status = 'queued'"
                        " returning id, workspace_id, kind, payload"
                    )
                )
            ).all()
        handlers = {
            "index_document": IndexDocument(worker, self.knowledge),
            "rebuild_base": RebuildBase(worker, self.knowledge),
        }
        ended: list[str] = []
        for _, workspace_id, kind, payload in sorted(rows):
            given = json.loads(payload) if isinstance(payload, str) else payload
            ended.append((await handlers[kind](workspace_id, {**given, "attempt": attempt}))["ended"])
        return ended

    async def search(self, query: str, base: str = "handbook", **more: Any) -> list[dict[str, Any]]:
        answer = await self.call("POST", f"/{base}/search", json={"query": query, **more})
        assert answer.status_code == 200, answer.text
        return answer.json()["hits"]

    async def document(self, name: str, base: str = "handbook") -> dict[str, Any]:
        return (await self.call("GET", f"/{base}/documents/{name}")).json()


@pytest.fixture
async def library(api: Api, one: Tenant) -> Library:
    return Library(api, one)


async def test_from_upload_to_answer(library: Library) -> None:
    base = await library.create(description="For everybody", language="english")
    assert (base["model"], base["documents"], base["building"]) == ("words", 0, None)
    put = await library.put("handbook.md", HANDBOOK, metadata=json.dumps({"department": "hr"}))
    assert (put["status"], put["content_type"], put["unchanged"]) == ("queued", "text/markdown", False)
    assert await library.work() == ["ready"]
    shown = await library.document("handbook.md")
    assert (shown["status"], shown["chunks"], shown["embedded"]) == ("ready", 3, 3)
    hits = await library.search("how many days of holiday are there")
    first = hits[0]
    assert (first["document"], first["heading"], first["position"]) == (
        "handbook.md", ["Handbook", "Holidays"], 1,
    )  # fmt: skip
    assert "twenty-five" in first["snippet"]
    assert first["metadata"] == {"department": "hr"}
    assert first["score"]["vector_rank"] == 1
    assert first["score"]["text_rank"] == 1
    assert first["score"]["fused"] == pytest.approx(2 / 61)
    listed = (await library.call("GET", "")).json()["items"]
    assert [(item["name"], item["chunks"], item["pending"]) for item in listed] == [("handbook", 3, 0)]


async def test_only_changed_chunks_are_embedded_again(library: Library) -> None:
    await library.create()
    await library.put("handbook.md", HANDBOOK)
    await library.work()
    assert (await library.put("handbook.md", HANDBOOK))["unchanged"] is True
    assert await library.work() == []
    library.embedder.passages.clear()
    changed = HANDBOOK.replace("twenty-five", "thirty").replace("# Handbook\n", "Before all.\n\n# Handbook\n")
    await library.put("handbook.md", changed)
    assert (await library.search("twenty-five days"))[0]["text"].startswith("Everybody has twenty-five")
    assert await library.work() == ["ready"]
    assert sorted(library.embedder.passages) == [
        "Before all.",
        "Handbook › Holidays\nEverybody has thirty days of holidays a year.",
    ]
    hits = await library.search("days of holidays trains company before", top=20)
    assert sorted(hit["position"] for hit in hits) == [0, 1, 2, 3]
    assert not any("twenty-five" in hit["text"] for hit in hits)


async def test_what_is_deleted_is_not_found(library: Library) -> None:
    await library.create()
    await library.put("a.txt", "The cat sleeps.")
    await library.put("b.txt", "The cat eats.")
    await library.work()
    assert {hit["document"] for hit in await library.search("cat")} == {"a.txt", "b.txt"}
    assert (await library.call("DELETE", "/handbook/documents/a.txt")).status_code == 204
    assert {hit["document"] for hit in await library.search("cat")} == {"b.txt"}
    assert (await library.call("DELETE", "/handbook/documents/a.txt")).status_code == 404
    assert (await library.call("DELETE", "/handbook")).status_code == 204
    gone = await library.call("POST", "/handbook/search", json={"query": "cat"})
    assert (gone.status_code, gone.json()["code"]) == (404, "knowledge_base_not_found")
    async with library.api.under_test.owner.transaction(None) as tx:
        left = "select (select count(*) from knowledge_chunks) + (select count(*) from knowledge_generations)"
        assert await tx.scalar(text(left)) == 0
        parts = "select count(*) from pg_inherits where inhparent = 'knowledge_vectors'::regclass"
        assert await tx.scalar(text(parts)) == 0


async def test_documents_deleted_before_their_turn(library: Library) -> None:
    await library.create()
    await library.put("a.txt", "One.")
    await library.call("DELETE", "/handbook/documents/a.txt")
    await library.put("b.txt", "Two.")
    await library.put("b.txt", "Three.")
    assert await library.work() == ["superseded", "superseded", "ready"]
    assert [hit["text"] for hit in await library.search("two three")] == ["Three."]


async def test_a_document_that_is_not_ready_may_be_sent_again(library: Library) -> None:
    """Whatever has become of its job, there is a new one; what is done already counts."""
    await library.create()
    first = await library.put("a.txt", "The cat.")
    again = await library.put("a.txt", "The cat.")
    assert (again["unchanged"], again["digest"]) == (False, first["digest"])
    assert await library.work() == ["superseded", "ready"]
    assert library.embedder.passages == ["The cat."]
    assert (await library.put("a.txt", "The cat."))["unchanged"] is True


async def test_workspaces_do_not_see_each_other(library: Library, two: Tenant) -> None:
    mine = await library.create()
    await library.put("a.txt", "The secret cat.")
    theirs = await library.call("POST", "", by=two, json={"name": "handbook"})
    assert theirs.status_code == 201
    answer = await library.call(
        "PUT", "/handbook/documents", by=two, params={"name": "x.txt"}, content=b"The public cat."
    )
    assert answer.status_code == 202
    assert await library.work() == ["ready", "ready"]
    assert [hit["text"] for hit in await library.search("cat", top=50)] == ["The secret cat."]
    found = await library.call("POST", "/handbook/search", by=two, json={"query": "cat", "top": 50})
    assert [hit["text"] for hit in found.json()["hits"]] == ["The public cat."]
    for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/documents"), ("DELETE", "/documents/a.txt")):
        refused = await library.call(method, f"/{mine['id']}{path}", by=two)
        assert refused.status_code == 404, (method, path)
    asked = await library.call("POST", f"/{mine['id']}/search", by=two, json={"query": "cat"})
    assert asked.status_code == 404


async def test_row_level_security_alone_keeps_vectors_apart(library: Library, two: Tenant) -> None:
    await library.create()
    await library.put("a.txt", "The secret cat.")
    await library.work()
    for tenant, seen in ((library.tenant, 1), (two, 0)):
        async with library.api.database.transaction(tenant.workspace_id) as tx:
            assert await tx.scalar(text("select count(*) from knowledge_vectors")) == seen
            assert await tx.scalar(text("select count(*) from knowledge_chunks")) == seen
    async with library.api.database.transaction(two.workspace_id) as tx:
        other = "select drop_generation(id) from unnest(cast(:ids as uuid[])) id"
        async with library.api.under_test.owner.transaction(None) as owner:
            ids = list((await owner.execute(text("select id from knowledge_generations"))).scalars())
        await tx.execute(text(other), {"ids": ids})
    assert len(await library.search("cat")) == 1


async def test_metadata_narrow_a_search(library: Library) -> None:
    await library.create()
    for year in (2024, 2025):
        about = json.dumps({"year": year, "open": year == 2025})
        await library.put(f"{year}.txt", f"Report of the year {year}.", metadata=about)
    await library.work()
    for where, names in (
        ({"year": 2024}, ["2024.txt"]),
        ({"open": True}, ["2025.txt"]),
        ({"year": 2024, "open": True}, []),
        ({}, ["2024.txt", "2025.txt"]),
    ):
        hits = await library.search("report", where=where, top=10)
        assert sorted(hit["document"] for hit in hits) == names
    changed = await library.put("2024.txt", "Report of the year 2024.", metadata='{"year": 1999}')
    assert (changed["metadata"], changed["status"]) == ({"year": 1999}, "ready")
    assert [hit["document"] for hit in await library.search("report", where={"year": 1999})] == ["2024.txt"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("broken.pdf", b"%PDF-1.7 nothing", "cannot be read"),
        ("empty.md", b"  \n", "no text"),
        ("binary.txt", b"\0\1\2\3" * 100, "not text"),
    ],
)
async def test_failures_are_told_on_the_document(
    library: Library, name: str, content: bytes, said: str
) -> None:
    await library.create()
    await library.put(name, content)
    assert await library.work() == ["failed"]
    shown = await library.document(name)
    assert shown["status"] == "failed"
    assert said in shown["error"]
    assert (await library.call("GET", "/handbook")).json()["failed"] == 1


async def test_between_two_tries_a_document_waits(library: Library) -> None:
    await library.create()
    put = await library.put("a.txt", "The cat.")
    assert (put["attempt"], put["attempts"]) == (0, 5)
    library.embedder.broken = True
    with pytest.raises(Exception, match="ended while it computed"):
        await library.work(attempt=2)
    shown = await library.document("a.txt")
    assert (shown["status"], shown["attempt"]) == ("queued", 2)
    assert "ended while it computed" in shown["error"]
    assert (await library.call("GET", "/handbook")).json()["failed"] == 0


async def test_a_broken_model_is_told_and_tried_again(library: Library) -> None:
    await library.create()
    await library.put("a.txt", "The cat.")
    library.embedder.broken = True
    with pytest.raises(Exception, match="ended while it computed"):
        await library.work(attempt=5)
    assert (await library.document("a.txt"))["status"] == "failed"
    refused = await library.call("POST", "/handbook/search", json={"query": "cat"})
    assert (refused.status_code, refused.json()["code"]) == (503, "embedding_failed")
    library.embedder.broken = False
    again = await library.put("a.txt", "The cat.")
    assert again["unchanged"] is False
    assert await library.work() == ["ready"]
    assert len(await library.search("cat")) == 1


async def test_another_model_takes_over_without_a_gap(library: Library) -> None:
    await library.create()
    for number in range(5):
        await library.put(f"{number}.txt", f"Text number {number}.")
    await library.work()
    begun = await library.call("POST", "/handbook/reindex", json={"model": "other"})
    assert begun.status_code == 202
    assert begun.json()["building"] == {"model": "other", "chunks_done": 0}
    assert begun.json()["model"] == "words"
    await library.put("late.txt", "A late text.")
    assert len(await library.search("text", top=10)) == 5
    assert await library.work() == ["switched", "ready"]
    base = (await library.call("GET", "/handbook")).json()
    assert (base["model"], base["building"]) == ("other", None)
    assert len(await library.search("text", top=10)) == 6
    async with library.api.under_test.owner.transaction(None) as tx:
        parts = "select count(*) from pg_inherits where inhparent = 'knowledge_vectors'::regclass"
        assert await tx.scalar(text(parts)) == 1
        counted = "select count(*) from knowledge_vectors"
        assert await tx.scalar(text(counted)) == 6


async def test_a_rebuilding_that_is_repeated_or_replaced_does_no_harm(library: Library) -> None:
    await library.create()
    await library.put("a.txt", "The cat.")
    await library.work()
    first = (await library.call("POST", "/handbook/reindex", json={"model": "other"})).json()
    assert (await library.call("POST", "/handbook/reindex", json={})).status_code == 202
    assert await library.work() == ["superseded", "switched"]
    base_id = UUID(first["id"])
    async with library.api.under_test.owner.transaction(None) as tx:
        [generation] = (await tx.execute(text("select id from knowledge_generations"))).scalars()
    workspace_id = library.tenant.workspace_id
    ended = await library.knowledge.rebuild(library.api.under_test.worker, workspace_id, base_id, generation)
    assert ended == "superseded"
    assert len(await library.search("cat")) == 1


async def test_limits(library: Library) -> None:
    library.use(knowledge_with(library.embedder, limits=KnowledgeLimits(bytes=30, documents=2, document=20)))
    await library.create()
    await library.put("a.txt", "x" * 20)

    async def refused(name: str, size: int) -> tuple[int, str]:
        answer = await library.call("PUT", "/handbook/documents", params={"name": name}, content=b"x" * size)
        return answer.status_code, answer.json()["code"]

    assert await refused("b.txt", 21) == (413, "document_too_large")
    assert await refused("b.txt", 11) == (409, "knowledge_full")
    await library.put("b.txt", "x" * 10)
    assert await refused("c.txt", 0) == (409, "knowledge_full")
    assert await refused("c.exe", 1) == (422, "document_type_unknown")


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"name": "a.txt", "metadata": "{"}, "metadata"),
        ({"name": "a.txt", "metadata": "[1]"}, "metadata"),
        ({"name": "a.txt", "metadata": '{"a": {"b": 1}}'}, "metadata"),
        ({"name": "a.txt", "metadata": '{"a": NaN}'}, "metadata"),
        ({"name": "a.txt", "metadata": json.dumps({"a": "x" * 9_000})}, "metadata"),
        ({"name": "a\nb.txt"}, "name"),
        ({}, "name"),
    ],
)
async def test_bad_uploads_name_the_field(library: Library, params: dict[str, str], field: str) -> None:
    await library.create()
    answer = await library.call("PUT", "/handbook/documents", params=params, content=b"x")
    assert answer.status_code == 422
    assert field in answer.text


async def test_bad_bases_and_kinds(library: Library) -> None:
    await library.create()
    assert (await library.call("POST", "", json={"name": "handbook"})).json()[
        "code"
    ] == "knowledge_base_exists"
    unknown = await library.call("POST", "", json={"name": "b", "model": "gpt"})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "embedding_model_unknown")
    for name in ("Handbook", "", "a" * 64, "ä"):
        assert (await library.call("POST", "", json={"name": name})).status_code == 422
    answer = await library.call(
        "PUT",
        "/handbook/documents",
        params={"name": "picture.png"},
        content=b"x",
        headers={"Content-Type": "image/png"},
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "document_type_unknown")


async def test_without_the_extension_only_knowledge_is_missing(library: Library) -> None:
    """As on a database elsewhere: it says what to do, and mends itself once that is done."""
    async with library.api.under_test.owner.transaction(None) as tx:
        await tx.execute(text("drop table knowledge_vectors, search_vectors"))
        await tx.execute(text("drop extension vector"))
    refused = await library.call("POST", "", json={"name": "handbook"})
    assert (refused.status_code, refused.json()["code"]) == (503, "knowledge_unavailable")
    assert "CREATE EXTENSION vector" in refused.text
    assert (await library.call("GET", "")).json()["items"] == []
    await add_extensions(library.api.under_test.owner_url)
    await library.create()
    await library.put("a.txt", "The cat.")
    assert await library.work() == ["ready"]
    assert len(await library.search("cat")) == 1
