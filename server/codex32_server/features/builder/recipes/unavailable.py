"""What people ask for and no block can do, each with the nearest thing that is possible."""
# ruff: noqa: E501 - a phrase is read best on one line

from __future__ import annotations

from collections.abc import Mapping

NEAREST: Mapping[str, str] = {
    "email": "Sending e-mail is not available yet. The nearest: the bot puts the message in the output and the log of its run.",
    "chat": "Sending to a chat or by SMS is not available yet. The nearest: the bot puts the message in the output and the log of its run.",
    "machine": "A bot runs in a sandbox and cannot touch the machine. The nearest: a reminder to do it.",
    "network": "Reaching the network (web pages, APIs, other services) is not available yet. "
    "The nearest: give the data to the bot as a CSV, JSON or text file, or as input of the run.",
    "database": "Databases are not available yet. The nearest: export the table to CSV or JSON and give the bot that file.",
    "format": "Files of this kind cannot be read or written: tables are CSV, JSON, JSON lines or Excel (.xlsx), texts are plain or PDF. The nearest: save the file as one of these first.",
    "model": "This needs a language model or a prediction, which is not available yet. "
    "The nearest: a keyword report of a text, or numbers per group of a table.",
    "chart": "Only bar, line and pie charts can be drawn so far. The nearest: “a bar chart of the sum of amount by month”.",
    "harmful": "That would harm people or break into systems; no bot is built for it.",
    "effects": "A bot built from recipes cannot buy, sell, pay or book anything. The nearest: a reminder to do it.",
    "once": "Only repeating schedules are possible so far, not a single moment. The nearest: start the bot by hand, or a schedule such as “every day at 9”.",
    "seconds": "A schedule runs at most once a minute. The nearest: “every minute”.",
    "irregular": "Every other week cannot be said as a schedule. The nearest: “every week on monday” or “on the 1st of every month”.",
    "monthly": "A certain weekday of the month, such as the first Monday, cannot be said as a schedule. "
    "The nearest: “every monday at 7” or “on the 1st of every month at 7”.",
    "event": "Starting when something happens elsewhere is not available yet. The nearest: a schedule such as “every 15 minutes”, or starting it by hand.",
}
"""Key → reason; the keys are used in the language tables. The first in this order wins."""

ORDER = ("harmful", *(key for key in NEAREST if key != "harmful"))
