"""What the gateway needs from the rest of the house; `features/usage` and `features/models` implement it."""

from __future__ import annotations

from decimal import Decimal
from typing import Protocol
from uuid import UUID

from codex32_server.gateway.contract import (
    Attempt,
    AttemptEnd,
    CachedAnswer,
    Call,
    Caller,
    Listed,
    Prices,
    Reservation,
    Target,
    Usage,
)


class Keys(Protocol):
    """Virtual keys. Implemented in `features/usage`."""

    async def caller(self, token: str) -> Caller:
        """Raises KeyNotValidError. No cache outlives a revocation."""
        ...


class Money(Protocol):
    """Budgets and the ledger. Implemented in `features/usage`."""

    async def reserve(self, attempt: Attempt, most: Decimal, most_tokens: int) -> Reservation:
        """Claim the worst case on every budget that the attempt falls under: all of them or none, in one
        statement. Raises BudgetExceededError.
        """
        ...

    async def settle(self, reservation: Reservation, end: AttemptEnd) -> None:
        """Replace the claim by what was really spent and write the ledger's row. Exactly once for each
        reservation; a second call changes nothing. What crashes in between is settled by the reaper.
        """
        ...

    async def note_hit(self, call: Call, answer: CachedAnswer) -> None:
        """The ledger's row of a cache hit: nothing spent, and what the kept answer had cost was saved."""
        ...


class Routes(Protocol):
    """Aliases, providers and models of a workspace. Implemented in `features/models`."""

    async def targets(self, call: Call) -> tuple[Target, ...]:
        """In the order in which they are tried; secrets filled in.

        Raises ModelUnknownError, ModelNotAllowedError.
        """
        ...

    async def listing(self, caller: Caller) -> tuple[Listed, ...]:
        """What the caller may ask for."""
        ...


class CacheStore(Protocol):
    """Answers by the digest of their question, apart for each workspace. Implemented in `features/models`."""

    async def get(self, workspace_id: UUID, digest: bytes) -> CachedAnswer | None: ...

    async def put(self, workspace_id: UUID, digest: bytes, answer: CachedAnswer, seconds: int) -> None: ...


class Pricing(Protocol):
    """The arithmetic of prices. `gateway.pricing` is one."""

    def worst_case(self, target: Target, input_tokens: int, output_tokens: int) -> Decimal:
        """US dollars that these tokens can cost at most; zero where there is no price."""
        ...

    def cost(self, prices: Prices, usage: Usage) -> Decimal:
        """US dollars, unrounded."""
        ...


class Redacts(Protocol):
    """Takes something out of texts; false where there is nothing that it could take out."""

    def __bool__(self) -> bool: ...
    def text(self, text: str) -> str:
        """The same where there is none of it."""
        ...


class Hidden(Protocol):
    """What of a workspace must not show."""

    async def of(self, workspace_id: UUID) -> tuple[Redacts, bool]:
        """What takes them out, and whether the workspace wants that for prompts too."""
        ...
