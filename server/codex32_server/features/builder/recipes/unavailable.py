"""What people ask for and no block can do, each with the nearest thing that is possible."""
# ruff: noqa: E501 - a phrase is read best on one line

from __future__ import annotations

from collections.abc import Mapping

NEAREST: Mapping[str, str] = {
    "chat": "Sending there is not available. The nearest: e-mail, Slack, Telegram, Discord or Microsoft Teams.",
    "machine": "A bot runs in a sandbox and cannot touch the machine. The nearest: a reminder to do it.",
    "network": "There is no block for this service. The nearest: “fetch … from https://…” if it gives JSON, CSV or a feed at an address, "
    "or giving the data to the bot as a CSV, JSON or text file.",
    "database": "This database has no block, or it is not said what to read. The nearest: for PostgreSQL “run the query 'select …' on the database db.example.com”, "
    "or the table as a CSV or JSON file.",
    "format": "Files of this kind cannot be read or written: tables are CSV, JSON, JSON lines or Excel (.xlsx), texts are plain or PDF. The nearest: save the file as one of these first.",
    "model": "Predictions, rewriting and the like are not available yet. The nearest with a language model: "
    "summarise, classify, translate, extract facts, find the sentiment, draft a reply, answer a question about a text.",
    "chart": "Only bar, line and pie charts can be drawn so far. The nearest: “a bar chart of the sum of amount by month”.",
    "harmful": "That would harm people or break into systems; no bot is built for it.",
    "secrets": "Secrets are used by a bot, one by one and by their names, and never shown or sent. The nearest: “fetch https://… with the token API_TOKEN”.",
    "orders": "The builder only builds bots, and its own rules cannot be changed by a wish. The nearest: say what the bot should do.",
    "destroy": "A bot works on copies of what it is given and deletes nothing elsewhere. The nearest: “drop rows where … from data.csv”.",
    "files": "A bot runs in a sandbox and sees no files of the machine. The nearest: give it the file with the run, such as “data.csv”, or fetch it from a web address.",
    "inner": "A bot cannot reach this machine, private networks or the addresses of their metadata. The nearest: a public web address, or giving the data to the run as a file.",
    "password": "A bot keeps no password in an address: everybody who sees the bot would read it. The nearest: the address without it, and the password as a secret of the workspace.",
    "paper": "A bot cannot print or post on paper. The nearest: e-mail, or saving the result as a file that somebody prints.",
    "phone": "A bot cannot call anybody on the phone. The nearest: e-mail, Slack, Telegram, Discord or Microsoft Teams.",
    "mind": "A bot knows only data that it is given, not what somebody thinks. The nearest: the sentiment of a text that somebody wrote.",
    "hands": "A bot has no hands. The nearest: a reminder to do it.",
    "no_day": "There is no such day in the calendar. The nearest: “on the last day of every month”.",
    "effects": "A bot built from recipes cannot buy, sell, pay or book anything. The nearest: a reminder to do it.",
    "once": "Only repeating schedules are possible so far, not a single moment. The nearest: start the bot by hand, or a schedule such as “every day at 9”.",
    "seconds": "A schedule runs at most once a minute. The nearest: “every minute”.",
    "irregular": "Every other week cannot be said as a schedule. The nearest: “every week on monday” or “on the 1st of every month”.",
    "monthly": "A certain weekday of the month, such as the first Monday, cannot be said as a schedule. "
    "The nearest: “every monday at 7” or “on the 1st of every month at 7”.",
    "event": "A bot does not see what happens elsewhere. The nearest: “when a webhook arrives”, or a schedule such as “every 15 minutes”.",
}
"""Key → reason; the keys are used in the language tables. The first in this order wins."""

FORBIDDEN = ("harmful", "secrets", "orders", "destroy", "files", "inner")
"""Refused whatever else the sentence says, even if a word in it is misspelt."""
ORDER = (*FORBIDDEN, *(key for key in NEAREST if key not in FORBIDDEN))
