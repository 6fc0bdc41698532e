"""Hosts in the code against `network` of the manifest: what is not listed there cannot be reached."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from codex32_server.features.builder.checks.sources import Bot, told
from codex32_server.features.builder.documents import Told
from codex32_server.kit.manifest.rules import host_covers

_URL = re.compile(r"\b(https?|wss?|ftp)://[^\s\"'<>{}|\\^`]+")
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+|\[?[0-9a-fA-F:]+:[0-9a-fA-F:.]*\]?")
"""A name with a dot or an address. “Begins with https://.” in a message is neither."""
_PORTS: Final = {"http": 80, "ws": 80, "https": 443, "wss": 443, "ftp": 21}
_ONLY_NAMES: Final = (
    *("www.w3.org", "purl.org", "schemas.xmlsoap.org", "schemas.openxmlformats.org", "schemas.microsoft.com"),
    *("xmlns.com", "www.sitemaps.org", "schema.org", "json-schema.org", "search.yahoo.com", "ns.adobe.com"),
    *("xml.org", "www.itunes.com", "rssnamespace.org", "www.topografix.com", "www.opengis.net"),
)
"""Names of vocabularies look like addresses, and nobody ever goes there."""


def check(bot: Bot) -> list[Told]:
    """`network`: an error for a host that is not listed, a note for one that the code never names."""
    allowed = [str(host) for host in bot.package.manifest.network]
    named: set[str] = set()
    found: list[Told] = []
    for source in bot.sources:
        if source.tests:
            continue
        for text in source.texts():
            for host in _hosts(str(text.value)):
                named.add(host)
                if not any(host_covers(wide, host) for wide in allowed):
                    found.append(_missing(source.path, text.lineno, host))
    for wide in allowed:
        if not any(host_covers(wide, host) for host in named):
            says = f"It may reach {wide}, which its code does not name: an input or a secret has to."
            found.append(told("network", bot.package.entry, 0, says, "note"))
    return found


def _missing(path: str, line: int, host: str) -> Told:
    says = f'The code names {host!r}, which the manifest does not allow. Add it: network = ["{host}"].'
    return told("network", path, line, says)


def _hosts(text: str) -> list[str]:
    """As the manifest spells them: without the port where it is 443."""
    found: list[str] = []
    for match in _URL.finditer(text):
        try:
            parts = urlsplit(match.group())
            name, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        except ValueError:
            continue
        if _HOST.fullmatch(name) and name not in _ONLY_NAMES:
            found.append(name if port == 443 else f"{name}:{port}")
    return found
