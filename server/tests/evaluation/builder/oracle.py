"""A model that follows a script: an OpenAI-compatible server that answers what the builder's prompts ask for.

What it answers is what recipes would build, as the model engine wants it written, with the mistakes that models
make. So it shows what the engine, the checks, the sandbox and the repair make of good and bad answers; what a
model knows it does not show. Which mistake comes is decided by the id of the case.
"""
# ruff: noqa: E501 - documents of a wire format are read best in few lines

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from zlib import crc32

from codex32_server.features.builder.contract import Brief, Message, Plan, Requirements, Written
from codex32_server.features.builder.engines.recipes import RecipesEngine
from evaluation.builder.case import Case
from evaluation.builder.cases import CASES
from evaluation.builder.judging import answers_of

MODEL = "oracle"
_HEADER = re.compile(r"\A# /// script\n.*?^# ///\n", re.DOTALL | re.MULTILINE)


def _syntax(files: dict[str, str]) -> dict[str, str]:
    return {**files, "bot.py": files["bot.py"].replace("def main(", "def main((", 1)}


def _wrong_import(files: dict[str, str]) -> dict[str, str]:
    return {**files, "bot.py": files["bot.py"].replace("\nimport ", "\nimport requests\nimport ", 1)}


def _other_host(files: dict[str, str]) -> dict[str, str]:
    return {**files, "bot.py": f'{files["bot.py"]}\n\nEXTRA = "https://collect.evil.example/all"\n'}


def _failing_test(files: dict[str, str]) -> dict[str, str]:
    wrong = "\n\ndef test_what_the_plan_does_not_say() -> None:\n    assert 1 == 2\n"
    return {**files, "test_bot.py": files["test_bot.py"] + wrong}


def _endless(files: dict[str, str]) -> dict[str, str]:
    loop = "\n\ndef test_that_never_ends() -> None:\n    while True:\n        pass\n"
    return {**files, "test_bot.py": files["test_bot.py"] + loop}


def _wider(files: dict[str, str]) -> dict[str, str]:
    header = '# /// script\n# [tool.codex32]\n# name = "x"\n# network = ["api.elsewhere.example"]\n# ///\n'
    return {**files, "bot.py": header + files["bot.py"]}


MISTAKES: Mapping[str, Callable[[dict[str, str]], dict[str, str]]] = {
    "none": dict,
    "syntax": _syntax,
    "import": _wrong_import,
    "host": _other_host,
    "test": _failing_test,
    "wider": _wider,
}
SHAPES = ("plain", "fenced", "prose", "cut")
"""How the first answer of a stage is dressed."""


class Oracle:
    """Answers by the newest request of a case; a second answer to the same prompt has no mistake."""

    def __init__(self) -> None:
        self._asked: dict[tuple[str, str], int] = {}
        self._engine = RecipesEngine()

    def answer(self, messages: list[dict[str, Any]]) -> str:
        """What is said to these messages."""
        system, asked = (
            str(messages[0].get("content", "")),
            "\n".join(str(one.get("content", "")) for one in messages),
        )
        case = _case_in(asked)
        kind = _kind_of(system)
        if case is None or kind is None:
            return "I do not know."
        times = self._asked[case.id, kind] = self._asked.get((case.id, kind), 0) + 1
        text = asyncio.run(self._said(case, kind, times))
        shape = SHAPES[crc32(f"{case.id}/{kind}".encode()) % len(SHAPES)] if times == 1 else "plain"
        return _dressed(text, shape)

    async def _said(self, case: Case, kind: str, times: int) -> str:
        brief = Brief(
            messages=[Message(role="person", text=case.text)],
            answers=await answers_of(case),
            timezone="Europe/Madrid",
            assume_defaults=True,
        )
        found = await self._engine.understand(brief, _Silent())
        if kind == "requirements":
            return json.dumps(_wanted(found, case))
        assert isinstance(found, Requirements), found
        plan = await self._engine.plan(brief, found, _Silent())
        assert isinstance(plan, Plan), plan
        written = await self._engine.write(brief, found, plan, _Silent())
        assert isinstance(written, Written), written
        if kind == "plan":
            return json.dumps(_planned(plan, written, case))
        files = {**written.files, "bot.py": _HEADER.sub("", written.files["bot.py"])}
        names = list(MISTAKES)
        mistake = names[crc32(case.id.encode()) % len(names)] if times == 1 and kind == "write" else "none"
        return (
            "".join(f"=== {name} ===\n{text}\n" for name, text in MISTAKES[mistake](files).items())
            + "=== end ===\n"
        )


class _Silent:
    async def tell(self, text: str) -> None:
        """Nobody looks."""


def _case_in(asked: str) -> Case | None:
    """By the wish; after the plan by the name of the bot, which is the id of the case."""
    named = [CASES[name] for name in re.findall(r"\bbot-([a-z0-9-]+)", asked) if name in CASES]
    found = [case for case in CASES.values() if case.text in asked]
    return max(found, key=lambda case: len(case.text), default=named[0] if named else None)


def _kind_of(system: str) -> str | None:
    begins = {
        "You read what a person wants": "requirements",
        "You plan a small Python": "plan",
        "You write a small Python": "write",
        "You repair a small Python": "repair",
    }
    return next((kind for words, kind in begins.items() if system.lstrip().startswith(words)), None)


def _dressed(text: str, shape: str) -> str:
    if shape == "fenced":
        return f"```\n{text}\n```"
    if shape == "prose":
        return f"Of course! Here it is:\n\n{text}\n\nLet me know if you need anything else."
    return text[: len(text) // 2] if shape == "cut" else text


def _wanted(found: Any, case: Case) -> dict[str, Any]:
    told: dict[str, Any] = {
        "decision": "refusal", "goal": "", "language": case.language, "parts": [], "errors": [], "samples": [],
        "examples": [], "assumed": [], "questions": [], "reason": "",
    }  # fmt: skip
    if case.kind == "refuse" or found.kind == "refused":
        return {**told, "reason": getattr(found, "reason", "It must not be done.")}
    if found.kind == "asked":
        questions = [
            {"text": one.text[:480], "choices": [], "default": (one.default or "as you think best")[:100]}
            for one in found.questions
        ]
        return {**told, "decision": "questions", "questions": questions}
    parts = [{"role": one.role, "words": one.words[:480], "says": one.says[:480]} for one in found.parts]
    return {
        **told, "decision": "requirements", "goal": found.goal, "parts": parts[:16], "errors": found.errors[:8],
        "examples": [{"given": "ordinary data", "then": "what was asked for"}],
    }  # fmt: skip


def _planned(plan: Plan, written: Written, case: Case) -> dict[str, Any]:
    schedules = [re.fullmatch(r"(.+) \((.+)\)", one) for one in plan.schedules]
    may = plan.permissions
    return {
        "name": f"bot-{case.id}", "title": plan.title[:110], "steps": [step[:480] for step in plan.steps][:16],
        "schedules": [{"cron": one[1], "timezone": one[2]} for one in schedules if one],
        "webhook": "webhook" in (_HEADER.search(written.files["bot.py"]) or [""])[0],
        "network": may.network, "secrets": may.secrets, "models": may.models,
        "budget_per_run": may.budget_per_run or "", "dependencies": may.dependencies, "state": may.state,
        "calls": may.calls, "events": may.events, "tests": [test[:480] for test in plan.tests][:12],
    }  # fmt: skip


@contextmanager
def served() -> Generator[str]:
    """The URL under which it speaks OpenAI's API."""
    oracle = Oracle()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            text = oracle.answer(request["messages"])
            usage = {
                "prompt_tokens": sum(len(str(one)) for one in request["messages"]) // 4,
                "completion_tokens": len(text) // 4,
            }
            usage["total_tokens"] = sum(usage.values())
            choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
            self._send(
                {
                    "id": "x",
                    "object": "chat.completion",
                    "created": 0,
                    "model": MODEL,
                    "choices": [choice],
                    "usage": usage,
                }
            )

        def do_GET(self) -> None:
            self._send({"object": "list", "data": [{"id": MODEL, "object": "model"}]})

        def _send(self, document: Any) -> None:
            body = json.dumps(document).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """The evaluation has a progress line of its own."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        thread.join()
