"""Single values of a manifest change, and everything else stays as it was written."""

from __future__ import annotations

from typing import Any

import pytest
from codex32_server.kit.manifest.errors import ManifestError
from codex32_server.kit.manifest.manifest import parse_header
from codex32_server.kit.manifest.patching import patch_manifest
from hypothesis import given
from hypothesis import strategies as st

SOURCE = '''# /// script
# requires-python = ">=3.11"
# dependencies = ["httpx>=0.28"]  # the client
#
# [tool.codex32]
# name = "shop"  # as the team calls it
# triggers = [{ schedule = "0 9 * * *", timezone = "Europe/Madrid" }]
# limits = { memory = "64MiB", timeout = "30s" }
# ///
"""Look after the shop."""


def main() -> None:
    """# [tool.codex32] is no header."""
'''


def test_a_value_changes_and_the_comments_stay() -> None:
    changed = patch_manifest(SOURCE, {"limits.timeout": "2m"})
    assert changed == SOURCE.replace('timeout = "30s"', 'timeout = "2m"')
    assert parse_header(changed).manifest.limits.timeout == 120


def test_a_new_value_and_one_that_goes() -> None:
    changed = patch_manifest(SOURCE, {"retries": {"attempts": 3}, "limits": None, "tags": ["a", "b"]})
    manifest = parse_header(changed).manifest
    assert (manifest.retries.attempts, list(manifest.tags)) == (3, ["a", "b"])
    assert "limits" not in changed
    assert "# as the team calls it" in changed


def test_schedules_stand_on_lines_of_their_own() -> None:
    wanted = [{"schedule": "0 9 * * 1-5", "timezone": "Europe/Madrid"}, {"schedule": "0 18 * * 1-5"}]
    changed = patch_manifest(SOURCE, {"triggers": wanted})
    assert '#     {schedule = "0 9 * * 1-5", timezone = "Europe/Madrid"},' in changed
    assert [trigger.schedule for trigger in parse_header(changed).manifest.triggers] == [
        "0 9 * * 1-5",
        "0 18 * * 1-5",
    ]


def test_a_table_that_was_not_there() -> None:
    changed = patch_manifest(SOURCE, {"budget.per_run": "0.05 USD"})
    assert str(parse_header(changed).manifest.budget.per_run) == "0.05 USD"


def test_dependencies_are_of_the_header() -> None:
    assert parse_header(patch_manifest(SOURCE, {"dependencies": ["rich"]})).dependencies == ("rich",)


def test_line_ends_of_the_file_are_kept() -> None:
    windows = SOURCE.replace("\n", "\r\n")
    assert patch_manifest(windows, {"limits.timeout": "2m"}) == windows.replace('"30s"', '"2m"')


@pytest.mark.parametrize(
    ("source", "changes"),
    [
        ("def main(): ...\n", {"title": "x"}),
        ("# /// script\n# [tool\n# ///\n", {"title": "x"}),
        (SOURCE, {"name.first": "x"}),
    ],
)
def test_what_cannot_be_changed(source: str, changes: dict[str, Any]) -> None:
    with pytest.raises(ManifestError):
        patch_manifest(source, changes)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60))
def test_any_title_comes_back(title: str) -> None:
    changed = patch_manifest(SOURCE, {"description": title})
    assert parse_header(changed).manifest.description == title
    assert changed.endswith(SOURCE.partition("# ///\n")[2])
