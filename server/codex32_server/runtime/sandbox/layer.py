"""What every layer of the sandbox can say about itself, for `codex32 doctor` and for the run's log."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LayerReport:
    """One layer on this machine. `ok` is False where it is missing; `required` says whether bots then refuse
    to run.
    """

    name: str
    ok: bool
    detail: str
    remedy: str | None = None
    required: bool = True
