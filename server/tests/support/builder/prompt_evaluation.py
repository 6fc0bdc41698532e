"""The evaluation set of each prompt: what an answer must have, whoever gives it.

The same cases run with scripted answers, which proves the judge, and with real models
(`make test-live-model`), where they give a score for a prompt's version.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from codex32_bot.testing import workbench
from codex32_server.features.builder.contract import (
    Asked,
    Finding,
    Made,
    Plan,
    Refused,
    Requirements,
    Written,
)
from codex32_server.features.builder.model_engine.engine import ModelEngine
from codex32_server.features.builder.model_engine.gateway_door import GatewayDoor
from codex32_server.features.builder.model_engine.terms import Terms
from codex32_server.kit.manifest.errors import BotFileError
from codex32_server.kit.manifest.package import package_from_files
from support.builder.model_desk import Told, a_brief, plan, requirements
from support.builder.said_by_models import BOT, GOOD

FOLDER = Path(__file__).parents[2] / "features" / "builder" / "model_engine" / "evaluation"
Case = Mapping[str, Any]


def cases(prompt: str) -> list[Case]:
    """Of a prompt, by its name."""
    return json.loads((FOLDER / f"{prompt}.json").read_text(encoding="utf-8"))


class Evaluation:
    """Asks through one door. Each method answers with what is wrong; nothing: the case is passed.

    Bots are run in this process only if their code is `trusted`, which is a test's own; of others only the
    form is judged here, and what they do in the sandbox (`make eval-builder`).
    """

    def __init__(self, door: GatewayDoor, terms: Terms | None = None, *, trusted: bool = False) -> None:
        self._trusted = trusted
        self._engine = ModelEngine(door, terms=terms)
        self._told = Told()

    async def judge(self, prompt: str, case: Case) -> list[str]:
        judges: dict[str, Callable[[Case], Awaitable[list[str]]]] = {
            "requirements": self._requirements,
            "plan": self._plan,
            "write": self._write,
            "repair": self._repair,
        }
        return await judges[prompt](case)

    async def _requirements(self, case: Case) -> list[str]:
        expect, found = case["expect"], await self._engine.understand(a_brief(case["wish"]), self._told)
        wrong = [] if _decision(found) == expect["decision"] else [f"it is {_decision(found)}: {_why(found)}"]
        if isinstance(found, Requirements):
            roles = {part.role for part in found.parts}
            wrong += [f"no {role}" for role in expect.get("roles", []) if role not in roles]
            if expect.get("language", found.language) != found.language:
                wrong.append(f"language {found.language}")
            said = found.model_dump_json()
            wrong += [f"it took up {text}" for text in expect.get("lacks", []) if text in said]
        return wrong

    async def _plan(self, case: Case) -> list[str]:
        brief, expect = a_brief(case["wish"]), case["expect"]
        wanted = requirements(brief).model_copy(update={"goal": case["wish"], "parts": [], "samples": []})
        found = await self._engine.plan(brief, wanted, self._told)
        if not isinstance(found, Plan):
            return [_why(found)]
        allowed = found.permissions
        wrong = [f"network {allowed.network}"] * (sorted(allowed.network) != sorted(expect["network"]))
        wrong += [f"secrets {allowed.secrets}"] * (len(allowed.secrets) > expect["secrets"])
        wrong += [f"models {allowed.models}"] * (allowed.models != expect["models"])
        wrong += ["it remembers nothing"] * (expect.get("state", False) and not allowed.state)
        if "schedules" in expect and set(found.schedules) - set(expect["schedules"]):
            wrong.append(f"schedules {found.schedules}")
        return wrong

    async def _write(self, case: Case) -> list[str]:
        brief = a_brief()
        found = await self._engine.write(brief, requirements(brief), plan(brief), self._told)
        return self._does(found.files, [case]) if isinstance(found, Written) else [_why(found)]

    async def _repair(self, case: Case) -> list[str]:
        brief = a_brief()
        [(right, wrong)] = case["break"].items()
        broken = Written(files={**GOOD, "bot.py": BOT.replace(right, wrong)}, made=Made())
        parts = (brief, requirements(brief), plan(brief), broken, [Finding(**case["finding"])])
        found = await self._engine.repair(*parts, self._told)
        return self._does(found.files, cases("write")) if isinstance(found, Written) else [_why(found)]

    def _does(self, files: Mapping[str, str], wanted: Sequence[Case]) -> list[str]:
        """Whether it is a bot, and does what is wanted."""
        try:
            package_from_files({path: text.encode() for path, text in files.items()})
        except BotFileError as error:
            return [error.detail]
        if not self._trusted:
            return []
        return [problem for one in wanted for problem in behaves(files["bot.py"], one)]


def behaves(code: str, case: Case) -> list[str]:
    """Run a bot on its bench, in this process."""
    spec = importlib.util.spec_from_loader("evaluated_bot", loader=None)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        exec(compile(code, "bot.py", "exec"), module.__dict__)
        with workbench(inputs=case["files"]):
            output = module.main()
    except Exception as error:  # noqa: BLE001 - whatever the bot raises is judged
        return [] if type(error).__name__ == case["expect"].get("raises") else [f"{case['name']}: {error!r}"]
    wanted = case["expect"].get("output")
    return [] if output == wanted else [f"{case['name']}: {output}, not {wanted}"]


def _decision(found: Requirements | Asked | Refused) -> str:
    if isinstance(found, Refused) and "No model gave" in found.reason:
        return "no answer"
    return {"requirements": "requirements", "asked": "questions", "refused": "refusal"}[found.kind]


def _why(found: Any) -> str:
    return getattr(found, "reason", found.kind)[:200]
