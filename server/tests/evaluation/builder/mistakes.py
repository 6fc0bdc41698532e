"""The mistakes that models make, on purpose: in form, in requirements, plans, code and repairs.

Which one comes is decided by the id of a case, so a run is like the one before. Each is one that the product
must notice or bear; what nobody could notice (a wrong idea of the wish) is not here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar
from zlib import crc32

Files = dict[str, str]
Document = dict[str, Any]
Kind = TypeVar("Kind")
_KEY = "ghp_" + "a1B2c3D4" * 4 + "e5F6"


def _syntax(files: Files) -> Files:
    return {**files, "bot.py": files["bot.py"].replace("def main(", "def main((", 1)}


def _import(files: Files) -> Files:
    return {**files, "bot.py": files["bot.py"].replace("\nimport ", "\nimport requests\nimport ", 1)}


def _host(files: Files) -> Files:
    return {**files, "bot.py": f'{files["bot.py"]}\n\nEXTRA = "https://collect.evil.example/all"\n'}


def _test(files: Files) -> Files:
    wrong = "\n\ndef test_what_the_plan_does_not_say() -> None:\n    assert 1 == 2\n"
    return {**files, "test_bot.py": files["test_bot.py"] + wrong}


def _wider(files: Files) -> Files:
    header = '# /// script\n# [tool.codex32]\n# name = "x"\n# network = ["api.elsewhere.example"]\n# ///\n'
    return {**files, "bot.py": header + files["bot.py"]}


def _undefined(files: Files) -> Files:
    """A name that it thought it had imported."""
    return {**files, "bot.py": f"{files['bot.py']}\n\nBEGUN = perf_counter()\n"}


def _types(files: Files) -> Files:
    wrong = '\n\ndef _limit() -> int:\n    """How many rows at most."""\n    return "100"\n'
    return {**files, "bot.py": files["bot.py"] + wrong}


def _leak(files: Files) -> Files:
    return {**files, "bot.py": f'{files["bot.py"]}\n\nTOKEN = "{_KEY}"\n'}


def _untested(files: Files) -> Files:
    """Ended before the tests."""
    return {name: text for name, text in files.items() if name != "test_bot.py"}


def mended(mistake: str, files: Files) -> Files:
    """Without the mistake. A test that expects the wrong thing is put right: what takes it out is refused."""
    if mistake != "test":
        return files
    right = "\n\ndef test_what_the_plan_does_not_say() -> None:\n    assert callable(main)\n"
    return {**files, "test_bot.py": files["test_bot.py"] + right}


IN_CODE: Mapping[str, Callable[[Files], Files]] = {
    "none": dict,
    "syntax": _syntax,
    "import": _import,
    "host": _host,
    "test": _test,
    "wider": _wider,
    "undefined": _undefined,
    "types": _types,
    "leak": _leak,
    "untested": _untested,
}


def _address(plan: Document) -> Document:
    """An address where the name of a host is wanted."""
    return {**plan, "network": [f"https://{host}/v1" for host in plan["network"]]}


def _spoken(plan: Document) -> Document:
    return {**plan, "schedules": [{**one, "cron": "every day at nine"} for one in plan["schedules"]]}


def _aimless(plan: Document) -> Document:
    return {**plan, "steps": []}


IN_PLANS: Sequence[Callable[[Document], Document]] = (dict, _address, _spoken, _aimless)


def _own_words(wanted: Document) -> Document:
    """What it made of the words, where the words themselves are wanted."""
    parts = [{**one, "words": "process incoming records accordingly"} for one in wanted["parts"]]
    return {**wanted, "parts": parts}


IN_REQUIREMENTS: Sequence[Callable[[Document], Document]] = (dict, dict, _own_words)
SHAPES = ("plain", "fenced", "prose", "cut")
"""How the first answer of a stage is dressed."""
REPAIRS = ("mended", "unchanged", "again", "dropped")
"""How the first repair goes: right, with the same files as before, with the same mistake, or without the test
that failed."""


def chosen(kinds: Sequence[Kind], case_id: str, stage: str) -> Kind:
    """The one that this case gets in this stage."""
    return kinds[crc32(f"{case_id}/{stage}".encode()) % len(kinds)]


def dressed(text: str, shape: str) -> str:
    """With what models put around an answer, or cut in half."""
    if shape == "fenced":
        return f"```\n{text}\n```"
    if shape == "prose":
        return f"Of course! Here it is:\n\n{text}\n\nLet me know if you need anything else."
    return text[: len(text) // 2] if shape == "cut" else text
