"""What GitHub knows about a repository."""

from __future__ import annotations

from codex32_bot import secrets

from .fetched import fetch_pages, rows_of
from .fetching import fetch_json
from .tables import Row, Table

GITHUB = "https://api.github.com/repos"
GITHUB_COLUMNS = ["number", "title", "author", "state", "labels", "created", "url"]
RELEASE_COLUMNS = ["tag", "title", "author", "published", "url"]


def github_headers() -> dict[str, str]:
    """With the token if there is one: more requests an hour, and private repositories."""
    token = secrets.get("GITHUB_TOKEN", "")
    return {"Accept": "application/vnd.github+json"} | ({"Authorization": f"Bearer {token}"} if token else {})


def github_issues(repository: str, pulls: bool = False) -> Table:
    """The open issues, or the open pull requests."""
    kind = "pulls" if pulls else "issues"
    table = fetch_pages(f"{GITHUB}/{repository}/{kind}?state=open&per_page=100", github_headers())
    rows = [issue_row(row) for row in table.rows if pulls or not row.get("pull_request.url")]
    return Table(GITHUB_COLUMNS, rows)


def issue_row(row: Row) -> Row:
    """The columns that people ask for."""
    return {
        "number": row.get("number"),
        "title": row.get("title"),
        "author": row.get("user.login"),
        "state": row.get("state"),
        "labels": row.get("labels") or "",
        "created": row.get("created_at"),
        "url": row.get("html_url"),
    }


def github_releases(repository: str) -> Table:
    """The releases, newest first."""
    found = rows_of(fetch_json(f"{GITHUB}/{repository}/releases?per_page=50", github_headers()))
    rows: list[Row] = [
        {
            "tag": one.get("tag_name"),
            "title": one.get("name") or one.get("tag_name"),
            "author": one.get("author.login"),
            "published": one.get("published_at"),
            "url": one.get("html_url"),
        }
        for one in found.rows
    ]
    return Table(RELEASE_COLUMNS, rows)


def github_figure(repository: str, name: str) -> float:
    """One figure of the repository: `stargazers_count`, `forks_count`, `open_issues_count`."""
    return float(fetch_json(f"{GITHUB}/{repository}", github_headers())[name])
