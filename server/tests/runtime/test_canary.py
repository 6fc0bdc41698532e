"""The canary must sing, and a sandbox with a hole must be noticed."""

from __future__ import annotations

from typing import Any

import pytest
from codex32_server.runtime import canary, doctor
from codex32_server.runtime.errors import SandboxUnavailableError

pytestmark = pytest.mark.sandbox


async def test_every_attempt_is_refused(bench: Any) -> None:
    attempts = await canary.attempts(bench.driver)
    assert len(attempts) >= 15
    assert [name for name, result in attempts.items() if not result.startswith("refused")] == []
    await canary.check(bench.driver)


async def test_an_escape_is_named(bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    hole = b"def main(): return {'host files': 'ESCAPED: can read /etc/shadow', 'mount': 'refused: no'}"
    monkeypatch.setattr(canary, "_BOT", hole)
    with pytest.raises(SandboxUnavailableError, match="host files: ESCAPED: can read /etc/shadow"):
        await canary.check(bench.driver)


async def test_a_canary_that_does_not_answer_is_no_canary(
    bench: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(canary, "_BOT", b"def main(): raise SystemExit(1)")
    with pytest.raises(SandboxUnavailableError, match="did not answer"):
        await canary.check(bench.driver)


async def test_the_doctor_lists_every_layer(
    backend: Any, bench: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    checks = await doctor.examine(backend, bench.driver, bench.work)
    names = [check.name for check in checks]
    layers = ["uid", "no_new_privs", "bubblewrap", "cgroup", "landlock", "seccomp"]
    assert names == [*layers, "escape attempts", "warm starts"]
    assert all(check.ok or not check.required for check in checks)
    assert all(check.detail for check in checks)
    monkeypatch.setattr(canary, "_BOT", b"def main(): return {'mount': 'ESCAPED: the kernel did it'}")
    cold, warm = (await doctor.examine(backend, bench.driver, bench.work))[-2:]
    assert (cold.ok, cold.detail) == (False, "mount (ESCAPED: the kernel did it)")
    assert (warm.ok, warm.required) == (False, False)
    assert "mount: ESCAPED" in warm.detail
