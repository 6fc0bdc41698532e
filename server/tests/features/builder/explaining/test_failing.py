"""Failures explained without a model."""

from __future__ import annotations

import pytest
from codex32_server.features.builder.explaining.failing import failure_of
from codex32_server.features.builder.explaining.port import FailedRun
from support.builder.said_by_models import BOT

FILES = {"bot.py": BOT}
LINE = BOT.split("\n").index("        return Decimal(text)") + 1
TRACEBACK = f"""Traceback (most recent call last):
  File "/bot/bot.py", line 21, in main
    total += amount(text, number)
  File "/bot/bot.py", line {LINE}, in amount
    return Decimal(text)
  File "/usr/lib/python3.11/decimal.py", line 9, in x
ValueError: Row 2: 'many' is not a number."""


def test_the_error_its_place_and_what_helps() -> None:
    run = FailedRun(
        "bot_error", "ValueError: Row 2: 'many' is not a number.", TRACEBACK, attempts=3, advice=("See it.",)
    )
    told = failure_of(FILES, run)
    assert told.by == "facts"
    assert told.summary == (
        "The bot met an error and stopped. It said: ValueError: Row 2: 'many' is not a number. "
        "All 3 attempts failed."
    )
    assert told.where == f"bot.py, line {LINE}: return Decimal(text)"
    assert told.cause == (
        "A value in the data or the input is not what the bot can read. "
        "It was busy with: The amount in a row. Raises ValueError that names the row."
    )
    assert told.steps[-1] == "See it."


@pytest.mark.parametrize(
    ("code", "detail", "word"),
    [
        ("bot_error", "FileNotFoundError: there is no input 'a.csv'", "was not given"),
        ("bot_error", "HTTPError: HTTP Error 401: Unauthorized", "did not accept the key"),
        ("bot_error", "HTTPError: HTTP Error 404: Not Found", "is not there any more"),
        ("bot_error", "HTTPError: HTTP Error 429: Too Many Requests", "limits how often"),
        ("bot_error", "HTTPError: HTTP Error 503: Service Unavailable", "fault of its own"),
        ("bot_error", "URLError: <urlopen error timed out>", "did not answer in time"),
        ("bot_error", "URLError: <urlopen error [Errno 111]>", "could not reach"),
        ("bot_error", "KeyError: 'amount'", "field or column"),
        ("bot_error", "JSONDecodeError: Expecting value: line 1", "should have been JSON"),
        ("bot_error", "BudgetExceeded: no money", "is used up"),
        ("bot_error", "ModuleNotFoundError: No module named 'requests'", "does not declare"),
        ("bot_error", "UnicodeDecodeError: 'utf-8'", "encoding"),
        ("bot_error", "TypeError: unsupported operand", "mistake in the bot's code"),
        ("secret_missing", "API_TOKEN", "secret"),
        ("out_of_memory", "", "does not show the reason"),
    ],
)
def test_causes_by_the_kind_of_error(code: str, detail: str, word: str) -> None:
    told = failure_of(FILES, FailedRun(code, detail))
    assert word in told.cause
    assert told.summary


def test_a_host_that_it_may_not_reach_comes_first() -> None:
    told = failure_of(FILES, FailedRun("bot_error", "URLError: 403 Forbidden", refused=("a.example.com",)))
    assert told.cause == "It tried to reach a.example.com, which its manifest does not allow."
    assert "person" in told.steps[0]


def test_codes_and_files_that_nobody_knows() -> None:
    told = failure_of({"bot.py": "def main(:"}, FailedRun("odd", "", 'File "bot.py", line 99, in main'))
    assert told.summary == "The run ended with `odd`."
    assert told.where == "bot.py, line 99"
