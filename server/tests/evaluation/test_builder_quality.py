"""The builder without a model is as good as it was, and never confidently wrong.

Every request is understood and composed, and what was built runs against the services of its case; the
sandbox is left to `make eval-builder`. The trend in docs/evaluation holds what was reached.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from evaluation.builder import recipes, report
from evaluation.builder.cases import CASES
from evaluation.builder.evaluating import TREND, evaluate


def reached() -> dict[str, Any]:
    """The newest numbers of recipes in the trend."""
    entries = json.loads(TREND.read_text(encoding="utf-8"))
    return [one for one in entries if one["engine"] == "recipes" and one["fast"]][-1]["all"]


@pytest.mark.slow
async def test_recipes_are_as_good_as_they_were() -> None:
    results = await evaluate(recipes.ask, list(CASES.values()), jobs=1)
    found = report.summary("recipes", results)["all"]
    told = f"{report.failures(results, held=False)}\n{report.failures(results, held=True)}"
    assert found["confidently_wrong"] == 0, told
    before = reached()
    for share in ("correct_share", "asked_rightly_share", "refused_rightly_share"):
        assert found[share] >= before[share], f"{share} fell from {before[share]} to {found[share]}\n{told}"


def test_there_are_requests_of_every_kind() -> None:
    assert len(CASES) >= 120
    assert {case.level for case in CASES.values()} == {
        *("simple", "medium", "hard", "vague", "contradictory", "impossible", "malicious"),
    }
    assert {"en", "es"} <= {case.language for case in CASES.values()}
    unchecked = [case.id for case in CASES.values() if case.kind == "build" and case.check is None]
    assert not unchecked
