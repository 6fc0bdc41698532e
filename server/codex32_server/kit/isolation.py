"""Who may run at which level of isolation. What a level leaves out is in `runtime.sandbox.levels`.

A level that is not allowed is refused, when a bot is published and again before each run: a bot never runs at
another level than its manifest says, neither weaker nor stronger.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from .errors import FieldProblem, ForbiddenError
from .manifest.schema import Isolation

LEVELS: tuple[Isolation, ...] = ("strict", "standard", "minimal")
"""Strongest first."""


class IsolationRefusedError(ForbiddenError):
    """A manifest asks for less isolation than the administrator allows."""

    code = "isolation_refused"
    title = "This isolation is not allowed here"
    next_step = 'Write isolation = "strict" in the manifest, or leave it out.'


@dataclass(frozen=True)
class IsolationConsent:
    """What the administrator allows. Without settings nobody gets `minimal`."""

    weakest: Isolation = "standard"
    trusted: frozenset[UUID] = frozenset()
    """Workspaces in which `minimal` is allowed, if `weakest` allows it at all."""

    def check(self, asked: Isolation, workspace_id: UUID) -> None:
        """Raises IsolationRefusedError, which names the setting."""
        if LEVELS.index(asked) > LEVELS.index(self.weakest):
            raise _refused(
                f"isolation = {asked!r} is weaker than {self.weakest!r}, the weakest that is allowed here.",
                f"Write isolation = {self.weakest!r} in the manifest, or ask an administrator to set "
                f"CODEX32_ISOLATION_MINIMUM={asked}.",
            )
        if asked == "minimal" and workspace_id not in self.trusted:
            raise _refused(
                "isolation = 'minimal' is for trusted workspaces, and this one is not among them.",
                "Write isolation = 'standard' in the manifest, or ask an administrator to add "
                f"{workspace_id} to CODEX32_TRUSTED_WORKSPACES.",
            )

    def minimal_in(self, workspace_id: UUID) -> bool:
        """Whether bots of a workspace may run at `minimal`, which people should see."""
        return self.weakest == "minimal" and workspace_id in self.trusted

    @property
    def opened(self) -> bool:
        """Whether anybody may run at `minimal`."""
        return self.weakest == "minimal" and bool(self.trusted)


def _refused(detail: str, next_step: str) -> IsolationRefusedError:
    return IsolationRefusedError(
        detail, fields=[FieldProblem("manifest.isolation", detail)], next_step=next_step
    )
