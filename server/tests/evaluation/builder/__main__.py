"""`make eval-builder`: every request, through the product or as fast as it goes, with a table at the end.

    python -m evaluation.builder [--engine recipes|models|local] [--fast] [--only WORD] [--jobs N] [--keep]

`recipes` needs nothing. `models` asks the scripted model of `oracle`, `local` the small model of this machine
(`make setup-local-model`). `--fast` leaves out server and sandbox (recipes only). `--keep` writes the numbers into
the trend and the report.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from evaluation.builder import oracle, recipes, report
from evaluation.builder.case import Case
from evaluation.builder.cases import CASES
from evaluation.builder.judging import Ask, Outcome, Result, behave, converse, verdict
from evaluation.builder.product import Product, product

ROOT = Path(__file__).parents[4]
TREND = ROOT / "docs" / "evaluation" / "builder-trend.json"
_LOCAL_SAMPLE = 12
"""Requests that a model of 135 million parameters is asked: each takes a minute of two cores."""


async def main() -> int:
    arguments = _arguments()
    cases = [case for case in CASES.values() if not arguments.only or arguments.only in case.id]
    if arguments.engine == "local":
        cases = cases[:: max(1, len(cases) // _LOCAL_SAMPLE)]
    with TemporaryDirectory(prefix="eval-") as folder:
        async with AsyncExitStack() as stack:
            ask = await _asker(stack, arguments, Path(folder))
            results = await evaluate(ask, cases, arguments.jobs)
    found = report.summary(arguments.engine, results)
    sys.stdout.write(f"{report.failures(results, held=False)}\n")
    sys.stdout.write(f"-- held out\n{report.failures(results, held=True)}\n\n{report.table(found)}\n")
    if arguments.keep:
        report.keep(TREND, {"at": datetime.now(UTC).date().isoformat(), "fast": arguments.fast, **found})
    return int(bool(found["all"]["confidently_wrong"]) and arguments.engine == "recipes")


async def _asker(stack: AsyncExitStack, arguments: argparse.Namespace, folder: Path) -> Ask:
    if arguments.fast:
        return recipes.ask
    settings: dict[str, str] = {}
    engine = "recipes" if arguments.engine == "recipes" else "models"
    if arguments.engine == "models":
        url = stack.enter_context(oracle.served())
        settings["CODEX32_EGRESS_ALLOW_PRIVATE"] = "127.0.0.0/8"
    here = await stack.enter_async_context(product(folder, engine, **settings))
    if arguments.engine == "models":
        await _add_model(here, url)  # pyright: ignore[reportPossiblyUnboundVariable] - bound where it is used
    return here.ask


async def _add_model(here: Product, url: str) -> None:
    """The scripted model as a provider of the workspace, under the names that the builder asks for."""
    provider = {"name": "oracle", "kind": "compatible", "base_url": url}
    settings = {"context": 128_000, "prices": {"input": "0.10", "output": "0.40"}}
    target = {"targets": [{"provider": "oracle", "model": oracle.MODEL}]}
    for method, path, body in (
        ("POST", "/models/providers", provider),
        ("PUT", f"/models/settings/oracle?model={oracle.MODEL}", settings),
        *(("PUT", f"/models/aliases/{alias}", target) for alias in ("fast", "code", "smart")),
    ):
        made = await here.http.request(method, path, json=body)
        if made.is_error:
            raise SystemExit(f"{path}: {made.text}")


async def evaluate(ask: Ask, cases: Sequence[Case], jobs: int) -> list[Result]:
    """All cases, some at a time."""
    gate = asyncio.Semaphore(jobs)
    done = 0

    async def one(case: Case) -> tuple[Case, Outcome, int, float]:
        nonlocal done
        async with gate:
            began = time.perf_counter()
            try:
                outcome, asked = await converse(ask, case)
            except Exception as error:  # noqa: BLE001 - one request that breaks must not end the others
                outcome, asked = Outcome("failed", reason=f"{type(error).__name__}: {error}"), 0
            done += 1
            sys.stderr.write(f"\r{done}/{len(cases)} {case.id:30}")
            return case, outcome, asked, time.perf_counter() - began

    answered = await asyncio.gather(*(one(case) for case in cases))
    sys.stderr.write("\r")
    built = {case.id: outcome.files for case, outcome, _, _ in answered if outcome.kind == "built"}
    wrong = await asyncio.to_thread(behave, built)
    results: list[Result] = []
    for case, outcome, asked, seconds in answered:
        found, why = verdict(case, outcome, asked, wrong.get(case.id, ""))
        results.append(
            Result(case.id, found, why, asked, outcome.kind == "built", outcome.rounds, seconds, outcome.money)
        )
    return results


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="The builder against all requests.")
    parser.add_argument("--engine", choices=["recipes", "models", "local"], default="recipes")
    parser.add_argument("--fast", action="store_true", help="no server and no sandbox; recipes only")
    parser.add_argument("--only", default="", help="ids that contain this")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep", action="store_true", help="write the numbers into the trend")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
