"""The allow-list of a manifest."""

from __future__ import annotations

import pytest
from codex32_server.kit.manifest.rules import host as manifest_host
from codex32_server.kit.network.names import BadNameError
from codex32_server.runtime.proxy.policy import AllowList, entry_for, missing_entry
from hypothesis import given
from hypothesis import strategies as st

_LABEL = st.from_regex(r"[a-z]([a-z0-9]{0,5}[a-z0-9])?", fullmatch=True)
_NAME = st.lists(_LABEL, min_size=2, max_size=4).map(".".join)


@pytest.mark.parametrize(
    ("entry", "host", "port", "allowed"),
    [
        ("api.example.com", "api.example.com", 443, True),
        ("api.example.com", "api.example.com", 80, False),
        ("api.example.com", "example.com", 443, False),
        ("api.example.com", "x.api.example.com", 443, False),
        ("api.example.com", "api.example.com.evil.com", 443, False),
        ("api.example.com:8443", "api.example.com", 8443, True),
        ("api.example.com:8443", "api.example.com", 443, False),
        ("*.example.com", "a.example.com", 443, True),
        ("*.example.com", "a.b.example.com", 443, True),
        ("*.example.com", "example.com", 443, False),
        ("*.example.com", "badexample.com", 443, False),
        ("*.example.com:8080", "a.example.com", 8080, True),
        ("8.8.8.8:53", "8.8.8.8", 53, True),
    ],
)
def test_what_an_entry_allows(entry: str, host: str, port: int, allowed: bool) -> None:
    assert AllowList([entry]).allows(host, port) is allowed


def test_nothing_is_allowed_by_default() -> None:
    assert not AllowList([]).allows("api.example.com", 443)


def test_entries_that_are_none() -> None:
    for entry in ("", "*", "*.", "a b", "http://a.example", "a.example:http", "*.*.example.com"):
        with pytest.raises(BadNameError):
            AllowList([entry])


@given(_NAME, st.integers(1, 65535))
def test_the_line_to_add_is_a_sound_entry_that_allows(host: str, port: int) -> None:
    entry = entry_for(host, port)
    assert entry in missing_entry(host, port)
    assert AllowList([manifest_host(entry)]).allows(host, port)


@given(_NAME, _NAME, st.integers(1, 65535))
def test_only_what_is_listed(listed: str, other: str, port: int) -> None:
    allow = AllowList([f"{listed}:{port}", f"*.{listed}:{port}"])
    assert allow.allows(other, port) is (other == listed or other.endswith(f".{listed}"))
