"""What this machine can and cannot isolate, as a list that `codex32 doctor` prints."""

from __future__ import annotations

from dataclasses import dataclass

from codex32_server.kit.isolation import IsolationConsent
from codex32_server.runtime import canary
from codex32_server.runtime.backends.port import Backend
from codex32_server.runtime.driver import Driver
from codex32_server.runtime.errors import SandboxUnavailableError
from codex32_server.runtime.sandbox import levels
from codex32_server.runtime.sandbox.layer import LayerReport


@dataclass(frozen=True)
class Check:
    """One line of the doctor. `required`: bots do not run while it is not ok."""

    name: str
    ok: bool
    detail: str
    remedy: str | None
    required: bool = True


async def examine(backend: Backend, driver: Driver) -> list[Check]:
    """Every layer, then the canary through the real launcher."""
    return [*(_check(layer) for layer in backend.layers()), await _canary(driver)]


def level_check(consent: IsolationConsent) -> Check:
    """Which levels of isolation are allowed, for whoever must know that `minimal` is one of them."""
    return _check(levels.explain(consent))


def _check(layer: LayerReport) -> Check:
    return Check(layer.name, layer.ok, layer.detail, layer.remedy, layer.required)


async def _canary(driver: Driver) -> Check:
    try:
        refused = await canary.attempts(driver)
    except SandboxUnavailableError as error:
        return Check("escape attempts", False, error.detail, error.advice)
    escaped = [f"{name} ({result})" for name, result in refused.items() if result.startswith("ESCAPED")]
    if escaped:
        return Check("escape attempts", False, ", ".join(escaped), "Do not run bots on this machine.")
    return Check("escape attempts", True, f"{len(refused)} tried, all refused", None)
