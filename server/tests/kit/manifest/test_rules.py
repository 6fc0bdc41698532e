"""Hosts, schedules, zones, secrets, requirements."""

from contextlib import suppress

import pytest
from codex32_server.kit.manifest import rules
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("api.example.com", "api.example.com"),
        ("API.Example.com:8443", "api.example.com:8443"),
        ("*.example.org", "*.example.org"),
        ("*.example.org:80", "*.example.org:80"),
        ("8.8.8.8", "8.8.8.8"),
        ("xn--nxasmq6b.example", "xn--nxasmq6b.example"),
    ],
)
def test_hosts(text: str, kept: str) -> None:
    assert rules.host(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "", "*", "*.com", "localhost", "https://example.com", "user@example.com", "example.com.", "a..b",
        "example.com:0", "example.com:65536", "example.com:", "example.com:http", "exa mple.com", "-a.com",
        "a-.com", "127.0.0.1", "10.1.2.3", "169.254.169.254", "0x7f.0.0.1", "0177.0.0.1", "2130706433",
        "127.1", "[::1]:443", "a.*.com", "münchen.example", "a" * 64 + ".com", "a.b\n", "a.b\0c", "*.1.2.3.4",
        "example.com:０",
    ],
)  # fmt: skip
def test_what_is_no_host(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a host|not a public|URL|port|ASCII"):
        rules.host(text)


@pytest.mark.parametrize(
    ("wide", "narrow", "covers"),
    [
        ("*.example.com", "api.example.com", True),
        ("*.example.com", "a.b.example.com", True),
        ("*.example.com", "example.com", False),
        ("*.example.com", "badexample.com", False),
        ("*.example.com", "*.a.example.com", True),
        ("*.a.example.com", "*.example.com", False),
        ("example.com", "example.com:443", True),
        ("example.com", "example.com:80", False),
        ("example.com:80", "example.com", False),
    ],
)
def test_which_host_covers_which(wide: str, narrow: str, covers: bool) -> None:
    assert rules.host_covers(wide, narrow) is covers


@pytest.mark.parametrize(
    "text", ["* * * * *", "*/15 8-18 * * mon-fri", "0 9 29 2 *", "0 0 L * *", "0  9 * *  1"]
)
def test_schedules(text: str) -> None:
    assert rules.schedule(text) == " ".join(text.split())


@pytest.mark.parametrize(
    "text",
    ["", "* * * *", "* * * * * *", "60 * * * *", "0 9 30 2 *", "@daily", "*/0 * * * *", "0 0 * * 5#2/2"],
)
def test_what_is_no_schedule(text: str) -> None:
    with pytest.raises(ValueError, match=r"schedule|fields|never|moment"):
        rules.schedule(text)


@given(st.text(alphabet="0123456789*/-,#LW monfeb", max_size=30))
def test_any_schedule_is_read_or_refused(text: str) -> None:
    with suppress(ValueError):
        assert len(rules.schedule(text).split()) == 5


@pytest.mark.parametrize("text", ["Europe/Madrid", "UTC", "America/Argentina/Ushuaia"])
def test_zones(text: str) -> None:
    assert rules.timezone(text) == text


@pytest.mark.parametrize(
    "text", ["CEST", "Europe/Nowhere", "../../etc/passwd", "+01:00", "", "europe/madrid"]
)
def test_what_is_no_zone(text: str) -> None:
    with pytest.raises(ValueError, match="time zone"):
        rules.timezone(text)


@pytest.mark.parametrize(
    "text", ["api_token", "1A", "", "A-B", "sk-live-123", "PYTHONPATH", "LD_PRELOAD", "HTTPS_PROXY"]
)
def test_what_is_no_secret(text: str) -> None:
    with pytest.raises(ValueError, match=r"secret|platform"):
        rules.secret(text)


@pytest.mark.parametrize("text", ["httpx>=0.28", "a[b,c]==1; python_version >= '3.11'", "x"])
def test_requirements(text: str) -> None:
    assert rules.requirement(text)


@pytest.mark.parametrize(
    "text",
    [
        "x @ https://h/x.whl", "x@file:///etc", "./x.whl", "../x", "/x", "-e .", "--index-url http://h", "git+https://h/x",
        "https://h/x.whl", "", "a b", "c:\\x",
    ],
)  # fmt: skip
def test_what_is_no_requirement(text: str) -> None:
    with pytest.raises(ValueError, match=r"dependency|address"):
        rules.requirement(text)


def test_python_versions() -> None:
    assert rules.requires_python(">=3.11,<4", "3.11.7") == ">=3.11,<4"
    with pytest.raises(ValueError, match=r"excludes Python 3\.11\.7"):
        rules.requires_python(">=3.12", "3.11.7")
    with pytest.raises(ValueError, match="not a set"):
        rules.requires_python("three", "3.11.7")
