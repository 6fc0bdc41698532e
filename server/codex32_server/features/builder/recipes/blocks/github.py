"""What GitHub knows about a repository, and issues that a bot opens there."""
# ruff: noqa: E501 - a phrase is read best on one line

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from ..draft import Draft, literal, prose, wrapped
from ..measures import Measure
from ..model import Block, Delivery, Phrases, Source
from ..parts.repositories import GITHUB_COLUMNS, RELEASE_COLUMNS
from ..parts.tables import Row, Table
from ..rights import Rights, SecretUse
from .watches import Watch
from .web import SEVERAL, Auth

_HOST = "api.github.com"
_OF = "(of|in|from|on|for|at) (the|our|my)? (github)? (repo|repository|project)?"
_DE = "(de|del|en) (el|la)? (repositorio|repo|proyecto)?"
_FIGURES = {"stars": "stargazers_count", "forks": "forks_count", "open issues": "open_issues_count"}
_TOKEN = SecretUse("GITHUB_TOKEN", "a token of GitHub with access to the repository", "Authorization", _HOST)
_SAMPLE_TOKEN = {"GITHUB_TOKEN": "token-for-tests"}
_ISSUES = (
    (7, "Crash on start", "ann", "open", "bug", "2026-01-05T09:00:00Z", "https://github.com/o/r/issues/7"),
    (8, "Add a manual", "bob", "open", "docs", "2026-02-10T09:00:00Z", "https://github.com/o/r/issues/8"),
    (
        9,
        "Slow search",
        "zoe",
        "open",
        "bug, search",
        "2025-12-24T09:00:00Z",
        "https://github.com/o/r/issues/9",
    ),
)
_RELEASES = (
    ("v1.1", "Autumn", "ann", "2026-01-05T09:00:00Z", "https://github.com/o/r/releases/v1.1"),
    ("v1.0", "Summer", "bob", "2025-12-24T09:00:00Z", "https://github.com/o/r/releases/v1.0"),
)


@dataclass(frozen=True)
class GitHub(Source):
    """Issues, pull requests, releases, or one figure of a repository."""

    repository: str
    kind: str
    """`issues`, `pulls`, `releases`, or the name of a figure."""
    auth: Auth | None = None

    family = "GitHub"
    flows = frozenset(SEVERAL)
    title = "Read issues, pull requests, releases or stars on GitHub"
    example = "every hour get the open issues of octocat/hello-world and post the new ones to Slack"
    phrases: ClassVar[Phrases] = {
        "en": (
            (f"<fetch>? (all|the|all the|any)? (open)? (github)? (issues|issue|tickets|bugs) {_OF} {{repository}}", {"kind": "issues"}),
            (f"<fetch>? (all|the|all the|any)? (open)? (github)? (pull requests|prs|pull request|merge requests) {_OF} {{repository}}", {"kind": "pulls"}),
            (f"<fetch>? (all|the|all the|any|a)? (latest|last)? (github)? (releases|release|versions) {_OF} {{repository}}", {"kind": "releases"}),
            (f"(when|whenever|if|as soon as|for|about|of|once|check for|look for|watch for|search for|check if|check whether) (there is|there are)? (a|an|any|every|each)? new (github)? (issue|issues) (is opened|is created|appears|arrives|comes in|opened|opens)? {_OF} {{repository}} (is opened|is created|appears|arrives|comes in)?", {"kind": "issues", "new": True}),
            (f"(when|whenever|if|as soon as|for|about|of|once|check for|look for|watch for|search for|check if|check whether) (there is|there are)? (a|an|any|every|each)? new (github)? (pull request|pr|pull requests) (is opened|is created|appears|opened|opens)? {_OF} {{repository}} (is opened|is created|appears)?", {"kind": "pulls", "new": True}),
            (f"(when|whenever|if|as soon as|for|about|of|once|check for|look for|watch for|search for|check if|check whether) (there is|there are)? (a|an|any|every|each)? new (github)? (release|version|releases) (is published|is out|appears|comes out|is released)? {_OF} {{repository}} (is published|is out|appears|comes out|is released)?", {"kind": "releases", "new": True}),
            ("(when|whenever|if|as soon as) {repository} (publishes|releases|has) (a|any)? new (release|version)", {"kind": "releases", "new": True}),
            (f"(<watch>|<fetch>) (the)? (number of)? (github)? stars {_OF} {{repository}}", {"kind": "stars"}),
            (f"(<watch>|<fetch>) (the)? (number of)? (github)? forks {_OF} {{repository}}", {"kind": "forks"}),
        ),
        "es": (
            (f"<fetch>? (los|las|todos los|todas las)? (issues|incidencias) (abiertos|abiertas)? {_DE} {{repository}}", {"kind": "issues"}),
            (f"<fetch>? (los|las|todas las)? (pull requests|prs) (abiertos|abiertas)? {_DE} {{repository}}", {"kind": "pulls"}),
            (f"<fetch>? (las|los|la|todas las)? (releases|versiones|version|ultima version) {_DE} {{repository}}", {"kind": "releases"}),
            (f"(cuando|si|cada vez que|comprueba si|mira si|busca) (haya|hay|aparezca|se abra|salga|se publique) (una|un|algun|alguna)? (nueva|nuevo)? (version|release) (nueva)? {_DE} {{repository}}", {"kind": "releases", "new": True}),
            (f"(cuando|si|cada vez que|comprueba si|mira si|busca) (haya|hay|aparezca|se abra) (una|un|algun|alguna)? (nueva|nuevo)? (issue|incidencia) (nueva|nuevo)? {_DE} {{repository}}", {"kind": "issues", "new": True}),
            (f"(<watch>|<fetch>) (las|el numero de)? estrellas {_DE} {{repository}}", {"kind": "stars"}),
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | tuple[Block, ...] | None:
        from .gates import NewRows  # noqa: PLC0415 - steps know nothing of sources

        source = cls(slots["repository"], slots["kind"])
        if slots["kind"] in _FIGURES:
            return source, Watch("remember", measure=Measure("fetched", slots["kind"]))
        return (source, NewRows()) if slots.get("new") else source

    def say(self) -> str:
        names = {"issues": "the open issues", "pulls": "the open pull requests", "releases": "the releases"}
        token = ", with the secret GITHUB_TOKEN" if self.auth else ""
        return f"It reads {names.get(self.kind, f'the {self.kind}')} of {self.repository} on GitHub{token}."

    def place(self) -> str:
        return f"{self.repository} {self.kind}"

    def rights(self) -> Rights:
        return Rights(network=(_HOST,), secrets=(_TOKEN,) if self.auth else (), state=True)

    def base(self) -> Table | None:
        columns, rows = (RELEASE_COLUMNS, _RELEASES) if self.kind == "releases" else (GITHUB_COLUMNS, _ISSUES)
        return Table(columns, [dict(zip(columns, row, strict=True)) for row in rows])

    def for_value(self, measure: Measure) -> Source | None:
        return replace(self) if self.kind in _FIGURES and measure.name == self.kind else None

    def apply(self, draft: Draft) -> None:
        name = draft.constant("REPOSITORY", self.repository)
        url = f"https://{_HOST}/repos/{self.repository}"
        if self.auth:
            draft.props.secrets.update(_SAMPLE_TOKEN)
        if self.kind in _FIGURES:
            draft.call("value", "github_figure", name, literal(_FIGURES[self.kind]))
            draft.props.http[url] = {_FIGURES[self.kind]: draft.value}
            return
        base = self.base()
        draft.table = Table(base.columns if base else [], draft.table.rows)
        if self.kind == "releases":
            draft.call("table", "github_releases", name)
            draft.props.http[f"{url}/releases"] = {"items": [_release(row) for row in draft.table.rows]}
            return
        draft.call("table", "github_issues", name, *(["pulls=True"] if self.kind == "pulls" else []))
        draft.props.http[f"{url}/{self.kind}"] = {"items": [_issue(row) for row in draft.table.rows]}


def _issue(row: Row) -> Row:
    return {
        "number": row["number"],
        "title": row["title"],
        "user": {"login": row["author"]},
        "state": row["state"],
        "labels": [{"name": label} for label in str(row["labels"]).split(", ") if label],
        "created_at": row["created"],
        "html_url": row["url"],
    }


def _release(row: Row) -> Row:
    return {
        "tag_name": row["tag"],
        "name": row["title"],
        "author": {"login": row["author"]},
        "published_at": row["published"],
        "html_url": row["url"],
    }


@dataclass(frozen=True)
class OpenIssue(Delivery):
    """An issue with the result."""

    repository: str
    subject: str = ""

    family = "GitHub issue"
    title = "Open an issue on GitHub"
    example = 'every monday at 8 keep rows where stock is below 5 in stock.csv and open an issue in ann/shop with the title "Low stock", if there are none stay silent'
    phrases: ClassVar[Phrases] = {
        "en": (
            f"(open|create|file|make|add|opening) (an|a|one)? (new)? (github)? (issue|ticket) {_OF} {{repository}} (with the title {{said:phrase}}|called {{said:phrase}}|titled {{said:phrase}})? ((with|containing|listing|about|for|showing) ({{payload}}|(the)? (result|rows|report|summary)))?",
        ),
        "es": (
            f"(abre|crea|abrir|crear) (una|un)? (nueva|nuevo)? (issue|incidencia) {_DE} {{repository}} (con el titulo {{said:phrase}})?",
        ),
    }

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        return cls(slots["repository"], slots.get("said", ""))

    def say(self) -> str:
        return f"It opens an issue in {self.repository} on GitHub, once in a run."

    def rights(self) -> Rights:
        return Rights(network=(_HOST,), secrets=(_TOKEN,), state=True)

    def send(self, draft: Draft, message: str) -> Sequence[str]:
        url = f"POST https://{_HOST}/repos/{self.repository}/issues"
        draft.props.secrets.update(_SAMPLE_TOKEN)
        draft.props.http[url] = {"number": 1}
        title = literal(self.subject or prose(draft.title, 80))
        arguments = ['"issue"', "open_issue", literal(self.repository), title, message]
        return wrapped("step", arguments, draft.room, draft.room)

    def sent(self) -> str:
        return '[sent for sent in bench.requests if sent.method == "POST"]'

    def shows(self) -> Sequence[str]:
        return ['assert report["summary"] in told.json()["body"]']
