"""The engine of a session, as the worker opens it: over real bots, real keys, and nothing loaded before."""

from __future__ import annotations

import json
import subprocess
import sys

from codex32_server.features.bots.describing_job import DescribeBots
from codex32_server.features.bots.facade import BotsFacade, NewDeployment
from codex32_server.features.builder.contract import Brief, Engine, Plan, Requirements, Written
from codex32_server.features.builder.model_engine.engine import ModelEngine
from codex32_server.features.builder.model_engine.neighbours import WorkspaceNeighbours
from codex32_server.features.builder.model_engine.opening import ModelEngines
from codex32_server.features.usage.facade import UsageFacade
from codex32_server.main.derived import llm_key_pepper
from support.builder.model_desk import Desk, plan, requirements
from support.builder.said_by_models import BOT, GOOD, PLAN, WANTED, document, said
from support.gateway_server import PEPPER
from support.knowledge import WordEmbedder, knowledge_with

HEADER = '# /// script\n# [tool.codex32]\n# name = "{}"\n# ///\n'


async def deployed(desk: Desk, name: str, about: str) -> None:
    """A bot of the workspace, read as the search reads it."""
    served, bots = desk.served, BotsFacade()
    code = f'{HEADER.format(name)}"""{about}"""\n\n\ndef main() -> int:\n    return 1\n'
    async with served.database.app.transaction(desk.session.workspace_id) as tx:
        await bots.deploy(tx, served.principal, NewDeployment(files={"bot.py": code.encode()}))


async def test_the_nearest_bots_of_the_workspace_are_material(desk: Desk, brief: Brief) -> None:
    await deployed(desk, "sales-total", "Add up the amount column of a sales file.")
    await deployed(desk, "watering", "Remind of the plants.")
    knowledge = knowledge_with(WordEmbedder())
    worker = desk.served.database.worker
    await DescribeBots(worker, BotsFacade(), knowledge)(desk.session.workspace_id, {})
    near = WorkspaceNeighbours(worker, desk.session.workspace_id, BotsFacade(), knowledge)
    [first, *_] = await near.near("add up the amounts of sales", 2)
    assert (first.name, first.description) == ("sales-total", "Add up the amount column of a sales file.")
    assert "def main() -> int" in first.code
    engine = ModelEngine(desk.engine_door, near)
    desk.says(said(GOOD))
    await engine.write(brief, requirements(brief), plan(brief), desk.told)
    assert '<data kind=\\"bot of the workspace\\" name=\\"sales-total\\">' in json.dumps(
        desk.asked[-1]["input"]
    )


async def test_a_worker_walks_through_the_stages(desk: Desk, brief: Brief) -> None:
    served = desk.served
    engines = ModelEngines(
        served.database.worker,
        UsageFacade(llm_key_pepper(PEPPER)),
        BotsFacade(),
        knowledge_with(WordEmbedder()),
        f"http://127.0.0.1:{served.port}",
    )
    engine: Engine = engines.of(desk.session)
    assert engine.name == "models"
    desk.says(document(WANTED))
    found = await engine.understand(brief, desk.told)
    assert isinstance(found, Requirements)
    desk.says(document(PLAN))
    planned = await engine.plan(brief, found, desk.told)
    assert isinstance(planned, Plan)
    desk.says(said(GOOD))
    written = await engine.write(brief, found, planned, desk.told)
    assert isinstance(written, Written)
    desk.says(said({"bot.py": f"{BOT}\n# mended\n"}))
    assert isinstance(await engine.repair(brief, found, planned, written, [], desk.told), Written)
    assert await desk.settled(4) > 0


def test_who_opens_it_loads_no_library_of_agents() -> None:
    code = (
        "import sys, codex32_server.features.builder.model_engine.opening;"
        "print([name for name in sys.modules if name.startswith('pydantic_ai')])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout.strip() == "[]"
