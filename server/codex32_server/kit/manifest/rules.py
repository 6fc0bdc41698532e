"""What single texts in a manifest must look like: schedules, zones, hosts, secret names, requirements.

Every rule returns the text as it is kept, or raises ValueError with a sentence for people.
"""

from __future__ import annotations

import ipaddress
import re
import zoneinfo
from datetime import UTC, datetime
from functools import cache

from cronsim import CronSim, CronSimError
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet

NAME_PATTERN = "^[a-z][a-z0-9-]{0,62}$"
TAG_PATTERN = "^[a-z0-9][a-z0-9-]{0,31}$"
ENVIRONMENT_PATTERN = "^[a-z][a-z0-9-]{0,31}$"
SECRET_PATTERN = "^[A-Z][A-Z0-9_]{0,63}$"  # noqa: S105 - a pattern, not a password
INJECT_PATTERN = "^header:[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$"
HOST_PATTERN = r"^(\*\.)?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(:[0-9]{1,5})?$"

_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_TAKEN_SECRETS = re.compile(r"CODEX32_.*|PYTHON.*|LD_.*|PATH|HOME|SHELL|USER|TMPDIR|.*_PROXY")
_NOT_OURS = re.compile(
    r"host|content-.*|transfer-encoding|connection|keep-alive|te|trailer|upgrade|expect|proxy-.*|sec-.*",
    re.IGNORECASE,
)
_MAX_PORT = 65535
_MAX_HOST = 253
_MIN_LABELS = 2
_CRON_FIELDS = 5


def slug(text: str) -> str:
    """The name of a bot or trigger."""
    if not re.fullmatch(NAME_PATTERN[1:-1], text):
        raise ValueError(
            f"{text!r} is not a name: use lower-case letters, digits and -, a letter first, 63 at most"
        )
    return text


def tag(text: str) -> str:
    """A word to find bots by."""
    if not re.fullmatch(TAG_PATTERN[1:-1], text):
        raise ValueError(
            f"{text!r} is not a tag: use lower-case letters, digits and -, 32 characters at most"
        )
    return text


def environment(text: str) -> str:
    """The name of an environment."""
    if not re.fullmatch(ENVIRONMENT_PATTERN[1:-1], text):
        raise ValueError(f'{text!r} is not an environment: write for example "prod"')
    return text


def schedule(text: str) -> str:
    """A cron expression of five fields that will fire at some time; blanks are reduced to single spaces."""
    fields = text.split()
    if len(fields) != _CRON_FIELDS:
        raise ValueError(
            f"{text!r} has {len(fields)} fields; a schedule has five: "
            "minute, hour, day of month, month, day of week"
        )
    try:
        next(CronSim(" ".join(fields), datetime.now(UTC)))
    except StopIteration:
        raise ValueError(f"{text!r} names no moment that ever comes") from None
    except CronSimError as error:
        raise ValueError(f"{text!r} is not a schedule: {str(error).lower()}") from None
    except (AssertionError, ValueError, TypeError):
        # cronsim asserts on combinations such as `5#2/2`.
        raise ValueError(f"{text!r} is not a schedule") from None
    return " ".join(fields)


@cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones()) | {"UTC"}


def timezone(text: str) -> str:
    """A name of the IANA time zone database."""
    if text not in _zones():
        raise ValueError(f'{text!r} is not an IANA time zone; write for example "Europe/Madrid" or "UTC"')
    return text


def host(text: str) -> str:
    """`host`, `host:port` or `*.host`, in lower case. Public names and addresses only.

    Unusual spellings of addresses (octal, decimal, short) are refused so that the proxy and a reader of the
    manifest always see the same thing.
    """
    example = 'write for example "api.example.com", "api.example.com:8443" or "*.example.com"'
    if "/" in text or "@" in text:
        raise ValueError(f"{text!r} is a URL; name only the host: {example}")
    name, colon, port = text.lower().partition(":")
    if colon and not (port.isascii() and port.isdigit() and port[0] != "0" and int(port[:6]) <= _MAX_PORT):
        raise ValueError(f"{text!r} has no valid port; {example}")
    labels = name.removeprefix("*.").split(".")
    if not name.isascii():
        raise ValueError(f"{text!r} is not ASCII; write the name in its xn-- form")
    if (
        len(name) > _MAX_HOST
        or len(labels) < _MIN_LABELS
        or not all(_LABEL.fullmatch(part) for part in labels)
    ):
        raise ValueError(f"{text!r} is not a host; {example}")
    if re.fullmatch(r"[0-9]+|0x[0-9a-f]*", labels[-1]):
        _check_address(text, name)
    return f"{name}{colon}{port}"


def _check_address(text: str, name: str) -> None:
    try:
        address = ipaddress.IPv4Address(name)
    except ValueError:
        raise ValueError(f"{text!r} is not a host: an address has four decimal numbers") from None
    if not address.is_global:
        raise ValueError(f"{text!r} is not a public address; bots cannot reach private networks")


def host_covers(wide: str, narrow: str) -> bool:
    """Does a kept pattern allow everything that another kept pattern allows? Without a port, 443 is meant."""
    wide_name, _, wide_port = wide.partition(":")
    narrow_name, _, narrow_port = narrow.partition(":")
    if (wide_port or "443") != (narrow_port or "443"):
        return False
    if wide_name == narrow_name:
        return True
    return wide_name.startswith("*.") and narrow_name.removeprefix("*.").endswith(wide_name[1:])


def secret(text: str) -> str:
    """The name of a secret; it doubles as the name the bot asks for."""
    if not re.fullmatch(SECRET_PATTERN[1:-1], text):
        raise ValueError(
            f"{text!r} is not the name of a secret: use capital letters, digits and _, a letter first, "
            "for example API_TOKEN (the name, never the value)"
        )
    if _TAKEN_SECRETS.fullmatch(text):
        raise ValueError(f"{text!r} is a name that the platform sets itself; choose another")
    return text


def inject(text: str) -> str:
    """`header:NAME`, where a secret is put on the wire; not a header that frames a message (RFC 9110)."""
    if not re.fullmatch(INJECT_PATTERN[1:-1], text):
        raise ValueError(f'{text!r} is not a place for a secret; write for example "header:Authorization"')
    header = text.partition(":")[2]
    if _NOT_OURS.fullmatch(header):
        raise ValueError(f"the header {header!r} belongs to the connection and cannot carry a secret")
    return text


def exact_host(text: str) -> str:
    """A host as `host` keeps it, without `*`: a secret goes to one place."""
    kept = host(text)
    if kept.startswith("*."):
        raise ValueError(f"{text!r} is more than one host; a secret is injected for one: name it in full")
    return kept


def requirement(text: str) -> str:
    """A PEP 508 requirement that names a package of the index; addresses, paths and VCS are refused."""
    try:
        parsed = Requirement(text)
    except InvalidRequirement as error:
        reason = str(error).splitlines()[0]
        if re.match(r"\s*([./~-]|[a-z+]+://|git\+)", text) or "\\" in text:
            reason = "addresses, paths and options are not allowed, only packages by name"
        raise ValueError(f"{text!r} is not a dependency: {reason}") from None
    if parsed.url is not None:
        raise ValueError(
            f"{text!r} comes from an address; only packages of the index by name and version are allowed"
        )
    return str(parsed)


def requires_python(text: str, runs: str) -> str:
    """A PEP 440 set of versions that contains the Python the bot will run on."""
    try:
        allowed = SpecifierSet(text)
    except InvalidSpecifier:
        raise ValueError(f'{text!r} is not a set of Python versions; write for example ">=3.11"') from None
    if not allowed.contains(runs, prereleases=True):
        raise ValueError(f"{text!r} excludes Python {runs}, on which bots run here")
    return text
