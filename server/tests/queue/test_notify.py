"""The listener: who hears what, and what happens when the connection goes."""

from __future__ import annotations

import asyncio

import pytest
from codex32_server.queue.notify import QUEUE, RUN, Listener, Notification, Subscription
from support.postgres import DatabaseUnderTest
from support.queue import Rows, a_run, submitted


async def notify(rows: Rows, channel: str, payload: str) -> None:
    await rows.execute("select pg_notify(%s, %s)", channel, payload)


async def test_each_hears_its_key_and_some_hear_all(database: DatabaseUnderTest, rows: Rows) -> None:
    async with Listener(database.app_url, [RUN]) as listener:
        with listener.subscription(RUN, "b") as one, listener.subscription(RUN) as every:
            await notify(rows, RUN, "a:running,b:succeeded")
            assert await one.get(5) == Notification(RUN, "b", "succeeded")
            assert [await every.get(5), await every.get(5)] == [
                Notification(RUN, "a", "running"),
                Notification(RUN, "b", "succeeded"),
            ]
            assert await one.get(0.05) is None


async def test_submitting_wakes_workers_when_it_is_committed(database: DatabaseUnderTest) -> None:
    async with Listener(database.worker_url, [QUEUE]) as listener:
        with listener.subscription(QUEUE, "runs") as wake, listener.subscription(QUEUE, "jobs") as other:
            await submitted(database.app, a_run())
            assert await wake.get(5) == Notification(QUEUE, "runs")
            await submitted(database.app, a_run(delay=60))
            assert await wake.get(0.2) is None
            assert other.drain() == []


async def test_after_a_lost_connection_everyone_is_woken_and_hears_again(
    database: DatabaseUnderTest, rows: Rows
) -> None:
    async with Listener(database.app_url, [RUN], application_name="cut-me") as listener:
        with listener.subscription(RUN, "a") as subscription:
            subscription.drain()
            await rows.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'cut-me'"
            )
            assert await subscription.get(10) == Notification(RUN, None)
            assert listener.connected
            await notify(rows, RUN, "a:failed")
            assert await subscription.get(5) == Notification(RUN, "a", "failed")


async def test_who_does_not_keep_up_is_told_so_and_memory_is_bounded() -> None:
    subscription = Subscription()
    for number in range(2_500):
        subscription.offer(Notification(RUN, str(number)))
    heard = subscription.drain()
    assert len(heard) <= 1_001
    assert heard[0] == Notification(RUN, None)
    assert heard[-1] == Notification(RUN, "2499")


async def test_waiting_ends_with_the_notification_or_the_time(
    database: DatabaseUnderTest, rows: Rows
) -> None:
    async with Listener(database.app_url, [RUN]) as listener:
        waiting = asyncio.create_task(listener.wait(RUN, "a", 5))
        await asyncio.sleep(0)
        await notify(rows, RUN, "a:running")
        assert await waiting == Notification(RUN, "a", "running")
        assert await listener.wait(RUN, "a", 0.01) is None
        with pytest.raises(ValueError, match="does not listen"), listener.subscription(QUEUE):
            pass
