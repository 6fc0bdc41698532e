"""From answers to documents."""

from __future__ import annotations

from typing import Any

import pytest
from codex32_server.features.builder.contract import Asked, Brief, Message, Plan, Refused, Requirements
from codex32_server.features.builder.model_engine.reading import planned, wanted
from codex32_server.features.builder.model_engine.shapes import PlanShape, WantedShape
from support.builder.said_by_models import PLAN, WANTED, WISH


def brief(text: str = WISH, **more: Any) -> Brief:
    return Brief(messages=[Message(role="person", text=text)], timezone="Europe/Madrid", **more)


def read(given: Brief | None = None, **changes: Any) -> Requirements | Asked | Refused:
    return wanted(WantedShape.model_validate({**WANTED, **changes}), given or brief())


def plan(given: Brief | None = None, **changes: Any) -> Plan:
    return planned(PlanShape.model_validate({**PLAN, **changes}), given or brief())


def test_requirements() -> None:
    found = read()
    assert isinstance(found, Requirements)
    assert [part.role for part in found.parts] == ["trigger", "source", "step", "output"]
    assert found.samples[0].name == "sales.csv"
    assert found.language == "en"


def test_what_nobody_said_is_shown_as_an_addition() -> None:
    part = {"role": "output", "words": "send it to Slack", "says": "Sends the total to Slack."}
    found = read(parts=[*WANTED["parts"], part])
    assert isinstance(found, Requirements)
    assert found.parts[-1].words == ""
    assert found.assumed == ["Added: Sends the total to Slack."]


def test_at_most_three_questions_and_none_that_was_answered() -> None:
    asked = [{"text": f"Which column, {n}?", "choices": [], "default": "amount"} for n in range(5)]
    found = read(decision="questions", questions=asked)
    assert isinstance(found, Asked)
    assert len(found.questions) == 3
    assert found.questions[0].default == "amount"
    answers = {one.id: "x" for one in found.questions}
    later = read(brief(answers=answers), decision="questions", questions=asked)
    assert isinstance(later, Asked)
    assert [one.text for one in later.questions] == ["Which column, 3?", "Which column, 4?"]


def test_questions_that_were_all_answered_are_requirements() -> None:
    asked = [{"text": "Which column?", "choices": ["amount", "price"], "default": ""}]
    first = read(decision="questions", questions=asked)
    assert isinstance(first, Asked)
    assert (first.questions[0].kind, first.questions[0].default) == ("choice", "amount")
    answered = brief(answers={first.questions[0].id: "price"})
    assert isinstance(read(answered, decision="questions", questions=asked), Requirements)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"decision": "questions"}, "there are none"),
        (
            {"decision": "questions", "questions": [{"text": "What?", "choices": [], "default": ""}]},
            "default",
        ),
        ({"decision": "refusal"}, "reason"),
        ({"parts": []}, "at least one part"),
        ({"parts": [{"role": "step", "words": "trufreres", "says": "It."}]}, "No part comes from the person"),
        ({"goal": " "}, "goal"),
    ],
)
def test_answers_that_contradict_themselves(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read(**changes)


def test_a_refusal_says_why() -> None:
    found = read(decision="refusal", reason="Nobody may send spam. The nearest: a newsletter with consent.")
    assert isinstance(found, Refused)
    assert "newsletter" in found.reason


def test_a_plan() -> None:
    found = plan()
    assert (found.name, found.schedules, found.notes) == (
        "add-up-sales",
        ["0 9 * * mon-fri (Europe/Madrid)"],
        [],
    )
    assert plan(brief(name="mine")).name == "mine"
    assert plan(name="3 Sales!").name == "bot-3-sales"
    assert plan(schedules=[{"cron": "0 9 * * *", "timezone": ""}]).schedules == ["0 9 * * * (Europe/Madrid)"]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"steps": []}, "no steps"),
        ({"network": ["https://api.example.com/v1"]}, "is a URL"),
        ({"network": ["10.0.0.1"]}, "not a public address"),
        ({"network": ["localhost"]}, "not a host"),
        ({"secrets": ["sk-abc"]}, "not the name of a secret"),
        ({"secrets": ["LD_PRELOAD"]}, "sets itself"),
        ({"schedules": [{"cron": "at nine", "timezone": "UTC"}]}, "five"),
        ({"schedules": [{"cron": "0 9 * * *", "timezone": "Madrid"}]}, "time zone"),
        ({"dependencies": ["git+https://x.example/y"]}, "not a dependency"),
        ({"models": True, "budget_per_run": "a lot"}, "budget"),
    ],
)
def test_a_plan_that_no_manifest_could_say(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        plan(**changes)


def test_what_nobody_named_is_pointed_at() -> None:
    found = plan(
        brief("show my GitHub issues"), network=["api.github.com", "exfil.example.net"], calls=["mailer"]
    )
    assert found.notes == [
        "It wants to reach exfil.example.net, which you did not name.",
        "It may call the bot mailer.",
    ]
