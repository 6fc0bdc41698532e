"""Reading settings: where values come from, and the one sentence that stops a start."""

from __future__ import annotations

from pathlib import Path

import pytest
from codex32_server.settings.loading import SettingsError, load

SECRET = "an-owner-key-of-many-characters"


def refusal(environ: dict[str, str]) -> SettingsError:
    with pytest.raises(SettingsError) as refused:
        load(environ)
    return refused.value


def test_without_any_variable_everything_has_a_default() -> None:
    settings = load({"PATH": "/bin"})
    assert settings.server.url == "http://127.0.0.1:8032"
    assert settings.database.url is None
    assert settings.source_of("CODEX32_PORT") == "default"


def test_a_variable_wins_over_the_default_and_an_option_over_both() -> None:
    settings = load(
        {"CODEX32_PORT": "9000", "CODEX32_HOST": "0.0.0.0"}, {"CODEX32_PORT": 9100, "CODEX32_HOME": None}
    )
    assert settings.server.port == 9100
    assert settings.server.url == "http://127.0.0.1:9100"
    assert settings.source_of("CODEX32_PORT") == "option"
    assert settings.source_of("CODEX32_HOST") == "environment"
    assert settings.source_of("CODEX32_HOME") == "default"


def test_an_empty_variable_is_not_set() -> None:
    assert load({"CODEX32_PORT": ""}).server.port == 8032


def test_the_usual_name_of_the_database_serves_too() -> None:
    url = load({"DATABASE_URL": "postgresql://u:p@db/x"}).database.url
    assert url is not None
    assert url.get_secret_value() == "postgresql://u:p@db/x"
    ours = load({"DATABASE_URL": "postgresql://a/x", "CODEX32_DATABASE_URL": "postgresql://b/x"}).database.url
    assert ours is not None
    assert ours.get_secret_value() == "postgresql://b/x"


def test_a_secret_comes_from_a_file_without_its_line_break(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(f"{SECRET}\r\n")
    settings = load({"CODEX32_BOOTSTRAP_API_KEY_FILE": str(file)})
    assert settings.access.bootstrap_api_key is not None
    assert settings.access.bootstrap_api_key.get_secret_value() == SECRET
    assert settings.source_of("CODEX32_BOOTSTRAP_API_KEY") == "file"


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe"])
def test_a_file_that_gives_nothing_is_named(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "key"
    if content is not None:
        file.write_bytes(content)
    problem = refusal({"CODEX32_MASTER_KEY_FILE": str(file)})
    assert problem.variable == "CODEX32_MASTER_KEY_FILE"
    assert str(file) in problem.detail


def test_a_value_given_twice_is_refused(tmp_path: Path) -> None:
    problem = refusal({"CODEX32_MASTER_KEY": "ab", "CODEX32_MASTER_KEY_FILE": str(tmp_path)})
    assert problem.detail == "CODEX32_MASTER_KEY and CODEX32_MASTER_KEY_FILE are both set; set one of them."


def test_an_unknown_variable_is_refused_with_the_one_that_was_meant() -> None:
    problem = refusal({"CODEX32_PROT": "1"})
    assert problem.detail == "CODEX32_PROT is not a setting; did you mean CODEX32_PORT?"
    problem = refusal({"CODEX32_MAX_INPUT": "1"})
    assert problem.detail.endswith("did you mean CODEX32_RUN_MAX_INPUT_MIB?")
    problem = refusal({"CODEX32_NONSENSE": "1"})
    assert problem.detail == "CODEX32_NONSENSE is not a setting; `codex32 config` lists those that are."
    assert "codex32 config" in refusal({"CODEX32_SOMETHING_ELSE_ENTIRELY": "1"}).detail
    assert refusal({"CODEX32_PORT_FILE": "/x"}).variable == "CODEX32_PORT_FILE"


def test_variables_of_the_command_line_are_known() -> None:
    settings = load({"CODEX32_URL": "http://x", "CODEX32_API_KEY": "k", "CODEX32_PROFILE": "p"})
    assert settings.source_of("CODEX32_URL") == "default"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CODEX32_PORT", "no"),
        ("CODEX32_PORT", "70000"),
        ("CODEX32_LOG_LEVEL", "loud"),
        ("CODEX32_REQUIRE_CGROUP", "perhaps"),
        ("CODEX32_DEFAULT_TIMEZONE", "Mars/Olympus"),
        ("CODEX32_PUBLIC_URL", "ftp://x"),
        ("CODEX32_DATABASE_URL", "mysql://x"),
        ("CODEX32_WORKER_HEARTBEAT_SECONDS", "29"),
        ("CODEX32_BOOTSTRAP_API_KEY", "short"),
    ],
)
def test_a_bad_value_is_one_sentence_that_names_the_variable(name: str, value: str) -> None:
    problem = refusal({name: value})
    assert problem.variable == name
    assert problem.detail.startswith(name)
    assert problem.detail.endswith(".")
    assert "\n" not in problem.detail


@pytest.mark.parametrize("name", ["CODEX32_BOOTSTRAP_API_KEY", "CODEX32_DATABASE_URL"])
def test_the_value_of_a_secret_is_not_repeated(name: str) -> None:
    assert "hidden-value" not in refusal({name: "hidden-value"}).detail


def test_an_option_does_not_hide_a_bad_variable() -> None:
    with pytest.raises(SettingsError, match="CODEX32_PORT"):
        load({"CODEX32_PORT": "abc"}, {"CODEX32_PORT": 8032})
