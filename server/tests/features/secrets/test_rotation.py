"""New keys for old, while runs go on reading and people go on writing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import pytest
from codex32_server.features.secrets.facade import NewValue, SecretsFacade
from codex32_server.main.secrets import rotate_ring
from codex32_server.storage.crypto import wrapper_of
from codex32_server.storage.keys import MasterKey
from codex32_server.storage.wrapping import FileRing, GivenRing, RingEncryption, WrappingKeyMissingError
from pydantic import SecretStr
from sqlalchemy import text
from support.api import Api, Tenant
from support.secrets import editor_of

MASTER = MasterKey(b"m" * 32)


@pytest.fixture
def ring(tmp_path: Path) -> FileRing:
    return FileRing(tmp_path / "secrets.keys", MASTER)


async def write(api: Api, facade: SecretsFacade, workspace_id: UUID, name: str, value: str) -> None:
    async with api.database.transaction(workspace_id) as tx:
        await facade.put(tx, editor_of(workspace_id), name, None, NewValue(value=SecretStr(value)))


async def read(api: Api, facade: SecretsFacade, workspace_id: UUID, *names: str) -> dict[str, str]:
    async with api.under_test.worker.transaction(workspace_id) as tx:
        return dict(await facade.resolve(tx, workspace_id, "dev", names))


async def wrappers(api: Api) -> set[bytes]:
    async with api.under_test.owner.transaction(None) as tx:
        rows: Sequence[bytes] = (await tx.execute(text("select wrapped from secret_keys"))).scalars().all()
    return {wrapper_of(row) for row in rows}


async def test_from_the_master_key_to_a_key_of_its_own_and_on(
    api: Api, one: Tenant, two: Tenant, ring: FileRing
) -> None:
    running = SecretsFacade(RingEncryption(ring))
    for tenant in (one, two):
        await write(api, running, tenant.workspace_id, "A", f"of {tenant.workspace_id}")
    derived = await wrappers(api)
    owner = api.under_test.open("codex32_owner")
    for _ in range(3):
        done = await rotate_ring(ring, api.database, owner, data_keys=False)
        assert (done["workspaces"], done["data_keys_rewrapped"]) == (2, 2)
        assert await wrappers(api) == {bytes.fromhex(done["key"])}
        fresh = SecretsFacade(RingEncryption(FileRing(ring.path, MASTER)))
        for facade in (running, fresh):
            for tenant in (one, two):
                found = await read(api, facade, tenant.workspace_id, "A")
                assert found == {"A": f"of {tenant.workspace_id}"}
    assert len(ring.path.read_text().split()) == 1, "what nothing needs is forgotten"
    assert not derived & await wrappers(api)
    only_master = SecretsFacade(RingEncryption(FileRing(ring.path.with_name("none"), MASTER)))
    with pytest.raises(WrappingKeyMissingError):
        await read(api, only_master, one.workspace_id, "A")


async def test_data_keys_and_values_too(api: Api, one: Tenant, ring: FileRing) -> None:
    facade = SecretsFacade(RingEncryption(ring))
    for name in ("A", "B", "C"):
        await write(api, facade, one.workspace_id, name, name * 9)
    query = text("select name, sealed, key_id, version from secrets order by name")
    async with api.under_test.owner.transaction(None) as tx:
        before = (await tx.execute(query)).all()
    owner = api.under_test.open("codex32_owner")
    done = await rotate_ring(ring, api.database, owner, data_keys=True)
    assert done["secrets_resealed"] == 3
    async with api.under_test.owner.transaction(None) as tx:
        after = (await tx.execute(query)).all()
        assert (await tx.execute(text("select count(*) from secret_keys"))).scalar_one() == 1
    assert [row.version for row in after] == [row.version for row in before]
    assert not {row.sealed for row in after} & {row.sealed for row in before}
    assert not {row.key_id for row in after} & {row.key_id for row in before}
    assert await read(api, facade, one.workspace_id, "A", "B", "C") == {
        "A": "A" * 9,
        "B": "B" * 9,
        "C": "C" * 9,
    }


async def test_nobody_notices(api: Api, one: Tenant, two: Tenant, ring: FileRing) -> None:
    """Readers and writers of two processes go on through eight rotations; every read is right."""
    processes = [SecretsFacade(RingEncryption(FileRing(ring.path, MASTER))) for _ in range(2)]
    for tenant in (one, two):
        await write(api, processes[0], tenant.workspace_id, "STILL", f"of {tenant.workspace_id}")
    stop = asyncio.Event()
    reads, writes = [0], [0]

    async def reader(facade: SecretsFacade, tenant: Tenant) -> None:
        while not stop.is_set():
            found = await read(api, facade, tenant.workspace_id, "STILL")
            assert found == {"STILL": f"of {tenant.workspace_id}"}
            reads[0] += 1

    async def writer(facade: SecretsFacade, tenant: Tenant) -> None:
        while not stop.is_set():
            value = f"value {writes[0]}"
            await write(api, facade, tenant.workspace_id, "MOVES", value)
            assert await read(api, facade, tenant.workspace_id, "MOVES") == {"MOVES": value}
            writes[0] += 1

    async def rotations() -> None:
        owner = api.under_test.open("codex32_owner", pool_size=2)
        try:
            for number in range(8):
                done_before = reads[0]
                with ring.changing():
                    await rotate_ring(ring, api.database, owner, data_keys=number % 2 == 0)
                while reads[0] < done_before + 4:
                    await asyncio.sleep(0)
        finally:
            stop.set()

    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        group.create_task(rotations())
        group.create_task(writer(processes[1], two))
        for facade in processes:
            for tenant in (one, two):
                group.create_task(reader(facade, tenant))
    assert reads[0] > 30
    assert writes[0] > 2


async def test_first_secrets_during_a_rotation_never_hang_on_a_key_that_goes(
    api: Api, one: Tenant, two: Tenant, ring: FileRing
) -> None:
    """A transaction that wraps with the former key is waited for before that key is forgotten."""
    ring.add()
    owner = api.under_test.open("codex32_owner")
    facade = SecretsFacade(RingEncryption(FileRing(ring.path, MASTER)))
    new = NewValue(value=SecretStr("first"))
    async with api.database.transaction(one.workspace_id) as tx:
        await facade.put(tx, editor_of(one.workspace_id), "A", None, new)
        rotating = asyncio.create_task(rotate_ring(ring, api.database, owner, data_keys=False))
        done, _ = await asyncio.wait([rotating], timeout=0.3)
        assert not done, "it waits for this transaction"
    result = await asyncio.wait_for(rotating, 20)
    assert await wrappers(api) == {bytes.fromhex(result["key"])}
    anew = SecretsFacade(RingEncryption(FileRing(ring.path, MASTER)))
    assert await read(api, anew, one.workspace_id, "A") == {"A": "first"}


async def test_keys_of_the_setting(api: Api, one: Tenant) -> None:
    old, new = "11" * 32, "22" * 32
    before = SecretsFacade(RingEncryption(GivenRing(old)))
    await write(api, before, one.workspace_id, "A", "a value")
    owner = api.under_test.open("codex32_owner")
    done = await rotate_ring(GivenRing(f"{new} {old}"), api.database, owner, data_keys=False)
    assert done["data_keys_rewrapped"] == 1
    assert done["not_needed"] == [(await RingEncryption(GivenRing(old)).current_id()).hex()]
    after = SecretsFacade(RingEncryption(GivenRing(new)))
    assert await read(api, after, one.workspace_id, "A") == {"A": "a value"}


async def test_without_a_key_that_is_needed_nothing_is_changed(
    api: Api, one: Tenant, ring: FileRing, tmp_path: Path
) -> None:
    ring.add()
    await write(api, SecretsFacade(RingEncryption(ring)), one.workspace_id, "A", "a value")
    saved = ring.path.rename(tmp_path / "away")
    owner = api.under_test.open("codex32_owner")
    with pytest.raises(WrappingKeyMissingError):
        await rotate_ring(ring, api.database, owner, data_keys=True)
    assert not ring.path.exists()
    saved.rename(ring.path)
    await rotate_ring(ring, api.database, owner, data_keys=True)
    facade = SecretsFacade(RingEncryption(FileRing(ring.path, MASTER)))
    assert await read(api, facade, one.workspace_id, "A") == {"A": "a value"}


async def test_a_rotation_that_stopped_half_way_is_repeated(api: Api, one: Tenant, ring: FileRing) -> None:
    facade = SecretsFacade(RingEncryption(ring))
    await write(api, facade, one.workspace_id, "A", "a value")
    ring.add()  # killed before anything was wrapped with it
    await write(api, facade, one.workspace_id, "B", "b value")
    owner = api.under_test.open("codex32_owner")
    await rotate_ring(ring, api.database, owner, data_keys=False)
    assert len(ring.path.read_text().split()) == 1
    assert await read(api, facade, one.workspace_id, "A", "B") == {"A": "a value", "B": "b value"}
