"""`codex32 knowledge`: bases, documents with their progress, search."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

BASE = {"id": "k1", "name": "faq", "documents": 2, "chunks": 9, "bytes": 2048, "model": "m", "pending": 1}
HIT = {"document": "a.md", "heading": ["A", "B"], "position": 3, "text": "t", "snippet": "the  snippet"}


def page(*items: Any) -> dict[str, Any]:
    return {"items": list(items), "next_cursor": None}


def document(status: str = "ready", **more: Any) -> dict[str, Any]:
    return {"id": "d1", "name": "a.md", "status": status, "chunks": 4, "embedded": 4, **more}


def test_bases(api: Any, kit: Any, codex32: Any) -> None:
    api.on("GET /knowledge", page())
    assert "codex32 knowledge create" in codex32("knowledge").err
    api.on("GET /knowledge", page(BASE))
    told = codex32("knowledge", "list")
    assert "faq" in told.out
    assert "1 to index" in told.out
    assert codex32("knowledge", "--json").json["items"][0]["name"] == "faq"
    api.on("POST /knowledge", kit.Answer(201, BASE))
    made = codex32("knowledge", "create", "faq", "--language", "spanish")
    assert "codex32 knowledge add faq" in made.out
    assert api.requests[-1].json["language"] == "spanish"


def test_documents_are_added_and_watched(api: Any, kit: Any, codex32: Any, tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text("# A")
    api.on("PUT /knowledge/faq/documents", kit.Answer(202, document("queued", embedded=0)))
    api.on("GET /knowledge/faq/documents/d1", document("indexing", embedded=1), document("ready"))
    told = codex32("knowledge", "add", "faq", str(file), "--metadata", '{"year": 2026}')
    assert (told.code, "ready" in told.out) == (0, True)
    sent = api.sent("PUT /knowledge/faq/documents")[-1]
    assert (sent.query["name"], json.loads(sent.query["metadata"])) == ("a.md", {"year": 2026})
    assert sent.body == b"# A"
    assert codex32("knowledge", "add", "faq", str(file), "--no-wait", "--json").json["items"][0]["id"] == "d1"
    assert codex32("knowledge", "add", "faq", str(tmp_path / "absent")).code == 2


def test_a_document_that_fails_fails_the_command(api: Any, kit: Any, codex32: Any, tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text("")
    api.on(
        "PUT /knowledge/faq/documents", kit.Answer(202, document("failed", error="The file holds no text."))
    )
    told = codex32("knowledge", "add", "faq", str(file))
    assert told.code == 1
    assert "holds no text" in told.out
    assert "--status failed" in told.err
    api.on("PUT /knowledge/faq/documents", kit.Answer(202, document("queued")))
    api.on("GET /knowledge/faq/documents/d1", document("queued"))
    late = codex32("knowledge", "add", "faq", str(file), "--timeout", "0")
    assert (late.code, "it goes on" in late.err) == (1, True)


def test_search(api: Any, codex32: Any) -> None:
    api.on("POST /knowledge/faq/search", {"base": "faq", "model": "m", "hits": [HIT]})
    told = codex32("knowledge", "search", "faq", "why?", "--where", '{"a": 1}', "-n", "3")
    assert told.out == "a.md › A › B #3\n  the snippet\n\n"
    assert api.requests[-1].json == {"query": "why?", "top": 3, "where": {"a": 1}}
    assert codex32("knowledge", "search", "faq", "why?", "--json").json["hits"][0]["position"] == 3
    api.on("POST /knowledge/faq/search", {"base": "faq", "hits": []})
    assert "Nothing was found" in codex32("knowledge", "search", "faq", "why?").err


def test_lists_removals_and_rebuilding(api: Any, kit: Any, codex32: Any) -> None:
    api.on("GET /knowledge/faq/documents", page(document("indexing", embedded=1)))
    assert "1/4" in codex32("knowledge", "documents", "faq", "--status", "indexing").out
    assert api.requests[-1].query == {"status": "indexing"}
    api.on("GET /knowledge/faq/documents", page())
    assert "knowledge add faq" in codex32("knowledge", "documents", "faq").err
    api.on("DELETE /knowledge/faq/documents/a.md", kit.Answer(204))
    api.on("DELETE /knowledge/faq", kit.Answer(204))
    assert codex32("knowledge", "remove", "faq", "a.md").out == "a.md is deleted.\n"
    assert codex32("knowledge", "remove", "faq", "--yes", "--json").json["deleted"] is True
    building = {**BASE, "building": {"model": "n", "chunks_done": 4}}
    api.on("POST /knowledge/faq/reindex", kit.Answer(202, building))
    assert codex32("knowledge", "reindex", "faq").out == "faq: rebuilding, 4 of 9.\n"
    api.on("GET /knowledge/faq", building, {**BASE, "pending": 0})
    assert codex32("knowledge", "reindex", "faq", "--wait").out == "faq: ready.\n"


@pytest.mark.parametrize("text", ["{", "[1]"])
def test_bad_metadata_is_bad_input(codex32: Any, text: str) -> None:
    assert codex32("knowledge", "search", "faq", "x", "--where", text).code == 2
