"""Realistic mistakes, found by the real checks and the real sandbox, told to the model, and mended."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from codex32_server.features.builder.contract import BotFiles, Brief, Refused, Written
from codex32_server.kit.manifest.manifest import parse_manifest
from codex32_server.main.building import SandboxProof
from support.builder.mending import a_sandbox, findings, mended
from support.builder.model_desk import Desk, a_brief, plan, requirements
from support.builder.said_by_models import BOT, GOOD, TESTS, WIDE_HEADER, WISH, good, said

pytestmark = pytest.mark.sandbox

SYNTAX = BOT.replace("if not text:", "if not text")
WRONG_IMPORT = BOT.replace("import csv\n", "import csv\nimport pandas\n")
WRONG_SUM = BOT.replace("skipped += 1", "skipped += 2")
NO_MAIN = BOT.replace("def main(", "def run(")
LOST_NAME = TESTS.replace("import pytest\n", "")
ENDLESS = BOT.replace(
    "    log.info(", '    while total >= 0:\n        log.debug("still here")\n    log.info('
)
QUICK = BotFiles(
    files={
        "bot.py": '# /// script\n# [tool.codex32]\n# name = "add-up-sales"\n'
        '# limits = { memory = "256MiB", timeout = "1s" }\n# ///\ndef main() -> int:\n    return 1\n'
    }
)


@pytest.fixture(scope="module")
async def prove() -> AsyncIterator[SandboxProof]:
    async with a_sandbox() as made:
        yield made


async def test_a_good_bot_needs_no_repair(desk: Desk, brief: Brief, prove: SandboxProof) -> None:
    found = await mended(desk, prove, brief, plan(brief), said(GOOD))
    assert isinstance(found.ended, Written)
    assert found.rounds == [[]]
    assert len(desk.asked) == 1


@pytest.mark.parametrize(
    ("first", "repair", "code"),
    [
        (good(bot__py=SYNTAX), {"bot.py": BOT}, "syntax"),
        (good(bot__py=WRONG_IMPORT), {"bot.py": BOT}, None),
        (good(bot__py=WRONG_SUM), {"bot.py": BOT}, "test-failed"),
        (good(bot__py=NO_MAIN), {"bot.py": BOT}, None),
        (good(test_bot__py=LOST_NAME), {"test_bot.py": TESTS}, None),
        (good(test_bot__py='"""Later."""\n'), {"test_bot.py": TESTS}, None),
    ],
    ids=["syntax", "import", "failing test", "no main", "name in a test", "forgotten tests"],
)
async def test_a_mistake_is_found_and_mended_in_one_round(
    desk: Desk,
    brief: Brief,
    prove: SandboxProof,
    first: dict[str, str],
    repair: dict[str, str],
    code: str | None,
) -> None:
    found = await mended(desk, prove, brief, plan(brief), said(first), said(repair))
    assert isinstance(found.ended, Written), found.ended
    assert len(found.rounds) == 2
    assert found.rounds[0]
    assert found.rounds[1] == []
    assert code is None or code in found.rounds[0]
    assert found.ended.files["test_bot.py"] == TESTS


async def test_one_mistake_after_the_other(desk: Desk, brief: Brief, prove: SandboxProof) -> None:
    """Cut off, then a syntax error, then a wrong result, with fences and prose around: proven in the end."""
    fenced = {"bot.py": f"```python\n{WRONG_SUM}```\n"}
    answers = (said(GOOD)[:800], said(good(bot__py=SYNTAX)), f"I see!\n{said(fenced)}", said({"bot.py": BOT}))
    found = await mended(desk, prove, brief, plan(brief), *answers)
    assert isinstance(found.ended, Written)
    assert found.rounds == [["syntax"], ["test-failed"], []]
    assert len(desk.asked) == 4
    assert found.ended.made is not None
    assert len(found.ended.made.seen) == 2
    assert await desk.settled(4) > 0


async def test_a_bot_that_never_ends_is_ended_and_mended(
    desk: Desk, prove: SandboxProof, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However slow the machine is: only the bot that never ends has little time."""
    brief = a_brief(WISH, base=QUICK)
    desk.says(said(good(bot__py=ENDLESS)), said({"bot.py": BOT}))
    endless = await desk.engine.write(brief, requirements(brief), plan(brief), desk.told)
    assert isinstance(endless, Written)
    with monkeypatch.context() as patch:
        patch.setattr("codex32_server.features.bots.jobs._LEAST_SECONDS", 3.0)
        found = await findings(desk, prove, endless.files)
    assert [one.stage for one in found] == ["tests"]
    mended = await desk.engine.repair(brief, requirements(brief), plan(brief), endless, found, desk.told)
    assert isinstance(mended, Written)
    assert "while total" not in mended.files["bot.py"]


async def test_who_learns_nothing_is_stopped(desk: Desk, brief: Brief, prove: SandboxProof) -> None:
    """The same finding three times: the cheap model, the strong one, and an end that says what is left."""
    answers = [said(good(bot__py=WRONG_SUM))]
    answers += [said({"bot.py": f"{WRONG_SUM}\n# attempt {number}\n"}) for number in range(4)]
    found = await mended(desk, prove, brief, plan(brief), *answers)
    assert isinstance(found.ended, Refused)
    assert found.rounds == [["test-failed"]] * 3
    assert "the same is wrong again" in found.ended.reason
    assert "skipped" in found.ended.reason
    assert len(desk.asked) == 3
    assert desk.asked[1]["model"] != desk.asked[2]["model"]


async def test_a_repair_cannot_widen_the_manifest(desk: Desk, brief: Brief, prove: SandboxProof) -> None:
    answers = (said(good(bot__py=WRONG_SUM)), said({"bot.py": WIDE_HEADER + BOT}), said({"bot.py": BOT}))
    found = await mended(desk, prove, brief, plan(brief), *answers)
    assert isinstance(found.ended, Written)
    assert parse_manifest(found.ended.files["bot.py"]).network == ()
    assert "only a person can widen" in str(desk.asked[-1]["input"])
