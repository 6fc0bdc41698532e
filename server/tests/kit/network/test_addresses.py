"""Every way to write an address that is not of the public internet."""

from __future__ import annotations

import ipaddress

import pytest
from codex32_server.kit.network.addresses import AddressRule, parse_networks
from hypothesis import given
from hypothesis import strategies as st

PRIVATE_4 = (
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.254", "127.0.0.1", "127.255.255.254",
    "169.254.169.254", "169.254.0.1", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1",
    "192.168.1.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1",
    "255.255.255.255", "168.63.129.16",
)  # fmt: skip
PRIVATE_6 = (
    "::", "::1", "fe80::1", "fe80::1%1", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "ff0e::1",
    "100::1",
    "2001::1", "2001:db8::1", "2001:10::1", "2001:20::1", "2002:7f00:1::", "2002:808:808::1", "3fff::1",
    "5f00::1", "64:ff9b:1::1", "::808:808", "4000::1",
)  # fmt: skip
PUBLIC = (
    "1.1.1.1",
    "8.8.8.8",
    "93.184.215.14",
    "172.32.0.1",
    "100.128.0.1",
    "2606:4700::1111",
    "2a00:1450::1",
)


@pytest.mark.parametrize("address", PRIVATE_4)
def test_private_and_every_wrapping_of_it(address: str) -> None:
    plain = ipaddress.IPv4Address(address)
    number = int(plain)
    rule = AddressRule()
    for text in (
        address,
        f"::ffff:{address}",
        f"::ffff:{number >> 16:x}:{number & 0xFFFF:x}",
        f"::{address}",
        f"64:ff9b::{address}",
        f"64:ff9b:1::{address}",
        f"2002:{number >> 16:x}:{number & 0xFFFF:x}::1",
        f"2001:0:{number >> 16:x}:{number & 0xFFFF:x}::1",
    ):
        assert not rule.permits(text), text


@pytest.mark.parametrize("address", PRIVATE_6)
def test_private_6(address: str) -> None:
    assert not AddressRule().permits(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public(address: str) -> None:
    assert AddressRule().permits(address)
    if "." in address:
        assert AddressRule().permits(f"::ffff:{address}")
        assert AddressRule().permits(f"64:ff9b::{address}")


@pytest.mark.parametrize(
    "text", ["", "localhost", "127.1", "0x7f.0.0.1", "2130706433", "0177.0.0.1", "1.1.1.1 ", "a"]
)
def test_what_is_no_address(text: str) -> None:
    assert not AddressRule(parse_networks("0.0.0.0/0")).permits(text)


def test_an_administrator_allows_ranges() -> None:
    rule = AddressRule(parse_networks("127.0.0.0/8, 10.1.0.0/16,fd00::/8"))
    permitted = ["127.0.0.1", "10.1.255.1", "::ffff:127.0.0.1", "fd00::1", "1.1.1.1"]
    assert [text for text in permitted if not rule.permits(text)] == []
    refused = ["10.2.0.1", "169.254.169.254", "::1", "fe80::1%2", "fc00::1"]
    assert [text for text in refused if rule.permits(text)] == []


@pytest.mark.parametrize("text", ["10.0.0.1/8", "10.0.0.0/33", "intranet", "10.0.0.0-10.0.0.9"])
def test_ranges_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_networks(text)


@given(st.ip_addresses())
def test_nothing_that_python_calls_private_is_permitted(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    if address.is_private or address.is_multicast or address.is_loopback or address.is_link_local:
        mapped = getattr(address, "ipv4_mapped", None)
        assert mapped is not None or not AddressRule().permits(str(address))
