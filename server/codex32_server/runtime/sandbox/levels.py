"""What each level of isolation leaves out. Who may ask for one is decided in `kit.isolation`.

`strict` leaves nothing out and gives each bot its own copy of its dependencies. `standard` is the same with
one copy for all bots of a workspace. `minimal` has neither the seccomp filter nor Landlock: for trusted code
that needs system calls which the allow-list does not know. The uid, the namespaces, the cgroup and the limits
stay at every level: without namespaces a bot would see the host's files and keys, so nothing runs there.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from codex32_server.kit.isolation import IsolationConsent
from codex32_server.kit.manifest.schema import Isolation
from codex32_server.runtime.sandbox.layer import LayerReport


@dataclass(frozen=True)
class Level:
    """The layers of one level that are not the same at every level."""

    filtered: bool = True
    """seccomp and Landlock."""
    own_dependencies: bool = False
    """A copy of the dependencies for each bot, not for each workspace."""

    def missing(self) -> tuple[str, ...]:
        """Layers that are left out, by name."""
        return () if self.filtered else ("seccomp", "landlock")


LEVELS: dict[Isolation, Level] = {
    "strict": Level(own_dependencies=True),
    "standard": Level(),
    "minimal": Level(filtered=False),
}


def dependency_owner(isolation: Isolation, bot_id: UUID | None) -> UUID | None:
    """Whose copy of the dependencies a run gets: the bot's, or (None) its workspace's."""
    return bot_id if LEVELS[isolation].own_dependencies else None


def sentence(isolation: Isolation) -> str | None:
    """What the log of a run says about its level; None where nothing is left out."""
    missing = LEVELS[isolation].missing()
    return f"Isolation is {isolation}: this run has no {' and no '.join(missing)}." if missing else None


def explain(consent: IsolationConsent) -> LayerReport:
    """Which levels bots may ask for here."""
    if consent.opened:
        return LayerReport(
            "isolation levels",
            False,
            f"{len(consent.trusted)} workspace(s) may use minimal: no seccomp, no Landlock",
            "Unset CODEX32_TRUSTED_WORKSPACES or CODEX32_ISOLATION_MINIMUM to end that.",
            required=False,
        )
    allowed = "strict only" if consent.weakest == "strict" else "strict and standard"
    return LayerReport("isolation levels", True, allowed, required=False)
