"""Bots that reach the world: what sentences mean, what the manifest grants, and what the bots do there."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

import pytest
from codex32_server.features.builder.recipes.compose import compose
from codex32_server.features.builder.recipes.model import BuiltBot, Questions, Refusal, Understanding
from codex32_server.features.builder.recipes.understand import understand
from codex32_server.kit.manifest.manifest import parse_header
from support.builder.compositions_web import COMPOSITIONS_WEB, PREAMBLE
from support.builder.describe import describe
from support.builder.many import proof_of
from support.builder.running import built, written
from support.builder.sentences_web import SENTENCES_WEB

REPOSITORY = Path(__file__).parents[4]


@pytest.mark.parametrize(("sentence", "meaning"), SENTENCES_WEB)
def test_sentences(sentence: str, meaning: str) -> None:
    assert describe(sentence) == meaning


@pytest.mark.slow
def test_built_bots_pass_their_own_tests_and_hidden_ones(tmp_path: Path) -> None:
    folders = [_written(name, tmp_path) for name in COMPOSITIONS_WEB]
    told = proof_of(folders)
    assert told.returncode == 0, told.stdout + told.stderr
    for folder in folders:
        (folder / "test_hidden.py").unlink()
    for arguments in (["check"], ["format", "--check"]):
        config = ["--no-cache", "--config", str(REPOSITORY / "pyproject.toml")]
        skipped = ["--ignore", "I001"] if arguments == ["check"] else []  # which modules are first-party
        ruff = [sys.executable, "-m", "ruff", *arguments, *config, *skipped, "."]
        clean = subprocess.run(ruff, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert clean.returncode == 0, clean.stdout


def _written(name: str, root: Path) -> Path:
    sentence, check = COMPOSITIONS_WEB[name]
    folder = written(built(sentence), root / name.replace(" ", "-").replace("'", "").replace(",", ""))
    hidden = PREAMBLE + textwrap.indent(textwrap.dedent(check), "    ")
    (folder / "test_hidden.py").write_text(hidden, "utf-8")
    return folder


def _manifest(sentence: str) -> Any:
    return parse_header(built(sentence).files["bot.py"]).manifest


def test_the_manifest_grants_what_the_blocks_need_and_nothing_else() -> None:
    manifest = _manifest(
        "every hour fetch the orders from https://api.example.com/orders with the token API_TOKEN "
        "and post the new ones to Slack"
    )
    assert manifest.network == ("api.example.com", "hooks.slack.com")
    token, slack = manifest.secrets
    assert (token.name, token.inject, token.host) == ("API_TOKEN", "header:Authorization", "api.example.com")
    assert slack == "SLACK_WEBHOOK_URL"
    assert (manifest.retries.attempts, manifest.limits.timeout) == (3, 180)
    assert manifest.budget.per_run is None


def test_a_webhook_gives_its_payload_alone() -> None:
    wish = "when a webhook arrives sum amount and answer with the result"
    assert "whenever its webhook is called" in built(wish).files["README.md"]
    (trigger,) = _manifest(wish).triggers
    assert (trigger.webhook.payload, trigger.webhook.answer) == ("request", "sync")
    (silent,) = _manifest("when a webhook arrives keep rows where amount is above 100").triggers
    assert (silent.webhook.payload, silent.webhook.answer) == ("request", "async")


def test_the_page_says_which_secrets_to_set() -> None:
    page = built("every friday at 9 email a report of sales.csv to ann@example.com").files["README.md"]
    assert "`smtp.gmail.com:587`, nothing else" in page
    assert "codex32 secrets set SMTP_URL" in page
    assert "Which mail server sends it (host:port)? → smtp.gmail.com:587" in page


def test_who_is_told_is_asked() -> None:
    asked = understand("every monday at 8 send me the rows of sales.csv where amount is above 100")
    assert isinstance(asked, Questions)
    assert (asked.questions[0].id, asked.questions[0].default) == ("send-1.channel", "email")
    answers = {"send-1.channel": "telegram"}
    assert "Telegram all" in describe("send me the total of amount in sales.csv", answers=answers)


def test_what_is_at_an_address_is_asked_where_it_can_be_two_things() -> None:
    wish = "fetch https://example.com/things every hour and post it to Slack"
    asked = understand(wish)
    assert isinstance(asked, Questions)
    assert [question.id for question in asked.questions] == ["web-data-1.kind"]
    assert "WebPage" in describe(wish, answers={"web-data-1.kind": "a web page"})
    assert "Feed" in describe(wish, answers={"web-data-1.kind": "a feed (RSS or Atom)"})
    assert "is not one of" in repr(understand(wish, {"web-data-1.kind": "a cat"}))


@pytest.mark.parametrize(
    ("server", "fits"), [("smtp.example.com", True), ("my server", False), ("a.b:x", False)]
)
def test_a_mail_server_is_a_host_and_a_port(server: str, fits: bool) -> None:
    wish = "email the total of amount in sales.csv to ann@example.com"
    meaning = understand(wish, {"e-mail-1.server": server})
    assert isinstance(meaning, Understanding if fits else Questions)


def test_rows_are_not_taken_for_whatever_is_named() -> None:
    asked = understand("sort a.csv by name and post it to Slack if there are any errors")
    assert isinstance(asked, Questions)
    assert "Which rows are “errors”?" in asked.questions[0].text
    meaning = describe(
        "fetch the orders from https://api.example.com/o and post them to Slack if there are any orders"
    )
    assert meaning.endswith("OnlyIf any orders")


def test_a_token_that_belongs_to_nothing_is_asked_about() -> None:
    asked = understand("sort a.csv by name with the token API_TOKEN")
    assert isinstance(asked, Questions)
    assert "What does “with the token API_TOKEN” belong to?" in asked.questions[0].text


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        (
            "fetch https://api.example.com/orders and report the top 5 words",
            "does not fit a report on a text",
        ),
        ("fetch https://api.example.com/a and https://api.example.com/b", "Only one source"),
        ("fetch https://api.example.com/a and deduplicate people.csv by name", "cannot be put together"),
        ("scrape passwords from https://example.com", "harm people"),
        ("send a message on WhatsApp every day at 9", "Slack, Telegram"),
    ],
)
def test_what_does_not_fit_is_refused(sentence: str, why: str) -> None:
    refused = understand(sentence, assume_defaults=True)
    assert isinstance(refused, Refusal), refused
    assert why in refused.reason


def test_a_column_that_a_feed_does_not_have_is_refused() -> None:
    meaning = understand("read the feed https://blog.example/feed.xml and sort it by price")
    assert isinstance(meaning, Understanding)
    refused = compose(meaning)
    assert isinstance(refused, Refusal)
    assert "title, link, published" in refused.reason


@pytest.mark.parametrize(
    "extra", ["but only on holidays", "and ask the moon", "with great care", "for the old customers"]
)
def test_nothing_about_sending_is_dropped(extra: str) -> None:
    wish = f"fetch https://api.example.com/orders every hour and post it to Slack {extra}"
    assert isinstance(understand(wish), Questions)


def test_reading_and_composing_takes_milliseconds() -> None:
    wish = COMPOSITIONS_WEB["to a program, an event and another bot"][0]
    built(wish)
    begin = time.thread_time()  # what it takes of a core, however many others want it
    for _ in range(3):
        assert isinstance(built(wish), BuiltBot)
    assert (time.thread_time() - begin) / 3 < 1.0, "about 150 ms on an idle core"


def test_a_database_needs_its_driver_its_host_and_its_secret() -> None:
    wish = 'run the query "select * from orders" on the database db.example.com and count rows per country'
    header = parse_header(built(wish).files["bot.py"])
    assert header.dependencies == ("psycopg[binary]>=3.2",)
    assert header.manifest.network == ("db.example.com:5432",)
    assert header.manifest.secrets == ("DATABASE_URL",)
