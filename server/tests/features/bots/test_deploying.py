"""Deploying: versions are immutable, named by content, and race-safe."""

from __future__ import annotations

import asyncio
from base64 import b64encode

import pytest
from support.api import Api, Tenant, source, with_tests


async def test_a_bot_without_tests_is_unproven_and_runs_in_dev(api: Api, one: Tenant) -> None:
    answer = await api.call(one.keys["editor"], "POST", "/bots", json={"files": {"bot.py": source("hello")}})
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["created"], made["unchanged"]) == (True, False)
    assert made["version"]["proof"] == "unproven"
    assert "tests" in made["version"]["proof_report"]["reason"]
    assert made["bot"]["environments"]["dev"]["version_id"] == made["version"]["id"]
    assert made["version"]["input_schema"]["properties"]["n"]["type"] == "integer"
    read = (await api.call(one.keys["viewer"], "GET", f"/bots/{made['bot']['id']}")).json()
    assert read == made["bot"] | {"owner": {"id": str(one.owner_id), "name": "Owner"}}
    version = (await api.call(one.keys["viewer"], "GET", "/bots/hello/versions/1")).json()
    assert version == made["version"]


async def test_a_bot_with_tests_waits_for_its_proof(api: Api, one: Tenant) -> None:
    made = (await api.call(one.keys["editor"], "POST", "/bots", json={"files": with_tests("waits")})).json()
    assert made["version"]["proof"] == "pending"
    assert made["bot"]["environments"] == {}
    run = await api.call(one.keys["editor"], "POST", "/bots/waits/runs", json={"input": {}})
    assert (run.status_code, run.json()["code"]) == (409, "no_published_version")
    await api.prove(one, made["version"]["id"])
    bot = (await api.call(one.keys["editor"], "GET", "/bots/waits")).json()
    assert bot["environments"]["dev"]["number"] == 1
    assert bot["latest_version"]["proof"] == "proven"


async def test_the_same_files_are_the_same_version(api: Api, one: Tenant) -> None:
    files = {"files": {"bot.py": source("same")}}
    first = (await api.call(one.keys["editor"], "PUT", "/bots/by-name/same", json=files)).json()
    other = {"files": {"bot.py": source("same", "return n + 1")}}
    second = (await api.call(one.keys["editor"], "PUT", "/bots/by-name/same", json=other)).json()
    assert (second["created"], second["unchanged"], second["version"]["number"]) == (False, False, 2)
    again = (await api.call(one.keys["editor"], "PUT", "/bots/by-name/same", json=files)).json()
    assert (again["unchanged"], again["version"]["id"]) == (True, first["version"]["id"])
    assert again["bot"]["environments"]["dev"]["number"] == 1
    assert again["bot"]["version_count"] == 2


async def test_deploying_at_once_makes_each_version_once(api: Api, one: Tenant) -> None:
    async def deploy(number: int) -> dict[str, object]:
        files = {"files": {"bot.py": source("race", f"return {number % 3}")}}
        answer = await api.call(one.keys["editor"], "PUT", "/bots/by-name/race", json=files)
        assert answer.status_code == 200, answer.text
        return answer.json()

    made = await asyncio.gather(*(deploy(number) for number in range(9)))
    assert sum(bool(one_["created"]) for one_ in made) == 1
    versions = (await api.call(one.keys["viewer"], "GET", "/bots/race/versions")).json()["items"]
    assert [version["number"] for version in versions] == [3, 2, 1]
    assert len({version["digest"] for version in versions}) == 3


async def test_of_many_that_create_one_wins(api: Api, one: Tenant) -> None:
    answers = await asyncio.gather(
        *(
            api.call(
                one.keys["editor"], "POST", "/bots", json={"files": {"bot.py": source("new", f"return {n}")}}
            )
            for n in range(5)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"bot_exists"}


async def test_files_in_base64_are_the_same_files(api: Api, one: Tenant) -> None:
    text = source("encoded")
    listed = [{"path": "bot.py", "content_base64": b64encode(text.encode()).decode()}]
    first = (await api.call(one.keys["editor"], "POST", "/bots", json={"files": listed})).json()
    again = await api.call(
        one.keys["editor"], "PUT", "/bots/by-name/encoded", json={"files": {"bot.py": text}}
    )
    assert again.json()["version"]["digest"] == first["version"]["digest"]
    files = (await api.call(one.keys["viewer"], "GET", "/bots/encoded/versions/1/files")).json()["items"]
    assert files == [{"path": "bot.py", "size": len(text), "content": text}]
    download = await api.call(one.keys["viewer"], "GET", "/bots/encoded/versions/1/files/bot.py")
    assert download.text == text
    assert download.headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("files", "code", "field"),
    [
        ({"bot.py": "def main(): pass"}, "manifest_invalid", "manifest"),
        ({"bot.py": source("x", manifest="nonsense = 1")}, "manifest_invalid", "manifest.nonsense"),
        ({"bot.py": source("x") + "def"}, "source_invalid", None),
        ({"bot.py": source("x"), "../evil.py": ""}, "files_invalid", None),
        ({}, "files_invalid", None),
    ],
)
async def test_unsound_files_are_refused_with_a_place(
    api: Api, one: Tenant, files: dict[str, str], code: str, field: str | None
) -> None:
    answer = await api.call(one.keys["editor"], "POST", "/bots", json={"files": files})
    assert answer.status_code == 422, answer.text
    problem = answer.json()
    assert problem["code"].startswith(code.split("_")[0]) or problem["errors"], problem
    if field:
        assert problem["errors"][0]["field"] == field
        assert problem["errors"][0]["line"] >= 1


async def test_a_name_must_agree_with_the_address(api: Api, one: Tenant) -> None:
    answer = await api.call(
        one.keys["editor"], "PUT", "/bots/by-name/other", json={"files": {"bot.py": source("mine")}}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "name_mismatch")


async def test_what_cannot_be_had_yet_is_said(api: Api, one: Tenant) -> None:
    text = source("wishes", manifest='network = ["api.example.com"]')
    made = (await api.call(one.keys["editor"], "POST", "/bots", json={"files": {"bot.py": text}})).json()
    warnings = " ".join(made["version"]["warnings"])
    assert "network" not in warnings


async def test_differences_show_what_is_asked_for(api: Api, one: Tenant) -> None:
    key = one.keys["editor"]
    await api.call(key, "POST", "/bots", json={"files": {"bot.py": source("diff")}})
    wider = {"files": {"bot.py": source("diff", manifest='network = ["a.example.com"]')}}
    await api.call(key, "PUT", "/bots/by-name/diff", json=wider)
    diff = (await api.call(key, "GET", "/bots/diff/diff", params={"to": "2"})).json()
    assert diff["widening"] is True
    assert (
        diff["manifest"]
        == [{"path": "network", "before": None, "after": "a.example.com:443", "widening": True}]
        or diff["manifest"][0]["path"] == "network"
    )
    assert diff["files"][0]["kind"] == "changed"
    first = (await api.call(key, "GET", "/bots/diff/diff", params={"to": "1"})).json()
    assert first["from_version"] is None
