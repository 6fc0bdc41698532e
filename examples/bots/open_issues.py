# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.codex32]
# name = "open-issues"
# title = "Open issues"
# description = "Lists the open issues of a repository by age, with a token that the bot never sees."
# role = "worker"
# tags = ["issues", "secret", "network"]
# network = ["api.github.com"]
# secrets = [{ name = "GITHUB_TOKEN", inject = "header:Authorization", host = "api.github.com" }]
# retries = { attempts = 3 }
# limits = { memory = "96MiB", timeout = "60s" }
# ///
"""List the open issues of a repository by age, with a token that the bot never sees.

`secrets["GITHUB_TOKEN"]` is a placeholder: on the way to api.github.com, and nowhere else, the platform puts
the token in its place. Set it with `codex32 secrets set GITHUB_TOKEN`.
"""

from __future__ import annotations

import json
import urllib.parse
import urllib.request
from datetime import UTC, datetime
from typing import Any, TypedDict

from codex32_bot import files, log, secrets

PAGE = 100


class Issue(TypedDict):
    number: int
    title: str
    days: int


class Report(TypedDict):
    repository: str
    open: int
    oldest: list[Issue]


def main(
    repository: str, most: int = 20, label: str = "", today: str = "", api: str = "https://api.github.com"
) -> Report:
    """List the oldest open issues.

    Args:
        repository: As owner/name.
        most: How many issues to list.
        label: Only issues with this label.
        today: The day to count from, as YYYY-MM-DD; empty for today.
        api: Where the API is.
    """
    owner, _, name = repository.partition("/")
    if not owner or not name or "/" in name:
        raise ValueError(f"{repository!r} is no repository: write owner/name.")
    now = datetime.fromisoformat(today).replace(tzinfo=UTC) if today else datetime.now(UTC)
    query = urllib.parse.urlencode(
        {
            "state": "open",
            "sort": "created",
            "direction": "asc",
            "per_page": PAGE,
            **({"labels": label} if label else {}),
        }
    )
    place = f"{urllib.parse.quote(owner)}/{urllib.parse.quote(name)}"
    found = fetched(f"{api}/repos/{place}/issues?{query}")
    issues = [_issue(one, now) for one in found if "pull_request" not in one]
    lines = [f"- {issue['days']} days: #{issue['number']} {issue['title']}" for issue in issues[:most]]
    files.output("issues.md").write_text("\n".join([f"# {repository}", "", *lines, ""]), encoding="utf-8")
    log.info(f"{len(issues)} issues are open", repository=repository)
    return {"repository": repository, "open": len(issues), "oldest": issues[:most]}


def fetched(url: str) -> list[dict[str, Any]]:
    """The document at an address, asked for with the token."""
    headers = {
        "Authorization": f"Bearer {secrets['GITHUB_TOKEN']}",
        "Accept": "application/vnd.github+json",
        "User-Agent": "open-issues",
    }
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=30) as answer:
        return json.load(answer)


def _issue(told: dict[str, Any], now: datetime) -> Issue:
    created = datetime.fromisoformat(told["created_at"])
    return {"number": told["number"], "title": told["title"], "days": max(0, (now - created).days)}
