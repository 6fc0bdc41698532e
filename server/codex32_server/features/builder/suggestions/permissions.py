"""Advice on what the manifest allows and the code does not use, and on what it leaves open."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .model import Evidence, Suggestion


def advise(seen: Evidence) -> Iterator[Suggestion]:
    yield from _hosts(seen)
    yield from _secrets(seen)
    yield from _zone(seen)
    yield from _loose(seen)


def _hosts(seen: Evidence) -> Iterator[Suggestion]:
    """Exact hosts that stand nowhere in the code. A wildcard, or a URL from the input, proves nothing."""
    exact = [host for host in seen.manifest.network if not host.startswith("*")]
    unused = [host for host in exact if host.partition(":")[0] not in seen.code]
    if not unused or len(unused) == len(seen.manifest.network):
        return
    kept = [host for host in seen.manifest.network if host not in unused]
    yield Suggestion(
        id="unused-hosts",
        kind="safety",
        title=f"Close the way to {', '.join(unused)}",
        why="The manifest opens it, and the code does not name it.",
        impact="medium",
        effort="small",
        change={"network": kept},
    )


def _secrets(seen: Evidence) -> Iterator[Suggestion]:
    """Secrets by name. Those that are put in on the wire are used without the code naming them."""
    if any(not isinstance(secret, str) for secret in seen.manifest.secrets):
        return
    names = list(seen.manifest.secret_names)
    unused = [name for name in names if not re.search(rf"\b{re.escape(name)}\b", seen.code)]
    if unused:
        yield Suggestion(
            id="unused-secrets",
            kind="safety",
            title=f"Do not hand it {', '.join(unused)}",
            why="The manifest names the secret, and the code does not.",
            impact="medium",
            effort="small",
            change={"secrets": [name for name in names if name not in unused] or None},
        )


def _zone(seen: Evidence) -> Iterator[Suggestion]:
    open_ones = [one for one in seen.manifest.triggers if one.schedule and one.timezone == "UTC"]
    hourly = [one for one in open_ones if one.schedule and re.match(r"\S+ \d", one.schedule)]
    if hourly and "timezone" not in seen.source:
        yield Suggestion(
            id="time-zone",
            kind="optimisation",
            title="Say in which time zone it runs",
            why=f"{hourly[0].schedule} is meant in UTC, which moves by an hour where clocks change.",
            impact="low",
            effort="small",
            wish="Run it in the time zone of the workspace.",
        )


def _loose(seen: Evidence) -> Iterator[Suggestion]:
    loose = [item for item in seen.dependencies if not re.search(r"[=<>~]", item)]
    if loose:
        yield Suggestion(
            id="loose-dependencies",
            kind="safety",
            title=f"Say from which version on {', '.join(loose)} is right",
            why="The next version takes whatever is newest then. (What runs now is locked with hashes.)",
            impact="low",
            effort="small",
            wish=f"Give {', '.join(loose)} a lower bound.",
        )
