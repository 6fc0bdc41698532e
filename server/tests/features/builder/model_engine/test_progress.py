"""Whether repairing gets anywhere."""

from __future__ import annotations

from codex32_server.features.builder.contract import Finding, Made
from codex32_server.features.builder.model_engine.progress import digest_of, stuck, told


def failed(message: str, line: int = 3) -> Finding:
    return Finding(stage="tests", code="test-failed", file="test_bot.py", line=line, message=message)


def test_places_and_numbers_do_not_count() -> None:
    one = failed("/tmp/a1/bot.py:7: KeyError 'amount' at 0x7f12")
    other = failed("/tmp/b2/bot.py:9: KeyError 'amount' at 0x7f99", line=12)
    assert digest_of([one]) == digest_of([other])
    assert digest_of([one]) != digest_of([failed("KeyError 'price'")])
    assert digest_of([one, failed("b")]) == digest_of([failed("b"), other])


def test_any_earlier_round_counts() -> None:
    made = Made(seen=[digest_of([failed("a")]), digest_of([failed("b")])])
    assert stuck(made, [failed("a")])
    assert not stuck(made, [failed("c")])


def test_the_first_findings_are_told_without_secrets() -> None:
    said = told([failed("password: hunter2hunter2"), *[failed("x" * 400)] * 4])
    assert "hunter2" not in said
    assert said.endswith("(and 2 more)")
    assert len(said) < 800
