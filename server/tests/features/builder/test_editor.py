"""What an editor is told while somebody writes: places, what the bot is, and nothing is run or stored."""

from __future__ import annotations

from typing import Any

import pytest
from codex32_server.features.builder.checks.editor import EditorChecks
from codex32_server.features.builder.checks.editor_schemas import CheckedView, Diagnostic
from codex32_server.kit.manifest.limits import Ceilings
from support.api import Api, Tenant, source

HEAD = '# /// script\n# dependencies = []\n#\n# [tool.codex32]\n# name = "b"\n'
BODY = '"""A bot."""\n\n\ndef main(n: int = 1) -> dict[str, int]:\n    """Count."""\n    return {"n": n}\n'
TEST = "from bot import main\n\n\ndef test_it() -> None:\n    assert main() == {'n': 1}\n"


def files(body: str = BODY, manifest: str = "") -> dict[str, str]:
    return {"bot.py": f"{HEAD}{manifest}# ///\n{body}", "test_bot.py": TEST}


async def checked(given: dict[str, str]) -> CheckedView:
    return await EditorChecks(Ceilings()).check(given)


def _of(view: CheckedView, code: str) -> Diagnostic:
    return next(one for one in view.diagnostics if one.code == code)


async def test_a_sound_bot() -> None:
    view = await checked(files(manifest='# network = ["api.example.com"]\n'))
    assert (view.deployable, view.skipped) == (True, [])
    assert [one.severity for one in view.diagnostics] == ["note"]
    assert view.manifest is not None
    assert view.manifest["name"] == "b"
    assert view.input_schema is not None
    assert view.input_schema["properties"]["n"]["type"] == "integer"
    assert view.explanation is not None
    assert "It may reach api.example.com." in view.explanation.touches


@pytest.mark.parametrize(
    ("given", "code", "place"),
    [
        (files("def main(:\n    pass\n"), "source_invalid", ("bot.py", 7)),
        (files(manifest='# colour = "red"\n'), "manifest_invalid", ("bot.py", 6)),
        (files('"""A bot."""\n'), "main_missing", ("bot.py", 1)),
        (files("def main(*numbers):\n    pass\n"), "signature_unsupported", ("bot.py", 7)),
        ({}, "package_invalid", ("", 0)),
        ({"../evil.py": "import os\n"}, "package_invalid", ("../evil.py", 0)),
        ({"bot.py": "def main(): pass\n"}, "manifest_invalid", ("bot.py", 1)),
    ],
)
async def test_what_cannot_be_deployed(given: dict[str, str], code: str, place: tuple[str, int]) -> None:
    view = await checked(given)
    found = view.diagnostics[0]
    assert (found.code, found.severity, found.file) == (code, "error", place[0])
    assert found.line == place[1]
    assert (view.deployable, view.manifest, view.explanation) == (False, None, None)


async def test_places_of_what_is_found_in_sound_files() -> None:
    body = BODY.replace(
        "    return", '    import requests\n    url = "https://api.example.com/x"\n    return'
    )
    view = await checked(files(body.replace('{"n": n}', '{"n": undefined_name}')))
    assert view.deployable
    missing = _of(view, "import")
    assert (missing.line, missing.column, missing.end_column, missing.severity) == (12, 5, 20, "error")
    assert _of(view, "network").line == 13
    lint = [one for one in view.diagnostics if "F821" in one.message]
    assert [(one.line, one.column, one.end_line, one.end_column) for one in lint] == [(14, 18, 14, 32)]


async def test_a_bot_without_tests_is_only_warned_of() -> None:
    view = await checked({"bot.py": files()["bot.py"]})
    assert _of(view, "tests-missing").severity == "warning"


async def test_over_the_api(api: Api, one: Tenant) -> None:
    async def ask(key: str, **body: Any) -> Any:
        return await api.call(one.keys[key], "POST", "/bots/check", json=body)

    answer = await ask("editor", files={"bot.py": source("hello")})
    assert answer.status_code == 200, answer.text
    assert answer.json()["deployable"] is True
    assert (await api.call(one.keys["viewer"], "GET", "/bots")).json()["items"] == []
    assert (await ask("viewer", files={})).status_code == 403
    large = await ask("editor", files={"bot.py": "#" * 1024 * 1024 + "\n"})
    assert (large.status_code, large.json()["code"]) == (413, "package_too_large")
    hostile = await ask("editor", files={"bot.py": "(" * 5000, "bot\0.py": "\0"})
    assert (hostile.status_code, hostile.json()["deployable"]) == (200, False)
    body = b'{"files": {"bot.py": "\\ud800"}}'
    headers = {"Content-Type": "application/json"}
    half = await api.call(one.keys["editor"], "POST", "/bots/check", content=body, headers=headers)
    assert half.status_code == 422
