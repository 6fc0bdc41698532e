"""Bots explained without a model."""

from __future__ import annotations

from pathlib import Path

import pytest
from codex32_server.features.builder.explaining.facts import FactsExplainer, explanation_of
from codex32_server.kit.manifest.errors import BotFileError
from support.builder.running import built

EXAMPLES = Path(__file__).parents[5] / "examples" / "bots"
BOT = '''# /// script
# requires-python = ">=3.11"
# dependencies = ["openpyxl"]
#
# [tool.codex32]
# name = "price-watch"
# title = "Price watch"
# triggers = [
#     { schedule = "0 9 * * mon-fri", timezone = "Europe/Madrid", input = { least = 1.0 } },
#     { webhook = true },
# ]
# network = ["api.example.com"]
# secrets = ["API_TOKEN"]
# calls = ["mailer"]
# knowledge = ["handbook"]
# budget = { per_run = "0.05 USD" }
# limits = { memory = "256MiB", timeout = "2m" }
# ///
"""Tell when a price changed."""

from codex32_bot import emit, files, state


def main(least: float, currency: str = "EUR") -> dict[str, float]:
    """Compare with the last time.

    Args:
        least: Smaller changes are not told.
        currency: In which the price is.
    """
    rows = read()
    price = fetched(currency)
    state.set("price", price)
    files.output("prices.csv").write_text("x")
    emit("price.changed", {"price": price})
    return {"price": price, "rows": rows}


def read() -> int:
    """Count the rows that there are.

    More about it.
    """
    return len(files.input("old.csv").read_text())


def fetched(currency: str) -> float:
    """Ask the service for the price."""
    return 1.0
'''


def test_everything_that_is_known_of_a_bot() -> None:
    told = explanation_of({"bot.py": BOT})
    assert (told.by, told.title, told.summary) == ("facts", "Price watch", "Tell when a price changed.")
    assert told.steps == ["Count the rows that there are.", "Ask the service for the price."]
    assert told.starts == [
        "It starts every weekday at 09:00 (Europe/Madrid).",
        "A call from outside (webhook) starts it.",
    ]
    assert told.takes == [
        "least (a number, needed): Smaller changes are not told.",
        "currency (a text, EUR unless you say otherwise): In which the price is.",
        "The file old.csv.",
    ]
    assert told.gives == [
        "A result with price, rows.",
        "The file prices.csv.",
        "The event price.changed.",
    ]
    assert told.touches == [
        "It may reach api.example.com.",
        "It may read the secret API_TOKEN.",
        "It may call the bot mailer.",
        "It may search the knowledge base handbook.",
        "It may spend 0.05 USD a run on models.",
        "It uses the package openpyxl.",
        "It remembers values from run to run.",
        "A run ends after 2m and has 256 MB of memory.",
    ]


def test_a_bot_without_rights_says_so() -> None:
    told = explanation_of(
        {"bot.py": '# /// script\n# [tool.codex32]\n# name = "x"\n# ///\ndef main(): ...\n'}
    )
    assert told.touches[0] == "It has no network, no secrets and no other bots."
    assert told.starts == ["Only when somebody starts it."]


def test_the_page_of_a_bot_says_its_steps() -> None:
    bot = built("every weekday at 9 drop rows without an email from contacts.csv")
    told = explanation_of(bot.files)
    assert "Rows without email are dropped; cells with only spaces count as missing." in told.steps


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("[!t]*.py")), ids=lambda path: path.stem)
def test_every_example_is_explained(path: Path) -> None:
    told = explanation_of({path.name: path.read_text()})
    assert told.summary
    assert told.starts
    assert told.touches


async def test_what_is_no_bot_is_an_error() -> None:
    with pytest.raises(BotFileError):
        await FactsExplainer().bot({"bot.py": "def main(: pass"})


def test_a_file_whose_name_is_worked_out_is_told_without_a_name() -> None:
    computed = BOT.replace('files.input("old.csv")', "files.input(wanted())")
    computed = computed.replace('"prices.csv"', "wanted()")
    told = explanation_of({"bot.py": computed + "\n\ndef wanted() -> str:\n    return 'a.csv'\n"})
    assert "Files that are given to its run." in told.takes
    assert "Files; it names them itself." in told.gives
    assert not [line for line in (*told.takes, *told.gives) if line == "The file ."]
