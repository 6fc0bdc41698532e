"""Explanations in the words of a model, over our own facts."""

from __future__ import annotations

import json

import pytest
from codex32_server.features.builder.explaining.port import FailedRun
from codex32_server.features.builder.model_engine.explaining import ModelExplainer
from codex32_server.gateway.testing import Answer, Fault
from support.builder.model_desk import Desk
from support.builder.said_by_models import BOT

FILES = {"bot.py": f'# /// script\n# [tool.codex32]\n# name = "sales"\n# ///\n{BOT}'}
RUN = FailedRun("bot_error", "KeyError: 'amount'", log="token: abc123def456\nboom", advice=("See its log.",))


async def test_a_bot_in_the_words_of_a_model(desk: Desk) -> None:
    desk.says(json.dumps({"summary": "Suma las ventas.", "steps": ["Lee el archivo."]}))
    told = await ModelExplainer(desk.engine_door).bot(FILES, "es")
    assert (told.by, told.summary, told.steps) == ("models", "Suma las ventas.", ["Lee el archivo."])
    assert told.touches[0] == "It has no network, no secrets and no other bots."
    assert told.made is not None
    assert told.made.prompts == ["explain@1"]
    assert "Language of the answer: es." in json.dumps(desk.asked[-1]["input"])


async def test_a_failure_in_the_words_of_a_model(desk: Desk) -> None:
    said = {
        "summary": "A column is missing.",
        "cause": "The file has no column amount.",
        "steps": ["Add it."],
    }
    desk.says(json.dumps(said))
    told = await ModelExplainer(desk.engine_door).failure(FILES, RUN)
    assert (told.by, told.cause) == ("models", "The file has no column amount.")
    assert told.steps[0] == "Add it."
    assert told.steps[-1] == "See its log."
    sent = json.dumps(desk.asked[-1]["input"])
    assert "boom" in sent
    assert "abc123def456" not in sent


@pytest.mark.parametrize("answer", ["I cannot say.", Answer(fault=Fault.SERVER_ERROR)])
async def test_without_an_answer_of_use_the_facts_are_told(desk: Desk, answer: str | Answer) -> None:
    desk.says(answer)
    explainer = ModelExplainer(desk.engine_door)
    assert (await explainer.bot(FILES)).by == "facts"
    told = await explainer.failure(FILES, RUN)
    assert told.by == "facts"
    assert "field or column" in told.cause
