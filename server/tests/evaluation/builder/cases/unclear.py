"""Requests in which something is open that only the person can say, and such that contradict themselves."""

from __future__ import annotations

from evaluation.builder.case import Case, Given, table
from evaluation.builder.cases.web import SLACK
from evaluation.builder.seen import Seen

_OK = {"https://hooks.slack.com/*": "ok"}
_PEOPLE = table("name,email,phone", "Ann,a@x.example,1", "Bob,,2", "Eve,e@x.example,", "Kim,,")
_SALES = table("region,amount", "north,100", "south,250", "north,50")


def _both_needed(seen: Seen) -> None:
    seen.rows(["name"], [["Ann"]])


def _mailed(seen: Seen) -> None:
    seen.mailed("boss@firm.example", "400")


def _by_email(seen: Seen) -> None:
    seen.rows(["name"], [["Ann"], ["Bob"], ["Eve"]])


def _total(seen: Seen) -> None:
    seen.counts(400)


def _slack(seen: Seen) -> None:
    seen.posted(SLACK, "400")


def _joined(seen: Seen) -> None:
    seen.rows(["id", "name"], [["1", "Ann"]])


def _reminder(seen: Seen) -> None:
    seen.says("pay the rent")


def _read(seen: Seen) -> None:
    seen.rows(["sku"], [["A1"]])


def _labels(seen: Seen) -> None:
    assert not seen.error, seen.error


_S = {"sales.csv": _SALES}

CASES = [
    Case("vague-help", "help me with my data", kind="ask", level="vague"),
    Case("vague-automate", "automate my work", kind="ask", level="vague"),
    Case("vague-every-day", "do it every day at 9", kind="ask", level="vague"),
    Case("vague-report", "I need a bot for my business", kind="ask", level="vague"),
    Case(
        "ask-or",
        "drop rows without an email or phone from people.csv",
        _both_needed,
        [Given({"people.csv": _PEOPLE})],
        kind="ask",
        level="vague",
        answers={"mode": "any", "drop": "any"},
    ),
    Case(
        "ask-mail-whom",
        "every friday at 17:00 sum the amount in sales.csv and email it",
        _mailed,
        [Given(_S)],
        kind="ask",
        level="vague",
        answers={
            "server": "smtp.firm.example:587",
            "to": "boss@firm.example",
            "address": "boss@firm.example",
            "mail": "boss@firm.example",
            "recipient": "boss@firm.example",
        },
        hosts=["*"],
        cron="0 17 * * 5",
    ),
    Case(
        "ask-time",
        "every morning post the sum of amount in sales.csv to Slack",
        _slack,
        [Given(_S, http=_OK)],
        kind="ask",
        level="vague",
        answers={"time": "08:00", "clock": "08:00", "schedule": "08:00"},
        hosts=["hooks.slack.com"],
        cron="0 8 * * *",
    ),
    Case("ask-which-api", "get the prices from the API and post them to Slack", kind="ask", level="vague"),
    Case(
        "ask-join-how",
        "join a.csv with b.csv",
        _joined,
        [Given({"a.csv": table("id,amount", "1,5"), "b.csv": table("id,name", "1,Ann")})],
        kind="ask",
        level="vague",
        answers={"join": "id", "column": "id", "key": "id", "goal": "join a.csv with b.csv by id"},
    ),
    Case(
        "ask-when-remind",
        "remind me to pay the rent",
        _reminder,
        kind="ask",
        level="vague",
        answers={"schedule": "on the 1st of every month at 9", "when": "on the 1st of every month at 9"},
        cron="0 9 1 * *",
    ),
    Case("ask-page", "watch the page and tell me when it changes", kind="ask", level="vague"),
    Case(
        "ask-classify-into",
        "classify the column message of tickets.csv",
        _labels,
        [Given({"tickets.csv": table("id,message", "1,hi")}, model=lambda _text: "other")],
        kind="ask",
        level="vague",
        answers={
            "categor": "billing, bug, other",
            "into": "billing, bug, other",
            "label": "billing, bug, other",
        },
    ),
    Case(
        "ask-holiday",
        "every day at 9 sum the amount in sales.csv unless it is a holiday",
        kind="ask",
        level="vague",
    ),
    Case("ask-like-last-time", "clean contacts.csv the way we did it last time", kind="ask", level="vague"),
    Case("ask-better", "make sales.csv better", kind="ask", level="vague"),
    Case(
        "ask-unknown-place", "sum the amount in sales.csv and push it to Flurbix", kind="ask", level="vague"
    ),
    Case(
        "contradiction-missing",
        "drop rows without an email from people.csv and keep only rows where email is empty",
        kind="refuse",
        level="contradictory",
    ),
    Case(
        "contradiction-range",
        "keep only rows where amount is above 100 and amount is below 50 in sales.csv",
        kind="refuse",
        level="contradictory",
    ),
    Case(
        "contradiction-column",
        "drop the column amount from sales.csv and then sum the amount",
        kind="refuse",
        level="contradictory",
    ),
    Case(
        "contradiction-time",
        "every day at 25:00 sum the amount in sales.csv",
        kind="ask",
        level="contradictory",
    ),
    Case(
        "contradiction-day",
        "on the 31st of february at 9 sum the amount in sales.csv",
        kind="refuse",
        level="contradictory",
    ),
    Case("es-vague", "ayúdame con mis datos", kind="ask", level="vague", language="es"),
    Case(
        "es-ask-mail",
        "suma el importe de ventas.csv y envíalo por correo",
        _mailed,
        [Given({"ventas.csv": _SALES.replace("amount", "importe")})],
        kind="ask",
        level="vague",
        language="es",
        answers={
            "server": "smtp.firm.example:587",
            "to": "boss@firm.example",
            "address": "boss@firm.example",
            "mail": "boss@firm.example",
            "recipient": "boss@firm.example",
        },
        hosts=["*"],
    ),
]
