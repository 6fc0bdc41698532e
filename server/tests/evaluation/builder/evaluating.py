"""All requests one after the other, or some at a time; what was built is run and judged at the end."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from evaluation.builder.case import Case
from evaluation.builder.judging import Ask, Outcome, Result, behave, converse, verdict

TREND = Path(__file__).parents[4] / "docs" / "evaluation" / "builder-trend.json"
"""What was reached, one entry for each time that it was kept."""


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
            Result(
                case.id, found, why, asked, outcome.kind == "built", outcome.rounds, seconds, outcome.money
            )
        )
    return results
