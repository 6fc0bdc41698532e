"""Tests that travel with `telling`, `sending`, `mailing`, `news`."""

from __future__ import annotations

import pytest
from codex32_bot import files
from codex32_bot.testing import workbench

from .mailing import open_mail_server, send_mail, write_mail
from .news import digest_of, only_new, row_identity, with_known
from .sending import open_issue, post_json, send_document, tell_discord, tell_slack, tell_teams, tell_telegram
from .tables import Table
from .telling import compose_message, fit_message, short_text, show_groups, show_row, show_table

HOOK = "https://hooks.example.com/a"


def test_rows_as_lines() -> None:
    table = Table(
        ["name", "n"], [{"name": "Ann", "n": 1}, {"name": "Bob\nB", "n": ""}, {"name": "x" * 99, "n": 0}]
    )
    assert show_table(table, 2) == "• name: Ann, n: 1\n• name: Bob B\n… and 1 more"
    assert show_table(Table(["name"], [])) == ""
    assert short_text("x" * 99) == "x" * 59 + "…"
    assert show_row({"a": None, "b": 2}) == "b: 2"


def test_groups_as_lines() -> None:
    assert show_groups({"north": {"count": 2, "sum": 3}}) == "• north: count: 2, sum: 3"


def test_a_message_without_empty_parts() -> None:
    assert compose_message("Two rows", " ", "• a") == "Two rows\n\n• a"
    assert fit_message("abcdef", 4) == "ab\n…"
    assert fit_message("abcd", 4) == "abcd"


def test_a_document_is_posted_with_a_key_of_its_own() -> None:
    with workbench(http={HOOK: "ok"}) as bench:
        post_json(HOOK, {"a": "é"}, {"X-Kind": "test"})
        post_json(HOOK, {"a": "é"})
        post_json(HOOK, {"a": "b"})
    first, again, other = (sent.headers["idempotency-key"] for sent in bench.requests)
    assert first == again != other
    assert bench.requests[0].json() == {"a": "é"}
    assert bench.requests[0].headers["x-kind"] == "test"


def test_slack_is_told() -> None:
    with workbench(http={HOOK: "ok"}, secrets={"SLACK_WEBHOOK_URL": HOOK}) as bench:
        tell_slack("hello")
    assert bench.requests[0].json() == {"text": "hello"}


def test_discord_is_told_no_more_than_it_takes() -> None:
    with workbench(http={HOOK: ""}, secrets={"DISCORD_WEBHOOK_URL": HOOK}) as bench:
        tell_discord("x" * 3000)
    assert len(bench.requests[0].json()["content"]) == 2000


def test_telegram_is_told() -> None:
    url = "https://api.telegram.org/bot1:a/sendMessage"
    known = {"TELEGRAM_BOT_TOKEN": "1:a", "TELEGRAM_CHAT_ID": "42"}
    with workbench(http={url: {"ok": True}}, secrets=known) as bench:
        tell_telegram("hello")
    assert bench.requests[0].json() == {"chat_id": "42", "text": "hello"}


def test_teams_is_told_with_a_card() -> None:
    with workbench(http={HOOK: ""}, secrets={"TEAMS_WEBHOOK_URL": HOOK}) as bench:
        tell_teams("hello")
    assert bench.requests[0].json()["attachments"][0]["content"]["body"][0]["text"] == "hello"


def test_a_document_is_sent_as_it_is() -> None:
    with workbench(http={f"PUT {HOOK}": "ok"}) as bench:
        send_document(HOOK, {"rows": [1]}, "PUT", {"X-Key": "k"})
    assert (bench.requests[0].method, bench.requests[0].json()) == ("PUT", {"rows": [1]})


def test_an_issue_is_opened() -> None:
    url = "https://api.github.com/repos/ann/shop/issues"
    with workbench(http={f"POST {url}": {"number": 7}}, secrets={"GITHUB_TOKEN": "t"}) as bench:
        assert open_issue("ann/shop", "Low stock", "3 left") == 7
    assert bench.requests[0].json() == {"title": "Low stock", "body": "3 left"}
    assert bench.requests[0].headers["authorization"] == "Bearer t"


def test_a_mail_with_an_attachment() -> None:
    url = "smtp://bot%40example.com:pass@mail.example.com:587"
    with workbench(secrets={"SMTP_URL": url}) as bench:
        files.output("a.csv").write_text("a\n1\n")
        send_mail(["ann@example.com"], "Two\nlines", "Hello", ["a.csv"])
    (told,) = bench.mails
    assert (told.sender, told.recipients, told.subject) == (
        "bot@example.com",
        ["ann@example.com"],
        "Two lines",
    )
    assert (told.text, told.attachments, told.login) == ("Hello\n", {"a.csv": b"a\n1\n"}, "bot@example.com")


def test_a_mail_over_tls_from_another_sender() -> None:
    with workbench(secrets={"SMTP_URL": "smtps://key:pass@mail.example.com?from=bot@example.com"}) as bench:
        send_mail(["ann@example.com", "bob@example.com"], "Hi", "Hello")
    assert (bench.mails[0].sender, bench.mails[0].recipients[1]) == ("bot@example.com", "bob@example.com")


def test_the_same_mail_of_a_run_has_the_same_id() -> None:
    with workbench():
        first, again = (write_mail("b@example.com", ["a@example.com"], "Hi", "x") for _ in range(2))
    assert first["Message-ID"] == again["Message-ID"]


def test_a_mail_server_that_is_away_is_named() -> None:
    away = workbench(http={"smtp://mail.example.com:587": ConnectionRefusedError("refused")})
    with away, pytest.raises(ConnectionError, match=r"The mail server mail\.example\.com does not answer"):
        open_mail_server("smtp", "mail.example.com", None)


def test_rows_are_known_by_their_id_or_by_everything() -> None:
    assert row_identity({"ID": 7, "name": "a"}) == "7"
    assert row_identity({"name": "a", "link": "https://a.example"}) == "https://a.example"
    assert row_identity({"name": "a"}) == row_identity({"name": "a"}) != row_identity({"name": "b"})
    assert digest_of([1]) != digest_of([2])


def test_only_what_no_run_before_has_seen() -> None:
    table = Table(["id"], [{"id": 1}, {"id": 2}])
    assert only_new(table, None) == (table, 0)
    fresh, seen = only_new(table, ["1"])
    assert (fresh.rows, seen) == ([{"id": 2}], 1)
    assert with_known(fresh, ["1"]) == ["1", "2"]
