"""`make eval-builder`: every request, through the product or as fast as it goes, with a table at the end.

    python -m evaluation.builder [--engine recipes|models|local] [--fast] [--only WORD] [--jobs N] [--keep]

`recipes` needs nothing. `models` asks the scripted model of `oracle`, `local` the small model of this machine
(`make setup-local-model`). `--fast` leaves out server and sandbox (recipes only). `--keep` writes the numbers
into the trend.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from evaluation.builder import oracle, recipes, report
from evaluation.builder.cases import CASES
from evaluation.builder.evaluating import TREND, evaluate
from evaluation.builder.judging import Ask
from evaluation.builder.product import Product, product

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
    settings = {
        "context_tokens": 128_000,
        "most_output_tokens": 32_000,
        "prices": {"input": "0.10", "output": "0.40"},
    }
    target = {"targets": [{"provider": "oracle", "model": oracle.MODEL}]}
    for method, path, body in (
        ("POST", "/models/providers", provider),
        ("PUT", f"/models/settings/oracle?model={oracle.MODEL}", settings),
        *(("PUT", f"/models/aliases/{alias}", target) for alias in ("fast", "code", "smart")),
    ):
        made = await here.http.request(method, path, json=body)
        if made.is_error:
            raise SystemExit(f"{path}: {made.text}")


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
