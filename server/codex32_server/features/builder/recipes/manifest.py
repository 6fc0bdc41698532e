"""The header of a bot (PEP 723 with the manifest), out of what its blocks need."""

from __future__ import annotations

import json
from collections.abc import Sequence

from .rights import Rights, SecretUse

PATIENCE = 180
"""Seconds a bot has that reaches out: others are asked up to three times, with pauses."""


def header(name: str, title: str, role: str, triggers: Sequence[str], rights: Rights) -> str:
    """As a comment. TOML basic strings are JSON strings."""
    lines = [
        'requires-python = ">=3.11"',
        *_list("dependencies", [json.dumps(one) for one in sorted(rights.dependencies)], always=True),
        "",
        "[tool.codex32]",
        f"name = {json.dumps(name)}",
        f"title = {json.dumps(title, ensure_ascii=False)}",
        f"role = {json.dumps(role)}",
    ]
    if triggers:
        lines += ["triggers = [", *(f"    {trigger}," for trigger in triggers), "]"]
    lines += _list("network", [json.dumps(host) for host in rights.network])
    lines += _list("secrets", [_secret(secret) for secret in rights.secrets])
    lines += _list("calls", [json.dumps(bot) for bot in rights.calls])
    lines += _list("knowledge", [json.dumps(base) for base in rights.knowledge])
    timeout = max(rights.timeout, PATIENCE) if rights.reaches_out else rights.timeout
    lines.append(f'limits = {{ memory = "{rights.memory}MiB", timeout = "{timeout}s" }}')
    if rights.budget:
        lines.append(f'budget = {{ per_run = "{rights.budget:g} USD" }}')
    if rights.reaches_out:
        lines.append('retries = { attempts = 3, delay = "30s" }')
    commented = [f"# {line}".rstrip() for line in lines]
    return "\n".join(["# /// script", *commented, "# ///"])


def _list(key: str, items: Sequence[str], always: bool = False) -> list[str]:
    """On one line while it is short."""
    line = f"{key} = [{', '.join(items)}]"
    if not items and not always:
        return []
    return [line] if len(line) <= 100 else [f"{key} = [", *(f"    {item}," for item in items), "]"]


def _secret(secret: SecretUse) -> str:
    if not secret.inject:
        return json.dumps(secret.name)
    name, host = json.dumps(secret.name), json.dumps(secret.host)
    return f"{{ name = {name}, inject = {json.dumps(f'header:{secret.inject}')}, host = {host} }}"
