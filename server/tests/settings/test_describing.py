"""Every setting is explained, no secret is shown, and the reference page is up to date."""

from __future__ import annotations

from pathlib import Path

from codex32_server.settings.describing import describe, settings_markdown
from codex32_server.settings.loading import load
from codex32_server.settings.model import declared

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "settings.md"


def test_every_setting_says_what_it_means_in_one_sentence() -> None:
    for entry in declared():
        assert entry.variable.name.startswith("CODEX32_"), entry
        assert len(entry.meaning) > 10, entry.variable.name
        assert entry.meaning.endswith("."), entry.variable.name
    names = [entry.variable.name for entry in declared()]
    assert len(names) == len(set(names))


def test_values_are_shown_with_their_source_and_secrets_masked() -> None:
    key = "an-owner-key-of-many-characters"
    lines = {
        line["name"]: line
        for line in describe(load({"CODEX32_BOOTSTRAP_API_KEY": key, "CODEX32_REQUIRE_CGROUP": "1"}))
    }
    assert lines["CODEX32_BOOTSTRAP_API_KEY"]["value"] == "***"
    assert lines["CODEX32_REQUIRE_CGROUP"]["value"] == "true"
    assert lines["CODEX32_REQUIRE_CGROUP"]["source"] == "environment"
    assert lines["CODEX32_MASTER_KEY"]["value"] is None
    assert key not in str(lines)


def test_settings_never_print_a_secret() -> None:
    settings = load({"CODEX32_MASTER_KEY": "ab" * 32})
    assert "ab" * 32 not in repr(settings)
    assert "ab" * 32 not in settings.model_dump_json()


def test_the_reference_page_lists_every_setting_as_it_is() -> None:
    assert PAGE.read_text() == settings_markdown()
