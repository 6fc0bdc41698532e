"""Every example bot through the real sandbox: its own tests, and a run with the sample data.

What `codex32 run` does, without the command line; no server, no database.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from codex32_server.kit.manifest.package import BotPackage, read_package
from codex32_server.runtime import files, standalone
from codex32_server.runtime.backends.local import LocalBackend
from codex32_server.runtime.contract import LogLine, RunSpec
from codex32_server.runtime.driver import Driver
from codex32_server.runtime.standing import Standing
from support.folders import reachable_folder

pytestmark = pytest.mark.sandbox

BOTS = Path(__file__).parents[3] / "examples" / "bots"
DATA = BOTS / "data"


@dataclass(frozen=True)
class Example:
    """A run with sample data and a part of what must come out."""

    path: str
    input: dict[str, Any]
    given: Sequence[str] = ()
    output: dict[str, Any] = field(default_factory=dict[str, Any])
    left: Sequence[str] = ()
    stays_up: bool = False
    """A service: it becomes ready, and ends when it is told to."""
    elsewhere: bool = False
    """It needs the network, or models."""


EXAMPLES = [
    Example(
        "csv-cleaner",
        {"required": ["email"], "unique": ["email"]},
        ["contacts.csv"],
        {"read": 5, "written": 3, "dropped_incomplete": 1, "dropped_duplicates": 1},
        ["clean-contacts.csv"],
    ),
    Example(
        "invoice_totals.py", {"tax": 21}, ["invoices.csv"], {"skipped": 1, "gross": "931.55"}, ["totals.csv"]
    ),
    Example(
        "budget-vs-actual",
        {"month": "2026-10"},
        ["budget.csv", "actual.csv"],
        {"over": ["Gifts", "Tools"]},
        ["comparison.csv"],
    ),
    Example("log_report.py", {}, ["app.log"], {"lines": 7, "worst_hour": "2026-11-02 09:00"}, ["report.md"]),
    Example(
        "keyword_report.py",
        {"keywords": ["river", "dam"]},
        ["article.txt"],
        {"dam": {"count": 0, "places": []}},
    ),
    Example("text_statistics.py", {"file": "article.txt", "top": 1}, ["article.txt"], {"paragraphs": 2}),
    # No model can be asked here: a file without feedback is enough to see that it runs.
    Example("feedback_moods.py", {}, ["records.json"], {"unclear": 0, "left_out": 0}),
    Example("json_to_csv.py", {}, ["records.json"], {"rows": 3}, ["records.csv"]),
    Example(
        "sql-on-csv",
        {"query": "SELECT category, sum(amount) AS spent FROM actual GROUP BY 1 ORDER BY 2 DESC", "limit": 1},
        ["actual.csv"],
        {"columns": ["category", "spent"], "rows": [["Travel", 1111.8]], "more": True},
        ["answer.csv"],
    ),
    Example("working_days.py", {"start": "2026-04-01", "days": 3}, [], {"deadline": "2026-04-08"}),
    Example("value_watch.py", {"value": 3, "above": 2}, [], {"crossed": "above", "changed": False}),
    Example("duplicate_files.py", {}, ["budget.csv", "actual.csv"], {"files": 2, "wasted_bytes": 0}),
    Example(
        "reminder_letter.py",
        {"customer": "Acme", "number": "17", "amount": 12.5, "days_late": 3},
        [],
        {"subject": "Invoice 17"},
    ),
    # Alone it has nobody to call or to ask: its tests say what it does with both.
    Example("payment_reminders.py", {"invoices": [], "today": "2026-03-01"}, [], {"late": 0, "sent": 0}),
    Example("markdown-contents", {}, ["guide.md"], {}, ["guide.md"]),
    # These are run against servers on loopback in test_networked.py.
    Example("feed_digest.py", {}, elsewhere=True),
    Example("exchange_rates.py", {}, elsewhere=True),
    Example("open_issues.py", {}, elsewhere=True),
    Example("mail_triage.py", {}, elsewhere=True),
    Example("notes_service.py", {}, stays_up=True),
    Example("tick_worker.py", {}, stays_up=True),
]
by_path = pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.path)


@pytest.fixture(scope="module")
def shared() -> Iterator[Path]:
    """The runtime folder that all runs share."""
    with reachable_folder("codex32-examples-") as folder:
        yield folder


def test_every_example_is_tried() -> None:
    bots = [path for path in BOTS.glob("*.py") if not path.name.startswith("test_")]
    bots += [path.parent for path in BOTS.glob("*/bot.py")]
    assert sorted(path.name for path in bots) == sorted(example.path for example in EXAMPLES)
    assert len([path for path in bots if path.is_file()]) >= 4


@by_path
def test_an_example_is_sound_and_described(example: Example) -> None:
    package = read_package(BOTS / example.path)
    assert not package.needs_import
    assert package.description
    assert package.tests
    assert package.dependencies == ()
    for name, schema in package.input_schema["properties"].items():
        assert schema.get("description"), name


@pytest.mark.parametrize(
    "example",
    [example for example in EXAMPLES if not (example.stays_up or example.elsewhere)],
    ids=lambda example: example.path,
)
async def test_an_example_runs_with_the_sample_data(example: Example, shared: Path, tmp_path: Path) -> None:
    lines: list[LogLine] = []
    what = standalone.StandaloneRun(
        BOTS / example.path,
        json.dumps(example.input).encode(),
        {name: DATA / name for name in example.given},
        tmp_path / "outputs",
    )
    result = await standalone.run(what, home=shared / "home", shared=shared, on_line=lines.append)
    assert result.outcome.error is None, (result.outcome.error, lines)
    output = json.loads(result.outcome.output or b"null")
    assert {key: output[key] for key in example.output} == example.output
    assert sorted(path.name for path in result.files) == sorted(example.left)


@pytest.mark.parametrize(
    "example", [example for example in EXAMPLES if example.stays_up], ids=lambda example: example.path
)
async def test_a_service_becomes_ready_and_ends_when_told(example: Example, shared: Path) -> None:
    package = read_package(BOTS / example.path)
    spec = package.manifest.standing
    assert spec.readiness is not None
    runtime = await asyncio.to_thread(files.prepare, shared)
    backend = LocalBackend(runtime, locks=shared / "uids")
    standing, stop = Standing(), asyncio.Event()

    async def live() -> int | None:
        driver = Driver(backend, work=shared / "runs")
        run = replace(
            _proof(package), mode="service", inbound=(spec.port,) if spec.port else (), stop_grace=20.0
        )
        state = standalone.FolderState(shared / f"{package.manifest.name}.json")
        async with driver.run(run, logs=_Silent(), state=state, cancel=stop, standing=standing) as outcome:
            return outcome.exit_code

    living = asyncio.create_task(live())
    try:
        async with asyncio.timeout(30):
            while not (await standing.look(spec.readiness, spec.port)).ok:
                await asyncio.sleep(0.05)
        stop.set()
        assert await asyncio.wait_for(living, 30) == 0
    finally:
        stop.set()
        await asyncio.wait([living])
        backend.close()


@by_path
async def test_the_tests_beside_an_example_pass(example: Example, shared: Path) -> None:
    package = read_package(BOTS / example.path)
    runtime = await asyncio.to_thread(files.prepare, shared)
    backend = LocalBackend(runtime, locks=shared / "uids")
    try:
        driver = Driver(backend, work=shared / "runs")
        state = standalone.FolderState(shared / "state.json")
        async with driver.run(_proof(package), logs=_Silent(), state=state) as outcome:
            assert outcome.error is None, outcome.error
            report = json.loads(outcome.output or b"null")
    finally:
        backend.close()
    assert report["failed"] == 0, report
    assert report["passed"] == report["total"] >= 2


def _proof(package: BotPackage) -> RunSpec:
    return RunSpec(
        run_id=uuid4(),
        workspace_id=standalone.WORKSPACE,
        bot_id=None,
        bot_name=package.manifest.name,
        version=package.digest,
        environment="dev",
        attempt=1,
        source=package.files,
        entry=package.entry,
        mode="tests",
        limits=standalone.limits_of(package),
    )


class _Silent:
    async def write(self, lines: Sequence[LogLine]) -> None:
        """Nobody reads these."""
