"""Services whose workspace takes hosts away from them: people are told, and they come back by themselves."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

from codex32_server.features.bots.facade import NewDeployment
from codex32_server.features.services.facade import ReplicaExit, keep_within, sync_service
from codex32_server.features.workspaces.facade import WorkspaceChange, WorkspacesFacade
from codex32_server.kit.egress import EgressNotAllowedError
from codex32_server.kit.manifest.schema import Manifest
from features.services.conftest import BROKEN, Player
from support.waiting import until
from support.workspace import bot_source

NETWORK = 'network = ["api.example.com", "api.example.org"]'
TABLE = 'service = { port = 8080, backoff = "50ms", max_backoff = "100ms", crash_loop = 1 }'
REFUSED = ReplicaExit("failed", error=(EgressNotAllowedError.code, "The workspace does not allow it."))


async def _allow(player: Player, *hosts: str) -> None:
    platform = player.platform
    async with platform.database.transaction(platform.workspace_id) as tx:
        change = WorkspaceChange(egress_hosts=list(hosts))
        await WorkspacesFacade(hosts_changed=[keep_within]).change(tx, platform.principal, change)


async def _archive(player: Player, bot_id: UUID) -> None:
    platform = player.platform
    async with platform.database.transaction(platform.workspace_id) as tx:
        await platform.bots.archive(tx, platform.principal, str(bot_id))


async def _restore(player: Player, bot_id: UUID) -> None:
    platform = player.platform
    async with platform.database.transaction(platform.workspace_id) as tx:
        await platform.bots.restore(tx, platform.principal, str(bot_id))


async def _refuse_until_quarantined(player: Player) -> None:
    for _ in range(2):
        if await player.states() == ["quarantined"]:
            break
        await player.replicas.exited(await player.claim_soon(), REFUSED)
    assert await player.states() == ["quarantined"]


async def _open(player: Player) -> list[str]:
    return [kind for kind, is_open in await player.incidents() if is_open]


async def test_it_is_blocked_and_goes_on(player: Player) -> None:
    await player.deploy(table=f"{TABLE}\n{NETWORK}")
    await player.deploy(name="other", table=TABLE)
    await player.up()
    await _allow(player, "*.example.com")
    assert await player.incidents() == [("blocked", True)]
    (incident,) = await player.platform.rows("select message, data, bot_name from incidents")
    assert (incident.bot_name, incident.data["hosts"]) == ("up", ["api.example.org"])
    assert "does not allow api.example.org:" in incident.message
    assert "codex32 workspaces hosts" in incident.message
    assert await player.states() == ["ready"]
    await _allow(player, "*.example.net")
    (incident,) = await player.platform.rows("select data from incidents")
    assert incident.data["hosts"] == ["api.example.com", "api.example.org"]


async def test_it_is_released_without_a_restart_while_it_stands(player: Player) -> None:
    await player.deploy(table=f"{TABLE}\n{NETWORK}")
    await player.up()
    await _allow(player, "*.example.com")
    before = await player.look()
    await _allow(player)
    assert await _open(player) == []
    after = await player.look()
    assert after.replicas[0].id == before.replicas[0].id
    await _allow(player)
    assert (await player.kinds())[-2:] == ["blocked", "released"]


async def test_one_that_gave_up_starts_again(player: Player) -> None:
    await player.deploy(table=f"{TABLE}\n{NETWORK}")
    (replica,) = await player.up()
    await _allow(player, "*.example.com")
    await player.replicas.exited(replica, ReplicaExit("released"))
    await _refuse_until_quarantined(player)
    await _allow(player, "*.example.com", "*.example.org")
    await player.up()
    assert await player.states() == ["ready"]
    assert await _open(player) == []


async def test_another_version_or_the_end_of_its_bot_closes_it(player: Player) -> None:
    await player.deploy(table=f"{TABLE}\n{NETWORK}")
    await player.up()
    await _allow(player, "*.example.com")
    await player.deploy(table=f'{TABLE}\nnetwork = ["api.example.com"]')
    assert await _open(player) == []
    await _allow(player, "*.example.com")
    assert await _open(player) == []


async def test_a_bot_that_is_restored_is_blocked_again(player: Player) -> None:
    """Also if it did fit when it was archived; and it comes back by itself as every other."""
    bot_id = await player.deploy(table=f"{TABLE}\n{NETWORK}")
    (replica,) = await player.up()
    await _archive(player, bot_id)
    await player.replicas.exited(replica, ReplicaExit("stopped"))
    await _allow(player, "*.example.com")
    assert await player.incidents() == []
    await _restore(player, bot_id)
    assert await player.incidents() == [("blocked", True)]
    await _refuse_until_quarantined(player)
    await _allow(player)
    await player.up()
    assert await player.states() == ["ready"]
    assert await _open(player) == []


async def test_a_bot_that_fits_when_it_is_restored_is_not(player: Player) -> None:
    bot_id = await player.deploy(table=f"{TABLE}\n{NETWORK}")
    await player.up()
    await _allow(player, "*.example.com")
    await _archive(player, bot_id)
    await _allow(player)
    await _restore(player, bot_id)
    assert await player.incidents() == [("blocked", False)]


async def test_a_version_that_is_gone_back_to_is_looked_at(player: Player) -> None:
    await player.deploy(table=f"{TABLE}\n{NETWORK}")
    await player.up()
    await _allow(player, "*.example.com")
    await player.deploy(table=f'{TABLE}\nnetwork = ["api.example.com"]')
    assert await _open(player) == []
    await player.replicas.exited(await player.claim_soon(), BROKEN)
    assert "rolled_back" in await player.kinds()
    assert sorted(await _open(player)) == ["blocked", "fallback"]


async def test_a_version_is_looked_at_when_it_is_pointed_at(player: Player) -> None:
    """The list was narrowed between its deployment, which looked as well, and the end of its proof."""
    bot_id = await player.deploy(table=f"{TABLE}\n{NETWORK}")
    await player.deploy(table=TABLE)
    await _allow(player, "*.example.com")
    assert await player.incidents() == []
    workspace_id = player.platform.workspace_id
    (first,) = await player.platform.rows("select id, manifest from versions where number = 1")
    async with player.platform.database.transaction(workspace_id) as tx:
        manifest = Manifest.model_validate(first.manifest)
        await sync_service(tx, workspace_id, bot_id, "dev", first.id, manifest)
    assert await player.incidents() == [("blocked", True)]


async def test_a_deployment_that_the_change_had_to_wait_for_counts(player: Player) -> None:
    await player.deploy(table=TABLE)
    platform = player.platform
    source = bot_source("up", f'kind = "service"\n{TABLE}\n{NETWORK}', "")
    async with platform.database.transaction(platform.workspace_id) as tx:
        await platform.bots.deploy(tx, platform.principal, NewDeployment({"bot.py": source}, name="up"))
        narrowing = asyncio.create_task(_allow(player, "*.example.com"))
        await until(_waiting(player), wanted=1)
    await narrowing
    assert await _open(player) == ["blocked"]


def _waiting(player: Player) -> Callable[[], Awaitable[int]]:
    """How many transactions wait for a lock."""

    async def count() -> int:
        waiting = (
            "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
        )
        return len(await player.platform.rows(waiting))

    return count
