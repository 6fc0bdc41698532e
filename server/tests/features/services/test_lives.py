"""What the database decides about replicas: rollouts, rollbacks, restarts, pauses, lost workers."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from codex32_server.features.bots.schemas import PromoteRequest
from codex32_server.features.runs.errors import ServiceNotRunnableError
from codex32_server.features.services.errors import ServiceNotFoundError, ServiceStoppedError
from codex32_server.features.services.facade import HeldReplicas, ReplicaExit
from codex32_server.kit.ids import new_id
from codex32_server.queue.link import Links
from codex32_server.queue.store import run_queue
from support.postgres import DatabaseUnderTest

from .conftest import BROKEN, Player

STOPPED = ReplicaExit("stopped", exit_code=0)


async def run_of(player: Player, run_id: UUID) -> tuple[str, str | None, str]:
    (row,) = await player.platform.rows(
        "select status, error_code, trigger_kind from runs where id = :id", id=run_id
    )
    return row.status, row.error_code, row.trigger_kind


async def test_deploying_starts_it(player: Player) -> None:
    await player.deploy()
    assert (await player.look()).status == "starting"
    (replica,) = await player.claim()
    assert replica.spec.port == 8080
    assert await run_of(player, replica.run_id) == ("running", None, "service")
    assert await player.replicas.ready(replica, True, {})
    found = await player.look()
    assert (found.status, found.actual.ready, found.path) == ("running", 1, "/s/acme/up@dev/")
    assert await player.claim() == []
    assert await player.kinds() == ["created", "ready", "rolled_out"]


async def test_only_services_are_services(player: Player) -> None:
    await player.platform.deploy("job")
    with pytest.raises(ServiceNotFoundError):
        await player.look("job")
    await player.deploy()
    with pytest.raises(ServiceNotRunnableError):
        await player.platform.submit("up")


async def test_a_new_version_is_ready_before_the_old_one_goes(player: Player) -> None:
    await player.deploy()
    (old,) = await player.up()
    await player.deploy(signature="x: int = 2")
    assert (await player.look()).status == "updating"
    (new,) = await player.claim()
    assert await player.states() == ["starting", "ready"]
    assert await player.replicas.ready(new, True, {})
    assert await player.states() == ["ready", "stopping"]
    ((told,),) = [await player.replicas.heartbeat([(old.id, old.fence)], ["{}"], 30)]
    assert (told.must_stop, told.why) == (True, "it is replaced")
    assert await player.replicas.exited(old, STOPPED)
    found = await player.look()
    assert (found.status, found.desired.version.number) == ("running", 2)
    assert await run_of(player, old.run_id) == ("cancelled", "cancelled", "service")


async def test_a_version_that_does_not_come_up_is_taken_back(player: Player) -> None:
    await player.deploy()
    (old,) = await player.up()
    await player.deploy(signature="x: int = 2")
    for _ in range(2):
        new = await player.claim_soon()
        assert await player.replicas.exited(new, BROKEN)
    found = await player.look()
    assert [replica.id for replica in found.replicas] == [old.id]
    assert (found.status, found.desired.version.number) == ("running", 1)
    assert found.failed_version is not None
    assert found.failed_version.number == 2
    assert await player.incidents() == [("fallback", True)]
    assert "boom" in (await player.platform.rows("select message from incidents"))[0].message
    # A corrected version is rolled out as usual, and closes the incident.
    await player.deploy(signature="x: int = 3")
    assert await player.replicas.ready(await player.claim_soon(), True, {})
    await player.replicas.exited(old, STOPPED)
    found = await player.look()
    assert (found.desired.version.number, found.failed_version) == (3, None)
    assert await player.incidents() == [("fallback", False)]


async def test_the_first_version_has_nothing_to_go_back_to(player: Player) -> None:
    await player.deploy()
    for _ in range(3):
        assert await player.replicas.exited(await player.claim_soon(), BROKEN)
    found = await player.look()
    assert found.status == "quarantined"
    assert found.replicas[0].failures == 3
    assert found.replicas[0].last_exit is not None
    assert found.replicas[0].last_exit.detail == "ValueError: boom"
    assert await player.incidents() == [("quarantined", True)]
    assert await player.claim() == []
    await player.call("restart")
    assert await player.replicas.ready(await player.claim_soon(), True, {})
    assert (await player.look()).status == "running"
    assert await player.incidents() == [("quarantined", False)]


async def test_it_waits_longer_after_each_failure(player: Player) -> None:
    await player.deploy(table='service = { backoff = "10m", max_backoff = "1h" }')
    (replica,) = await player.claim()
    await player.replicas.exited(replica, BROKEN)
    assert await player.claim() == []
    due = await player.replicas.next_due()
    assert due is not None
    assert 400 < due <= 720
    again = await player.claim_soon()
    assert (again.fence, again.failures) == (2, 1)
    assert again.run_id != replica.run_id
    await player.replicas.exited(again, BROKEN)
    due = await player.replicas.next_due()
    assert due is not None
    assert 900 < due <= 1440


async def test_a_natural_end_is_no_fault(player: Player) -> None:
    await player.deploy(table='service = { restart = "on-failure" }')
    (replica,) = await player.up()
    assert await player.replicas.exited(replica, ReplicaExit("completed", exit_code=0))
    found = await player.look()
    assert (found.status, found.replicas[0].failures) == ("exited", 0)
    assert (await run_of(player, replica.run_id))[0] == "succeeded"
    assert await player.incidents() == []


async def test_an_unhealthy_one_is_restarted(player: Player) -> None:
    await player.deploy()
    (replica,) = await player.up()
    await player.replicas.exited(replica, ReplicaExit("unhealthy", error=("unhealthy", "It hung.")))
    assert await run_of(player, replica.run_id) == ("failed", "unhealthy", "service")
    assert await player.incidents() == [("unhealthy", True)]
    assert await player.replicas.ready(await player.claim_soon(), True, {})
    assert await player.incidents() == [("unhealthy", False)]


async def test_readiness_comes_and_goes(player: Player) -> None:
    await player.deploy()
    (replica,) = await player.up()
    assert await player.replicas.ready(replica, False, {"readiness": {"ok": False, "detail": "HTTP 503"}})
    assert await player.states() == ["unready"]
    assert (await player.look()).status == "starting"
    assert await player.replicas.ready(replica, True, {})
    assert await player.states() == ["ready"]
    assert "unready" in await player.kinds()


async def test_pause_and_resume(player: Player) -> None:
    await player.deploy()
    (replica,) = await player.up()
    await player.call("pause")
    await player.call("pause")
    assert await player.states() == ["stopping"]
    await player.replicas.exited(replica, STOPPED)
    found = await player.look()
    assert (found.status, found.replicas, found.desired.paused) == ("paused", [], True)
    await player.call("resume")
    assert len(await player.up()) == 1
    assert (await player.look()).status == "running"
    assert [kind for kind in await player.kinds() if kind in ("paused", "resumed")] == ["paused", "resumed"]


async def test_a_restart_replaces_one_after_the_other(player: Player) -> None:
    await player.deploy(table="service = { port = 8080, replicas = 2 }")
    old = await player.up()
    await player.call("restart")
    (first,) = await player.claim()
    await player.replicas.ready(first, True, {})
    assert sorted(await player.states()) == ["pending", "ready", "ready", "stopping"]
    (second,) = await player.claim()
    await player.replicas.ready(second, True, {})
    assert sorted(await player.states()) == ["ready", "ready", "stopping", "stopping"]
    for replica in old:
        await player.replicas.exited(replica, STOPPED)
    assert await player.states() == ["ready", "ready"]
    assert (await player.look()).status == "running"


async def test_scaling(player: Player) -> None:
    await player.deploy()
    await player.up()
    await player.call("scale", 3)
    assert len(await player.up()) == 2
    await player.call("scale", 1)
    assert sorted(await player.states()) == ["ready", "stopping", "stopping"]
    await player.call("scale", 0)
    assert (await player.look()).desired.replicas == 0
    await player.call("scale", None)
    assert (await player.look()).desired.replicas == 1


async def test_an_archived_bot_stops_and_a_restored_one_starts(player: Player) -> None:
    bot_id = await player.deploy()
    (replica,) = await player.up()
    platform = player.platform
    async with platform.database.transaction(platform.workspace_id) as tx:
        await platform.bots.archive(tx, platform.principal, str(bot_id))
    assert await player.states() == ["stopping"]
    assert (await player.look()).status == "stopped"
    with pytest.raises(ServiceStoppedError):
        await player.call("restart")
    await player.replicas.exited(replica, STOPPED)
    async with platform.database.transaction(platform.workspace_id) as tx:
        await platform.bots.restore(tx, platform.principal, str(bot_id))
    assert len(await player.up()) == 1
    async with platform.database.transaction(platform.workspace_id) as tx:
        await platform.bots.delete(tx, platform.principal, str(bot_id))
    assert await player.platform.rows("select 1 from service_replicas where wanted and state <> 'gone'") == []


async def test_a_version_that_is_a_job_stops_the_service(player: Player) -> None:
    await player.deploy()
    await player.claim()
    await player.platform.deploy("up")
    assert (await player.look()).status == "stopped"
    await player.deploy(signature="x: int = 5")
    assert (await player.look()).status in ("starting", "updating")


async def test_each_environment_has_its_own(player: Player) -> None:
    bot_id = await player.deploy()
    await player.platform.execute("update versions set proof = 'proven'")
    platform = player.platform
    async with platform.database.transaction(platform.workspace_id) as tx:
        await platform.bots.promote(tx, platform.principal, str(bot_id), PromoteRequest(to="prod"))
    assert len(await player.up()) == 2
    assert (await player.look()).environment == "prod"
    assert (await player.look(environment="dev")).environment == "dev"
    with pytest.raises(ServiceNotFoundError):
        await player.look(environment="staging")


async def test_each_replica_goes_to_one_worker(player: Player, database: DatabaseUnderTest) -> None:
    await player.deploy(table="service = { replicas = 9 }")
    workers = [HeldReplicas(database.worker) for _ in range(4)]
    claimed = await asyncio.gather(*(one.claim(new_id(), "unix:/x", 5, 30) for one in workers))
    ids = [replica.id for some in claimed for replica in some]
    ids += [replica.id for replica in await player.claim(20)]
    assert len(ids) == len(set(ids)) == 9


async def test_another_worker_takes_over_and_the_old_one_is_refused(player: Player) -> None:
    await player.deploy()
    (old,) = await player.up()
    services, scheduler = player.platform.services, player.platform.scheduler
    assert await services.reap(scheduler) == 0
    await player.platform.execute("update service_replicas set lease_expires_at = now() - interval '1 s'")
    assert await services.reap(scheduler) == 1
    assert await run_of(player, old.run_id) == ("failed", "worker_lost", "service")
    (new,) = await player.claim()
    assert (new.id, new.fence, new.failures) == (old.id, old.fence + 1, 0)
    assert await player.replicas.heartbeat([(old.id, old.fence)], ["{}"], 30) == []
    assert not await player.replicas.ready(old, True, {})
    assert not await player.replicas.exited(old, BROKEN)
    assert await player.states() == ["starting"]


async def test_a_renewed_lease_is_not_taken(player: Player) -> None:
    await player.deploy()
    (held,) = await player.up()
    await player.platform.execute("update service_replicas set lease_expires_at = now() - interval '1 s'")
    probes = '{"liveness": {"ok": true, "detail": "HTTP 200"}}'
    assert len(await player.replicas.heartbeat([(held.id, held.fence)], [probes], 30)) == 1
    assert await player.platform.services.reap(player.platform.scheduler) == 0
    assert (await player.look()).replicas[0].probes["liveness"].detail == "HTTP 200"


async def test_cancelling_its_run_restarts_it(player: Player) -> None:
    await player.deploy()
    (replica,) = await player.up()
    platform = player.platform
    async with platform.database.transaction(platform.workspace_id) as tx:
        await platform.runs.cancel(tx, platform.workspace_id, replica.run_id, "enough")
    (told,) = await player.replicas.heartbeat([(replica.id, replica.fence)], ["{}"], 30)
    assert told.must_stop
    await player.replicas.exited(replica, STOPPED)
    assert (await run_of(player, replica.run_id))[0] == "cancelled"
    assert len(await player.up()) == 1


async def test_a_life_is_no_work_for_the_queue(player: Player, database: DatabaseUnderTest) -> None:
    await player.deploy()
    (replica,) = await player.up()
    links = Links(database.worker_url)
    try:
        queue = run_queue(links)
        assert await queue.claim(new_id(), 10, 30) == []
        assert await queue.reap() == []
    finally:
        await links.close()
    assert (await run_of(player, replica.run_id))[0] == "running"


async def test_many_reports_at_once_do_not_block_each_other(player: Player) -> None:
    await player.deploy(table="service = { replicas = 8 }")
    claimed = await player.claim()
    async with asyncio.timeout(30):
        await asyncio.gather(
            *(player.replicas.ready(replica, True, {}) for replica in claimed),
            *(
                player.replicas.heartbeat([(r.id, r.fence) for r in reversed(claimed)], ["{}"] * 8, 30)
                for _ in range(4)
            ),
            player.call("scale", 4),
            player.call("restart"),
        )
    assert len([state for state in await player.states() if state in ("ready", "stopping")]) >= 8


async def test_the_sweep_forgets_what_is_gone(player: Player) -> None:
    await player.deploy()
    await player.call("pause")
    await player.platform.execute(
        "update service_replicas set ended_at = now() - interval '100 days' where state = 'gone'"
    )
    await player.platform.execute("update service_events set at = now() - interval '100 days'")
    platform = player.platform
    async with platform.scheduler.transaction(platform.workspace_id) as tx:
        assert await platform.services.sweep(tx, platform.workspace_id, timedelta(days=90)) == 3
