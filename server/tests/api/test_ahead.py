"""What the server sends along with a page: files, frame and questions of exactly that page."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from codex32_server.api.web import WebApp

BOT = "01980000-0000-7000-8000-000000000001"
PAGE = (
    '<head><script data-asks="[]" nonce="__CODEX32_NONCE__"></script>'
    '<link rel="stylesheet" href="/assets/app.css">'
    '</head><body><div id="root"><!--codex32:frame--></div></body>'
)


def _page(path: str, name: str, *asks: str, frame: str = "") -> dict[str, Any]:
    return {
        "path": path,
        "scripts": [f"assets/{name}.js"],
        "styles": [f"assets/{name}.css"],
        "frame": frame,
        "asks": asks,
    }


@pytest.fixture
def built(tmp_path: Path) -> Path:
    (tmp_path / "index.html").write_text(PAGE)
    pages = [
        _page("/sign-in", "sign"),
        _page("/bots", "bots", "/me", "/bots?limit=50&a=b", frame="<b>Bots</b>"),
        _page("/bots/$botId", "bot", "/me", "/bots/$botId", frame="<b>Bot</b>"),
    ]
    (tmp_path / "pages.json").write_text(json.dumps(pages))
    return tmp_path


async def _get(
    folder: Path, path: str, *, signed_in: bool = True, encoding: str = "identity"
) -> httpx.Response:
    cookies = {"codex32_session": "s"} if signed_in else {}
    transport = httpx.ASGITransport(WebApp(folder))
    async with httpx.AsyncClient(transport=transport, base_url="http://x", cookies=cookies) as client:
        return await client.get(path, headers={"Accept-Encoding": encoding})


def _asks(page: str) -> list[str]:
    found = re.search(r'data-asks="([^"]*)"', page)
    assert found
    return json.loads(html.unescape(found[1]))


async def test_a_page_comes_with_its_files_its_frame_and_its_questions(built: Path) -> None:
    page = (await _get(built, "/bots")).text
    assert '<link rel="modulepreload" crossorigin href="/assets/bots.js">' in page
    assert page.index('href="/assets/app.css"') < page.index(
        'rel="stylesheet" crossorigin href="/assets/bots.css"'
    )
    assert '<div id="root"><b>Bots</b></div>' in page
    assert _asks(page) == ["/me", "/bots?limit=50&a=b"]
    assert "bot.js" not in page


async def test_a_narrowed_page_asks_for_itself(built: Path) -> None:
    page = (await _get(built, "/bots?q=mail")).text
    assert "<b>Bots</b>" in page
    assert _asks(page) == ["/me"]


async def test_questions_name_what_the_address_names(built: Path) -> None:
    assert _asks((await _get(built, f"/bots/{BOT}")).text) == ["/me", f"/bots/{BOT}"]


@pytest.mark.parametrize(
    "path", ["/bots/a%22b", "/bots/%3Cscript%3E", "/bots/a%2Fb", "/bots/" + "x" * 80, "/nowhere"]
)
async def test_an_address_that_is_none_of_the_build_gets_the_bare_page(built: Path, path: str) -> None:
    page = (await _get(built, path)).text
    assert _asks(page) == []
    assert "<b>" not in page
    assert "<script>" not in page.lower()


async def test_whoever_is_not_signed_in_gets_the_sign_in_page(built: Path) -> None:
    page = (await _get(built, "/bots", signed_in=False)).text
    assert "/assets/sign.js" in page
    assert "<b>" not in page
    assert _asks(page) == []


async def test_another_build_is_seen_at_once(built: Path) -> None:
    app = WebApp(built)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as client:
        assert "/assets/sign.js" in (await client.get("/sign-in")).text
        (built / "pages.json").write_text(json.dumps([_page("/sign-in", "sign-anew")]))
        assert "/assets/sign-anew.js" in (await client.get("/sign-in")).text
        (built / "pages.json").unlink()
        assert "modulepreload" not in (await client.get("/sign-in")).text


async def test_pages_are_packed_for_those_who_can_unpack_them(built: Path) -> None:
    answer = await _get(built, "/bots", encoding="gzip")
    assert answer.headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["vary"]
    assert "<b>Bots</b>" in answer.text
