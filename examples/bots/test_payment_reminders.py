from typing import Any

import pytest
from codex32_bot import Decision
from codex32_bot.testing import workbench
from payment_reminders import main

OPEN: list[Any] = [
    {"number": "17", "customer": "Acme", "amount": 12.5, "due": "2026-01-01"},
    {"number": "18", "customer": "Birch", "amount": 99.0, "due": "2026-02-27"},
    {"number": "19", "customer": "Cedar", "amount": 1.0, "due": "2025-12-01"},
]
CALLS = {
    "reminder-letter": lambda given: {"subject": f"Invoice {given['number']}", "body": f"{given['number']}!"}
}


def test_the_whole_way() -> None:
    answer = {"send": Decision("approve", by="Ann")}
    with workbench(calls=CALLS, approvals=answer, state={"paid/17": True}) as bench:
        result = main(OPEN, "2026-03-01")
        assert result == {"late": 2, "sent": 2, "paid": 1, "approved_by": "Ann"}
        assert [event.subject for event in bench.events] == ["invoice/17", "invoice/19", None]
        assert bench.slept == [7 * 86400.0]
        assert bench.output_text("letters.txt") == "17!\n---\n19!"
        bench.again()
        assert main(OPEN, "2026-03-01") == result
    assert [event.type for event in bench.events].count("reminder.sent") == 2
    assert len(bench.called) == 2


@pytest.mark.parametrize(("answer", "why"), [("reject", "rejected 'send'"), ("expired", "Nobody answered")])
def test_without_a_yes_nothing_is_sent(answer: Any, why: str) -> None:
    with workbench(calls=CALLS, approvals={"send": answer}) as bench:
        result = main(OPEN, "2026-03-01")
    assert (result["late"], result["sent"]) == (2, 0)
    assert why in result["why"]
    assert bench.events == []


def test_nothing_is_late() -> None:
    with workbench() as bench:
        assert main(OPEN[1:2], "2026-03-01") == {"late": 0, "sent": 0}
    assert bench.called == []
