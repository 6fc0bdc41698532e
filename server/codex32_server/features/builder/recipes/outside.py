"""What a bot must not reach: this machine, private networks, files of the system."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from .patterns import Found, Sentence
from .places import web_address
from .unavailable import NEAREST

_ADDRESS = re.compile(r"(https?://)?[\w-]+(\.[\w-]+)+(:\d+)?([/?]\S*)?")
_NAMES = re.compile(r"(^|\.)(localhost|localdomain|local|internal|intranet|lan|home|corp)$")
_NUMBER = re.compile(r"0x[0-9a-f]+|\d+")
_BARE = re.compile(r"(localhost|\d{1,3}(\.\d{1,3}){3}|\[[0-9a-f:.]+\])(:\d+)?(/\S*)?", re.IGNORECASE)


def is_inner(url: str) -> bool:
    """Whether the address is of this machine, a private network or such; nothing is looked up."""
    try:
        host = (urlsplit(url if "://" in url else f"https://{url}").hostname or "").rstrip(".")
    except ValueError:
        return True
    return bool(_NAMES.search(host)) or _is_private(host)


def has_password(url: str) -> bool:
    """Whether the address carries a name or password before its host."""
    try:
        return "@" in urlsplit(url if "://" in url else f"https://{url}").netloc
    except ValueError:
        return True


def _is_private(host: str) -> bool:
    """In every way in which programs read addresses: dotted, whole, hexadecimal, version 6."""
    try:
        known = int(host, 0) if _NUMBER.fullmatch(host) else host
        address = ipaddress.ip_address(known)
    except ValueError:
        parts = host.split(".")
        return len(parts) <= 4 and all(_NUMBER.fullmatch(part) for part in parts)
    mapped = getattr(address, "ipv4_mapped", None)
    return not (mapped or address).is_global


def answered_address(value: str) -> str:
    """The web address that an answer is. Raises ValueError if it is none, or one that no bot can reach."""
    plain = value.strip()
    if not _ADDRESS.fullmatch(plain):
        raise ValueError(f"{value!r} is no address such as https://api.example.com/orders.")
    if is_inner(plain):
        raise ValueError(NEAREST["inner"])
    if has_password(plain):
        raise ValueError(NEAREST["password"])
    return web_address(plain)


def _touching(sentence: Sentence, at: int) -> int:
    """The end of the tokens that stand together from here; `at` if one stands right before it."""
    tokens = sentence.tokens
    if at and tokens[at - 1].end == tokens[at].start and tokens[at - 1].plain not in "\"'(":
        return at
    end = at + 1
    while end < len(tokens) and tokens[end - 1].end == tokens[end].start and tokens[end].plain not in ",;!?":
        end += 1
    return end


def system_path(sentence: Sentence, at: int) -> Iterator[Found]:
    """`/etc/passwd`, `~/.ssh/id_rsa`, `../../secrets.txt`, `C:\\Users`: a place on the machine."""
    end = _touching(sentence, at)
    text = "".join(token.text for token in sentence.tokens[at:end])
    if re.match(r"(/|~/|~$|(\.\./)+|[A-Za-z]:\\)\.?\w", text) or text == "~":
        yield Found(end, text)


def inner_address(sentence: Sentence, at: int) -> Iterator[Found]:
    """`localhost:8000`, `127.0.0.1`, `10.0.0.5/status`: addresses without a scheme."""
    end = _touching(sentence, at)
    text = "".join(token.text for token in sentence.tokens[at:end]).rstrip(".")
    if _BARE.fullmatch(text) and is_inner(text):
        yield Found(end, text)
