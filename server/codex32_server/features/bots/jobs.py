"""The job `prove_version`: build what a version needs, ask it for its schema, run its tests, write the proof.

Everything happens in the sandbox; no transaction is open meanwhile. Repeating the job is harmless: a proof is
written once.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal, Protocol, cast
from uuid import UUID

from codex32_server.features.bots.facade import (
    BotsFacade,
    LoadedVersion,
    ProofCase,
    ProofReport,
    ProofResult,
    candidate,
)
from codex32_server.features.bots.service.deploying import PROVE_VERSION as PROVE_VERSION
from codex32_server.kit.ids import new_id
from codex32_server.kit.manifest.package import BotPackage, is_test
from codex32_server.runtime.contract import MIB, End, Limits, LogLine, Outcome, RunSpec
from codex32_server.runtime.driver import Driver
from codex32_server.runtime.environments import Environments, Lock
from codex32_server.runtime.errors import (
    DependencyCacheError,
    EnvironmentFailedError,
    IndexUnavailableError,
)
from codex32_server.runtime.sandbox.levels import dependency_owner
from codex32_server.storage.session import Database

_LEAST_MEMORY: Final = 256 * MIB
_LEAST_SECONDS, _MOST_SECONDS = 60.0, 300.0
_KEPT_LINES = 40
_MAX_CASES = 500
_ENDED = re.compile(r"(\S+\.py::.{1,200}?) (PASSED|FAILED|ERROR|SKIPPED)\b")
"""How pytest prints a test that ended."""
_TOLD_TOGETHER = 4
_MAX_MESSAGE = 4000
_NOT_PROVEN_HERE = ("sandbox_unavailable", "internal_error", "cancelled")
"""Ends that say nothing about the version."""


class ProofInterruptedError(EnvironmentFailedError):
    """The proof could not be carried out; nothing is known of the version."""

    code = "proof_interrupted"
    status = 503
    title = "The proof could not be carried out"
    next_step = "It is tried again by itself; deploy the same files again if it stays pending."


class Note(Protocol):
    """Says what is being done, for those who wait."""

    async def __call__(self, stage: str, /) -> None: ...


@dataclass(frozen=True)
class _Built:
    """A version with everything that its code needs."""

    version: LoadedVersion
    workspace_id: UUID
    lock: Lock
    folder: Path | None


class Prover:
    """Proves what it is given: a version, or files that are none yet."""

    def __init__(self, environments: Environments, driver: Driver) -> None:
        self._environments = environments
        self._driver = driver

    async def prove_package(
        self,
        workspace_id: UUID,
        subject: UUID,
        package: BotPackage,
        note: Note,
        heard: Note | None = None,
    ) -> ProofResult:
        """The same for files that are no version: nothing of them is stored, and no bot is there to be seen.
        `subject` stands for the bot.
        """
        return await self.prove(workspace_id, candidate(package, subject), note, heard)

    async def prove(
        self, workspace_id: UUID, version: LoadedVersion, note: Note, heard: Note | None = None
    ) -> ProofResult:
        """Takes as long as it takes, and writes nothing down. `heard` is told of tests as they end, such as
        `passed test_bot.py::test_empty`, one a line: as the output has it, which the code under test could
        forge. What they showed is only what is returned.

        Raises ProofInterruptedError, SandboxUnavailableError, IndexUnavailableError, DependencyCacheError.
        """
        try:
            lock = await self._environments.lock(version.dependencies, note)
            owner = dependency_owner(version.manifest.isolation, version.bot_id)
            folder = await self._environments.ensure(lock, workspace_id, note, owner=owner)
        except (IndexUnavailableError, DependencyCacheError) as error:
            # It says nothing about the version: the job is tried again, and then by whoever deploys again.
            await note(f"{error.detail} {error.advice}")
            raise
        except EnvironmentFailedError as error:
            return ProofResult("failed", ProofReport(reason=f"{error.detail} {error.advice}"))
        built = _Built(version, workspace_id, lock, folder)
        text = lock.text or None
        await note("reading the input schema")
        schema, refusal = await self._schema(built)
        if refusal is not None:
            return ProofResult("failed", refusal, lock=text)
        if not any(is_test(path) for path in version.files):
            reason = "There are no tests beside the bot (test_*.py), so nothing was proven."
            return ProofResult("unproven", ProofReport(reason=reason), lock=text, input_schema=schema)
        await note("running the tests")
        outcome, tail = await self._run(built, "tests", heard)
        report = _report(outcome, tail)
        proof: Literal["proven", "failed"] = "proven" if _passed(outcome, report) else "failed"
        return ProofResult(proof, report, lock=text, input_schema=schema)

    async def _schema(self, built: _Built) -> tuple[Mapping[str, Any] | None, ProofReport | None]:
        """The input schema with what importing the bot told; or why it cannot even be imported."""
        outcome, tail = await self._run(built, "schema")
        if outcome.end is not End.SUCCEEDED:
            return None, _report(outcome, tail)
        told = json.loads(outcome.output or b"{}")
        parameters: Any = cast("dict[str, Any]", told).get("parameters") if isinstance(told, dict) else None
        if not isinstance(parameters, dict) or not parameters:
            return None, None
        return merge_schema(built.version.input_schema, cast("dict[str, Any]", parameters)), None

    async def _run(
        self, built: _Built, mode: Literal["tests", "schema"], heard: Note | None = None
    ) -> tuple[Outcome, Sequence[str]]:
        """One start of the bot's code, and the last lines it printed. Raises ProofInterruptedError."""
        version = built.version
        tail = _Tail(heard)
        spec = RunSpec(
            run_id=new_id(),
            workspace_id=built.workspace_id,
            bot_id=version.bot_id,
            bot_name=version.bot_name,
            version=version.digest,
            environment="proof",
            attempt=1,
            source=version.files,
            entry=version.entry,
            mode=mode,
            dependencies=built.folder,
            limits=_limits(version.limits),
            isolation=version.manifest.isolation,
        )
        async with self._driver.run(spec, logs=tail, state=_Forgetful()) as outcome:
            error = outcome.error
        if error is not None and error.code in _NOT_PROVEN_HERE:
            raise ProofInterruptedError(error.detail)
        return outcome, list(tail.lines)


class ProveVersion:
    """Handler of the job. `payload` is {"version_id"}; answers with the proof that was written."""

    def __init__(self, database: Database, bots: BotsFacade, prover: Prover) -> None:
        self._database = database
        self._bots = bots
        self._prover = prover

    async def __call__(self, workspace_id: UUID, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Raises ProofInterruptedError, SandboxUnavailableError, VersionNotFoundError."""
        version_id = UUID(payload["version_id"])
        async with self._database.transaction(workspace_id) as tx:
            version = await self._bots.load(tx, workspace_id, version_id)
        if version.proof != "pending":
            return {"proof": version.proof, "written": False}
        stages = _Stages(self._database, self._bots, workspace_id, version_id)
        result = await self._prover.prove(workspace_id, version, stages.note)
        async with self._database.transaction(workspace_id) as tx:
            written = await self._bots.record_proof(tx, workspace_id, version_id, result)
        return {"proof": result.proof, "written": written}


def merge_schema(known: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    """The schema read from the source, with what pydantic says of parameters; definitions go to the root."""
    properties: dict[str, Any] = dict(known.get("properties", {}))
    definitions: dict[str, Any] = dict(known.get("$defs", {}))
    for name, schema in told.items():
        if name not in properties or not isinstance(schema, dict):
            continue
        described = dict(cast("dict[str, Any]", schema))
        below: Any = described.pop("$defs", {})
        if isinstance(below, dict):
            definitions.update(cast("dict[str, Any]", below))
        kept = {key: properties[name][key] for key in ("default", "description") if key in properties[name]}
        properties[name] = described | kept
    merged = {**known, "properties": properties}
    return {**merged, "$defs": definitions} if definitions else merged


def _limits(limits: Limits) -> Limits:
    """Tests call main many times and bring pytest along, so they get more time and memory than one run."""
    seconds = min(max(2 * limits.timeout, _LEAST_SECONDS), _MOST_SECONDS)
    return replace(limits, timeout=seconds, memory=max(limits.memory, _LEAST_MEMORY))


def _passed(outcome: Outcome, report: ProofReport) -> bool:
    """At least one test ran, none failed, and the process ended well."""
    return outcome.end is End.SUCCEEDED and report.passed > 0 and report.failed == 0


def _report(outcome: Outcome, tail: Sequence[str]) -> ProofReport:
    document: Any = json.loads(outcome.output) if outcome.output else {}
    told = cast("dict[str, Any]", document) if isinstance(document, dict) else {}
    found: Any = told.get("tests")
    listed = cast("list[Any]", found) if isinstance(found, list) else []
    cases = [_case(cast("dict[str, Any]", item)) for item in listed[:_MAX_CASES] if isinstance(item, dict)]
    passed, failed = _count(told, "passed"), _count(told, "failed")
    return ProofReport(
        tests=_count(told, "total"),
        passed=passed,
        failed=failed,
        cases=cases,
        reason=_reason(outcome, passed, tail),
    )


def _case(told: Mapping[str, Any]) -> ProofCase:
    return ProofCase(
        name=str(told.get("name", ""))[:_MAX_MESSAGE],
        outcome=str(told.get("outcome", ""))[:_MAX_MESSAGE],
        message=str(told.get("message") or "")[:_MAX_MESSAGE],
    )


def _reason(outcome: Outcome, passed: int, tail: Sequence[str]) -> str:
    if outcome.error is not None:
        lines = "" if outcome.output else "\n".join([outcome.error.traceback or "", *tail]).strip()
        return f"{outcome.error.detail}\n{lines}".strip()[:_MAX_MESSAGE]
    if not passed:
        return "No test passed: the test files hold none, or all were skipped."
    return f"{passed} tests passed."


def _count(told: Mapping[str, Any], key: str) -> int:
    value = told.get(key)
    return value if isinstance(value, int) else 0


@dataclass(frozen=True)
class _Stages:
    """Writes down what is being done for a version, in short transactions of its own."""

    database: Database
    bots: BotsFacade
    workspace_id: UUID
    version_id: UUID

    async def note(self, stage: str) -> None:
        async with self.database.transaction(self.workspace_id) as tx:
            await self.bots.note_stage(tx, self.workspace_id, self.version_id, stage)


class _Tail:
    """A LogSink that remembers the end, and tells of tests that ended."""

    def __init__(self, heard: Note | None = None) -> None:
        self.lines: deque[str] = deque(maxlen=_KEPT_LINES)
        self._heard = heard

    async def write(self, lines: Sequence[LogLine]) -> None:
        texts = [line.text.replace("\0", "\N{REPLACEMENT CHARACTER}") for line in lines]
        self.lines.extend(texts)
        if self._heard is None:
            return
        ended = [f"{found[2].lower()} {found[1]}" for found in map(_ENDED.match, texts) if found]
        for first in range(0, len(ended), _TOLD_TOGETHER):
            await self._heard("\n".join(ended[first : first + _TOLD_TOGETHER]))


class _Forgetful:
    """A StateStore that lasts for one proof: tests never see or change the state of real runs."""

    def __init__(self) -> None:
        self._values: dict[str, Any] = {}

    async def get(self, key: str) -> Any:
        return self._values.get(key)

    async def set(self, key: str, value: Any) -> None:
        self._values[key] = value

    async def delete(self, key: str) -> None:
        self._values.pop(key, None)

    async def swap(self, key: str, expected: tuple[bool, Any], value: Any) -> bool:
        if (key in self._values, self._values.get(key)) != expected:
            return False
        self._values[key] = value
        return True

    async def keys(self, prefix: str) -> Sequence[str]:
        return sorted(key for key in self._values if key.startswith(prefix))
