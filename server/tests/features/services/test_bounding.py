"""Services whose workspace takes hosts away from them: people are told, and they come back by themselves."""

from __future__ import annotations

from codex32_server.features.services.facade import ReplicaExit, keep_within
from codex32_server.kit.egress import EgressNotAllowedError
from features.services.conftest import Player

NETWORK = 'network = ["api.example.com", "api.example.org"]'
TABLE = 'service = { port = 8080, backoff = "50ms", max_backoff = "100ms", crash_loop = 1 }'
REFUSED = ReplicaExit("failed", error=(EgressNotAllowedError.code, "The workspace does not allow it."))


async def _allow(player: Player, *hosts: str) -> None:
    workspace_id = player.platform.workspace_id
    async with player.platform.database.transaction(workspace_id) as tx:
        await keep_within(tx, workspace_id, hosts)


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
    for _ in range(2):
        if await player.states() == ["quarantined"]:
            break
        await player.replicas.exited(await player.claim_soon(), REFUSED)
    assert await player.states() == ["quarantined"]
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
