"""The manifest of a bot that a model writes is made from the plan, never from what the model says.

So it cannot be wider than what a person saw. A header that the model wrote all the same is taken out, and
what it asks for beyond the plan is told: whoever reads it can widen the plan.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

from pydantic import ValidationError

from codex32_server.features.builder.contract import BotFiles, Plan
from codex32_server.kit.errors import Codex32Error
from codex32_server.kit.manifest import rules
from codex32_server.kit.manifest.diff import diff_manifests
from codex32_server.kit.manifest.manifest import Header, parse_header
from codex32_server.kit.manifest.schema import Manifest
from codex32_server.kit.manifest.script import find_block

ENTRY = "bot.py"
_WEBHOOK = re.compile(r"webhook(?: \((?P<how>[^()]+)\))?")
_WHOLE, _ANSWERS = "the whole request", "the caller waits for the output"
_SCHEDULE = re.compile(r"(?P<cron>[^()]+?)\s*\((?P<zone>[^()]+)\)")
_QUICK = {"memory": "256MiB", "timeout": "1m"}
_PATIENT = {"memory": "256MiB", "timeout": "5m"}
"""For a bot that waits for others."""
_MOST_PROBLEMS = 5
_PLANNED = ("name", "title", "triggers", "network", "secrets", "calls", "budget")


def schedule_said(cron: str, zone: str) -> str:
    """As a plan shows it."""
    return f"{cron} ({zone})"


def webhook_said(*, whole: bool, answers: bool) -> str:
    """As a plan shows a call from outside: does it give more than fields, and what gets the caller?"""
    how = [text for text, holds in ((_WHOLE, whole), (_ANSWERS, answers)) if holds]
    return f"webhook ({', '.join(how)})" if how else "webhook"


def header_of(plan: Plan, base: BotFiles | None = None) -> str:
    """The PEP 723 block, with a line end. Raises ValueError for a plan that no manifest can say."""
    before = base_header(base)
    table = manifest_of(plan, before).model_dump(mode="json", exclude_defaults=True)
    known = before.dependencies if before else ()
    wanted = [_requirement(text, known) for text in plan.permissions.dependencies]
    python = (before.requires_python if before else "") or ">=3.11"
    lines = [
        f"requires-python = {json.dumps(python)}",
        f"dependencies = {_toml(wanted)}",
        "",
        "[tool.codex32]",
    ]
    lines += [f"{key} = {_toml(value)}" for key, value in table.items()]
    return "\n".join(["# /// script", *(f"# {line}".rstrip() for line in lines), "# ///", ""])


def problem_of(plan: Plan, base: BotFiles | None = None) -> str | None:
    """Why no manifest can say this plan; None if one can."""
    try:
        header_of(plan, base)
    except ValidationError as error:
        told = (f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()[:_MOST_PROBLEMS])
        return "; ".join(told)
    except ValueError as error:
        return str(error)
    return None


def manifest_of(plan: Plan, before: Header | None = None) -> Manifest:
    """What the plan allows, and of the bot as it was what a plan does not speak of. Raises ValueError."""
    old = before.manifest.model_dump(mode="json", exclude_defaults=True) if before else {}
    waits = bool(plan.permissions.network or plan.permissions.models or plan.permissions.calls)
    table = {"limits": _PATIENT if waits else _QUICK, **old}
    for key in _PLANNED:
        table.pop(key, None)
    permissions = plan.permissions
    table["name"] = plan.name
    table["title"] = plan.title
    table["triggers"] = [_trigger(text, old.get("triggers", [])) for text in plan.schedules]
    table["network"] = permissions.network
    table["secrets"] = [_secret(name, old.get("secrets", [])) for name in permissions.secrets]
    table["calls"] = permissions.calls
    if permissions.models:
        table["budget"] = {**old.get("budget", {}), "per_run": permissions.budget_per_run}
    return Manifest.model_validate({key: value for key, value in table.items() if value not in ([], "")})


def base_header(base: BotFiles | None) -> Header | None:
    """Of the bot that is to be changed; None for a new one, or where it cannot be read."""
    if base is None or ENTRY not in base.files:
        return None
    try:
        return parse_header(base.files[ENTRY])
    except Codex32Error:
        return None


def taken_out(code: str) -> tuple[str, Header | None]:
    """The code without the header that a model wrote, and that header where it can be read."""
    header: Header | None = None
    try:
        header = parse_header(code)
        block = header.block
    except Codex32Error:
        try:
            found = find_block(code)
        except Codex32Error:
            return "\n".join(line for line in code.split("\n") if not line.startswith("# ///")), None
        if found is None:
            return code, None
        block = found
    lines = code.replace("\r\n", "\n").split("\n")
    del lines[block.line - 1 : block.line + len(block.margins) + 1]
    return "\n".join(lines).lstrip("\n"), header


def beyond(plan: Plan, header: Header, base: BotFiles | None = None) -> list[str]:
    """What a header asks for and the plan does not allow, one line each."""
    allowed = manifest_of(plan, base_header(base))
    wider = [change for change in diff_manifests(allowed, header.manifest) if change.widening]
    told = [
        f"{change.path}: {_shown(change.after)}" for change in wider if change.path.split(".")[0] != "limits"
    ]
    known = {_package(text) for text in plan.permissions.dependencies}
    told += [f"dependencies: {text}" for text in header.dependencies if _package(text) not in known]
    return told


def _trigger(said: str, old: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Raises ValueError. A trigger that was there keeps its input, its name and the like."""
    called = _WEBHOOK.fullmatch(said.strip())
    if called:
        before: list[dict[str, Any]] = [dict(one) for one in old if one.get("webhook")]
        return _called(called["how"] or "", before[0] if before else {})
    found = _SCHEDULE.fullmatch(said.strip())
    if found is None:
        raise ValueError(f"{said!r} is not a schedule; write for example “0 9 * * mon-fri (Europe/Madrid)”")
    cron, zone = rules.schedule(found["cron"]), found["zone"]
    for one in old:
        if (one.get("schedule"), one.get("timezone", "UTC")) == (cron, zone):
            return dict(one)
    return {"schedule": cron, "timezone": zone}


def _called(how: str, old: Mapping[str, Any]) -> dict[str, Any]:
    """Raises ValueError. How a webhook is protected, and what a plan does not say of it, stays."""
    told = [text.strip() for text in how.split(",") if text.strip()]
    settings = {_WHOLE: ("payload", "request"), _ANSWERS: ("answer", "sync")}
    strange = [text for text in told if text not in settings]
    if strange:
        raise ValueError(f"a webhook cannot be “{strange[0]}”; what can be said of it: {', '.join(settings)}")
    before = cast("dict[str, Any]", old["webhook"]) if isinstance(old.get("webhook"), dict) else {}
    wanted = {**before, **dict(settings[text] for text in told)}
    return {**old, "webhook": wanted or True}


def _secret(name: str, old: Sequence[Any]) -> Any:
    """One that was injected stays injected."""
    tables = [cast("dict[str, Any]", one) for one in old if isinstance(one, dict)]
    return next((one for one in tables if one.get("name") == name), name)


def _requirement(text: str, known: Sequence[str]) -> str:
    """With the version that it had. Raises ValueError."""
    kept = rules.requirement(text)
    return next((old for old in known if kept == _package(kept) == _package(old)), kept)


def _package(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    return re.sub(r"[-_.]+", "-", found[0]).lower() if found else requirement


def _toml(value: Any) -> str:
    """TOML basic strings are JSON strings."""
    if isinstance(value, dict):
        table = cast("dict[str, Any]", value)
        inside = ", ".join(f"{_key(key)} = {_toml(one)}" for key, one in table.items() if one is not None)
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(one) for one in cast("list[Any]", value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else json.dumps(name)


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str)
