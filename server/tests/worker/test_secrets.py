"""Secrets of real runs by a real worker: delivered to who names them, refused with a name, left nowhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.postgres import DatabaseUnderTest
from support.queue import Rows, submitted
from support.secrets import KEY, set_secret
from support.waiting import until
from support.worker import WorkerProcess, Workshop

pytestmark = pytest.mark.sandbox

VALUE = "sk_live_4f9c2b7e1d"
USES = """
import base64, time
from codex32_bot import log, secrets

def main(fail: bool = False) -> dict:
    value = secrets["API_TOKEN"]
    print("holding", value)
    log.info("holding", value=value, encoded=base64.b64encode(value.encode()).decode())
    if fail:
        raise ValueError("cannot use " + value)
    time.sleep(1.0)
    return {"value": value, "length": len(value)}
"""


def _processes() -> Iterator[bytes]:
    """Command lines and environments of everything that runs on this machine, as far as they can be read."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            for name in ("cmdline", "environ"):
                try:
                    yield (folder / name).read_bytes()
                except OSError:
                    continue


async def _everything(rows: Rows) -> str:
    """Every row of every table but the sealed value itself."""
    tables = await rows.all(
        "select c.relname from pg_class c where c.relkind in ('r', 'p') and not c.relispartition"
        " and c.relnamespace = 'public'::regnamespace"
    )
    texts: list[str] = []
    for table in tables:
        found = await rows.all(f"select to_jsonb(t)::text as row from {table['relname']} t")
        texts += [row["row"] for row in found]
    return "\n".join(texts)


async def test_a_run_uses_a_secret_and_leaves_nothing_of_it(
    database: DatabaseUnderTest, workshop: Workshop, rows: Rows, home: Path
) -> None:
    await workshop.bot("uses", USES, 'secrets = ["API_TOKEN"]\nretries = { attempts = 3 }')
    good, bad, prod = (
        workshop.run_of("uses"),
        workshop.run_of("uses", input='{"fail": true}'),
        workshop.run_of("uses", environment="prod"),
    )
    await set_secret(database.app, workshop.workspace_id, "API_TOKEN", "not for prod")
    await set_secret(database.app, workshop.workspace_id, "API_TOKEN", VALUE, "dev")
    async with WorkerProcess(database.worker_url, home, secrets_key=KEY) as worker:
        await submitted(database.app, good, bad, prod)
        await until(lambda: rows.status(good.id), "running", worker=worker)
        assert not [text for text in _processes() if VALUE.encode() in text]
        for run, end in ((good, "succeeded"), (bad, "failed"), (prod, "succeeded")):
            await until(lambda run=run: rows.status(run.id), end, worker=worker)
        told = worker.log()
    assert (await rows.run(good.id))["output"] == {"value": "[secret API_TOKEN]", "length": len(VALUE)}
    assert (await rows.run(prod.id))["output"]["length"] == len("not for prod")
    failed = await rows.run(bad.id)
    assert (failed["error_code"], failed["error_detail"]) == (
        "bot_error", "ValueError: cannot use [secret API_TOKEN]",
    )  # fmt: skip
    everything = await _everything(rows)
    assert everything.count("[secret API_TOKEN]") > 5
    for text in (everything, told):
        assert VALUE not in text
        assert "c2tfbGl2ZV80Zjlj" not in text
    used = await rows.all("select environment from secrets where last_used_at is not null order by 1")
    assert [row["environment"] for row in used] == ["", "dev"]


@pytest.mark.parametrize(
    ("manifest", "value", "code", "words"),
    [
        (
            'secrets = ["API_TOKEN", "OTHER"]', "x" * 20, "secret_missing",
            "The secret is not set for 'dev': OTHER. Set it with: codex32 secrets set OTHER --env dev",
        ),
        (
            'network = ["a.example"]\n'
            'secrets = [{ name = "API_TOKEN", inject = "header:X", host = "a.example" }]',
            "two\nlines", "secret_unusable", "API_TOKEN cannot be a header",
        ),
    ],
)  # fmt: skip
async def test_what_cannot_be_delivered_ends_the_run_at_once(
    database: DatabaseUnderTest, workshop: Workshop, rows: Rows, home: Path,
    manifest: str, value: str, code: str, words: str,
) -> None:  # fmt: skip
    await workshop.bot("needs", "def main() -> None: ...", f"{manifest}\nretries = {{ attempts = 3 }}")
    await set_secret(database.app, workshop.workspace_id, "API_TOKEN", value)
    run = workshop.run_of("needs")
    async with WorkerProcess(database.worker_url, home, secrets_key=KEY) as worker:
        await submitted(database.app, run)
        await until(lambda: rows.status(run.id), "failed", worker=worker)
    row: dict[str, Any] = await rows.run(run.id)
    assert (row["error_code"], row["attempt"]) == (code, 1)
    assert words in row["error_detail"]
    assert value not in json.dumps(row, default=str)


async def test_a_worker_without_the_key_says_so(
    database: DatabaseUnderTest, workshop: Workshop, rows: Rows, home: Path
) -> None:
    await workshop.bot("uses", USES, 'secrets = ["API_TOKEN"]')
    await set_secret(database.app, workshop.workspace_id, "API_TOKEN", VALUE)
    run = workshop.run_of("uses")
    async with WorkerProcess(database.worker_url, home, secrets_key="99" * 32) as worker:
        await submitted(database.app, run)
        await until(lambda: rows.status(run.id), "failed", worker=worker)
    assert (await rows.run(run.id))["error_code"] == "wrapping_key_missing"
