from typing import Any

import pytest
from codex32_bot import llm
from codex32_bot.testing import workbench
from mail_triage import SCHEMA, main

ANSWER = {"topic": "complaint", "urgency": "today", "summary": "The parcel is broken."}


def test_messages_are_sorted_by_the_model() -> None:
    with workbench(models={"fast": ANSWER}) as bench:
        result = main(["My parcel is broken!"])
    assert result["sorted"] == [{"message": "My parcel is broken!", **ANSWER}]
    assert (result["left"], result["why"]) == ([], None)
    assert (bench.asked[0].prompt, bench.asked[0].schema) == ("My parcel is broken!", SCHEMA)


def test_what_the_model_makes_up_is_not_believed() -> None:
    with workbench(models={"fast": {"topic": "love", "urgency": "now", "summary": "?"}}):
        (one,) = main(["hello"])["sorted"]
    assert (one["topic"], one["urgency"]) == ("other", "this week")


def test_the_rest_is_left_when_the_budget_is_used_up() -> None:
    said: list[Any] = [ANSWER, llm.BudgetExceeded("budget_exceeded", "Used up.")]
    with workbench(models={"fast": said}) as bench:
        result = main(["one", "two", "three"])
    assert [entry["message"] for entry in result["sorted"]] == ["one"]
    assert (result["left"], result["why"]) == (["two", "three"], "budget_exceeded")
    assert bench.log_texts("warning") == ["the budget is used up"]


def test_an_answer_that_is_none_ends_the_run() -> None:
    with workbench(models={"fast": "I would rather not."}), pytest.raises(llm.ModelAnswerInvalid):
        main(["one"])
