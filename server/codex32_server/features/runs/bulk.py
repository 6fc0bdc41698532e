"""One action on many bots. Each has a savepoint: what is refused of one leaves the others done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final
from uuid import UUID

from codex32_server.features.bots.facade import BotsFacade, PromoteRequest
from codex32_server.features.runs.bulk_schemas import Action, BulkItem, BulkProblem, BulkRequest, BulkView
from codex32_server.features.runs.facade import RunsFacade, Submission
from codex32_server.http.principal import Principal
from codex32_server.kit.errors import Codex32Error
from codex32_server.storage.session import Tx

SCOPE_OF: Final[Mapping[Action, str]] = {
    "archive": "bots:write",
    "restore": "bots:write",
    "delete": "bots:write",
    "promote": "bots:write",
    "run": "runs:write",
    "favourite": "bots:read",
    "unfavourite": "bots:read",
}
"""What the same action on one bot asks for."""

_Act = Callable[[str], Awaitable[UUID | None]]


class Bulk:
    """Acts for one principal inside one transaction."""

    def __init__(self, bots: BotsFacade, runs: RunsFacade, tx: Tx, principal: Principal) -> None:
        self._bots = bots
        self._runs = runs
        self._tx = tx
        self._principal = principal

    async def act(self, request: BulkRequest) -> BulkView:
        """By ids in order, whatever order was sent: two callers with the same bots wait for each other."""
        act = self._acting(request)
        done = {bot_id: await self._one(act, bot_id) for bot_id in sorted(set(request.ids))}
        items = [done[bot_id] for bot_id in dict.fromkeys(request.ids)]
        succeeded = sum(item.ok for item in items)
        return BulkView(items=items, succeeded=succeeded, failed=len(items) - succeeded)

    async def _one(self, act: _Act, bot_id: UUID) -> BulkItem:
        try:
            async with self._tx.begin_nested():
                run_id = await act(str(bot_id))
        except Codex32Error as error:
            problem = BulkProblem(
                code=error.code,
                status=error.status,
                title=error.title,
                detail=error.detail,
                next_step=error.advice,
            )
            return BulkItem(id=bot_id, ok=False, run_id=None, problem=problem)
        return BulkItem(id=bot_id, ok=True, run_id=run_id, problem=None)

    def _acting(self, request: BulkRequest) -> _Act:
        async def change(bot: str) -> None:
            await self._change(request, bot)

        async def start(bot: str) -> UUID:
            return await self._start(request, bot)

        return start if request.action == "run" else change

    async def _change(self, request: BulkRequest, bot: str) -> None:
        tx, principal = self._tx, self._principal
        match request.action:
            case "archive":
                await self._bots.archive(tx, principal, bot)
            case "restore":
                await self._bots.restore(tx, principal, bot)
            case "delete":
                await self._bots.delete(tx, principal, bot)
            case "promote":
                wish = {"from": request.source, "to": request.to}
                await self._bots.promote(tx, principal, bot, PromoteRequest.model_validate(wish))
            case _:
                await self._bots.favour(tx, principal, bot, chosen=request.action == "favourite")

    async def _start(self, request: BulkRequest, bot: str) -> UUID:
        principal = self._principal
        wish = Submission(
            principal.workspace_id,
            bot,
            request.input or {},
            environment=request.environment,
            trigger_kind="web" if principal.credential == "session" else "api",
            created_by=principal.member_id,
        )
        return (await self._runs.submit(self._tx, wish)).id
