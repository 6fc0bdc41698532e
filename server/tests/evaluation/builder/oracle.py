"""A model that follows a script: an OpenAI-compatible server that answers what the builder's prompts ask for.

What it answers is what recipes would build, as the model engine wants it written, with the mistakes that models
make (`mistakes`). It asks where recipes ask, in the words of a model, and knows only what the prompt says: the
wish, and what the person answered. So it shows what the engine, the checks, the sandbox and the repair make of
good and bad answers; what a model knows it does not show.
"""
# ruff: noqa: E501 - documents of a wire format are read best in few lines

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from codex32_server.features.builder.contract import (
    Asked,
    Brief,
    Message,
    Plan,
    Question,
    Requirements,
    Written,
)
from codex32_server.features.builder.engines.recipes import RecipesEngine
from codex32_server.features.builder.model_engine.quoting import redacted
from codex32_server.features.builder.model_engine.reading import question_id
from evaluation.builder import mistakes
from evaluation.builder.case import Case
from evaluation.builder.cases import CASES
from evaluation.builder.mistakes import Files, chosen, dressed

MODEL = "oracle"
_HEADER = re.compile(r"\A# /// script\n.*?^# ///\n", re.DOTALL | re.MULTILINE)
_WISH = re.compile(r'<data kind="wish">\n(.*?)\n</data>', re.DOTALL)
_NAMED = re.compile(r"^name: bot-([a-z0-9-]+)$", re.MULTILINE)
_ANSWERED = re.compile(r"^answer to ([a-z0-9-]+): (.*)$", re.MULTILINE)
_DECIDES = "Do not ask: decide"
_UNKNOWN = "I cannot say yet"
"""Default of a question for which there is none: a model has to give one. As an answer it says nothing."""
_MOST_ROUNDS = 4
_KINDS = {
    "You read what a person wants": "requirements",
    "You plan a small Python": "plan",
    "You write a small Python": "write",
    "You repair a small Python": "repair",
}


class Oracle:
    """Answers by the wish in the prompt; after the plan by the name of the bot, which has the case's id."""

    def __init__(self) -> None:
        self._asked: dict[tuple[str, str], int] = {}
        self._briefs: dict[str, Brief] = {}
        self._engine = RecipesEngine()

    def answer(self, messages: list[dict[str, Any]]) -> str:
        """What is said to these messages."""
        told = "\n".join(str(one.get("content", "")) for one in messages)
        case, kind = _case_in(told), _kind_of(str(messages[0].get("content", "")))
        if case is None or kind is None:
            return "I do not know."
        times = self._asked[case.id, kind] = self._asked.get((case.id, kind), 0) + 1
        shape = chosen(mistakes.SHAPES, case.id, kind) if times == 1 else "plain"
        return dressed(asyncio.run(self._said(case, kind, times, told)), shape)

    async def _said(self, case: Case, kind: str, times: int, told: str) -> str:
        first = times == 1 + (chosen(mistakes.SHAPES, case.id, kind) == "cut")
        """The first answer that can be read to its end has the mistake."""
        if kind == "requirements":
            return json.dumps(await self._wanted(case, told, first=first))
        brief = self._briefs[case.id]
        plan, written = await self._made(brief)
        if kind == "plan":
            planned = chosen(mistakes.IN_PLANS, case.id, kind) if first else dict
            return json.dumps(planned(_planned(plan, written, case)))
        files = {**written.files, "bot.py": _HEADER.sub("", written.files["bot.py"])}
        mistake = chosen(list(mistakes.IN_CODE), case.id, "code")
        broken = mistakes.IN_CODE[mistake](files)
        if kind == "write":
            return _as_text(broken if first else files)
        right = mistakes.mended(mistake, files)
        return _as_text(_repaired(case, files, broken, right) if first else _changed(right, broken))

    async def _wanted(self, case: Case, told: str, *, first: bool) -> dict[str, Any]:
        brief, found = await self._understood(case, told)
        self._briefs[case.id] = brief
        if not isinstance(found, Requirements):
            return _not_wanted(found, case)
        mistake = chosen(mistakes.IN_REQUIREMENTS, case.id, "requirements") if first else dict
        return mistake(_requirements(found, case))

    async def _understood(self, case: Case, told: str) -> tuple[Brief, Any]:
        """With what the person answered; a question of a model has another id than one of recipes."""
        answered = {name: text for name, text in _ANSWERED.findall(told) if text != _UNKNOWN}
        brief = Brief(
            messages=[Message(role="person", text=case.text)],
            timezone="Europe/Madrid",
            assume_defaults=_DECIDES in told,
        )
        found = await self._engine.understand(brief, _Silent())
        for _ in range(_MOST_ROUNDS):
            questions = found.questions if isinstance(found, Asked) else []
            known = {one.id: answered[_id(one)] for one in questions if _id(one) in answered}
            if not known.keys() - brief.answers.keys():
                break
            brief = brief.model_copy(update={"answers": {**brief.answers, **known}})
            found = await self._engine.understand(brief, _Silent())
        return brief, await self._possible(brief, found)

    async def _possible(self, brief: Brief, found: Any) -> Any:
        """What recipes see when they plan, a model sees when it reads: steps that exclude each other."""
        if not isinstance(found, Requirements):
            return found
        plan = await self._engine.plan(brief, found, _Silent())
        return found if isinstance(plan, Plan) else plan

    async def _made(self, brief: Brief) -> tuple[Plan, Written]:
        found = await self._engine.understand(brief, _Silent())
        assert isinstance(found, Requirements), found
        plan = await self._engine.plan(brief, found, _Silent())
        assert isinstance(plan, Plan), plan
        written = await self._engine.write(brief, found, plan, _Silent())
        assert isinstance(written, Written), written
        return plan, written


class _Silent:
    async def tell(self, text: str) -> None:
        """Nobody looks."""


def _case_in(told: str) -> Case | None:
    """Texts of other cases stand in a prompt as well: as recipes, as bots that are like it."""
    named = next((name for name in _NAMED.findall(told) if name in CASES), None)
    if named is not None:
        return CASES[named]
    wish = next(iter(_WISH.findall(told)), "")
    said = {line.removeprefix("person: ") for line in wish.split("\n")}
    return next((case for case in CASES.values() if redacted(case.text) in said), None)


def _kind_of(system: str) -> str | None:
    return next((kind for words, kind in _KINDS.items() if system.lstrip().startswith(words)), None)


def _id(question: Question) -> str:
    return question_id(question.text[:480])


_EMPTY: dict[str, Any] = {
    "decision": "refusal", "goal": "", "language": "en", "parts": [], "errors": [], "samples": [],
    "examples": [], "assumed": [], "questions": [], "reason": "",
}  # fmt: skip


def _not_wanted(found: Any, case: Case) -> dict[str, Any]:
    """Questions, or a refusal."""
    told = {**_EMPTY, "language": case.language}
    if not isinstance(found, Asked):
        return {**told, "reason": found.reason}
    questions = [
        {
            "text": one.text[:480],
            "choices": [choice[:110] for choice in one.choices[:6]],
            "default": (one.default or _UNKNOWN)[:110],
        }
        for one in found.questions
    ]
    return {**told, "decision": "questions", "questions": questions}


def _requirements(found: Requirements, case: Case) -> dict[str, Any]:
    said = case.text.casefold()
    parts = [
        {
            "role": one.role,
            "words": (one.words if one.words.casefold() in said else case.text)[:480],
            "says": one.says[:480],
        }
        for one in found.parts
    ]
    return {
        **_EMPTY, "language": case.language, "decision": "requirements", "goal": found.goal[:480], "parts": parts[:16],
        "errors": found.errors[:8], "assumed": [one[:480] for one in found.assumed[:12]],
        "examples": [{"given": "ordinary data", "then": "what was asked for"}],
    }  # fmt: skip


def _planned(plan: Plan, written: Written, case: Case) -> dict[str, Any]:
    schedules = [re.fullmatch(r"(.+) \((.+)\)", one) for one in plan.schedules]
    may = plan.permissions
    return {
        "name": f"bot-{case.id}", "title": plan.title[:110], "steps": [step[:480] for step in plan.steps][:16],
        "schedules": [{"cron": one[1], "timezone": one[2]} for one in schedules if one],
        **_webhook(written.files["bot.py"]),
        "network": may.network, "secrets": may.secrets, "models": may.models,
        "budget_per_run": may.budget_per_run or "", "dependencies": may.dependencies, "state": may.state,
        "calls": may.calls, "events": may.events, "tests": [test[:480] for test in plan.tests][:12],
    }  # fmt: skip


def _webhook(code: str) -> dict[str, Any]:
    """What a plan says of a call from outside: what is taken of it, and whether the caller waits."""
    header = (_HEADER.search(code) or [""])[0]
    if "webhook = " not in header:
        return {"webhook": "none", "webhook_answers": False}
    whole = 'payload = "request"' in header
    return {"webhook": "request" if whole else "body", "webhook_answers": 'answer = "sync"' in header}


def _repaired(case: Case, files: Files, broken: Files, right: Files) -> Files:
    """The first repair: not all of them help. `files` are what was meant before the mistake was made."""
    wrong = {name: text for name, text in broken.items() if text != files[name]}
    match chosen(mistakes.REPAIRS, case.id, "repair"):
        case "unchanged" if wrong:
            return wrong
        case "again" if wrong:
            return {name: f"{text}\n# Checked once more.\n" for name, text in wrong.items()}
        case "dropped":
            return _changed(files, broken)
        case _:
            return _changed(right, broken)


def _changed(files: Files, broken: Files) -> Files:
    """The files that a repair changes; all of them where it was not a mistake of ours."""
    return {name: text for name, text in files.items() if broken.get(name) != text} or files


def _as_text(files: Files) -> str:
    return "".join(f"=== {name} ===\n{text}\n" for name, text in files.items()) + "=== end ===\n"


@contextmanager
def served() -> Generator[str]:
    """The URL under which it speaks OpenAI's API."""
    oracle = Oracle()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self._send(_completion(request["messages"], oracle.answer(request["messages"])))

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


def _completion(messages: list[dict[str, Any]], text: str) -> dict[str, Any]:
    """As OpenAI's API answers; a token is about four characters."""
    asked, answered = sum(len(str(one)) for one in messages) // 4, len(text) // 4
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
    usage = {"prompt_tokens": asked, "completion_tokens": answered, "total_tokens": asked + answered}
    return {
        "id": "x", "object": "chat.completion", "created": 0, "model": MODEL, "choices": [choice], "usage": usage,
    }  # fmt: skip
