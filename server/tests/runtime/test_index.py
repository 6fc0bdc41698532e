"""What reaches uv from the environment of the server, and what does not."""

from __future__ import annotations

from pathlib import Path

import pytest
from codex32_server.runtime import index
from codex32_server.runtime.index import config_file, uv_environment


@pytest.fixture(autouse=True)
def no_machine_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    original = index._pip_files
    monkeypatch.setattr(
        index,
        "_pip_files",
        lambda environ: [path for path in original(environ) if path != Path("/etc/pip.conf")],
    )


def test_secrets_stay_here(tmp_path: Path) -> None:
    environ = {
        "CODEX32_DATABASE_URL": "x", "DATABASE_URL": "x", "AWS_SECRET_ACCESS_KEY": "x",
        "UV_CACHE_DIR": "/elsewhere",
        "HTTPS_PROXY": "http://proxy:3128", "SSL_CERT_FILE": "/ca.pem", "UV_DEFAULT_INDEX": "https://packages.example/simple",
    }  # fmt: skip
    found = uv_environment(environ, tmp_path)
    assert "x" not in found.values()
    assert found["UV_CACHE_DIR"] == str(tmp_path / "cache")
    assert found["UV_LINK_MODE"] == "copy"
    assert found["HTTPS_PROXY"] == "http://proxy:3128"
    assert found["UV_DEFAULT_INDEX"] == "https://packages.example/simple"


def test_what_is_said_for_pip_counts(tmp_path: Path) -> None:
    (tmp_path / "pip.conf").write_text(
        "[global]\nindex-url = https://mirror.example/simple\nextra-index-url =\n"
        "  https://a.example\n  https://b.example\ncert = /ca.pem\n"
    )
    found = uv_environment({"PIP_CONFIG_FILE": str(tmp_path / "pip.conf")}, tmp_path)
    assert found["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"
    assert found["UV_INDEX"] == "https://a.example https://b.example"
    assert found["SSL_CERT_FILE"] == "/ca.pem"
    named = uv_environment(
        {"PIP_CONFIG_FILE": str(tmp_path / "pip.conf"), "PIP_INDEX_URL": "https://c.example"}, tmp_path
    )
    assert named["UV_DEFAULT_INDEX"] == "https://c.example"
    own = uv_environment(
        {"PIP_INDEX_URL": "https://c.example", "UV_INDEX_URL": "https://d.example"}, tmp_path
    )
    assert "UV_DEFAULT_INDEX" not in own


def test_folders_of_wheels_that_are_not_there_are_left_out(tmp_path: Path) -> None:
    assert "UV_FIND_LINKS" not in uv_environment({"PIP_FIND_LINKS": "/no/such/folder"}, tmp_path)
    assert uv_environment({"PIP_FIND_LINKS": str(tmp_path)}, tmp_path)["UV_FIND_LINKS"] == str(tmp_path)


def test_a_broken_pip_file_is_ignored(tmp_path: Path) -> None:
    (tmp_path / "pip.conf").write_text("no section\n")
    assert "UV_DEFAULT_INDEX" not in uv_environment({"PIP_CONFIG_FILE": str(tmp_path / "pip.conf")}, tmp_path)


def test_uvs_own_file_is_found(tmp_path: Path) -> None:
    (tmp_path / "uv").mkdir()
    (tmp_path / "uv" / "uv.toml").write_text("")
    assert config_file({"XDG_CONFIG_HOME": str(tmp_path)}) == tmp_path / "uv" / "uv.toml"
    assert config_file({"HOME": str(tmp_path / "nobody")}) is None
