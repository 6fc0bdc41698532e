"""A workspace with its features as `main` wires them, on a database of one test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from codex32_server.features.bots.facade import BotsFacade, NewDeployment
from codex32_server.features.bots.schemas import PromoteRequest
from codex32_server.features.runs.facade import RunsFacade, Submission
from codex32_server.features.runs.repository.files import digest_of
from codex32_server.features.runs.schemas import RunView
from codex32_server.features.services.facade import ServicesFacade, stop_or_start, sync_service
from codex32_server.features.triggers.facade import TriggersFacade, follow_bot, sync_manifest_triggers
from codex32_server.http.principal import Principal, granted
from codex32_server.kit.ids import new_id
from codex32_server.storage.session import Database
from sqlalchemy import text
from support.postgres import DatabaseUnderTest

SIGNATURE = "limit: int = 10, mode: str = 'fast'"


def bot_source(name: str, manifest: str = "", signature: str = SIGNATURE) -> bytes:
    """The file of a bot that needs nothing; `manifest` is more lines of the table, without the #."""
    lines = "".join(f"# {line}\n" for line in manifest.splitlines())
    return (
        f'# /// script\n# [tool.codex32]\n# name = "{name}"\n{lines}# ///\n'
        f"def main({signature}) -> dict:\n    return {{}}\n"
    ).encode()


@dataclass(frozen=True)
class Platform:
    """One workspace, seen with the application's role."""

    database: Database
    scheduler: Database
    owner: Database
    principal: Principal
    bots: BotsFacade
    runs: RunsFacade
    triggers: TriggersFacade
    services: ServicesFacade

    @property
    def workspace_id(self) -> UUID:
        return self.principal.workspace_id

    async def deploy(self, name: str, manifest: str = "", signature: str = SIGNATURE) -> UUID:
        """A bot (or its next version), published to dev; its id."""
        new = NewDeployment({"bot.py": bot_source(name, manifest, signature)}, name=name)
        async with self.database.transaction(self.workspace_id) as tx:
            return (await self.bots.deploy(tx, self.principal, new)).bot.id

    async def publish(self, bot_id: UUID, environment: str) -> None:
        """Point an environment at what dev points at, as a promotion of a proven version would."""
        await self.execute(
            "update versions set proof = 'proven' where bot_id = :bot_id and proof = 'unproven'",
            bot_id=bot_id,
        )
        request = PromoteRequest(to=environment)
        async with self.database.transaction(self.workspace_id) as tx:
            await self.bots.promote(tx, self.principal, str(bot_id), request)

    async def submit(self, bot: str, value: Any = None, **changes: Any) -> RunView:
        wish = Submission(self.workspace_id, bot, {} if value is None else value, **changes)
        async with self.database.transaction(self.workspace_id) as tx:
            return await self.runs.submit(tx, wish)

    async def upload(self, name: str, content: bytes) -> UUID:
        async with self.database.transaction(self.workspace_id) as tx:
            view = await self.runs.upload(tx, self.workspace_id, name, digest_of(content), content, None)
        return view.id

    async def end(self, run_id: UUID, status: str = "succeeded", **columns: Any) -> None:
        """Make a run look as if a worker had ended it."""
        values = {"status": status, "attempt": 1, **columns}
        changes = ", ".join(f"{name} = :{name}" for name in values)
        await self.execute(
            f"update runs set {changes}, started_at = now(), finished_at = now() where id = :id",
            id=run_id,
            **values,
        )
        await self.execute("select pg_notify('codex32_run', :what)", what=f"{run_id}:{status}")

    async def rows(self, sql: str, **values: Any) -> list[Any]:
        """What a query shows to the superuser."""
        async with self.owner.transaction(None) as tx:
            return list((await tx.execute(text(sql), values)).all())

    async def execute(self, sql: str, **values: Any) -> None:
        async with self.owner.transaction(None) as tx:
            await tx.execute(text(sql), values)


async def a_platform(database: DatabaseUnderTest, name: str = "acme") -> Platform:
    """A new workspace with its owner."""
    workspace_id, member_id = new_id(), new_id()
    async with database.owner.transaction(None) as tx:
        await tx.execute(
            text("insert into workspaces (id, slug, name) values (:id, :name, :name)"),
            {"id": workspace_id, "name": name},
        )
        await tx.execute(
            text(
                "insert into members (id, workspace_id, name, role) values (:id, :workspace_id, 'o', 'owner')"
            ),
            {"id": member_id, "workspace_id": workspace_id},
        )
    principal = Principal(
        workspace_id, member_id, "owner", "owner", granted("owner", False, None), False, "key", new_id()
    )
    bots = BotsFacade(
        pointer_moved=[sync_manifest_triggers, sync_service], bot_rests=[follow_bot, stop_or_start]
    )
    runs = RunsFacade(bots.resolve)
    return Platform(
        *(database.app, database.scheduler, database.owner, principal, bots, runs),
        *(TriggersFacade(bots, runs), ServicesFacade(runs)),
    )
