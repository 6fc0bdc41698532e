"""Whether sites answer, how fast, and how long their certificates last."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit

from codex32_bot import log

from .fetching import ANSWER_TIMEOUT, ask_server, pause
from .tables import Row, Table

SITE_COLUMNS = ["url", "up", "status", "milliseconds", "certificate_days", "problem"]


def check_sites(urls: Sequence[str], slow_after: float = 0.0, certificate_days: int = 14) -> Table:
    """One row for each site. `problem` says what is wrong: it does not answer, it is slower than `slow_after`
    seconds (0: any speed is right), or its certificate ends within so many days.
    """
    table = Table(SITE_COLUMNS, [check_site(url, slow_after, certificate_days) for url in urls])
    log.info(f"checked {len(urls)} sites", problems=[row["url"] for row in table.rows if row["problem"]])
    return table


def check_site(url: str, slow_after: float, certificate_days: int) -> Row:
    """A site that does not answer is asked once more before it counts as down."""
    begin = time.monotonic()
    answer = ask_server(url, None, None, "GET")
    if not 0 < answer.status < 500:
        pause(2)
        begin = time.monotonic()
        answer = ask_server(url, None, None, "GET")
    seconds = time.monotonic() - begin
    up = 200 <= answer.status < 400
    days = days_of_certificate(url) if up and url.startswith("https:") else None
    problem = ""
    if not up:
        problem = f"answered {answer.status}" if answer.status else f"does not answer: {answer.text[:100]}"
    elif slow_after and seconds > slow_after:
        problem = f"took {seconds:.1f} s"
    elif days is not None and days < certificate_days:
        problem = f"certificate ends in {days} days"
    return {
        "url": url,
        "up": "yes" if up else "no",
        "status": answer.status,
        "milliseconds": round(seconds * 1000),
        "certificate_days": "" if days is None else days,
        "problem": problem,
    }


def days_of_certificate(url: str) -> int | None:
    """How many whole days the certificate is valid; None if it cannot be seen."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        with (
            socket.create_connection((host, parts.port or 443), ANSWER_TIMEOUT) as plain,
            ssl.create_default_context().wrap_socket(plain, server_hostname=host) as secure,
        ):
            told = (secure.getpeercert() or {}).get("notAfter")
    except OSError as error:
        log.warning(f"the certificate of {host} cannot be seen: {error}")
        return None
    if not isinstance(told, str):
        return None
    ends = datetime.strptime(told, "%b %d %H:%M:%S %Y %Z").replace(tzinfo=UTC)
    return (ends - datetime.now(UTC)).days


def news_of_sites(table: Table, before: dict[str, str] | None) -> list[str]:
    """What to tell: a problem that was not there in the run before, and one that is over."""
    known = before or {}
    told: list[str] = []
    for row in table.rows:
        old = known.get(row["url"], "")
        if row["problem"] and not old:
            told.append(f"{row['url']} {row['problem']}")
        elif old and not row["problem"]:
            told.append(f"{row['url']} is fine again")
    return told


def problems_of_sites(table: Table) -> dict[str, str]:
    """Site → its problem, for the next run."""
    return {row["url"]: row["problem"] for row in table.rows if row["problem"]}
