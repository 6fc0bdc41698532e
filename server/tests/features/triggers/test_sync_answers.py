"""Synchronous webhooks: the output of the run is the answer, and nobody who goes away loses a run."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from codex32_server.queue.notify import Listener
from support.api import Api, Tenant
from support.hooks import create, deliver, deliveries, deploy, end_next_run, runs
from support.waiting import until


@pytest.fixture
async def listening(api: Api) -> AsyncIterator[Listener]:
    """The application's listener, which its lifespan would start."""
    listener: Listener = api.app.state.provided[Listener]
    async with listener:
        yield listener


@pytest.fixture
async def bot(api: Api, one: Tenant, listening: Listener) -> str:
    return await deploy(api, one)


async def test_the_output_is_the_answer(api: Api, one: Tenant, bot: str) -> None:
    made = await create(api, one, answer="sync")
    answer, run_id = await asyncio.gather(deliver(api, made), end_next_run(api, '{"rows": 3}'))
    assert (answer.status_code, answer.json()) == (200, {"rows": 3})
    assert answer.headers["content-security-policy"].startswith("sandbox;")
    assert answer.headers["x-content-type-options"] == "nosniff"

    async def noted() -> bool:
        (row,) = await deliveries(api, one, made)
        return (row["run_id"], row["http_status"], row["code"]) == (run_id, 200, None)

    await until(noted, True)


async def test_an_answer_spelled_out(api: Api, one: Tenant, bot: str) -> None:
    made = await create(api, one, answer="sync")
    output = '{"status": 201, "headers": {"X-Order": "7", "Set-Cookie": "a=b"}, "body": "made"}'
    answer, _ = await asyncio.gather(deliver(api, made), end_next_run(api, output))
    assert (answer.status_code, answer.text, answer.headers["x-order"]) == (201, "made", "7")
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("status", "wanted", "code"),
    [("failed", 502, "run_failed"), ("cancelled", 502, "run_failed"), ("timed_out", 504, "run_timed_out")],
)
async def test_a_run_that_did_not_succeed(
    api: Api, one: Tenant, bot: str, status: str, wanted: int, code: str
) -> None:
    made = await create(api, one, answer="sync")
    answer, run_id = await asyncio.gather(deliver(api, made), end_next_run(api, status=status))
    assert (answer.status_code, answer.json()["code"]) == (wanted, code)
    assert run_id in answer.json()["detail"]

    async def noted() -> bool:
        (row,) = await deliveries(api, one, made)
        return (row["http_status"], row["code"]) == (wanted, code)

    await until(noted, True)


async def test_a_run_that_takes_longer_is_told_about(api: Api, one: Tenant, bot: str) -> None:
    made = await create(api, one, answer="sync", timeout=1)
    answer = await deliver(api, made)
    assert answer.status_code == 202
    run_id = answer.json()["run_id"]
    assert answer.headers["location"] == f"/api/v1/runs/{run_id}"
    # The same delivery again, once the run has ended, is answered with its output.
    assert await end_next_run(api, '"late"') == run_id
    again = await deliver(api, made)
    assert (again.status_code, again.json()) == (200, "late")
    assert await runs(api) == 1


async def test_two_who_send_the_same_get_the_same_answer(api: Api, one: Tenant, bot: str) -> None:
    made = await create(api, one, answer="sync")
    first, second, _ = await asyncio.gather(deliver(api, made), deliver(api, made), end_next_run(api, "7"))
    assert first.json() == second.json() == 7
    assert await runs(api) == 1


async def test_who_guesses_an_id_gets_no_answer_of_another(api: Api, one: Tenant, bot: str) -> None:
    """Without a secret, an id says nothing of who sends it."""
    made = await create(api, one, answer="sync", auth="none")
    sent = {"headers": {"webhook-id": "msg_1"}}
    first, _ = await asyncio.gather(deliver(api, made, **sent), end_next_run(api, '"a secret"'))
    assert first.json() == "a secret"
    again = await deliver(api, made, **sent)
    assert (again.status_code, again.json()["repeated"]) == (202, True)
    assert "a secret" not in again.text
    assert await runs(api) == 1


async def test_a_sender_that_goes_away_does_not_lose_the_run(api: Api, one: Tenant, bot: str) -> None:
    made = await create(api, one, answer="sync")
    sending = asyncio.create_task(deliver(api, made))

    async def accepted() -> bool:
        return await runs(api) == 1

    await until(accepted, True)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    await end_next_run(api, '"done"')
    assert (await deliver(api, made)).json() == "done"
