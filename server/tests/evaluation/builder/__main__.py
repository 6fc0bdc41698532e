"""`make eval-builder`: every request, through the product or as fast as it goes, with a table at the end.

    python -m evaluation.builder [--engine recipes|models|local|provider] [--fast] [--only WORD] [--most N]
                                 [--jobs N] [--keep]

`recipes` needs nothing. `models` asks the scripted model of `oracle`, `local` the small model of this machine
(`make setup-local-model`). `provider` asks a real one:

    EVAL_PROVIDER_KEY_FILE=key python -m evaluation.builder --engine provider --preset openai --model NAME
    … --engine provider --base-url http://127.0.0.1:11434/v1 --model NAME --prices 0 0

`--fast` leaves out server and sandbox (recipes only). `--keep` writes the numbers into the trend.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from evaluation.builder import answering, oracle, recipes, report
from evaluation.builder.answering import Answering
from evaluation.builder.cases import CASES
from evaluation.builder.evaluating import TREND, evaluate
from evaluation.builder.judging import Ask
from evaluation.builder.product import product

_LOCAL_SAMPLE = 12
"""Requests that a model of 135 million parameters is asked: each takes a minute of two cores."""


async def main() -> int:
    arguments = read(sys.argv[1:])
    cases = [case for case in CASES.values() if not arguments.only or arguments.only in case.id]
    most = arguments.most or (_LOCAL_SAMPLE if arguments.engine == "local" else len(cases))
    cases = cases[:: max(1, len(cases) // most)] if most < len(cases) else cases
    with TemporaryDirectory(prefix="eval-") as folder:
        async with AsyncExitStack() as stack:
            models = _models(stack, arguments)
            ask = await _asker(stack, arguments, models, Path(folder))
            results = await evaluate(ask, cases, arguments.jobs)
    found = report.summary(models.label if models else arguments.engine, results)
    sys.stdout.write(f"{report.failures(results, held=False)}\n")
    sys.stdout.write(f"-- held out\n{report.failures(results, held=True)}\n\n{report.table(found)}\n")
    if arguments.keep:
        report.keep(TREND, {"at": datetime.now(UTC).date().isoformat(), "fast": arguments.fast, **found})
    return int(bool(found["all"]["confidently_wrong"]) and arguments.engine == "recipes")


def _models(stack: AsyncExitStack, arguments: argparse.Namespace) -> Answering | None:
    if arguments.engine == "models":
        return answering.scripted(stack.enter_context(oracle.served()))
    return answering.of_provider(arguments, os.environ) if arguments.engine == "provider" else None


async def _asker(
    stack: AsyncExitStack, arguments: argparse.Namespace, models: Answering | None, folder: Path
) -> Ask:
    if arguments.fast:
        return recipes.ask
    engine = "recipes" if arguments.engine == "recipes" else "models"
    settings = models.settings if models else {}
    here = await stack.enter_async_context(product(folder, engine, arguments.budget, **settings))
    if models:
        await models.join(here)
    return here.ask


def read(arguments: list[str]) -> argparse.Namespace:
    """Raises SystemExit for what is none."""
    parser = argparse.ArgumentParser(description="The builder against all requests.")
    parser.add_argument("--engine", choices=["recipes", "models", "local", "provider"], default="recipes")
    parser.add_argument("--fast", action="store_true", help="no server and no sandbox; recipes only")
    parser.add_argument("--only", default="", help="ids that contain this")
    parser.add_argument("--most", type=int, default=0, help="about so many requests, evenly chosen")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep", action="store_true", help="write the numbers into the trend")
    provider = parser.add_argument_group("a real provider", f"its key: {answering.KEY}, or …_FILE")
    provider.add_argument("--preset", default="", help="openai, anthropic, google, mistral, ollama, …")
    provider.add_argument(
        "--base-url", default="", help="of any server that speaks as OpenAI does: https://…/v1"
    )
    provider.add_argument("--model", default="", help="asked first")
    provider.add_argument("--strong", default="", help="asked where the first comes no further")
    provider.add_argument(
        "--prices", nargs=2, metavar=("IN", "OUT"), help="USD a million tokens, if not known"
    )
    provider.add_argument("--budget", default="1", help="USD that one session may cost at most")
    found = parser.parse_args(arguments)
    if found.fast and found.engine != "recipes":
        parser.error("--fast is for recipes only")
    return found


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
