"""Which addresses uv would ask, and what a build is told instead."""

from __future__ import annotations

from pathlib import Path

import pytest
from codex32_server.runtime.dependencies.sources import sources_of
from codex32_server.runtime.errors import EnvironmentFailedError

DEFAULT = "https://default.example/s"


@pytest.mark.parametrize("written", ["", "no toml = = at all"])
def test_without_an_index_nothing_is_built(tmp_path: Path, written: str) -> None:
    config = tmp_path / "uv.toml"
    config.write_text(written)
    with pytest.raises(EnvironmentFailedError, match="no package index"):
        sources_of({"UV_INDEX": "https://b.example"}, config)


@pytest.mark.parametrize(
    ("told", "addresses"),
    [
        ({"UV_DEFAULT_INDEX": "https://a.example/s"}, ("https://a.example/s",)),
        ({"UV_INDEX_URL": "https://a.example/s"}, ("https://a.example/s",)),
        (
            {"UV_INDEX": "https://b.example https://c.example", "UV_DEFAULT_INDEX": "https://a.example"},
            ("https://b.example", "https://c.example", "https://a.example"),
        ),
        (
            {
                "UV_INDEX": "own=https://b.example/s",
                "UV_INDEX_OWN_USERNAME": "me",
                "UV_INDEX_OWN_PASSWORD": "a/b",
            },
            ("https://me:a%2Fb@b.example/s", DEFAULT),
        ),
        ({"UV_FIND_LINKS": "https://d.example/list"}, (DEFAULT, "https://d.example/list")),
    ],
)
def test_variables(told: dict[str, str], addresses: tuple[str, ...]) -> None:
    assert sources_of({"UV_INDEX_URL": DEFAULT, **told}, None).addresses == addresses


def test_a_file_counts_where_no_variable_says_otherwise(tmp_path: Path) -> None:
    config = tmp_path / "uv.toml"
    config.write_text(
        '[[index]]\nurl = "https://b.example"\n[[index]]\nurl = "https://a.example"\ndefault = true\n'
        '[pip]\nfind-links = ["https://d.example"]\n'
    )
    expected = ("https://b.example", "https://a.example", "https://d.example")
    assert sources_of({}, config).addresses == expected
    told = {"UV_DEFAULT_INDEX": "https://e.example"}
    assert sources_of(told, config).indexes == ("https://b.example", "https://e.example")


def test_a_build_is_told_no_address_and_no_secret(tmp_path: Path) -> None:
    told = {
        "UV_DEFAULT_INDEX": "https://me:secret@a.example/s",
        "UV_INDEX": "https://b.example",
        "UV_FIND_LINKS": f"{tmp_path} https://d.example",
        "UV_INDEX_OWN_PASSWORD": "secret",
        "PIP_INDEX_URL": "https://me:secret@a.example/s",
        "HTTPS_PROXY": "http://me:secret@proxy.example",
        "UV_HTTP_TIMEOUT": "3",
    }
    seen = sources_of(told, None).environment(told, "http://door")
    assert seen == {
        "UV_DEFAULT_INDEX": "http://door/i/1",
        "UV_INDEX": "http://door/i/0",
        "UV_FIND_LINKS": f"{tmp_path} http://door/i/2",
        "UV_HTTP_TIMEOUT": "3",
    }
