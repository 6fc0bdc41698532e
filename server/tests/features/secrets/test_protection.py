"""What the database alone lets happen: which role sees what, and values that were moved or changed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from codex32_server.features.secrets.facade import SecretMissingError, SecretsFacade
from codex32_server.kit.ids import new_id
from codex32_server.storage.crypto import SealBrokenError
from codex32_server.storage.tenancy import switch_filters_for_test
from codex32_server.storage.wrapping import WrappingKeyMissingError
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from support.api import Api, Tenant
from support.postgres import DatabaseUnderTest
from support.secrets import secret_keys, set_secret

ROLES = ("codex32_app", "codex32_worker", "codex32_scheduler", "codex32_directory")
FACADE = SecretsFacade(secret_keys())


@pytest.fixture
def unfiltered() -> Iterator[None]:
    switch_filters_for_test(False)
    yield
    switch_filters_for_test(True)


async def _allowed(database: DatabaseUnderTest, table: str) -> dict[str, set[str]]:
    """What each role may do with any column of a table."""
    query = text("select has_any_column_privilege(:role, :table, :privilege)")
    found: dict[str, set[str]] = {}
    async with database.owner.transaction(None) as tx:
        for role in ROLES:
            for privilege in ("SELECT", "INSERT", "UPDATE"):
                values = {"role": role, "table": table, "privilege": privilege}
                if (await tx.execute(query, values)).scalar_one():
                    found.setdefault(role, set()).add(privilege)
            deletes = text("select has_table_privilege(:role, :table, 'DELETE')")
            if (await tx.execute(deletes, {"role": role, "table": table})).scalar_one():
                found.setdefault(role, set()).add("DELETE")
    return found


async def test_only_two_roles_touch_them(database: DatabaseUnderTest) -> None:
    assert await _allowed(database, "secrets") == {
        "codex32_app": {"SELECT", "INSERT", "UPDATE", "DELETE"},
        "codex32_worker": {"SELECT", "UPDATE"},
    }
    assert await _allowed(database, "secret_keys") == {
        "codex32_app": {"SELECT", "INSERT"},
        "codex32_worker": {"SELECT"},
    }


async def test_the_api_cannot_read_back_what_it_wrote(api: Api, one: Tenant) -> None:
    await set_secret(api.database, one.workspace_id, "A", "a value")
    for query in (
        "select sealed from secrets",
        "select * from secrets",
        "update secrets set name = sealed::text",
    ):
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with api.database.transaction(one.workspace_id) as tx:
                await tx.execute(text(query))
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with api.database.transaction(one.workspace_id) as tx:
            await FACADE.resolve(tx, one.workspace_id, "dev", ["A"])


async def test_the_worker_changes_nothing_but_the_time_of_use(api: Api, one: Tenant) -> None:
    await set_secret(api.database, one.workspace_id, "A", "a value")
    for statement in (
        "update secrets set sealed = ''", "update secrets set name = 'B'", "delete from secrets",
        "update secret_keys set wrapped = ''", "delete from secret_keys",
    ):  # fmt: skip
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with api.under_test.worker.transaction(one.workspace_id) as tx:
                await tx.execute(text(statement))


@pytest.mark.usefixtures("unfiltered")
async def test_nothing_crosses_without_the_filters(api: Api, one: Tenant, two: Tenant) -> None:
    await set_secret(api.database, one.workspace_id, "ONLY_OF_ONE", "of one")
    worker = api.under_test.worker
    async with worker.transaction(two.workspace_id) as tx:
        with pytest.raises(SecretMissingError):
            await FACADE.resolve(tx, two.workspace_id, "dev", ["ONLY_OF_ONE"])
    for workspace in (two.workspace_id, None):
        for database in (worker, api.database):
            async with database.transaction(workspace) as tx:
                assert (await tx.execute(text("select count(name) from secrets"))).scalar_one() == 0
                assert (await tx.execute(text("select count(*) from secret_keys"))).scalar_one() == 0
    key = two.keys["owner"]
    assert (await api.call(key, "GET", "/secrets")).json()["items"] == []
    assert (await api.call(key, "DELETE", "/secrets/ONLY_OF_ONE")).status_code == 404
    assert (await api.call(key, "PUT", "/secrets/ONLY_OF_ONE", json={"value": "of two"})).status_code == 200
    async with worker.transaction(one.workspace_id) as tx:
        assert await FACADE.resolve(tx, one.workspace_id, "dev", ["ONLY_OF_ONE"]) == {"ONLY_OF_ONE": "of one"}


@pytest.mark.parametrize(
    "tampering",
    [
        "update secrets set name = 'B' where name = 'A' and environment = ''",
        "update secrets set environment = 'dev' where environment = ''",
        "update secrets set version = version + 1",
        "update secrets set sealed = (select sealed from secrets where name = 'OTHER')",
        "update secrets set sealed = set_byte(sealed, 40, get_byte(sealed, 40) # 1)",
        "update secrets set sealed = ''",
        "update secret_keys set wrapped = set_byte(wrapped, 30, get_byte(wrapped, 30) # 1)",
    ],
)
async def test_rows_that_were_moved_or_changed_do_not_open(api: Api, one: Tenant, tampering: str) -> None:
    await set_secret(api.database, one.workspace_id, "A", "a value")
    await set_secret(api.database, one.workspace_id, "OTHER", "another", "prod")
    async with api.under_test.owner.transaction(None) as tx:
        await tx.execute(text(tampering))
    name = "B" if "'B'" in tampering else "A"
    with pytest.raises(SealBrokenError):
        async with api.under_test.worker.transaction(one.workspace_id) as tx:
            await FACADE.resolve(tx, one.workspace_id, "dev", [name])


async def test_a_row_of_another_workspace_does_not_open(api: Api, one: Tenant, two: Tenant) -> None:
    """Even with its data key along."""
    await set_secret(api.database, one.workspace_id, "A", "a value")
    async with api.under_test.owner.transaction(None) as tx:
        for table in ("secret_keys", "secrets"):
            columns = "id, wrapped" if table == "secret_keys" else "name, version, sealed, key_id"
            await tx.execute(
                text(f"insert into {table} (workspace_id, {columns}) select :w, {columns} from {table}"),
                {"w": two.workspace_id},
            )
    with pytest.raises(SealBrokenError):
        async with api.under_test.worker.transaction(two.workspace_id) as tx:
            await FACADE.resolve(tx, two.workspace_id, "dev", ["A"])


async def test_without_the_wrapping_key_nothing_opens(api: Api, one: Tenant) -> None:
    await set_secret(api.database, one.workspace_id, "A", "a value")
    with pytest.raises(WrappingKeyMissingError):
        async with api.under_test.worker.transaction(one.workspace_id) as tx:
            await SecretsFacade(secret_keys("99" * 32)).resolve(tx, one.workspace_id, "dev", ["A"])


async def test_values_are_not_in_the_database(api: Api, one: Tenant) -> None:
    await set_secret(api.database, one.workspace_id, "A", "a value that is easy to find")
    async with api.under_test.owner.transaction(None) as tx:
        for table in ("secrets", "secret_keys", "jobs", "idempotency_keys"):
            rows = (await tx.execute(text(f"select t::text from {table} t"))).scalars().all()
            assert not [row for row in rows if "easy to find" in row or b"easy to find".hex() in row]


async def test_first_secrets_at_once_share_a_data_key(api: Api, one: Tenant) -> None:
    names = [f"A{number}" for number in range(8)]
    await asyncio.gather(*(set_secret(api.database, one.workspace_id, name, name * 3) for name in names))
    async with api.under_test.owner.transaction(None) as tx:
        assert (await tx.execute(text("select count(*) from secret_keys"))).scalar_one() == 1
    async with api.under_test.worker.transaction(one.workspace_id) as tx:
        found = await FACADE.resolve(tx, one.workspace_id, "dev", names)
    assert found == {name: name * 3 for name in names}


async def test_the_same_secret_set_at_once_is_set_each_time(api: Api, one: Tenant) -> None:
    await asyncio.gather(*(set_secret(api.database, one.workspace_id, "A", f"value {n}") for n in range(8)))
    listed = (await api.call(one.keys["owner"], "GET", "/secrets")).json()["items"]
    assert [item["version"] for item in listed] == [8]


async def test_a_workspace_without_secrets_needs_no_key(database: DatabaseUnderTest) -> None:
    async with database.worker.transaction(new_id()) as tx:
        assert await FACADE.resolve(tx, new_id(), "dev", []) == {}
