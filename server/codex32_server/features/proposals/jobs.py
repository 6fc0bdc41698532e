"""The job `prove_proposal`: run the tests of a proposal in the sandbox and write down what they showed.

Repeating it is harmless: a proof is written once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol
from uuid import UUID

from codex32_server.features.bots.facade import ProofResult
from codex32_server.features.proposals.facade import PROVE_PROPOSAL as PROVE_PROPOSAL
from codex32_server.features.proposals.facade import ProposalsFacade
from codex32_server.kit.manifest.package import BotPackage
from codex32_server.storage.session import Database


class ProveFiles(Protocol):
    """Builds what a package needs and runs its tests; nothing of it stays.

    Raises ProofInterruptedError and what makes a job be tried again.
    """

    async def __call__(self, workspace_id: UUID, package: BotPackage) -> ProofResult: ...


class ProveProposal:
    """Handler of the job. `payload` is {"proposal_id"}; answers with the proof."""

    def __init__(self, database: Database, proposals: ProposalsFacade, prove: ProveFiles) -> None:
        self._database = database
        self._proposals = proposals
        self._prove = prove

    async def __call__(self, workspace_id: UUID, payload: Mapping[str, Any]) -> dict[str, Any]:
        proposal_id = UUID(payload["proposal_id"])
        files = await self._proposals.unproven(self._database, workspace_id, proposal_id)
        if files is None:
            return {"written": False}
        result = await self._prove(workspace_id, await self._proposals.read(files))
        written = await self._proposals.record_proof(self._database, workspace_id, proposal_id, result)
        return {"proof": result.proof, "written": written}
