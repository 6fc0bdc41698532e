import pytest
from reminder_letter import main


@pytest.mark.parametrize(("days", "tone"), [(3, "Perhaps"), (45, "not heard"), (400, "urgent")])
def test_the_tone_follows_the_delay(days: int, tone: str) -> None:
    letter = main("Acme", "17", 12.5, days)
    assert tone in letter["body"]
    assert "invoice 17 over 12.50" in letter["body"]
    assert letter["subject"] == "Invoice 17"
