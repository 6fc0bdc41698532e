import io
import urllib.request

import pytest
from codex32_bot.testing import workbench
from open_issues import main

ANSWER = b"""[
 {"number": 3, "title": "Old", "created_at": "2026-01-01T10:00:00Z"},
 {"number": 4, "title": "A change", "created_at": "2026-02-01T10:00:00Z", "pull_request": {}},
 {"number": 9, "title": "New", "created_at": "2026-03-01T10:00:00Z"}
]"""
asked: list[urllib.request.Request] = []


@pytest.fixture(autouse=True)
def api(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests have no network."""

    def urlopen(request: urllib.request.Request, **_: float) -> io.BytesIO:
        asked.append(request)
        return io.BytesIO(ANSWER)

    asked.clear()
    monkeypatch.setattr("urllib.request.urlopen", urlopen)


def test_issues_by_age_without_changes() -> None:
    with workbench(secrets={"GITHUB_TOKEN": "a-placeholder"}) as bench:
        report = main("acme/tools", label="bug", today="2026-03-02")
    assert report["open"] == 2
    assert [(issue["number"], issue["days"]) for issue in report["oldest"]] == [(3, 59), (9, 0)]
    assert bench.output_text("issues.md") == "# acme/tools\n\n- 59 days: #3 Old\n- 0 days: #9 New\n"
    assert asked[0].full_url.startswith("https://api.github.com/repos/acme/tools/issues?state=open")
    assert "labels=bug" in asked[0].full_url
    assert asked[0].get_header("Authorization") == "Bearer a-placeholder"


@pytest.mark.parametrize("repository", ["", "tools", "acme/", "/tools", "a/b/c"])
def test_what_is_no_repository(repository: str) -> None:
    with workbench(secrets={"GITHUB_TOKEN": "x"}), pytest.raises(ValueError, match="owner/name"):
        main(repository)
    assert asked == []


def test_a_name_cannot_lead_elsewhere() -> None:
    with workbench(secrets={"GITHUB_TOKEN": "x"}):
        main("acme/..?x=", today="2026-03-02")
    assert "/repos/acme/..%3Fx%3D/issues?" in asked[0].full_url
