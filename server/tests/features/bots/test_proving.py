"""The proof of a version, in the real sandbox."""

from __future__ import annotations

import os
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from codex32_server.features.bots.facade import BotsFacade
from codex32_server.features.bots.jobs import Prover, ProveVersion, merge_schema
from codex32_server.kit.manifest.package import package_from_files
from codex32_server.runtime import files
from codex32_server.runtime.backends.local import LocalBackend
from codex32_server.runtime.driver import Driver
from codex32_server.runtime.environments import Environments
from support.api import Api, Tenant, source

GOOD = "from bot import main\n\ndef test_main():\n    assert main(2) == 2\n"
BAD = "from bot import main\n\ndef test_main():\n    assert main(2) == 3, 'two is not three'\n"
SKIPPED = "import pytest\n\n@pytest.mark.skip\ndef test_main(): pass\n"


@pytest.fixture
async def prover() -> AsyncIterator[Prover]:
    shared = Path(tempfile.gettempdir(), f"codex32-tests-{os.geteuid()}")
    shared.mkdir(mode=0o755, exist_ok=True)
    runtime = files.prepare(shared)
    backend = LocalBackend(runtime, locks=shared / "uids")
    work = Path(tempfile.mkdtemp(prefix="runs-", dir=shared))
    work.chmod(0o711)
    environments = Environments(runtime, folder=shared / "environments")
    yield Prover(environments, Driver(backend, work=work))
    backend.close()


@pytest.fixture
def prove(api: Api, prover: Prover) -> ProveVersion:
    return ProveVersion(api.under_test.worker, BotsFacade(), prover)


async def _proof(
    api: Api, one: Tenant, prove: ProveVersion, name: str, tests: str, body: str = "return n"
) -> dict[str, Any]:
    """The version after its job ran."""
    bot = {"bot.py": source(name, body), "test_bot.py": tests}
    made = (await api.call(one.keys["editor"], "POST", "/bots", json={"files": bot})).json()
    answer = await prove(one.workspace_id, {"version_id": made["version"]["id"]})
    assert answer["written"] is True
    again = await prove(one.workspace_id, {"version_id": made["version"]["id"]})
    assert again["written"] is False
    return (await api.call(one.keys["viewer"], "GET", f"/bots/{name}/versions/1")).json()


@pytest.mark.sandbox
async def test_tests_that_pass_prove_a_version(api: Api, one: Tenant, prove: ProveVersion) -> None:
    version = await _proof(api, one, prove, "good", GOOD)
    assert version["proof"] == "proven", version["proof_report"]
    assert version["environments"] == ["dev"]
    report = version["proof_report"]
    assert (report["tests"], report["passed"], report["failed"]) == (1, 1, 0)
    assert report["cases"][0]["outcome"] == "passed"


@pytest.mark.sandbox
async def test_whoever_watches_hears_of_each_test_as_it_ends(prover: Prover) -> None:
    tests = GOOD + "\n\ndef test_wrong():\n    assert False\n"
    package = package_from_files({"bot.py": source("watched").encode(), "test_bot.py": tests.encode()})
    heard: list[str] = []

    async def hear(told: str) -> None:
        heard.extend(told.split("\n"))

    async def ignore(_stage: str) -> None:
        return

    result = await prover.prove_package(uuid4(), uuid4(), package, ignore, hear)
    assert heard == [f"{case.outcome} {case.name}" for case in result.report.cases]
    assert [line.split()[0] for line in heard] == ["passed", "failed"]


@pytest.mark.sandbox
async def test_a_failing_test_is_shown(api: Api, one: Tenant, prove: ProveVersion) -> None:
    version = await _proof(api, one, prove, "bad", BAD)
    assert (version["proof"], version["environments"]) == ("failed", [])
    report = version["proof_report"]
    assert (report["passed"], report["failed"]) == (0, 1)
    assert "two is not three" in report["cases"][0]["message"]


@pytest.mark.sandbox
async def test_skipping_everything_proves_nothing(api: Api, one: Tenant, prove: ProveVersion) -> None:
    version = await _proof(api, one, prove, "skips", SKIPPED)
    assert version["proof"] == "failed"
    assert "No test passed" in version["proof_report"]["reason"]


@pytest.mark.sandbox
async def test_a_bot_that_cannot_be_imported_fails_with_its_traceback(
    api: Api, one: Tenant, prove: ProveVersion
) -> None:
    files_ = {"bot.py": source("broken") + "\nimport nowhere_at_all\n", "test_bot.py": GOOD}
    made = (await api.call(one.keys["editor"], "POST", "/bots", json={"files": files_})).json()
    await prove(one.workspace_id, {"version_id": made["version"]["id"]})
    version = (await api.call(one.keys["viewer"], "GET", "/bots/broken/versions/1")).json()
    assert version["proof"] == "failed"
    assert "nowhere_at_all" in version["proof_report"]["reason"]


async def test_a_worker_of_one_workspace_cannot_prove_for_another(
    api: Api, one: Tenant, two: Tenant, prove: ProveVersion
) -> None:
    made = (
        await api.call(one.keys["editor"], "POST", "/bots", json={"files": {"bot.py": source("mine")}})
    ).json()
    with pytest.raises(Exception, match="not there"):
        await prove(two.workspace_id, {"version_id": made["version"]["id"]})
    assert UUID(made["version"]["id"])


def test_models_are_merged_into_the_schema() -> None:
    known = {"type": "object", "properties": {"order": {"default": {}}, "n": {"type": "integer"}}}
    told = {
        "order": {"$ref": "#/$defs/Order", "$defs": {"Order": {"type": "object"}}},
        "other": {"type": "string"},
    }
    assert merge_schema(known, told) == {
        "type": "object",
        "properties": {"order": {"$ref": "#/$defs/Order", "default": {}}, "n": {"type": "integer"}},
        "$defs": {"Order": {"type": "object"}},
    }
