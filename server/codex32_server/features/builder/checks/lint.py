"""Lint by ruff, isolated from every setting but ours: faults stand in the way, style and risk are told."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from ruff import find_ruff_bin

from codex32_server.features.builder.checks.tools import SECONDS, Folder, ToolFailedError
from codex32_server.features.builder.documents import Severity, Told

_RULES: Final = "E4,E7,E9,F,W6,B,PLE,UP,SIM,RET,PIE,C4,C901,S,ASYNC,BLE"
_IGNORED: Final = "S101,B008,B904,UP007"
_COMPLEX: Final = 15
_FAULTS: Final = ("E9", "F5", "F6", "F7", "F82", "F811", "PLE", "B006", "B023")
"""Code that cannot do what it says: undefined names, broken formats, impossible syntax."""
_TESTS_MAY: Final = ("S", "BLE")
_MOST: Final = 100


@dataclass(frozen=True)
class Linted:
    """What ruff found, with its whole place: lines and columns from 1, the end exclusive."""

    told: Told
    column: int
    end_line: int
    end_column: int


async def check(folder: Folder) -> list[Told]:
    """`lint`, `complexity` and `dangerous`. Raises ToolFailedError."""
    return [one.told for one in await places(folder)]


async def places(folder: Folder, seconds: float = SECONDS) -> list[Linted]:
    """The same with places. Raises ToolFailedError."""
    options = ("--isolated", "--no-cache", "--quiet", "--output-format", "json", "--target-version", "py311")
    configured = ("--line-length", "110", "--select", _RULES, "--ignore", _IGNORED)
    complexity = ("--config", f"lint.mccabe.max-complexity = {_COMPLEX}")
    printed = await folder.run(
        *(find_ruff_bin(), "check", *options, *configured, *complexity, *folder.files),
        seconds=seconds,
        RUFF_NO_CACHE="true",
    )
    try:
        found: list[dict[str, Any]] = json.loads(printed or b"[]")
    except ValueError:
        raise ToolFailedError("ruff did not answer in JSON.") from None
    told = [(_told(folder, one), one) for one in found[:_MOST]]
    return [_placed(one, raw) for one, raw in told if one is not None]


def _placed(told: Told, found: dict[str, Any]) -> Linted:
    begin: Any = found.get("location") or {}
    end: Any = found.get("end_location") or {}
    return Linted(
        told, int(begin.get("column", 1)), int(end.get("row", told.line)), int(end.get("column", 1))
    )


def _told(folder: Folder, found: dict[str, Any]) -> Told | None:
    rule: str = found.get("code") or "E999"
    path = str(found.get("filename", "")).removeprefix(f"{folder.path}/")
    if rule.startswith(_TESTS_MAY) and _is_test(path):
        return None
    code, severity = _kind(rule)
    place: Any = found.get("location") or {}
    return Told(
        stage="checks",
        code=code,
        file=path,
        line=int(place.get("row", 0)),
        message=f"{found.get('message', '')} ({rule})",
        severity=severity,
    )


def _kind(rule: str) -> tuple[str, Severity]:
    if rule == "C901":
        return "complexity", "warning"
    if rule.startswith("S") and not rule.startswith("SIM"):
        return "dangerous", "note"
    return "lint", "error" if rule.startswith(_FAULTS) else "warning"


def _is_test(path: str) -> bool:
    name = path.rpartition("/")[2]
    return name.startswith("test_") or name.endswith("_test.py")
