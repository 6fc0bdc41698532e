"""What this machine can and cannot isolate, as a list that `codex32 doctor` prints."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from codex32_server.kit.errors import Codex32Error
from codex32_server.kit.isolation import IsolationConsent
from codex32_server.runtime import canary
from codex32_server.runtime.backends.local import LocalBackend
from codex32_server.runtime.driver import Driver
from codex32_server.runtime.errors import SandboxUnavailableError
from codex32_server.runtime.sandbox import levels
from codex32_server.runtime.sandbox.layer import LayerReport
from codex32_server.runtime.zygote import probe
from codex32_server.runtime.zygote.warm import WarmStarts


@dataclass(frozen=True)
class Check:
    """One line of the doctor. `required`: bots do not run while it is not ok."""

    name: str
    ok: bool
    detail: str
    remedy: str | None
    required: bool = True


async def examine(backend: LocalBackend, driver: Driver, work: Path) -> list[Check]:
    """Every layer, then the canary through the real launcher, cold and warm. `work` is the driver's."""
    checks = [_check(layer) for layer in backend.layers()]
    return [*checks, await _canary(driver), await _warm_starts(backend, work)]


def standing(backend: LocalBackend, warm_fault: str | None, consent: IsolationConsent) -> list[Check]:
    """The same of a worker that has just shown that it confines bots: nothing is tried a second time."""
    confined = Check("canary", True, "the real launcher refused every escape that was tried", None)
    return [
        *(_check(layer) for layer in backend.layers()),
        confined,
        _warmth(warm_fault),
        level_check(consent),
    ]


def refusing(backend: LocalBackend | None, error: Codex32Error) -> list[Check]:
    """Of a worker that refuses work: its layers, if there are any, and why."""
    layers = [] if backend is None else [_check(layer) for layer in backend.layers()]
    return [*layers, Check("canary" if layers else "sandbox", False, error.detail, error.advice)]


def level_check(consent: IsolationConsent) -> Check:
    """Which levels of isolation are allowed, for whoever must know that `minimal` is one of them."""
    return _check(levels.explain(consent))


def _check(layer: LayerReport) -> Check:
    return Check(layer.name, layer.ok, layer.detail, layer.remedy, layer.required)


async def _warm_starts(backend: LocalBackend, work: Path) -> Check:
    warm = WarmStarts(backend.means)
    try:
        fault = await probe.fault(backend, warm, work)
    finally:
        await warm.close()
    return _warmth(fault)


def _warmth(fault: str | None) -> Check:
    if not fault:
        return Check("warm starts", True, "runs fork from a zygote, in namespaces of their own", None)
    detail = f"runs are started cold: {fault}"
    return Check("warm starts", False, detail, "Runs are as safe, and slower to start.", required=False)


async def _canary(driver: Driver) -> Check:
    try:
        refused = await canary.attempts(driver)
    except SandboxUnavailableError as error:
        return Check("escape attempts", False, error.detail, error.advice)
    escaped = [f"{name} ({result})" for name, result in refused.items() if result.startswith("ESCAPED")]
    if escaped:
        return Check("escape attempts", False, ", ".join(escaped), "Do not run bots on this machine.")
    return Check("escape attempts", True, f"{len(refused)} tried, all refused", None)
