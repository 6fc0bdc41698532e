"""Requests about telling people: mail, chats, reminders, other bots."""
# ruff: noqa: E501 - a request is read best on one line

from __future__ import annotations

import json

from evaluation.builder.case import Case, Given, table
from evaluation.builder.cases.web import SLACK, feed
from evaluation.builder.seen import Seen

_SALES = table("region,amount", "north,100", "south,250", "north,50")
_OK = {
    "https://hooks.slack.com/*": "ok",
    "https://api.telegram.org/*": {"ok": True, "result": {"message_id": 1}},
    "https://discord.com/*": "@204",
    "https://firm.webhook.office.com/*": "1",
    "https://api.github.com/repos/acme/shop/issues": {
        "number": 12,
        "html_url": "https://github.com/acme/shop/issues/12",
    },
}


def _mailed_total(seen: Seen) -> None:
    seen.mailed("boss@firm.example", "400")


def _mailed_with_subject(seen: Seen) -> None:
    seen.mailed("team@firm.example", "Weekly sales", "400")
    assert any(mail.subject == "Weekly sales" for mail in seen.mails), seen.mails


def _mailed_both(seen: Seen) -> None:
    seen.mailed("ann@firm.example", "400")
    seen.mailed("bob@firm.example", "400")


def _attached(seen: Seen) -> None:
    seen.mailed("ann@firm.example")
    names = [name for mail in seen.mails for name in mail.attachments]
    assert any(name.endswith(".csv") for name in names), seen.mails


def _slack_total(seen: Seen) -> None:
    seen.posted(SLACK, "400")


def _slack_groups(seen: Seen) -> None:
    seen.posted(SLACK, "north", "150", "south", "250")


def _telegram(seen: Seen) -> None:
    seen.posted("https://api.telegram.org/bot", "400")


def _discord(seen: Seen) -> None:
    seen.posted("https://discord.com/api/webhooks/", "400")


def _teams(seen: Seen) -> None:
    assert not seen.error, seen.error
    posts = [sent for sent in seen.requests if sent.method == "POST"]
    assert len(posts) == 1, posts
    assert "400" in posts[0].body


def _reminder(seen: Seen) -> None:
    seen.says("water the plants")


def _slack_reminder(seen: Seen) -> None:
    seen.posted(SLACK, "standup")


def _nothing_new(first: Seen, second: Seen) -> None:
    first.mailed("ann@firm.example", "Bob")
    second.silent()


def _issue_opened(seen: Seen) -> None:
    seen.posted("https://api.github.com/repos/acme/shop/issues", "west")


def _only_if_any(first: Seen, second: Seen) -> None:
    first.posted(SLACK, "Bob")
    second.silent()


def _put(seen: Seen) -> None:
    posts = seen.sent("https://intake.example/totals")
    assert len(posts) == 1, seen.requests
    assert "400" in posts[0].body
    json.loads(posts[0].body)


def _called(seen: Seen) -> None:
    assert [name for name, _ in seen.called] == ["archive-keeper"], seen.called


def _mail_and_slack(seen: Seen) -> None:
    seen.posted(SLACK, "400")
    seen.mailed("boss@firm.example", "400")


def _not_twice(seen: Seen) -> None:
    seen.posted(SLACK, times=1)


def _digest(seen: Seen) -> None:
    seen.mailed("me@firm.example", "First story", "Second story", times=1)


def _waits(seen: Seen) -> None:
    seen.posted(SLACK, "Good morning")


_S = {"sales.csv": _SALES}
_PEOPLE = table("name,email", "Ann,a@x.example", "Bob,")

CASES = [
    Case(
        "mail-total",
        "every friday at 17:00 sum the amount in sales.csv and email it to boss@firm.example",
        _mailed_total,
        [Given(_S)],
        hosts=["*"],
        cron="0 17 * * 5",
        level="medium",
    ),
    Case(
        "mail-subject",
        'sum the amount in sales.csv and email it to team@firm.example with the subject "Weekly sales"',
        _mailed_with_subject,
        [Given(_S)],
        hosts=["*"],
        level="medium",
    ),
    Case(
        "mail-two",
        "sum the amount in sales.csv and send it by email to ann@firm.example and bob@firm.example",
        _mailed_both,
        [Given(_S)],
        hosts=["*"],
        level="medium",
    ),
    Case(
        "mail-attached",
        "drop rows without an email from people.csv and email the result as an attachment to ann@firm.example",
        _attached,
        [Given({"people.csv": _PEOPLE})],
        hosts=["*"],
        level="hard",
    ),
    Case(
        "slack-total",
        "sum the amount in sales.csv and post it to Slack",
        _slack_total,
        [Given(_S, http=_OK)],
        hosts=["hooks.slack.com"],
    ),
    Case(
        "slack-groups",
        "every monday at 8 send the total amount per region of sales.csv to our Slack channel",
        _slack_groups,
        [Given(_S, http=_OK)],
        hosts=["hooks.slack.com"],
        cron="0 8 * * 1",
        level="medium",
    ),
    Case(
        "telegram",
        "sum the amount in sales.csv and send it to Telegram",
        _telegram,
        [Given(_S, http=_OK)],
        hosts=["api.telegram.org"],
    ),
    Case(
        "discord",
        "sum the amount in sales.csv and post the result on Discord",
        _discord,
        [Given(_S, http=_OK)],
        hosts=["discord.com"],
    ),
    Case(
        "teams",
        "sum the amount in sales.csv and send it to Microsoft Teams",
        _teams,
        [Given(_S, http=_OK)],
        hosts=["*"],
        level="medium",
    ),
    Case("reminder", "remind me to water the plants every friday at 18:00", _reminder, cron="0 18 * * 5"),
    Case(
        "slack-reminder",
        "every weekday at 9:25 post to Slack: time for the standup",
        _slack_reminder,
        [Given(http=_OK)],
        hosts=["hooks.slack.com"],
        cron="25 9 * * 1-5",
        level="medium",
    ),
    Case(
        "mail-new-only",
        "every day at 7 email ann@firm.example the rows of people.csv that are new since the last run by name, and stay silent if there are none",
        _nothing_new,
        [
            Given({"people.csv": table("name", "Ann", "Bob")}),
            Given({"people.csv": table("name", "Ann", "Bob")}),
        ],
        hosts=["*"],
        cron="0 7 * * *",
        level="hard",
    ),
    Case(
        "github-issue",
        "if any region in sales.csv is west, open a GitHub issue in acme/shop with these rows",
        _issue_opened,
        [Given({"sales.csv": table("region,amount", "west,1", "north,2")}, http=_OK)],
        hosts=["api.github.com"],
        level="hard",
    ),
    Case(
        "slack-if-any",
        "keep the rows without an email in people.csv and post them to Slack, only if there are any",
        _only_if_any,
        [
            Given({"people.csv": _PEOPLE}, http=_OK),
            Given({"people.csv": table("name,email", "Ann,a@x.example")}, http=_OK),
        ],
        hosts=["hooks.slack.com"],
        level="hard",
    ),
    Case(
        "post-json",
        "sum the amount in sales.csv and post the result as JSON to https://intake.example/totals",
        _put,
        [Given(_S, http={"POST https://intake.example/totals": {"ok": True}})],
        hosts=["intake.example"],
        level="medium",
    ),
    Case(
        "call-bot",
        "sum the amount in sales.csv and then call the bot archive-keeper with the result",
        _called,
        [Given(_S)],
        level="medium",
    ),
    Case(
        "mail-and-slack",
        "sum the amount in sales.csv, post it to Slack and email it to boss@firm.example",
        _mail_and_slack,
        [Given(_S, http=_OK)],
        hosts=["hooks.slack.com", "*"],
        level="hard",
    ),
    Case(
        "slack-stumbles",
        "sum the amount in sales.csv and post it to Slack",
        _not_twice,
        [Given(_S, http={"https://hooks.slack.com/*": "ok"})],
        hosts=["hooks.slack.com"],
    ),
    Case(
        "mail-digest",
        "every evening at 19 email me@firm.example the titles of https://news.example/rss",
        _digest,
        [
            Given(
                http={
                    "https://news.example/rss": feed(
                        ("First story", "https://news.example/1"), ("Second story", "https://news.example/2")
                    )
                }
            )
        ],
        hosts=["news.example", "*"],
        cron="0 19 * * *",
        level="hard",
    ),
    Case(
        "slack-saying",
        'every day at 8:00 post "Good morning" to Slack',
        _waits,
        [Given(http=_OK)],
        hosts=["hooks.slack.com"],
        cron="0 8 * * *",
    ),
]
