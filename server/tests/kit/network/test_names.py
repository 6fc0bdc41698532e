"""One spelling for each host: what is repaired, what is refused."""

from __future__ import annotations

import ipaddress

import pytest
from codex32_server.kit.network.names import (
    BadNameError,
    canonical_authority,
    canonical_host,
    is_address,
    parse_names,
)
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("api.example.com", "api.example.com"),
        ("API.Example.COM.", "api.example.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("ａｐｉ.example.com", "api.example.com"),
        ("api。example。com", "api.example.com"),
        ("8.8.8.8", "8.8.8.8"),
        ("[2001:4860:4860:0:0:0:0:8888]", "2001:4860:4860::8888"),
        ("localhost", "localhost"),
    ],
)
def test_one_spelling(text: str, host: str) -> None:
    assert canonical_host(text) == host


@pytest.mark.parametrize(
    "text",
    [
        "", ".", "a..b", "api.example.com..", ".example.com", "-a.example.com", "a-.example.com",
        "a_b.example.com", "user@api.example.com", "user:pw@api.example.com",
        "api.example.com\0.evil.com", "api.example.com\r\nX: y", "api.example.com\n",
        " api.example.com", "api.example.com/", "api.example.com#", "api.example.com%00",
        "a" * 64 + ".com", ".".join(["a" * 60] * 5), "*.example.com",
        "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "127.1", "127.0.1", "1.2.3.4.5", "256.1.1.1",
        "127.0.0.01", "１２７.1",
        "[::1", "::1", "[fe80::1%eth0]", "[::1]]", "[v1.x]", "[127.0.0.1]",
        "xn--.example", "xn--api-.example", "xn--zzzzzzzzzzzzzz99.example",
    ],
)  # fmt: skip
def test_refused(text: str) -> None:
    with pytest.raises(BadNameError):
        canonical_host(text)


@pytest.mark.parametrize(
    ("text", "default", "pair"),
    [
        ("a.example:80", None, ("a.example", 80)),
        ("a.example", 443, ("a.example", 443)),
        ("[::1]:8080", None, ("::1", 8080)),
        ("[::1]", 80, ("::1", 80)),
    ],
)
def test_ports(text: str, default: int | None, pair: tuple[str, int]) -> None:
    assert canonical_authority(text, default) == pair


@pytest.mark.parametrize(
    "text",
    ["a.example", "[::1]", "a.example:", "a.example:0", "a.example:65536", "a.example:080", "a.example:+80",
     "a.example: 80", "a.example:٨٠", "a.example:80:80", "::1:80", "a.example:443@b.example:443"],
)  # fmt: skip
def test_authorities_that_are_refused(text: str) -> None:
    with pytest.raises(BadNameError):
        canonical_authority(text)


@given(st.text(max_size=60))
def test_what_comes_out_is_plain_and_stays_the_same(text: str) -> None:
    try:
        host = canonical_host(text)
    except BadNameError:
        return
    assert host.isascii()
    assert host == host.lower()
    assert not set(host) & set(" \0\r\n\t@/\\?#%_*[]")
    assert canonical_host(f"[{host}]" if ":" in host else host) == host


@given(st.ip_addresses())
def test_addresses_keep_their_value(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    text = str(address) if address.version == 4 else f"[{address.exploded}]"
    host = canonical_host(text)
    assert ipaddress.ip_address(host) == address
    assert is_address(host)


def test_names_of_an_administrator() -> None:
    assert parse_names("") == {}
    assert parse_names("A.example=10.0.0.1|::1, b.example=10.0.0.2") == {
        "a.example": ["10.0.0.1", "::1"],
        "b.example": ["10.0.0.2"],
    }
    for text in ("a.example", "a.example=", "a.example=here", "a b=1.1.1.1"):
        with pytest.raises(ValueError, match=r"."):
            parse_names(text)
