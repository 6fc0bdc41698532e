"""Advice: what was seen, what would change, and silence where there is nothing to say."""

# ruff: noqa: E501 - one case on one line

from __future__ import annotations

from typing import Any

import pytest
from codex32_server.features.builder.suggestions.advice import suggestions
from codex32_server.features.builder.suggestions.model import Evidence, RunSeen, Spending, Suggestion
from codex32_server.kit.manifest.manifest import parse_header
from codex32_server.kit.manifest.patching import patch_manifest

BODY = '"""Look after the shop."""\n\n\ndef main() -> None:\n    """Nothing."""\n'
GOOD = [RunSeen("succeeded", 1.0) for _ in range(10)]


def evidence(
    manifest: str = "", body: str = BODY, files: dict[str, str] | None = None, **more: Any
) -> Evidence:
    lines = "".join(f"# {line}\n" for line in manifest.splitlines())
    source = f'# /// script\n# [tool.codex32]\n# name = "shop"\n{lines}# ///\n{body}'
    header = parse_header(source)
    given = {"bot.py": source, "test_bot.py": "from bot import main\n", "README.md": "# shop\n"} | (
        files or {}
    )
    return Evidence("shop", header.manifest, "bot.py", given, **({"runs": GOOD} | more))


def found(seen: Evidence) -> dict[str, Suggestion]:
    return {one.id: one for one in suggestions(seen)}


def test_a_good_bot_is_left_alone() -> None:
    assert found(evidence()) == {}


NETWORK = 'network = ["api.shop.example"]'
ASKS = BODY + 'URL = "https://api.shop.example"\n'


@pytest.mark.parametrize(
    ("seen", "suggestion", "change"),
    [
        (evidence(NETWORK, ASKS), "retries", {"retries": {"attempts": 3, "backoff": "exponential"}}),
        (evidence(runs=[RunSeen("timed_out", 60.0)]), "timeout", {"limits.timeout": "2m"}),
        (evidence(runs=[RunSeen("succeeded", 55.0)] * 6), "timeout", {"limits.timeout": "2m"}),
        (evidence(runs=[RunSeen("failed", 1.0, "out_of_memory", "x")]), "memory", {"limits.memory": "512MiB"}),
        (evidence(most_memory=250 * 2**20), "memory", {"limits.memory": "512MiB"}),
        (evidence('limits = { memory = "1GiB" }', most_memory=30 * 2**20), "less-memory", {"limits.memory": "90MiB"}),
        (
            evidence('network = ["api.shop.example", "api.old.example"]\nretries = { attempts = 3 }', ASKS),
            "unused-hosts",
            {"network": ["api.shop.example"]},
        ),
        (evidence('secrets = ["SLACK", "OLD"]', BODY + 'KEY = "SLACK"\n'), "unused-secrets", {"secrets": ["SLACK"]}),
        (evidence('secrets = ["OLD"]'), "unused-secrets", {"secrets": None}),
        (evidence(spending=[Spending("m", 3, 1.5, 10, 0, 0)]), "budget", {"budget.per_month": "3.00 USD"}),
    ],
)  # fmt: skip
def test_a_change_of_the_manifest(seen: Evidence, suggestion: str, change: dict[str, Any]) -> None:
    one = found(seen)[suggestion]
    assert one.change == change
    assert one.why.endswith(".")
    parse_header(patch_manifest(seen.source, change))


@pytest.mark.parametrize(
    ("seen", "suggestion"),
    [
        (evidence(runs=[RunSeen("failed", 1.0, "exception", "KeyError: 'price'")] * 4), "failing"),
        (
            evidence(body="from elsewhere import main\n", proof="unproven", files={"test_bot.py": ""}),
            "no-tests",
        ),
        (evidence('triggers = [{ schedule = "0 9 * * *" }]'), "time-zone"),
        (evidence(dependencies=["httpx", "rich>=13"]), "loose-dependencies"),
        (
            evidence(
                'triggers = [{ schedule = "0 9 * * *", timezone = "Europe/Madrid" }]', from_recipes=True
            ),
            "tell-somebody",
        ),
        (evidence(runs=[RunSeen("succeeded", 1.0, trigger="api")] * 6), "schedule"),
        (evidence(body=BODY + "\n\ndef helper() -> int:\n    return 1\n"), "untested-functions"),
        (evidence(body="def main() -> None: ...\n", files={"README.md": "#"}), "no-page"),
        (
            evidence(
                'budget = { per_month = "50 USD" }',
                BODY + 'MODEL = "smart"\n',
                spending=[Spending("m", 100, 9.0, 20_000, 0, 0)],
            ),
            "cheaper-model",
        ),
        (
            evidence('budget = { per_month = "50 USD" }', spending=[Spending("m", 10, 0.1, 10, 0, 20)]),
            "same-questions",
        ),
    ],
)
def test_words_for_the_builder(seen: Evidence, suggestion: str) -> None:
    if suggestion == "no-page":
        del seen.files["README.md"]  # type: ignore[attr-defined]
    one = found(seen)[suggestion]
    assert one.wish
    assert one.change is None


def test_bots_that_are_alike_are_named() -> None:
    seen = evidence(similar=[("shop-two", 0.97), ("weather", 0.4)])
    assert [(one.id, one.bot) for one in suggestions(seen)] == [("similar-shop-two", "shop-two")]


@pytest.mark.parametrize(
    "seen",
    [
        evidence('network = ["*.shop.example"]\nretries = { attempts = 2 }'),
        evidence('network = ["api.a.example"]\nretries = { attempts = 2 }'),
        evidence(
            'network = ["api.a.example"]\nretries = { attempts = 2 }\n'
            'secrets = [{ name = "K", inject = "header:X-Key", host = "api.a.example" }]'
        ),
        evidence(runs=[RunSeen("failed", 1.0, "exception", f"error {n}") for n in range(9)]),
        evidence(runs=[]),
        evidence(body=BODY + "\n\ndef helper() -> int:\n    return 1\n", files={"test_bot.py": "from bot import helper, main\n"}),
    ],
)  # fmt: skip
def test_what_proves_nothing_is_not_told(seen: Evidence) -> None:
    assert set(found(seen)) <= {"no-page"}


def test_what_helps_most_for_least_comes_first() -> None:
    seen = evidence(
        'triggers = [{ schedule = "0 9 * * *" }]',
        runs=[RunSeen("timed_out", 60.0)] * 3,
        dependencies=["httpx"],
        similar=[("twin", 0.99)],
    )
    order = [one.impact for one in suggestions(seen)]
    assert order == sorted(order, key=["high", "medium", "low"].index)
    assert order[0] == "high"
