"""What people see of a proof while it goes on, and of one that something else than the version stopped."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from codex32_server.features.bots.facade import BotsFacade
from codex32_server.features.bots.jobs import Prover, ProveVersion
from codex32_server.runtime.environments import Lock, Progress
from codex32_server.runtime.errors import (
    DependencyCacheError,
    DependencyRefusedError,
    EnvironmentFailedError,
    IndexUnavailableError,
)
from support.api import Api, Tenant, with_tests


class Stumbling:
    """Environments that tell a stage, let somebody look, and fail."""

    def __init__(self, look: Any, error: EnvironmentFailedError) -> None:
        self.look = look
        self.error = error
        self.seen: Mapping[str, Any] = {}

    async def lock(self, dependencies: object, progress: Progress) -> Lock:
        await progress("resolving the dependencies")
        self.seen = await self.look()
        raise self.error

    async def ensure(
        self, lock: Lock, workspace_id: UUID, progress: Progress, *, owner: UUID | None = None
    ) -> Path | None:
        raise AssertionError("there is no lock")


async def _prove(api: Api, one: Tenant, error: EnvironmentFailedError) -> tuple[Any, Any, Any]:
    """What was seen during the proof, after it, and the exception."""
    key = one.keys["viewer"]
    made = (await api.call(one.keys["editor"], "POST", "/bots", json={"files": with_tests("left")})).json()
    assert made["version"]["proof"] == "pending"

    async def look() -> Any:
        return (await api.call(key, "GET", "/bots/left/versions/1")).json()

    before = await look()
    assert before["proof_stage"] == "waiting for a worker"
    stumbling = Stumbling(look, error)
    prove = ProveVersion(api.under_test.worker, BotsFacade(), Prover(stumbling, None))  # type: ignore[arg-type]
    raised = None
    try:
        await prove(one.workspace_id, {"version_id": made["version"]["id"]})
    except EnvironmentFailedError as caught:
        raised = caught
    return stumbling.seen, await look(), raised


@pytest.mark.parametrize("kind", [IndexUnavailableError, DependencyCacheError])
async def test_an_outage_says_nothing_about_a_version(
    api: Api, one: Tenant, kind: type[EnvironmentFailedError]
) -> None:
    during, after, raised = await _prove(api, one, kind("It is away."))
    assert during["proof_stage"] == "resolving the dependencies"
    assert raised is not None  # the job is tried again
    assert after["proof"] == "pending"
    assert after["proof_stage"].startswith("It is away. ")


async def test_a_dependency_that_may_not_be_installed_fails_the_proof(api: Api, one: Tenant) -> None:
    _, after, raised = await _prove(api, one, DependencyRefusedError("It brings evil.pth."))
    assert raised is None
    assert (after["proof"], after["proof_stage"]) == ("failed", None)
    assert "evil.pth" in after["proof_report"]["reason"]
