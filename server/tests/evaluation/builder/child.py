"""Runs built bots against the services of their case and lets the case judge. One process a bot.

It reads one JSON document from its input, `[[case id, folder], …]`, and writes one line of JSON for each,
`{"id", "wrong"}`, where `wrong` is empty if the bot did what was asked. The process of each bot is forked
from this one, so that the libraries are loaded once.
"""

from __future__ import annotations

import contextlib
import importlib.util
import inspect
import io
import json
import os
import resource
import signal
import sys
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import codex32_bot.testing as bench_of
from codex32_bot import llm  # noqa: F401 - loaded before the forks
from evaluation.builder import models
from evaluation.builder.case import Case, Given
from evaluation.builder.cases import CASES
from evaluation.builder.manifests import manifest_of, wrong_with
from evaluation.builder.seen import Mailed, Seen, Sent

_SECONDS = 30
_MEMORY = 2 << 30
_XLSX = b"@xlsx:"
_SECRETS = {
    "SLACK": "https://hooks.slack.com/services/T000/B000/XXXX",
    "DISCORD": "https://discord.com/api/webhooks/1/XXXX",
    "TEAMS": "https://firm.webhook.office.com/webhookb2/XXXX",
    "SMTP_URL": "smtp://me%40firm.example:pass@mail.firm.example:587",
    "SMTP_HOST": "mail.firm.example",
    "SMTP_PORT": "587",
    "SMTP_USER": "me@firm.example",
    "SMTP_FROM": "me@firm.example",
    "MAIL_FROM": "me@firm.example",
    "SMTP": "pass",
    "CHAT": "4711",
    "TELEGRAM": "123:ABC",
    "GITHUB": "ghp_token",
}


def main() -> None:
    for case_id, folder in json.load(sys.stdin):
        sys.stdout.write(json.dumps({"id": case_id, "wrong": _apart(CASES[case_id], Path(folder))}) + "\n")
        sys.stdout.flush()


def _apart(case: Case, folder: Path) -> str:
    """What is wrong with the bot, found in a process of its own."""
    reader, writer = os.pipe()
    if (child := os.fork()) == 0:
        os.close(reader)
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        signal.alarm(_SECONDS)
        with os.fdopen(writer, "w") as told, contextlib.redirect_stdout(io.StringIO()):
            told.write(_judged(case, folder))
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as told:
        wrong = told.read()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return wrong if status == 0 else f"the process of the bot ended with {status}"


def _judged(case: Case, folder: Path) -> str:
    try:
        manifest = manifest_of((folder / "bot.py").read_text(encoding="utf-8"))
        if wrong := wrong_with(manifest, case):
            return wrong
        sys.path.insert(0, str(folder))
        bot = _loaded(folder / "bot.py")
        state: dict[str, Any] = {}
        seen: list[Seen] = []
        for given in case.runs:
            seen.append(_run(bot, given, manifest, state))
        if case.check is not None:
            case.check(*seen)
    except AssertionError as error:
        return str(error) or traceback.format_exc(limit=-1)
    except BaseException:  # noqa: BLE001 - whatever a bot or a check raises is the answer
        return traceback.format_exc(limit=-3)
    return ""


def _loaded(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location("bot", path)
    assert spec is not None
    assert spec.loader is not None
    bot = importlib.util.module_from_spec(spec)
    sys.modules["bot"] = bot
    spec.loader.exec_module(bot)
    return bot


def _run(bot: Any, given: Given, manifest: Mapping[str, Any], state: dict[str, Any]) -> Seen:
    files = {name: _content(content) for name, content in given.files.items()}
    http = {url: _answers(answer) for url, answer in given.http.items()}
    rule = given.model
    said = {"*": "unused"} if rule else None
    calls = _Calls()
    output, error = None, ""
    with bench_of.workbench(
        inputs=files, state=state, secrets=_secrets(manifest), http=http, models=said, calls=calls
    ) as bench:
        if rule:
            bench._text = _ruled(bench, rule)  # pyright: ignore[reportPrivateUsage, reportAttributeAccessIssue]
        try:
            output = json.loads(json.dumps(bot.main(**_arguments(bot.main, given, manifest))))
        except Exception as raised:  # noqa: BLE001 - a bot may fail in any way, and the case says whether rightly
            error = f"{type(raised).__name__}: {raised}"
    state.clear()
    state.update(bench.state)
    return Seen(
        output=output,
        error=error,
        files={name: bench.output_bytes(name) for name in bench.outputs()},
        requests=[
            Sent(one.method, one.url, dict(one.headers), one.body.decode("utf-8", "replace"))
            for one in bench.requests
        ],
        mails=[
            Mailed(list(one.recipients), one.subject, one.text, [name for name, *_ in _attached(one)])
            for one in bench.mails
        ],
        events=[(one.type, one.data) for one in bench.events],
        called=[(one.bot, one.input) for one in bench.called],
        asked=len(bench.asked),
        logs=bench.log_texts(),
        manifest=manifest,
    )


def _attached(mail: Any) -> Sequence[Any]:
    files = mail.attachments
    return (
        list(files.items())
        if isinstance(files, Mapping)
        else [(one,) if isinstance(one, str) else one for one in files]
    )


class _Calls(dict[str, Any]):
    """Every other bot answers that it is done."""

    def __contains__(self, key: object) -> bool:
        return True

    def __getitem__(self, key: str) -> Any:
        return {"done": True}

    def get(self, key: str, default: Any = None) -> Any:
        return {"done": True}

    def __bool__(self) -> bool:
        return True


def _ruled(bench: Any, rule: models.Rule) -> Any:
    def text(request: dict[str, Any], *, streamed: bool) -> str:
        schema = request.get("response_format", {}).get("json_schema", {}).get("schema")
        bench.asked.append(bench_of.Asked(request["model"], request["messages"], schema, streamed))
        said = models.answer(rule, request["messages"], schema)
        return said if isinstance(said, str) else json.dumps(said)

    return text


def _content(content: str | bytes) -> str | bytes:
    """A file; a workbook is written as CSV in the cases."""
    if isinstance(content, str) or not content.startswith(_XLSX):
        return content
    import csv

    import openpyxl  # pyright: ignore[reportMissingModuleSource, reportMissingImports]

    book: Any = openpyxl.Workbook()
    for row in csv.reader(io.StringIO(content.removeprefix(_XLSX).decode())):
        book.active.append([float(cell) if cell.replace(".", "").isdigit() else cell for cell in row])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _answers(answer: Any) -> Any:
    """`@503` stands for an answer with that status; a list with such is one after the other."""
    if isinstance(answer, list):
        if any(isinstance(one, str) and one.startswith("@") for one in answer):
            return [_answers(one) for one in answer]
        return bench_of.Response(body=answer)
    if isinstance(answer, str) and answer.startswith("@"):
        return bench_of.Response(int(answer[1:]), b"")
    return answer


def _secrets(manifest: Mapping[str, Any]) -> dict[str, str]:
    """A value for each secret that the manifest names, by what its name says."""
    named = [one if isinstance(one, str) else one["name"] for one in manifest.get("secrets", [])]
    return {
        name: next((value for word, value in _SECRETS.items() if word in name), "secret-token")
        for name in named
    }


def _arguments(function: Any, given: Given, manifest: Mapping[str, Any]) -> dict[str, Any]:
    """What main gets: of a delivery its fields, or the whole request where the manifest asks for that."""
    parameters = inspect.signature(function).parameters
    if given.payload is not None:
        whole = {"method": "POST", "headers": {}, "query": {}, "body": dict(given.payload)}
        offered = whole if _takes_request(manifest) else dict(given.payload)
        takes_all = any(one.kind is inspect.Parameter.VAR_KEYWORD for one in parameters.values())
        return {name: value for name, value in offered.items() if takes_all or name in parameters}
    if given.value is not None:
        needed = next(name for name, one in parameters.items() if one.default is inspect.Parameter.empty)
        return {needed: given.value}
    return {}


def _takes_request(manifest: Mapping[str, Any]) -> bool:
    hooks = [one.get("webhook") for one in manifest.get("triggers", []) if isinstance(one, Mapping)]
    return any(isinstance(hook, Mapping) and hook.get("payload") == "request" for hook in hooks)


if __name__ == "__main__":
    main()
