"""From a name to targets, on a real database under the gateway's own role; and the store of kept answers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
import pytest
from codex32_server.features.models.facade import AnswerStore, Installed, ModelRoutes, Stored
from codex32_server.features.secrets.facade import SecretsFacade
from codex32_server.gateway.contract import CachedAnswer, Call, Caller, Format, Usage
from codex32_server.gateway.errors import ModelNotAllowedError, ModelUnknownError, UpstreamRefusedError
from codex32_server.kit.ids import new_id
from codex32_server.storage.lean import LeanConnections
from support.api import Api, Tenant
from support.postgres import DatabaseUnderTest
from support.secrets import secret_keys, set_secret

KEY = "sk-very-secret-value"
SHARED = Stored("shared", "openai", "https://api.openai.com/v1", None, catalogue="openai")


@pytest.fixture
async def lean(database: DatabaseUnderTest) -> AsyncIterator[LeanConnections]:
    made = LeanConnections(database.gateway_url, size=2)
    yield made
    await made.close()


def routes_of(lean: LeanConnections, *installed: tuple[Stored, str | None]) -> ModelRoutes:
    return ModelRoutes(lean, SecretsFacade(secret_keys()), Installed(installed))


def caller(workspace_id: UUID, models: tuple[str, ...] | None = None) -> Caller:
    return Caller(workspace_id, new_id(), "person", "a key", models=models)


def call(
    tenant: Tenant,
    model: str,
    format: Format = Format.CHAT,
    models: tuple[str, ...] | None = None,
) -> Call:
    body: dict[str, Any] = {"model": model, "messages": [{"role": "user", "content": "hi"}]}
    return Call(new_id(), caller(tenant.workspace_id, models), format, model, body, False)


async def add(api: Api, tenant: Tenant, **fields: Any) -> None:
    answer = await api.call(tenant.keys["editor"], "post", "/models/providers", json=fields)
    assert answer.status_code == 201, answer.text


async def test_a_model_is_found_by_every_name(api: Api, one: Tenant, lean: LeanConnections) -> None:
    await add(api, one, preset="openai", key=KEY)
    await add(api, one, preset="anthropic", key="sk-ant")
    await add(api, one, preset="ollama")
    alias = {"targets": [{"provider": "anthropic", "model": "claude-haiku-4-5"},
                         {"provider": "openai", "model": "gpt-4o"}]}  # fmt: skip
    await api.call(one.keys["editor"], "put", "/models/aliases/team", json=alias)
    routes = routes_of(lean)

    async def found(name: str, format: Format = Format.CHAT) -> list[tuple[str, str]]:
        return [(one.provider, one.model) for one in await routes.targets(call(one_, name, format))]

    one_ = one
    assert await found("team") == [("anthropic", "claude-haiku-4-5"), ("openai", "gpt-4o")]
    assert await found("openai/whatever") == [("openai", "whatever")]
    assert await found("gpt-4o") == [("openai", "gpt-4o")]
    assert await found("claude-sonnet-4-5") == [("anthropic", "claude-sonnet-4-5")]
    assert [provider for provider, _ in await found("smart")] == ["openai", "anthropic"]
    assert await found("llama3.2:1b") == [("ollama", "llama3.2:1b")]
    assert await found("meta-llama/llama-9") == [("ollama", "meta-llama/llama-9")]
    assert [provider for provider, _ in await found("embed", Format.EMBEDDINGS)] == ["openai"]
    with pytest.raises(ModelUnknownError, match="no embeddings"):
        await found("claude-sonnet-4-5", Format.EMBEDDINGS)


async def test_a_target_knows_key_ceilings_and_price(api: Api, one: Tenant, lean: LeanConnections) -> None:
    await add(api, one, preset="openai", key=KEY, requests_per_minute=7, concurrency=3, headers={"X-A": "b"})
    (target,) = await routes_of(lean).targets(call(one, "gpt-4o"))
    assert (target.secret, target.context_tokens, target.most_output_tokens) == (KEY, 128000, 16384)
    assert (target.requests_per_minute, target.concurrency) == (7, 3)
    assert target.headers == {"x-a": "b"}
    assert target.prices is not None
    assert KEY not in repr(target)


async def test_servers_of_ones_own_are_free(api: Api, one: Tenant, lean: LeanConnections) -> None:
    await add(api, one, preset="ollama")
    (target,) = await routes_of(lean).targets(call(one, "llama3.2:1b"))
    assert target.secret is None
    assert target.prices is not None
    assert target.prices.free


async def test_a_change_counts_from_the_next_request_on(api: Api, one: Tenant, lean: LeanConnections) -> None:
    await add(api, one, preset="openai", key=KEY)
    routes = routes_of(lean)
    path = "/models/providers/openai"
    assert (await routes.targets(call(one, "gpt-4o")))[0].secret == KEY
    await api.call(one.keys["editor"], "patch", path, json={"key": "sk-new"})
    assert (await routes.targets(call(one, "gpt-4o")))[0].secret == "sk-new"
    await api.call(one.keys["editor"], "patch", path, json={"enabled": False})
    with pytest.raises(ModelUnknownError):
        await routes.targets(call(one, "gpt-4o"))


async def test_workspaces_see_their_own_alone(
    api: Api, one: Tenant, two: Tenant, lean: LeanConnections
) -> None:
    await add(api, one, preset="openai", key=KEY)
    with pytest.raises(ModelUnknownError, match="no provider yet"):
        await routes_of(lean).targets(call(two, "gpt-4o"))
    assert await routes_of(lean).listing(caller(two.workspace_id)) == ()


async def test_keys_that_name_models_get_those_alone(api: Api, one: Tenant, lean: LeanConnections) -> None:
    await add(api, one, preset="openai", key=KEY)
    routes = routes_of(lean)
    assert await routes.targets(call(one, "gpt-4o", models=("openai/*",)))
    assert await routes.targets(call(one, "smart", models=("smart",)))
    assert await routes.targets(call(one, "gpt-4o", models=("gpt-4*",)))
    with pytest.raises(ModelNotAllowedError):
        await routes.targets(call(one, "gpt-4o", models=("smart", "anthropic/*")))
    names = {listed.name for listed in await routes.listing(caller(one.workspace_id, ("fast", "openai/o1*")))}
    assert "fast" in names
    assert "openai/o1" in names
    assert not {"smart", "openai/gpt-4o"} & names


async def test_an_alias_goes_on_without_a_provider_that_went(
    api: Api, one: Tenant, lean: LeanConnections
) -> None:
    await add(api, one, preset="openai", key=KEY)
    await add(api, one, preset="groq", key=KEY)
    alias = {"targets": [{"provider": "groq", "model": "a"}, {"provider": "openai", "model": "b"}]}
    await api.call(one.keys["editor"], "put", "/models/aliases/team", json=alias)
    routes = routes_of(lean)
    await api.call(one.keys["editor"], "delete", "/models/providers/groq")
    assert [target.provider for target in await routes.targets(call(one, "team"))] == ["openai"]
    await api.call(one.keys["editor"], "delete", "/models/providers/openai")
    with pytest.raises(ModelUnknownError, match="None of the providers"):
        await routes.targets(call(one, "team"))


async def test_a_key_that_is_gone_is_the_operators_matter_unless_another_serves(
    api: Api, one: Tenant, lean: LeanConnections
) -> None:
    await add(api, one, preset="openai", key=KEY)
    await api.call(one.keys["editor"], "delete", "/secrets/LLM_OPENAI")
    routes = routes_of(lean)
    with pytest.raises(UpstreamRefusedError, match="LLM_OPENAI"):
        await routes.targets(call(one, "gpt-4o"))
    await add(api, one, preset="anthropic", key=KEY)
    assert [target.provider for target in await routes.targets(call(one, "smart"))] == ["anthropic"]


async def test_the_installations_providers_stand_behind_the_workspaces_own(
    api: Api, one: Tenant, lean: LeanConnections
) -> None:
    routes = routes_of(lean, (SHARED, "sk-shared"), (replace(SHARED, name="openai"), "sk-other"))
    (first, second) = await routes.targets(call(one, "smart"))
    assert (first.secret, second.secret) == ("sk-shared", "sk-other")
    await add(api, one, preset="openai", key=KEY)
    assert [target.secret for target in await routes.targets(call(one, "smart"))] == [KEY, "sk-shared"]


async def test_the_gateway_reads_keys_of_providers_and_no_other_secret(
    api: Api, one: Tenant, database: DatabaseUnderTest
) -> None:
    await add(api, one, preset="openai", key=KEY)
    await set_secret(database.app, one.workspace_id, "OTHER", "value")
    async with await psycopg.AsyncConnection.connect(database.gateway_url) as connection:
        await connection.execute("select speak_for(%s)", (one.workspace_id,))
        rows = await (await connection.execute("select name from secrets")).fetchall()
        assert rows == [("LLM_OPENAI",)]
        for statement in ("select 1 from api_keys", "update llm_providers set base_url = ''"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                async with connection.transaction():
                    await connection.execute(statement)


def kept(body: bytes = b"{}") -> CachedAnswer:
    return CachedAnswer(body, new_id(), Usage(input=3, output=4, cached=1), Decimal("0.00012300"))


async def test_answers_are_kept_apart_for_each_workspace(
    database: DatabaseUnderTest, one: Tenant, two: Tenant, lean: LeanConnections
) -> None:
    store = AnswerStore(lean, database.open("codex32_gateway"))
    answer = kept(b'{"a":1}')
    await store.put(one.workspace_id, b"d" * 32, answer, 60)
    assert await store.get(one.workspace_id, b"d" * 32) == answer
    assert await store.get(two.workspace_id, b"d" * 32) is None
    newer = kept(b'{"a":2}')
    await store.put(one.workspace_id, b"d" * 32, newer, 60)
    assert await store.get(one.workspace_id, b"d" * 32) == newer


async def test_answers_expire_by_the_databases_time(
    database: DatabaseUnderTest, one: Tenant, lean: LeanConnections
) -> None:
    store = AnswerStore(lean, database.open("codex32_gateway"))
    await store.put(one.workspace_id, b"a" * 32, kept(), 60)
    await store.put(one.workspace_id, b"b" * 32, kept(), 0)
    async with database.owner.transaction(None) as tx:
        await tx.connection()
        await (await tx.connection()).exec_driver_sql("update llm_cache set expires_at = now()")
    assert await store.get(one.workspace_id, b"a" * 32) is None
    assert await store.get(one.workspace_id, b"b" * 32) is None


async def test_the_oldest_make_room(database: DatabaseUnderTest, one: Tenant, lean: LeanConnections) -> None:
    store = AnswerStore(lean, database.open("codex32_gateway"), most=16_000)
    digests = [bytes([number]) * 32 for number in range(40)]
    for digest in digests:
        await store.put(one.workspace_id, digest, kept(b"x" * 900), 60)
    await store.put(one.workspace_id, b"z" * 32, kept(b"x" * 2000), 60)  # too large to be kept
    found = [await store.get(one.workspace_id, digest) is not None for digest in digests]
    assert found == sorted(found)
    assert 14_000 <= sum(found) * 900 <= 16_000
    assert await store.get(one.workspace_id, b"z" * 32) is None
