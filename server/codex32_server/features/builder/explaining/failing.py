"""Why a run failed, from its typed error, its traceback and the bot's files; and what helps most often.

A hint is a guess by the kind of an error, and says so by its words; the error itself is always told.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass

from codex32_server.kit import syntax

from .port import FailedRun, FailureExplanation

_FRAME = re.compile(r'File "(?:[^"]*/)?(?P<file>[\w.-]+\.py)", line (?P<line>\d+)(?:, in (?P<function>\S+))?')
_HAPPENED: Mapping[str, str] = {
    "bot_error": "The bot met an error and stopped.",
    "approval_rejected": "Somebody said no to what the bot asked.",
    "exit_code": "The bot's process ended by itself, without a result.",
    "killed_by_signal": "The bot's process was killed.",
    "out_of_memory": "The bot needed more memory than it may have.",
    "timeout": "The bot took longer than it may.",
    "timed_out": "The bot took longer than it may.",
    "cancelled": "Somebody cancelled the run.",
    "disk_full": "The bot wrote more than fits into its temporary folder.",
    "storage_full": "The disk of the machine was full.",
    "input_too_large": "The input was too large.",
    "input_invalid": "The input was not what the bot takes.",
    "output_too_large": "The bot's result was too large to be kept.",
    "output_not_json": "The bot's result cannot be kept: it is not JSON.",
    "output_too_deep": "The bot's result is nested too deep to be kept.",
    "files_too_large": "The files that the bot left were too large.",
    "environment_failed": "The packages that the bot needs could not be installed.",
    "sandbox_unavailable": "The machine could not confine the bot, so it was not run.",
    "secret_missing": "A secret that the bot needs is not set.",
    "worker_lost": "The machine that ran the bot vanished.",
    "egress_failed": "The bot's way to the network broke.",
}


@dataclass(frozen=True)
class _Hint:
    """What an error usually means, and what helps."""

    pattern: str
    cause: str
    step: str


_HINTS = (
    _Hint(
        r"FileNotFoundError",
        "A file that the bot reads was not given to the run.",
        "Give the file: `codex32 run BOT --file NAME=PATH`; to a schedule, attach it.",
    ),
    _Hint(
        r"SecretNotAvailable|secret_missing",
        "The bot asks for a secret that is not set, or that its manifest does not name.",
        "Set it with `codex32 secrets set NAME`.",
    ),
    _Hint(
        r"HTTP Error 40[13]|HTTP 40[13]|401 Unauthorized|403 Forbidden|AuthenticationError",
        "The service did not accept the key or the permission of the bot.",
        "Look whether the key in the secret is still good, and set it anew with `codex32 secrets set NAME`.",
    ),
    _Hint(
        r"HTTP Error 404|HTTP 404|404 Not Found",
        "The address that the bot asks is not there any more, or was never right.",
        "Open the address in a browser; correct it in the bot or in its input.",
    ),
    _Hint(
        r"HTTP Error 429|HTTP 429|Too Many Requests",
        "The service limits how often it may be asked.",
        "Let the bot run less often, or wait longer between its calls.",
    ),
    _Hint(
        r"HTTP Error 5\d\d|HTTP 5\d\d|Bad Gateway|Service Unavailable",
        "The service had a fault of its own.",
        "Run it again later; `retries` in the manifest do that by themselves.",
    ),
    _Hint(
        r"BudgetExceeded|budget_exceeded",
        "The money that the bot may spend on models is used up.",
        "Raise `budget` in the manifest, or let it ask less.",
    ),
    _Hint(
        r"Model(?:Unavailable|RateLimited|Refused|AnswerInvalid)",
        "The language model did not answer as it should.",
        "Run it again; add a second provider to the alias so that it takes over.",
    ),
    _Hint(
        r"JSONDecodeError|Expecting value",
        "What should have been JSON was something else, often an error page of the service.",
        "Look at what the service answers; let the bot check that before it reads it.",
    ),
    _Hint(
        r"UnicodeDecodeError",
        "A file is not in the encoding that the bot expects.",
        "Save the file as UTF-8, or let the bot read the other encoding.",
    ),
    _Hint(
        r"ModuleNotFoundError|ImportError",
        "The bot imports a package that it does not declare.",
        "Add the package to `dependencies` in the header of the bot.",
    ),
    _Hint(
        r"TimeoutError|timed out",
        "Somebody whom the bot asked did not answer in time.",
        "Run it again; if it happens often, give it more time or let it ask for less at once.",
    ),
    _Hint(
        r"URLError|ConnectionError|ConnectionRefused|gaierror|SSLError|RemoteDisconnected",
        "The bot could not reach the service.",
        "Look whether the service is up and its host is in `network` of the manifest.",
    ),
    _Hint(
        r"KeyError",
        "The data has not the field or column that the bot expects.",
        "Compare the data with what the bot's page says; correct the data or the name in the bot.",
    ),
    _Hint(
        r"ZeroDivisionError|IndexError|StopIteration",
        "There was less data than the bot expects, perhaps none.",
        "Look at the data of this run; let the bot say clearly what it does without any.",
    ),
    _Hint(
        r"ValueError|InvalidOperation",
        "A value in the data or the input is not what the bot can read.",
        "The message names the value: correct it, or let the bot skip such values.",
    ),
    _Hint(
        r"AttributeError|TypeError|NameError|UnboundLocalError|AssertionError",
        "There is a mistake in the bot's code.",
        'Correct the code, or ask for a change: `codex32 edit BOT "…"`.',
    ),
)


def failure_of(files: Mapping[str, str], run: FailedRun) -> FailureExplanation:
    """From facts alone."""
    where, function = _place(files, run.traceback or run.log)
    if run.refused:
        hosts = ", ".join(dict.fromkeys(run.refused))
        cause = f"It tried to reach {hosts}, which its manifest does not allow."
        steps = [f"If it should: add {hosts} to `network` in its manifest, which a person has to approve."]
    else:
        hint = _hint(run)
        cause = hint.cause if hint else run.detail or "The log does not show the reason."
        steps = [hint.step] if hint else []
    doing = f" It was busy with: {function}" if function else ""
    again = f" All {run.attempts} attempts failed." if run.attempts > 1 else ""
    happened = _HAPPENED.get(run.code, f"The run ended with `{run.code}`.")
    told = f" It said: {_short(run.detail)}" if run.detail else ""
    return FailureExplanation(
        by="facts",
        summary=f"{happened}{told}{again}",
        cause=f"{cause}{doing}",
        where=where,
        steps=list(dict.fromkeys([*steps, *run.advice])),
    )


def _hint(run: FailedRun) -> _Hint | None:
    """By the error itself; by the log only where the error says nothing of its kind."""
    for text in (f"{run.code} {run.detail}", run.traceback[-2_000:]):
        found = next((hint for hint in _HINTS if re.search(hint.pattern, text)), None)
        if found:
            return found
    return None


def _place(files: Mapping[str, str], traceback: str) -> tuple[str, str]:
    """The deepest line of the bot's own in a traceback, and what that function is for."""
    own = [found for found in _FRAME.finditer(traceback) if found["file"] in files]
    if not own:
        return "", ""
    last = own[-1]
    number = int(last["line"])
    lines = files[last["file"]].split("\n")
    code = lines[number - 1].strip() if 0 < number <= len(lines) else ""
    where = f"{last['file']}, line {number}{f': {code}' if code else ''}"
    return where, _purpose(files[last["file"]], last["function"] or "")


def _purpose(source: str, function: str) -> str:
    try:
        tree = syntax.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return ""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == function:
            doc = ast.get_docstring(node) or ""
            return " ".join(doc.split("\n\n")[0].split())
    return ""


def _short(text: str) -> str:
    line = " ".join(text.split())
    return f"{line[:300]}…" if len(line) > 300 else line
