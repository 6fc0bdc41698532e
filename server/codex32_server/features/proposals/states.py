"""What may become of a proposal. The one table of its states; every change goes through `check`.

proposed → approved → applied
    └──→ rejected ←──┘
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from .errors import ProposalDecidedError

Status = Literal["proposed", "approved", "rejected", "applied"]

TRANSITIONS: Final[Mapping[Status, frozenset[Status]]] = {
    "proposed": frozenset({"approved", "rejected"}),
    "approved": frozenset({"applied", "rejected"}),
    "rejected": frozenset(),
    "applied": frozenset(),
}


def check(before: Status, after: Status) -> None:
    """Raises ProposalDecidedError for a change that is not in the table."""
    if after not in TRANSITIONS[before]:
        raise ProposalDecidedError(f"The proposal is {before}, so it cannot become {after}.")
