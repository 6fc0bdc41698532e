"""A bot in a real sandbox, with a real worker and the real model, searches what the worker indexed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from codex32_server.features.knowledge.facade import Upload
from codex32_server.features.knowledge.schemas import NewBase
from codex32_server.main.knowledge import knowledge_of, local_model
from codex32_server.settings.model import KnowledgeSettings
from support.postgres import DatabaseUnderTest
from support.queue import Rows, submitted
from support.waiting import until
from support.worker import WorkerProcess, Workshop

pytestmark = pytest.mark.sandbox

SEARCHES = """
from codex32_bot import search

def main() -> dict:
    found = search("how do I get my money back", top=2, where={"kind": "faq"})
    refused = []
    for base in ("secrets", "absent"):
        try:
            search("x", knowledge=base)
        except ValueError as error:
            refused.append(str(error))
    try:
        search("x", where={"a": [1]})
    except ValueError as error:
        refused.append(str(error))
    return {"text": found[0]["text"], "heading": found[0]["heading"], "count": len(found), "refused": refused}
"""
FAQ = b"# Orders\n\n## Returns\nA refund is paid within 14 days.\n\n## Hours\nThe shop opens at nine.\n"


async def test_a_bot_searches_the_bases_that_its_manifest_names(
    database: DatabaseUnderTest, workshop: Workshop, rows: Rows, home: Path
) -> None:
    model = local_model(KnowledgeSettings())
    knowledge = knowledge_of(KnowledgeSettings(), model)
    async with workshop.app.transaction(workshop.workspace_id) as tx:
        for name in ("faq", "secrets"):
            await knowledge.create(tx, workshop.workspace_id, NewBase(name=name))
        upload = Upload("faq.md", "text/markdown", FAQ, {"kind": "faq"})
        await knowledge.put(tx, workshop.workspace_id, "faq", upload)
    await workshop.bot("searches", SEARCHES, 'knowledge = ["faq"]')
    run = workshop.run_of("searches")

    async def indexed() -> list[str]:
        return [row["status"] for row in await rows.all("select status from knowledge_documents")]

    async with WorkerProcess(database.worker_url, home) as worker:
        await until(indexed, ["ready"], worker=worker)
        await submitted(database.app, run)
        await until(lambda: rows.status(run.id), "succeeded", worker=worker)
    output = (await rows.run(run.id))["output"]
    assert (output["text"], output["heading"]) == ("A refund is paid within 14 days.", ["Orders", "Returns"])
    assert output["count"] == 2
    assert ["does not name" in said for said in output["refused"]] == [True, True, False]
    assert "search is not valid" in output["refused"][2]
    assert json.dumps(output)
