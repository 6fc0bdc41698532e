"""Addresses of the model gateway."""

from __future__ import annotations

import pytest
from codex32_server.kit.network.gateway import GatewayAddress, parse_gateway


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("http://127.0.0.1:8032", GatewayAddress("127.0.0.1", 8032)),
        ("http://127.0.0.1:8032/llm/v1", GatewayAddress("127.0.0.1", 8032)),
        ("http://[::1]:8032/", GatewayAddress("::1", 8032)),
        ("https://codex.example", GatewayAddress("codex.example", 443, tls=True)),
        ("unix:/run/llm.sock", GatewayAddress("localhost", 80, path="/run/llm.sock")),
    ],
)
def test_addresses(address: str, expected: GatewayAddress) -> None:
    assert parse_gateway(address) == expected


@pytest.mark.parametrize(
    "address",
    ["", "127.0.0.1:8032", "ftp://x", "http://", "http://u:p@x", "http://x/api", "http://x/?a", "unix:x"],
)
def test_what_is_none_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="address of the model gateway"):
        parse_gateway(address)
