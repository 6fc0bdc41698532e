"""Cron expressions in words."""

from __future__ import annotations

import pytest
from codex32_server.features.builder.explaining.schedules import said


@pytest.mark.parametrize(
    ("cron", "words"),
    [
        ("0 9 * * mon-fri", "every weekday at 09:00 (UTC)"),
        ("30 8,18 * * *", "every day at 08:30 and 18:30 (UTC)"),
        ("0 9 * * 1,3,5", "every Monday, Wednesday and Friday at 09:00 (UTC)"),
        ("0 9 * * 0,6", "at weekends at 09:00 (UTC)"),
        ("0 7 1 * *", "on day 1 of each month at 07:00 (UTC)"),
        ("0 7 L * *", "on the last day of each month at 07:00 (UTC)"),
        ("*/15 * * * *", "every 15 minutes"),
        ("*/15 * * * mon-fri", "every 15 minutes, every weekday"),
        ("0 * * * *", "every hour"),
        ("5 * * * *", "every hour, 5 minutes past"),
        ("0 */2 * * *", "every 2 hours"),
        ("* * * * *", "every minute"),
        ("0 9 1 1 *", "at `0 9 1 1 *` (UTC)"),
        ("0 9 * * 1#2", "at `0 9 * * 1#2` (UTC)"),
        ("0 9-17 * * *", "at `0 9-17 * * *` (UTC)"),
        ("nonsense", "at `nonsense` (UTC)"),
    ],
)
def test_words(cron: str, words: str) -> None:
    assert said(cron, "UTC") == words
