"""The scripted model of the evaluation says what a model would: it asks, and knows only what it was told."""

from __future__ import annotations

import json
from typing import Any

import pytest
from codex32_server.features.builder.contract import Brief, Message
from codex32_server.features.builder.model_engine import questions
from codex32_server.features.builder.model_engine.prompts import prompt
from codex32_server.features.builder.model_engine.reading import question_id
from codex32_server.features.builder.model_engine.shapes import PlanShape, WantedShape
from evaluation.builder import mistakes
from evaluation.builder.cases import CASES
from evaluation.builder.mistakes import chosen
from evaluation.builder.oracle import Oracle


def asked(text: str, answers: dict[str, str] | None = None, around: str = "") -> list[dict[str, Any]]:
    """What the engine asks for the requirements."""
    brief = Brief(
        messages=[Message(role="person", text=text)], answers=answers or {}, timezone="Europe/Madrid"
    )
    told = questions.wish(brief, around)
    return [
        {"role": "system", "content": prompt("requirements").text},
        {"role": "user", "content": told},
    ]


def last(oracle: Oracle, messages: list[dict[str, Any]]) -> WantedShape:
    """The second answer to the same, which is whole and without a mistake."""
    for _ in range(3):
        said = oracle.answer(messages)
    return WantedShape.model_validate(json.loads(said))  # pyright: ignore[reportPossiblyUnboundVariable]


def test_it_asks_where_only_the_person_can_know() -> None:
    oracle, case = Oracle(), CASES["ask-time"]
    said = last(oracle, asked(case.text))
    assert said.decision == "questions"
    [question] = said.questions
    assert "time" in question.text.casefold()


def test_what_was_answered_is_not_asked_again() -> None:
    oracle, case = Oracle(), CASES["ask-time"]
    [question] = last(oracle, asked(case.text)).questions
    said = last(oracle, asked(case.text, {question_id(question.text): "08:00"}))
    assert said.decision == "requirements"
    assert any("08:00" in part.says or "8:00" in part.says for part in said.parts)


def test_the_wish_counts_and_not_what_else_stands_in_the_prompt() -> None:
    other = max((case.text for case in CASES.values()), key=len)
    wish = CASES["ask-time"].text
    assert last(Oracle(), asked(wish, around=other)) == last(Oracle(), asked(wish))


def test_steps_that_exclude_each_other_are_refused() -> None:
    said = last(Oracle(), asked(CASES["contradiction-column"].text))
    assert (said.decision, "amount" in said.reason) == ("refusal", True)


def test_a_plan_says_what_a_webhook_gives() -> None:
    oracle, case = Oracle(), CASES["webhook-answer"]
    assert last(oracle, asked(case.text)).decision == "requirements"
    messages = [
        {"role": "system", "content": prompt("plan").text},
        {"role": "user", "content": f'<data kind="wish">\n{case.text}\n</data>'},
    ]
    for _ in range(3):
        said = oracle.answer(messages)
    plan = PlanShape.model_validate(json.loads(said))  # pyright: ignore[reportPossiblyUnboundVariable]
    assert (plan.webhook, plan.webhook_answers) == ("request", True)


def test_it_does_not_know_what_nobody_wished() -> None:
    assert Oracle().answer(asked("conquer the world")) == "I do not know."


@pytest.mark.parametrize("name", [name for name in mistakes.IN_CODE if name != "none"])
def test_each_mistake_changes_the_files(name: str) -> None:
    files = {
        "bot.py": "\nimport csv\n\n\ndef main() -> None: ...\n",
        "test_bot.py": "\n",
        "README.md": "# X\n",
    }
    assert mistakes.IN_CODE[name](files) != files


def test_all_mistakes_come_in_the_evaluation() -> None:
    assert {chosen(list(mistakes.IN_CODE), case, "code") for case in CASES} == set(mistakes.IN_CODE)
    assert {chosen(mistakes.REPAIRS, case, "repair") for case in CASES} == set(mistakes.REPAIRS)
    assert {chosen(mistakes.SHAPES, case, "write") for case in CASES} == set(mistakes.SHAPES)
