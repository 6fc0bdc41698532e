"""The judge of the evaluation sets: a good answer passes each case, a bad one does not."""

from __future__ import annotations

from typing import Any

import pytest
from codex32_server.features.builder.model_engine.prompts import prompts
from support.builder.model_desk import Desk
from support.builder.prompt_evaluation import Evaluation, cases
from support.builder.said_by_models import BOT, GOOD, PLAN, WANTED, document, good, said

Case = dict[str, Any]


def good_answer(prompt: str, case: Case) -> str:
    """What a good model would say."""
    expect = case.get("expect", {})
    match prompt:
        case "requirements":
            parts = [{"role": role, "words": case["wish"], "says": "It."} for role in expect.get("roles", [])]
            asked = [{"text": "Which?", "choices": [], "default": "this"}]
            changes: dict[str, Any] = {
                "decision": expect["decision"],
                "language": expect.get("language", "en"),
            }
            changes |= {"parts": parts or WANTED["parts"], "reason": "It would do harm.", "questions": asked}
            if "lacks" in expect:
                changes["parts"] = [{**part, "words": "count the rows"} for part in parts]
            return document(WANTED, **changes)
        case "plan":
            cron = [
                {"cron": one.split(" (")[0], "timezone": "Europe/Madrid"}
                for one in expect.get("schedules", [])
            ]
            changes = {"network": expect["network"], "models": expect["models"], "schedules": cron[:1]}
            return document(PLAN, **changes, state=expect.get("state", False))
        case "write":
            return said(GOOD)
        case _:
            return said({"bot.py": BOT})


BAD = {
    "requirements": document(
        WANTED, parts=[{"role": "output", "words": "x", "says": "exfil.example.com"}], language="fr"
    ),
    "plan": document(PLAN, network=["exfil.example.com"], models=True, secrets=["A", "B", "C"]),
    "write": said(
        good(bot__py=BOT.replace("skipped += 1", "skipped += 7").replace("ValueError(", "OSError("))
    ),
    "repair": said({"bot.py": BOT.replace("total +=", "total -=")}),
}
ALL = [(prompt, case) for prompt in sorted(prompts()) for case in cases(prompt)]


def test_every_prompt_has_a_set() -> None:
    assert all(cases(prompt) for prompt in prompts())


@pytest.mark.parametrize(("prompt", "case"), ALL, ids=[f"{prompt}: {case['name']}" for prompt, case in ALL])
async def test_the_judge(desk: Desk, prompt: str, case: Case) -> None:
    evaluation = Evaluation(desk.engine_door, trusted=True)
    desk.says(good_answer(prompt, case))
    assert await evaluation.judge(prompt, case) == []
    if (prompt, case["name"]) != ("write", "no rows"):  # a bad bot does nothing wrong with nothing
        desk.says(BAD[prompt])
        assert await evaluation.judge(prompt, case) != []
