"""The table of an evaluation, and its line in the trend."""

from __future__ import annotations

import json
import statistics
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evaluation.builder.cases import CASES, held_out
from evaluation.builder.judging import Result

_RIGHT = ("correct", "asked", "refused")


def summary(engine: str, results: Sequence[Result]) -> dict[str, Any]:
    """The numbers of one engine, for the trend."""
    return {
        "engine": engine,
        "all": _numbers(results),
        "held_out": _numbers([one for one in results if held_out(CASES[one.id])]),
    }


def _numbers(results: Sequence[Result]) -> dict[str, Any]:
    verdicts = Counter(one.verdict for one in results)
    meant = [one for one in results if CASES[one.id].kind == "build" and not CASES[one.id].only_models]
    to_ask = [one for one in results if CASES[one.id].kind == "ask"]
    to_refuse = [one for one in results if CASES[one.id].kind == "refuse"]
    seconds = [one.seconds for one in results if one.built]
    return {
        "requests": len(results),
        "built": sum(one.built for one in results),
        "correct": sum(one.verdict == "correct" for one in meant),
        "within_blocks": len(meant),
        "correct_share": _share(sum(one.verdict == "correct" for one in meant), len(meant)),
        "asked_rightly_share": _share(
            sum(one.verdict in ("asked", "correct") for one in to_ask), len(to_ask)
        ),
        "refused_rightly_share": _share(sum(one.verdict == "refused" for one in to_refuse), len(to_refuse)),
        "right": sum(verdicts[one] for one in _RIGHT),
        "confidently_wrong": verdicts["wrong"],
        "unproven": verdicts["unproven"],
        "rounds": round(statistics.fmean(one.rounds for one in results), 3) if results else 0,
        "seconds_median": round(statistics.median(seconds), 3) if seconds else None,
        "money": round(sum(one.money for one in results), 6),
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def table(found: dict[str, Any]) -> str:
    """Markdown."""
    keys = list(found["all"])
    lines = [f"| {found['engine']} | all | held out |", "|---|---|---|"]
    lines += [f"| {key.replace('_', ' ')} | {found['all'][key]} | {found['held_out'][key]} |" for key in keys]
    return "\n".join(lines)


def failures(results: Sequence[Result], *, held: bool) -> str:
    """What went wrong, one line each."""
    return "\n".join(
        f"{one.verdict:9} {one.id:22} {CASES[one.id].text[:90]}\n          {one.why.strip()[:300]}"
        for one in results
        if one.verdict not in _RIGHT and held_out(CASES[one.id]) == held
    )


def keep(path: Path, entry: dict[str, Any]) -> None:
    """Add an entry to the trend; one of the same day, engine and way takes the earlier one's place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    trend: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    same = ("at", "engine", "fast")
    kept = [one for one in trend if any(one.get(key) != entry.get(key) for key in same)]
    text = json.dumps([*kept, entry], indent=2, ensure_ascii=False)
    path.write_text(f"{text}\n", encoding="utf-8")
