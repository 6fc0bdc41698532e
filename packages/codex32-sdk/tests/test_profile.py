"""Which server and which key: environment, file, and never a key to the wrong server."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from codex32_sdk.errors import NoProfileError
from codex32_sdk.profile import Profile, load_profile, profile_path, save_profile


def test_a_saved_profile_is_private_and_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "a" / "profile.json"
    save_profile(Profile("http://127.0.0.1:1/", "c32_secret", "/home/x"), path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    found = load_profile({"CODEX32_PROFILE": str(path)})
    assert found == Profile("http://127.0.0.1:1", "c32_secret", "/home/x")
    assert "c32_secret" not in repr(found)
    assert [entry.name for entry in path.parent.iterdir()] == ["profile.json"]


def test_the_environment_wins_and_keeps_keys_apart(tmp_path: Path) -> None:
    path = tmp_path / "profile.json"
    save_profile(Profile("http://here:1", "c32_here", None), path)
    environ = {"CODEX32_PROFILE": str(path)}
    assert load_profile(environ | {"CODEX32_URL": "http://there:2"}).api_key == ""
    assert load_profile(environ | {"CODEX32_URL": "http://here:1/"}).api_key == "c32_here"
    both = load_profile(environ | {"CODEX32_URL": "http://there:2", "CODEX32_API_KEY": "k"})
    assert (both.url, both.api_key) == ("http://there:2", "k")
    assert load_profile(environ | {"CODEX32_API_KEY": "k"}).url == "http://here:1"


def test_where_the_profile_is(tmp_path: Path) -> None:
    assert profile_path({"XDG_CONFIG_HOME": str(tmp_path)}) == tmp_path / "codex32" / "profile.json"
    assert profile_path({}) == Path.home() / ".config" / "codex32" / "profile.json"


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"url": "x"}', "\udcff"])
def test_a_damaged_profile_is_an_error_with_a_sentence(tmp_path: Path, content: str) -> None:
    path = tmp_path / "profile.json"
    path.write_text(content, errors="surrogateescape")
    with pytest.raises(NoProfileError, match=r"profile\.json"):
        load_profile({"CODEX32_PROFILE": str(path)})


def test_no_profile_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NoProfileError) as caught:
        load_profile({"CODEX32_PROFILE": str(tmp_path / "none.json")})
    assert "codex32 up" in caught.value.next_step
