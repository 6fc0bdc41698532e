"""Sign-in links and browser sessions."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from support.api import Api, Tenant


async def _token(api: Api, key: str, **wish: object) -> str:
    answer = await api.call(key, "POST", "/sign-in-links", json=wish)
    assert answer.status_code == 201, answer.text
    url = answer.json()["url"]
    assert "/sign-in#token=" in url
    return url.partition("#token=")[2]


@pytest.fixture
async def browser(api: Api, one: Tenant) -> httpx.AsyncClient:
    """A client without a key that is signed in as the owner."""
    token = await _token(api, one.keys["administrator"])
    answer = await api.http.post("/api/v1/session", json={"token": token})
    assert answer.status_code == 200, answer.text
    return api.http


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(api: Api, one: Tenant) -> None:
    token = await _token(api, one.keys["administrator"])
    answer = await api.call(None, "POST", "/session", json={"token": token})
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("codex32_session=")
    for attribute in ("HttpOnly", "SameSite=strict", "Path=/", "Max-Age="):
        assert attribute in cookie
    assert answer.json()["principal"]["credential"] == "session"
    assert token not in cookie


async def test_a_link_opens_one_session_whatever_races(api: Api, one: Tenant) -> None:
    token = await _token(api, one.keys["administrator"])
    answers = await asyncio.gather(
        *(api.call(None, "POST", "/session", json={"token": token}) for _ in range(6))
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 5
    refused = next(answer for answer in answers if answer.status_code == 401)
    assert refused.json()["code"] == "link_not_valid"


async def test_a_session_reads_and_changes_with_the_header(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/api/v1/bots")).status_code == 200
    assert (await browser.get("/api/v1/me")).json()["principal"]["role"] == "owner"
    change = {"json": {"name": "Renamed"}}
    refused = await browser.patch("/api/v1/workspace", **change)
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf_header_missing")
    allowed = await browser.patch("/api/v1/workspace", **change, headers={"X-Codex32-Request": "1"})
    assert allowed.json()["name"] == "Renamed"


async def test_signing_out_ends_the_session(browser: httpx.AsyncClient) -> None:
    kept = browser.cookies["codex32_session"]
    answer = await browser.delete("/api/v1/session", headers={"X-Codex32-Request": "1"})
    assert answer.status_code == 204
    browser.cookies.clear()
    again = await browser.get("/api/v1/me", headers={"Cookie": f"codex32_session={kept}"})
    assert again.status_code == 401


async def test_a_key_wins_over_a_session(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/api/v1/me", headers={"Authorization": "Bearer nonsense"})
    assert answer.status_code == 401


async def test_a_link_never_gives_more_than_its_maker_has(api: Api, one: Tenant) -> None:
    answer = await api.call(one.keys["owner"], "POST", "/sign-in-links", json={})
    assert (answer.status_code, answer.json()["code"]) == (403, "too_much_access")
    member = (
        await api.call(one.keys["owner"], "POST", "/members", json={"name": "V", "role": "viewer"})
    ).json()
    token = await _token(api, one.keys["owner"], member_id=member["id"])
    me = (await api.call(None, "POST", "/session", json={"token": token})).json()
    assert me["principal"]["role"] == "viewer"
