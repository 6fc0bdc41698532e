"""The catalogue of a migrated database: no table escapes row-level security, no role is too strong."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text
from support.postgres import DatabaseUnderTest

_TENANT_TABLES = """
select c.relname as name, c.relrowsecurity as secured, c.relforcerowsecurity as forced,
       (select count(*) from pg_policy p where p.polrelid = c.oid) as policies,
       exists (select from pg_index i
                 join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
                where i.indrelid = c.oid and a.attname = 'workspace_id' and i.indpred is null) as led
  from pg_class c
  join pg_attribute w on w.attrelid = c.oid and w.attname = 'workspace_id' and not w.attisdropped
 where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
"""


async def _rows(database: DatabaseUnderTest, query: str) -> list[Any]:
    async with database.owner.transaction(None) as tx:
        return list((await tx.execute(text(query))).all())


async def test_every_table_of_a_workspace_is_secured(database: DatabaseUnderTest) -> None:
    tables = await _rows(database, _TENANT_TABLES)
    assert len(tables) > 15
    for table in tables:
        assert table.secured, f"{table.name} has no row level security"
        assert table.forced, f"{table.name} does not force it on its owner"
        assert table.policies >= 1, f"{table.name} has no policy"
        assert table.led, f"{table.name} has no whole index that begins with workspace_id"


async def test_workspaces_themselves_are_secured(database: DatabaseUnderTest) -> None:
    query = "select relrowsecurity, relforcerowsecurity from pg_class where oid = 'workspaces'::regclass"
    assert await _rows(database, query) == [(True, True)]


async def test_the_tenant_policy_compares_with_the_setting(database: DatabaseUnderTest) -> None:
    query = """
    select c.relname, pg_get_expr(p.polqual, p.polrelid) as qual,
           pg_get_expr(p.polwithcheck, p.polrelid) as checked
      from pg_policy p join pg_class c on c.oid = p.polrelid where p.polname = 'tenant'
    """
    policies = await _rows(database, query)
    assert len(policies) > 15
    for policy in policies:
        for expression in (policy.qual, policy.checked):
            assert "current_setting('app.workspace_id'" in expression, policy.relname
            assert "NULLIF" in expression, policy.relname


async def test_roles_own_nothing_and_pass_nothing(database: DatabaseUnderTest) -> None:
    roles = await _rows(
        database,
        "select rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication from pg_roles"
        " where rolname in ('codex32_app', 'codex32_worker', 'codex32_scheduler', 'codex32_gateway',"
        " 'codex32_directory')",
    )
    assert len(roles) == 5
    for name, *powers in roles:
        assert not any(powers), name
    owned = await _rows(
        database,
        "select c.relname, r.rolname from pg_class c join pg_roles r on r.oid = c.relowner"
        " where r.rolname in ('codex32_app', 'codex32_worker', 'codex32_scheduler', 'codex32_gateway',"
        " 'codex32_directory')",
    )
    assert owned == []


async def test_login_roles_are_members_of_nothing(database: DatabaseUnderTest) -> None:
    query = """
    select m.rolname from pg_auth_members a join pg_roles m on m.oid = a.member
     where m.rolname in ('codex32_app', 'codex32_worker', 'codex32_scheduler', 'codex32_gateway')
    """
    assert await _rows(database, query) == []


async def test_only_named_policies_look_across(database: DatabaseUnderTest) -> None:
    """Policies that let a role see every workspace's rows: a new one has to be written down here."""
    query = """
    select c.relname, p.polname,
           array(select rolname::text from pg_roles where oid = any(p.polroles) order by 1)
      from pg_policy p join pg_class c on c.oid = p.polrelid
     where pg_get_expr(p.polqual, p.polrelid) = 'true' and not c.relispartition order by 1, 2
    """
    seen: dict[str, set[str]] = {}
    for table, _policy, roles in await _rows(database, query):
        for role in roles:
            seen.setdefault(role, set()).add(table)
    assert "codex32_app" not in seen
    claimed = {"runs", "jobs", "run_attempts", "run_waits", "run_calls"}
    claimed |= {"services", "service_replicas", "service_events", "incidents", "resource_samples"}
    assert seen["codex32_worker"] == claimed
    assert claimed <= seen["codex32_scheduler"]
    assert seen["codex32_directory"] == {
        *("api_keys", "sessions", "sign_in_links", "members", "workspaces", "webhooks"),
        *("llm_keys", "runs", "service_replicas"),
    }


async def test_definer_functions_are_closed_to_the_public(database: DatabaseUnderTest) -> None:
    query = """
    select p.proname, coalesce(p.proacl::text, 'open to all') as access, p.proconfig
      from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosecdef
    """
    functions = await _rows(database, query)
    assert len(functions) >= 6
    for function in functions:
        assert "{=" not in function.access, function.proname
        assert ",=" not in function.access, function.proname
        assert function.access != "open to all", function.proname
        assert any(setting.startswith("search_path=") for setting in function.proconfig), function.proname
