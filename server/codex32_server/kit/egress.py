"""The hosts of a workspace: beyond them no bot reaches, whatever its manifest says.

A manifest that asks for more is refused, when it is published and again before each run: a bot never begins
with less network than its manifest says, because it would fail in the middle of its work.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .errors import FieldProblem, ForbiddenError
from .manifest.rules import host_covers

_MOST_NAMED = 5


class EgressNotAllowedError(ForbiddenError):
    """A manifest lists hosts that the workspace does not allow."""

    code = "egress_not_allowed_by_workspace"
    title = "The workspace does not allow these hosts"
    next_step = (
        "Publish a version without them in `network`, or ask an owner to allow them: "
        "`codex32 workspaces hosts` shows and changes the list."
    )


def outside(network: Iterable[str], allowed: Sequence[str]) -> list[str]:
    """Entries of a manifest that the workspace's do not cover; none if the workspace has no entries."""
    if not allowed:
        return []
    return [host for host in network if not any(host_covers(wide, host) for wide in allowed)]


def check_hosts(network: Iterable[str], allowed: Sequence[str]) -> None:
    """Raises EgressNotAllowedError, which names the hosts."""
    refused = outside(network, allowed)
    if refused:
        detail = f"The workspace does not allow {named(refused)}."
        raise EgressNotAllowedError(detail, fields=[FieldProblem("manifest.network", detail)])


def named(hosts: Sequence[str]) -> str:
    """The first of them, and how many more there are."""
    more = f" and {len(hosts) - _MOST_NAMED} more" if len(hosts) > _MOST_NAMED else ""
    return f"{', '.join(hosts[:_MOST_NAMED])}{more}"
