"""One spelling for each host name, so that what is decided on is what is dialled.

Everything that two programs could read differently (control characters, user information, odd spellings of
addresses, labels that only look like punycode) is refused, not repaired. Sources: RFC 1123, 3986, 5891.
"""

from __future__ import annotations

import ipaddress
import re

LONGEST_NAME = 253
LARGEST_PORT = 65535

_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)", re.ASCII)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)
_PORT = re.compile(r"[1-9][0-9]{0,4}", re.ASCII)
_PUNYCODE = "xn--"


class BadNameError(ValueError):
    """A text that is not a host, or not in a spelling that everybody reads alike; says why."""


def canonical_host(text: str) -> str:
    """The name in lower case ASCII without a dot at its end, or the address in its usual spelling.

    IPv6 addresses come in brackets and go without. Raises BadNameError.
    """
    if text.startswith("["):
        return _address_6(text)
    name = _ascii(text).lower()
    if name.endswith("."):
        name = name[:-1]
    labels = name.split(".")
    if len(name) > LONGEST_NAME or not all(_LABEL.fullmatch(label) for label in labels):
        raise BadNameError(f"{text[:80]!r} is not a host name")
    if _NUMBER.fullmatch(labels[-1]):
        return _address_4(name)
    for label in labels:
        _check_punycode(label)
    return name


def canonical_authority(text: str, default_port: int | None = None) -> tuple[str, int]:
    """`host`, `host:port`, `[v6]:port` as (host, port). Raises BadNameError, also where no port is known."""
    host, colon, port = text.rpartition(":")
    if not colon or (text.startswith("[") and text.endswith("]")):
        if default_port is None:
            raise BadNameError(f"{text[:80]!r} names no port")
        return canonical_host(text), default_port
    if not _PORT.fullmatch(port) or int(port) > LARGEST_PORT:
        raise BadNameError(f"{text[:80]!r} has no valid port")
    return canonical_host(host), int(port)


def parse_names(text: str) -> dict[str, list[str]]:
    """`name=address|address,name=address` as name → addresses. Raises ValueError with a sentence."""
    found: dict[str, list[str]] = {}
    for part in text.split(","):
        name, equals, addresses = part.strip().partition("=")
        if equals:
            found[canonical_host(name)] = [str(ipaddress.ip_address(one)) for one in addresses.split("|")]
        elif name:
            raise ValueError(f"{name!r} has no address")
    return found


def is_address(host: str) -> bool:
    """Whether a canonical host is an address and not a name."""
    return ":" in host or host.rpartition(".")[2].isdigit()


def _ascii(text: str) -> str:
    if text.isascii():
        return text
    try:
        return text.encode("idna").decode("ascii")
    except UnicodeError:
        raise BadNameError(f"{text[:80]!r} is not an internationalised host name") from None


def _address_4(name: str) -> str:
    """Four decimal numbers; octal, hexadecimal, short and single-number spellings are refused."""
    try:
        return str(ipaddress.IPv4Address(name))
    except ValueError:
        raise BadNameError(f"{name[:80]!r} is an unusual spelling of an address") from None


def _address_6(text: str) -> str:
    try:
        if not text.endswith("]") or "%" in text:
            raise BadNameError(f"{text[:80]!r} is not an address")
        return str(ipaddress.IPv6Address(text[1:-1]))
    except ipaddress.AddressValueError:
        raise BadNameError(f"{text[:80]!r} is not an address") from None


def _check_punycode(label: str) -> None:
    """A label `xn--…` must encode something, and be the only label that encodes it."""
    if not label.startswith(_PUNYCODE):
        return
    encoded = label[len(_PUNYCODE) :]
    try:
        decoded = encoded.encode("ascii").decode("punycode")
        sound = not decoded.isascii() and decoded.encode("punycode").decode("ascii") == encoded
    except (UnicodeError, OverflowError):
        sound = False
    if not sound:
        raise BadNameError(f"{label[:80]!r} is not sound punycode")
