"""Providers, aliases and models over the API: what is stored, refused, tested and never shown."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from support.api import Api, Tenant
from support.upstreams import Scripted, Talk, says

Start = Callable[[Talk], Awaitable[Scripted]]
KEY = "sk-very-secret-value"


def listing(*models: str, status: str = "200 OK") -> Talk:
    body = json.dumps({"object": "list", "data": [{"id": name} for name in models]}).encode()
    return says(f"HTTP/1.1 {status}\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body)


async def add(api: Api, tenant: Tenant, **fields: Any) -> dict[str, Any]:
    answer = await api.call(tenant.keys["editor"], "post", "/models/providers", json=fields)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def get(api: Api, tenant: Tenant, path: str) -> Any:
    answer = await api.call(tenant.keys["viewer"], "get", path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_preset_needs_its_key_and_no_more(api: Api, one: Tenant) -> None:
    made = await add(api, one, preset="openai", key=KEY)
    assert (made["name"], made["kind"], made["base_url"], made["secret"]) == (
        "openai",
        "openai",
        "https://api.openai.com/v1",
        "LLM_OPENAI",
    )
    everything = await api.call(one.keys["viewer"], "get", "/models/providers")
    assert KEY not in everything.text
    secrets = await api.call(one.keys["editor"], "get", "/secrets")
    assert [item["name"] for item in secrets.json()["items"]] == ["LLM_OPENAI"]
    answer = await api.call(one.keys["editor"], "post", "/models/providers", json={"preset": "anthropic"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "key")


async def test_names_are_unique_in_a_workspace_and_apart_between_two(
    api: Api, one: Tenant, two: Tenant
) -> None:
    await add(api, one, preset="openai", key=KEY)
    again = await api.call(
        one.keys["editor"], "post", "/models/providers", json={"preset": "openai", "key": KEY}
    )
    assert (again.status_code, again.json()["code"]) == (409, "provider_exists")
    await add(api, one, preset="openai", name="openai-2", key=KEY)
    assert [item["name"] for item in (await get(api, two, "/models/providers"))["items"]] == ["local"]
    answer = await api.call(two.keys["editor"], "get", "/models/providers/openai")
    assert (answer.status_code, answer.json()["code"]) == (404, "provider_not_found")


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"preset": "no-such"}, "preset"),
    ({"base_url": "https://llm.example/v1"}, "name"),
    ({"name": "mine"}, "base_url"),
    ({"preset": "azure", "key": KEY}, "base_url"),
    ({"name": "mine", "base_url": "ftp://llm.example"}, "base_url"),
    ({"name": "mine", "base_url": "https://user:pw@llm.example/v1"}, "base_url"),
    ({"name": "mine", "base_url": "https://llm.example/v1", "secret": "OTHER_SECRET"}, "secret"),
    ({"preset": "openai", "base_url": "https://evil.example", "secret": "OTHER_SECRET"}, "secret"),
]


async def test_what_makes_no_provider_is_refused(api: Api, one: Tenant) -> None:
    for fields, field in REFUSED:
        answer = await api.call(one.keys["editor"], "post", "/models/providers", json=fields)
        assert (answer.status_code, answer.json()["code"]) == (422, "provider_invalid"), fields
        assert answer.json()["errors"][0]["field"] == field, fields
        assert KEY not in answer.text


async def test_keys_and_framing_cannot_be_set_as_headers(api: Api, one: Tenant) -> None:
    for header in ("Authorization", "x-api-key", "Host", "content-length", "bad name"):
        fields = {"preset": "openai", "key": KEY, "headers": {header: "x"}}
        answer = await api.call(one.keys["editor"], "post", "/models/providers", json=fields)
        assert answer.status_code == 422, header


async def test_a_key_needs_the_scope_of_secrets_too(api: Api, one: Tenant) -> None:
    narrow = await api.call(
        one.keys["owner"],
        "post",
        "/keys",
        json={"name": "narrow", "role": "editor", "scopes": ["models:write", "models:read"]},
    )
    answer = await api.call(
        narrow.json()["key"], "post", "/models/providers", json={"preset": "openai", "key": KEY}
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_a_key_is_not_sent_to_another_address_than_it_was_given_for(api: Api, one: Tenant) -> None:
    await add(api, one, preset="openai", key=KEY)
    path = "/models/providers/openai"
    moved = await api.call(one.keys["editor"], "patch", path, json={"base_url": "https://evil.example/v1"})
    assert (moved.status_code, moved.json()["errors"][0]["field"]) == (422, "key")
    same = await api.call(one.keys["editor"], "patch", path, json={"base_url": "https://api.openai.com/v2"})
    assert same.json()["base_url"] == "https://api.openai.com/v2"
    with_key = {"base_url": "https://eu.openai.example/v1", "key": "sk-other"}
    assert (await api.call(one.keys["editor"], "patch", path, json=with_key)).status_code == 200
    nothing = await api.call(one.keys["editor"], "patch", path, json={"enabled": None})
    assert nothing.status_code == 422


async def test_a_provider_goes_with_its_key(api: Api, one: Tenant) -> None:
    await add(api, one, preset="openai", key=KEY)
    path = "/models/providers/openai"
    assert (await api.call(one.keys["editor"], "delete", path)).status_code == 204
    assert (await api.call(one.keys["editor"], "delete", path)).status_code == 404
    secrets = await api.call(one.keys["editor"], "get", "/secrets")
    assert secrets.json()["items"] == []


async def test_the_test_lists_the_models_with_the_key(api: Api, one: Tenant, scripted: Start) -> None:
    server = await scripted(listing("m-1", "m-2"))
    await add(api, one, name="mine", base_url=f"http://127.0.0.1:{server.port}/v1", key=KEY)
    answer = await api.call(one.keys["editor"], "post", "/models/providers/mine/test")
    report = answer.json()
    assert (report["ok"], report["models"], report["code"]) == (True, 2, None), report
    assert server.requests[0].startswith(b"GET /v1/models HTTP/1.1\r\n")
    assert f"authorization: Bearer {KEY}".encode() in server.requests[0]
    found = await get(api, one, "/models?provider=mine")
    assert [(item["name"], item["prices"]) for item in found["items"]] == [("m-1", None), ("m-2", None)]
    assert (await get(api, one, "/models/providers/mine"))["models"] == 2


FAULTS: list[tuple[Talk, str, str]] = [
    (listing(status="401 Unauthorized"), "upstream_refused", "does not accept the key"),
    (listing(status="402 Payment Required"), "upstream_refused", "credit"),
    (listing(status="404 Not Found"), "upstream_failed", "no list of models"),
    (listing(status="429 Too Many Requests"), "upstream_rate_limited", "limits the rate"),
    (listing(status="302 Found"), "upstream_failed", "not followed"),
    (listing(status="503 Sorry"), "upstream_failed", "503"),
    (says(b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n<html>"), "upstream_failed", "no list"),
    (says(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]"), "upstream_failed", "no list"),
    (says(b"nonsense\r\n\r\n", close=True), "upstream_failed", "not HTTP"),
]


async def test_the_test_says_exactly_what_is_wrong(api: Api, one: Tenant, scripted: Start) -> None:
    for number, (talk, code, said) in enumerate(FAULTS):
        server = await scripted(talk)
        await add(api, one, name=f"p{number}", base_url=f"http://127.0.0.1:{server.port}/v1", key=KEY)
        answer = await api.call(one.keys["editor"], "post", f"/models/providers/p{number}/test")
        report = answer.json()
        assert (answer.status_code, report["ok"], report["code"]) == (200, False, code), report
        assert said in report["detail"]
        assert report["next_step"]
        assert KEY not in answer.text


async def test_addresses_that_are_not_allowed_are_told_so(api: Api, one: Tenant) -> None:
    await add(api, one, name="inside", base_url="http://10.0.0.1/v1")
    report = (await api.call(one.keys["editor"], "post", "/models/providers/inside/test")).json()
    assert report["code"] == "address_refused"
    assert "CODEX32_EGRESS_ALLOW_PRIVATE" in report["next_step"]


async def test_a_secret_that_is_gone_is_told(api: Api, one: Tenant) -> None:
    await add(api, one, preset="openai", key=KEY)
    await api.call(one.keys["editor"], "delete", "/secrets/LLM_OPENAI")
    report = (await api.call(one.keys["editor"], "post", "/models/providers/openai/test")).json()
    assert (report["ok"], report["code"]) == (False, "upstream_refused")
    assert "LLM_OPENAI" in report["detail"]
    answer = await api.call(one.keys["editor"], "post", "/models/providers/nobody/test")
    assert answer.status_code == 404


async def test_what_runs_on_this_machine_is_not_dialled(api: Api, one: Tenant) -> None:
    answer = await api.call(one.keys["editor"], "post", "/models/providers/local/test")
    assert answer.status_code == 200, answer.text
    assert (answer.json()["ok"], answer.json()["models"]) == (True, None)
    assert "runs on this machine" in answer.json()["detail"]


async def test_aliases_are_built_in_set_and_reset(api: Api, one: Tenant) -> None:
    assert [item["name"] for item in (await get(api, one, "/models/aliases"))["items"]] == ["embed"]
    await add(api, one, preset="anthropic", key=KEY)
    built_in = {item["name"]: item for item in (await get(api, one, "/models/aliases"))["items"]}
    assert set(built_in) == {"smart", "fast", "code", "embed"}
    assert built_in["fast"]["targets"][0]["provider"] == "anthropic"
    body = {"targets": [{"provider": "anthropic", "model": "claude-haiku-4-5"}]}
    answer = await api.call(one.keys["editor"], "put", "/models/aliases/fast", json=body)
    assert (answer.json()["built_in"], answer.json()["targets"]) == (False, body["targets"])
    assert (await api.call(one.keys["editor"], "delete", "/models/aliases/fast")).status_code == 204
    assert (await api.call(one.keys["editor"], "delete", "/models/aliases/fast")).status_code == 404
    unknown = {"targets": [{"provider": "nobody", "model": "m"}]}
    answer = await api.call(one.keys["editor"], "put", "/models/aliases/mine", json=unknown)
    assert (answer.status_code, answer.json()["code"]) == (404, "provider_not_found")
    assert (await api.call(one.keys["editor"], "put", "/models/aliases/A b", json=body)).status_code == 422


async def test_the_catalogue_says_context_abilities_and_prices(api: Api, one: Tenant) -> None:
    await add(api, one, preset="openai", key=KEY)
    found = {item["name"]: item for item in (await get(api, one, "/models"))["items"]}
    model = found["gpt-4o"]
    assert (model["context_tokens"], model["most_output_tokens"]) == (128000, 16384)
    assert "images" in model["abilities"]
    assert model["prices"]["input"] == "2.5"
    assert model["price_version"].startswith("genai-prices")
    assert found["text-embedding-3-small"]["abilities"] == ["embeddings"]


async def test_what_the_workspace_says_wins(api: Api, one: Tenant, two: Tenant) -> None:
    await add(api, one, preset="openai", key=KEY)
    path = "/models/settings/openai?model=gpt-4o"
    change = {"context_tokens": 1000, "prices": {"input": "1", "output": "2"}, "abilities": ["text"]}
    answer = await api.call(one.keys["editor"], "put", path, json=change)
    assert answer.status_code == 200, answer.text
    model = answer.json()
    assert (model["context_tokens"], model["prices"], model["changed"]) == (
        1000,
        {"input": "1", "output": "2"},
        True,
    )
    assert model["price_version"].startswith("own ")
    for bad in ({"prices": {"input": "-1", "output": "1"}}, {"prices": {"nothing": "1"}},
                {"prices": {"input": "1"}}, {"abilities": ["flying"]}, {"context_tokens": 0}):  # fmt: skip
        refused = await api.call(one.keys["editor"], "put", path, json=bad)
        assert refused.status_code == 422, bad
    assert (await api.call(two.keys["editor"], "put", path, json=change)).status_code == 404
    assert (await api.call(one.keys["editor"], "delete", path)).status_code == 204
    assert (await api.call(one.keys["editor"], "delete", path)).status_code == 404


async def test_presets_are_told(api: Api, one: Tenant) -> None:
    names = {item["name"] for item in (await get(api, one, "/models/presets"))["items"]}
    assert names >= {"openai", "anthropic", "google", "azure", "mistral", "huggingface", "openrouter", "groq",
                     "deepseek", "ollama", "vllm", "llamacpp", "lmstudio"}  # fmt: skip


async def test_two_who_add_the_same_at_once_make_one(api: Api, one: Tenant) -> None:
    body = {"preset": "openai", "key": KEY}
    answers = await asyncio.gather(
        *(api.call(one.keys["editor"], "post", "/models/providers", json=body) for _ in range(5))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]
