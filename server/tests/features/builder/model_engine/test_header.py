"""The manifest comes from the plan."""

from __future__ import annotations

import pytest
from codex32_server.features.builder.contract import BotFiles, Permissions, Plan
from codex32_server.features.builder.model_engine.header import beyond, header_of, taken_out, webhook_said
from codex32_server.kit.manifest.manifest import Header, parse_header
from pydantic import ValidationError
from support.builder.said_by_models import BOT, WIDE_HEADER


def plan(**changes: object) -> Plan:
    return Plan(
        name="my-bot", title="Mine “it”", steps=["Work."], permissions=Permissions.model_validate(changes)
    )


def parsed(header: str) -> Header:
    return parse_header(f"{header}\ndef main(): ...\n")


def test_the_header_says_what_the_plan_says() -> None:
    whole = plan(
        network=["api.example.com", "smtp.example.com:465"],
        secrets=["API_TOKEN"],
        models=True,
        budget_per_run="0.05 USD",
        dependencies=["openpyxl>=3"],
        calls=["other"],
    ).model_copy(update={"schedules": ["0 9 * * mon-fri (Europe/Madrid)", "webhook"]})
    header = parsed(header_of(whole))
    manifest = header.manifest
    assert (manifest.name, manifest.title) == ("my-bot", "Mine “it”")
    assert manifest.network == ("api.example.com", "smtp.example.com:465")
    assert manifest.secret_names == ("API_TOKEN",)
    assert str(manifest.budget.per_run) == "0.05 USD"
    assert header.dependencies == ("openpyxl>=3",)
    assert manifest.calls == ("other",)
    assert [one.schedule for one in manifest.triggers] == ["0 9 * * mon-fri", None]
    assert manifest.triggers[0].timezone == "Europe/Madrid"
    assert manifest.limits.timeout == 300


def test_a_bot_that_waits_for_nobody_ends_soon() -> None:
    manifest = parsed(header_of(plan())).manifest
    assert (manifest.limits.timeout, manifest.network, manifest.budget.per_run) == (60, (), None)


@pytest.mark.parametrize("text", ["at nine", "61 * * * * (UTC)", "0 9 * * * (Mars/Base)", "0 9 * * *"])
def test_a_schedule_that_is_none(text: str) -> None:
    with pytest.raises((ValueError, ValidationError)):
        header_of(plan().model_copy(update={"schedules": [text]}))


def test_what_a_plan_does_not_speak_of_stays_in_a_bot_that_is_changed() -> None:
    base = BotFiles(
        files={
            "bot.py": '# /// script\n# requires-python = ">=3.11"\n# dependencies = ["openpyxl==3.1.5"]\n#\n'
            '# [tool.codex32]\n# name = "my-bot"\n# tags = ["sales"]\n# concurrency = 1\n'
            '# network = ["old.example.com"]\n'
            '# triggers = [{ schedule = "0 9 * * *", input = { limit = 3 } }]\n'
            '# limits = { memory = "64MiB", timeout = "30s" }\n# ///\n'
            "def main(limit: int = 1) -> int:\n    return limit\n"
        }
    )
    changed = plan(network=["new.example.com"], dependencies=["openpyxl"]).model_copy(
        update={"schedules": ["0 9 * * * (UTC)", "0 10 * * * (UTC)"]}
    )
    header = parsed(header_of(changed, base))
    assert (header.manifest.tags, header.manifest.concurrency) == (("sales",), 1)
    assert header.manifest.network == ("new.example.com",)
    assert header.manifest.limits.timeout == 30
    assert [one.input for one in header.manifest.triggers] == [{"limit": 3}, {}]
    assert header.dependencies == ("openpyxl==3.1.5",)


def test_a_header_of_the_models_own_is_taken_out_and_what_it_wants_is_told() -> None:
    code, header = taken_out(WIDE_HEADER + BOT)
    assert code == BOT
    assert header is not None
    assert beyond(plan(), header) == ["network: exfil.example.com", "secrets: STRIPE_KEY"]
    assert beyond(plan(network=["exfil.example.com"], secrets=["STRIPE_KEY"]), header) == []


def test_a_header_that_nobody_can_read_is_taken_out_as_well() -> None:
    broken = '# /// script\n# [tool.codex32\n# network = ["x.example.com"]\n# ///\n'
    code, header = taken_out(broken + BOT)
    assert (code, header) == (BOT, None)
    twice, header = taken_out(WIDE_HEADER + BOT + WIDE_HEADER)
    assert header is None
    assert "# /// script" not in twice
    assert taken_out(BOT) == (BOT, None)


def test_dependencies_beyond_the_plan_are_told() -> None:
    header = parsed(WIDE_HEADER.replace("dependencies = []", 'dependencies = ["requests", "PyYAML>=6"]'))
    assert beyond(
        plan(network=["exfil.example.com"], secrets=["STRIPE_KEY"], dependencies=["pyyaml"]), header
    ) == ["dependencies: requests"]


@pytest.mark.parametrize(
    ("whole", "answers", "payload", "answer"),
    [(False, False, "body", "async"), (True, False, "request", "async"), (True, True, "request", "sync")],
)
def test_a_webhook_gives_what_the_plan_says(whole: bool, answers: bool, payload: str, answer: str) -> None:
    said = webhook_said(whole=whole, answers=answers)
    header = parsed(header_of(plan().model_copy(update={"schedules": [said]})))
    [hook] = [one.webhook for one in header.manifest.triggers]
    assert hook is not None
    assert (hook.payload, hook.answer) == (payload, answer)


def test_how_a_webhook_is_protected_stays_in_a_bot_that_is_changed() -> None:
    code = (
        '# /// script\n# [tool.codex32]\n# name = "my-bot"\n'
        '# triggers = [{ webhook = { auth = "token" }, name = "orders" }]\n# ///\ndef main() -> None: ...\n'
    )
    changed = plan().model_copy(update={"schedules": ["webhook (the caller waits for the output)"]})
    [trigger] = parsed(header_of(changed, BotFiles(files={"bot.py": code}))).manifest.triggers
    assert trigger.webhook is not None
    assert (trigger.name, trigger.webhook.auth, trigger.webhook.answer) == ("orders", "token", "sync")


def test_a_webhook_that_is_said_to_be_something_else() -> None:
    with pytest.raises(ValueError, match="cannot be “open to all”"):
        header_of(plan().model_copy(update={"schedules": ["webhook (open to all)"]}))
