"""Each static check: what it finds, where, how grave it is, and what it leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from codex32_server.features.builder.checks import hosts, imports, leaks, size, tools, trials
from codex32_server.features.builder.checks import package as packages
from codex32_server.features.builder.checks.all import StaticChecks
from codex32_server.features.builder.checks.sources import Bot, bot_of
from codex32_server.features.builder.contract import Brief, Message, Requirements
from codex32_server.features.builder.documents import Checked
from codex32_server.features.builder.engines.recipes import RecipesEngine
from codex32_server.kit.manifest.limits import Ceilings
from codex32_server.kit.manifest.package import BotPackage

TEST = "from bot import main\n\n\ndef test_it() -> None:\n    assert main() == 1\n"


class Silent:
    async def tell(self, text: str) -> None:
        assert text


def files_of(body: str, manifest: str = "", dependencies: str = "", test: str = TEST) -> dict[str, str]:
    lines = "".join(f"# {line}\n" for line in manifest.splitlines())
    head = (
        f'# /// script\n# dependencies = [{dependencies}]\n#\n# [tool.codex32]\n# name = "b"\n{lines}# ///\n'
    )
    main = "" if "def main" in body else "\n\ndef main() -> int:\n    return 1\n"
    return {"bot.py": f'{head}"""A bot."""\n\n{body}\n{main}', "test_bot.py": test}


def bot(body: str, manifest: str = "", dependencies: str = "", test: str = TEST) -> Bot:
    files = files_of(body, manifest, dependencies, test)
    package = packages.check(files, Ceilings())
    assert isinstance(package, BotPackage), package
    return bot_of(package, files)


async def checked(files: dict[str, str]) -> Checked:
    return await StaticChecks(Ceilings())(files, Silent())


@pytest.mark.parametrize(
    ("body", "dependencies", "found"),
    [
        ("import json, os.path\nfrom codex32_bot import state", "", []),
        ("import helper", "", ["error"]),
        ("import requests", "", ["error"]),
        ("import requests", "'requests>=2'", []),
        ("import bs4, yaml", "'beautifulsoup4', 'PyYAML'", []),
        ("from dateutil import tz", "'python-dateutil'", []),
        ("import odd_name", "'something-else'", ["warning"]),
        ("x = 1", "'requests'", ["note"]),
        ("try:\n    import tomllib\n    import fast\nexcept ImportError:\n    fast = None", "", []),
        ("from . import x", "", []),
    ],
)
def test_imports_against_the_manifest(body: str, dependencies: str, found: list[str]) -> None:
    assert [one.severity for one in imports.check(bot(body, "", dependencies))] == found


def test_pytest_is_there_in_tests_and_only_there() -> None:
    test = f"import pytest\n{TEST}"
    assert imports.check(bot("x = 1", test=test)) == []
    assert [one.code for one in imports.check(bot("import pytest", test=test))] == ["import"]


@pytest.mark.parametrize(
    ("body", "network", "found"),
    [
        ("URL = 'https://api.example.com/prices?x=1'", "['api.example.com']", []),
        ("URL = 'https://api.example.com/prices'", "['*.example.com']", []),
        ("URL = 'https://api.example.com/prices'", "[]", ["error"]),
        ("URL = 'http://api.example.com/prices'", "['api.example.com']", ["error", "note"]),
        ("URL = 'http://api.example.com/prices'", "['api.example.com:80']", []),
        ("ATOM = '{http://www.w3.org/2005/Atom}entry'", "[]", []),
        ("def f() -> None:\n    '''See https://docs.example.com/x.'''", "[]", []),
        ("x = 1", "['api.example.com']", ["note"]),
        ("def f(h: str) -> str:\n    return f'https://{h}/x'", "[]", []),
    ],
)
def test_hosts_against_the_manifest(body: str, network: str, found: list[str]) -> None:
    assert [one.severity for one in hosts.check(bot(body, f"network = {network}"))] == found


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("KEY = 'AKIAIOSFODNN7EXAMPLE'", ["error"]),
        ("H = {'Authorization': 'Bearer ghp_" + "a1" * 18 + "'}", ["error"]),
        ("U = 'https://hooks.slack.com/services/T0000000/B0000000/abcdefabcdefabcd1234'", ["error"]),
        ("T = '123456789:AA" + "x" * 33 + "'", ["error"]),
        ("D = 'postgresql://bob:hunter22@db.example.com/x'", ["error"]),
        ("password = 'S3cure!pass'", ["error"]),
        ("def f(**k: str) -> None: ...\n\n\nf(api_key='9f8e7d6c5b4a3210')", ["error"]),
        ("X = 'q8Zr2LmP0vYt7KbN4sWd9HxJ6cFg'", ["warning"]),
        ("TOKEN = 'API_TOKEN'", []),
        ("token = 'your-token-here'", []),
        ("password = 'password'", []),
        ("secrets_token = 'x'", []),
        ("D = 'postgresql://{user}:{password}@db/x'", []),
        ("X = 'a_long_name_of_some_column_in_a_table'", []),
        ("X = '/usr/share/zoneinfo/Europe/Madrid'", []),
    ],
)
def test_secrets_in_the_source(body: str, found: list[str]) -> None:
    told = leaks.check(bot(body))
    assert [one.severity for one in told] == found
    value = body.rpartition("'")[0].rpartition("'")[2]
    assert all(value not in one.message for one in told)


def test_a_made_up_secret_in_a_test_only_warns() -> None:
    test = f"PASSWORD = 'S3cure!pass'\n{TEST}"
    assert [one.severity for one in leaks.check(bot("x = 1", test=test))] == ["warning"]


@pytest.mark.parametrize(
    ("test", "found"),
    [
        (TEST, []),
        ("def helper() -> None: ...\n", ["tests-missing"]),
        ("def test_it() -> None:\n    print(1)\n", ["tests-missing"]),
        ("def test_it() -> None:\n    main()\n    assert True\n", ["tests-missing"]),
        ("def test_it() -> None:\n    assert 1 == 1, 'fine'\n", ["tests-missing"]),
        (f"{TEST}\n\ndef test_two() -> None:\n    main()\n", ["tests-empty"]),
        (
            "import pytest\ndef test_it() -> None:\n    with pytest.raises(ValueError):\n        int('x')\n",
            [],
        ),
        ("def check(x: int) -> None:\n    assert x\n\n\ndef test_it() -> None:\n    check(1)\n", []),
        ("def same(x: int) -> None:\n    assert x\n\n\ndef test_it() -> None:\n    same(1)\n", []),
    ],
)
def test_tests_that_say_something(test: str, found: list[str]) -> None:
    assert [one.code for one in trials.check(bot("x = 1", test=test))] == found


def test_long_functions_and_files_are_told() -> None:
    body = "def long() -> None:\n" + "    x = 1\n" * 90
    assert [one.line for one in size.check(bot(body))] == [9]
    assert [one.line for one in size.check(bot("x = 1\n" * 900))] == [0]


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"bot.py": "def main(:\n"}, "syntax"),
        ({"bot.py": "def main() -> int:\n    return 1\n"}, "manifest"),
        ({"../bot.py": "x"}, "package"),
        ({"bot.py": "x = '\ud800'"}, "package"),
        ({}, "package"),
    ],
)
async def test_what_is_no_bot_is_not_looked_at_any_further(files: dict[str, str], code: str) -> None:
    found = await checked(files)
    assert {one.code for one in found.findings} == {code}
    assert all(one.severity == "error" for one in found.findings)


async def test_faults_of_code_and_types_stand_in_the_way_and_style_does_not() -> None:
    body = (
        "import json\n\n\n"
        "def one(n: int) -> str:\n    return n\n\n\n"
        "def two() -> None:\n    undefined()\n\n\n"
        "def three(x: list[int] = []) -> list[int]:\n    return x\n\n\n"
        "def four(text: str) -> object:\n    return eval(text)\n"
    )
    found = await checked(files_of(body))
    told = {(one.code, one.severity, one.line) for one in found.findings}
    assert told == {
        ("type", "error", 13),
        ("lint", "error", 17),
        ("lint", "error", 20),
        ("lint", "warning", 9),
        ("dangerous", "note", 25),
    }
    assert found.skipped == []
    assert [one.severity for one in found.findings] == ["error"] * 3 + ["warning", "note"]


async def test_settings_that_come_with_a_bot_change_nothing() -> None:
    files = files_of("def one() -> None:\n    undefined()\n")
    files |= {
        "ruff.toml": "lint.select = []\n",
        "ty.toml": "[rules]\nall = 'ignore'\n",
        "pyproject.toml": "[tool.ruff]\nexclude = ['*']\n",
    }
    assert [one.code for one in (await checked(files)).errors] == ["lint"]


async def test_a_check_that_cannot_be_made_is_told_and_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("codex32_server.features.builder.checks.typed.find_ty_bin", lambda: "/nowhere/ty")
    found = await checked(files_of("x = 1"))
    assert found.errors == []
    assert len(found.skipped) == 1
    assert found.skipped[0].startswith("types: ")


async def test_a_tool_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tools, "SECONDS", 1)
    async with tools.folder_of({"bot.py": "x = 1"}) as folder:
        with pytest.raises(tools.ToolFailedError, match="took more than"):
            await folder.run("/bin/sleep", "60")
    assert not folder.path.exists()


async def test_sources_stay_in_their_folder(tmp_path: Path) -> None:
    with pytest.raises(tools.ToolFailedError, match="outside"):
        async with tools.folder_of({"../out.py": "x = 1"}):
            pass


@pytest.mark.parametrize(
    "wish",
    [
        "every weekday at 9 drop rows without an email from contacts.csv and deduplicate by email",
        "report on sales.csv every monday at 8",
        "count the words in notes.txt",
        "remind me to pay the rent on the 1st of every month at 9",
    ],
)
async def test_what_recipes_write_has_nothing_that_is_told(wish: str) -> None:
    engine, silent = RecipesEngine(), Silent()
    brief = Brief(messages=[Message(role="person", text=wish)])
    requirements = await engine.understand(brief, silent)
    assert isinstance(requirements, Requirements), requirements
    plan = await engine.plan(brief, requirements, silent)
    assert plan.kind == "plan", plan
    written = await engine.write(brief, requirements, plan, silent)
    assert written.kind == "written"
    assert (await checked(dict(written.files))).findings == []
