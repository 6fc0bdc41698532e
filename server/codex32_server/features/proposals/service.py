"""Filing a proposal, deciding on it, making a version of it. The caller owns the transaction.

What a proposal would change is read when it is filed and never again: what the reviewer saw is what is
applied, or nothing is (`ProposalStaleError`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import func

from codex32_server.features.bots.facade import (
    BotsFacade,
    NewDeployment,
    ProofReport,
    ProofResult,
    VersionView,
)
from codex32_server.features.proposals import repository
from codex32_server.features.proposals.errors import (
    NothingProposedError,
    ProposalNotFoundError,
    ProposalNotProvenError,
    ProposalStaleError,
    WideningNeedsOwnerError,
)
from codex32_server.features.proposals.models import Proposal
from codex32_server.features.proposals.schemas import NewProposal
from codex32_server.features.proposals.states import Status, check
from codex32_server.http.principal import Principal
from codex32_server.kit.errors import FieldProblem
from codex32_server.kit.ids import new_id
from codex32_server.kit.manifest.diff import PackageDiff, diff_packages
from codex32_server.kit.manifest.package import BotPackage, package_from_files
from codex32_server.queue.entries import NewJob, Retries
from codex32_server.queue.submit import submit_job
from codex32_server.storage.session import Tx

PROVE_PROPOSAL = "prove_proposal"
"""Kind of the job; its payload is {"proposal_id"}."""
WIDEN = "proposals:widen"
"""The scope to agree to a change that asks for more permissions."""
_PROOF_MS = 15 * 60 * 1000
_RETRIES = Retries(attempts=5, delay_ms=5_000)


async def file(tx: Tx, bots: BotsFacade, principal: Principal, new: NewProposal, package: BotPackage) -> UUID:
    """Write a proposal down and have it proven.

    Raises BotNotFoundError, NothingProposedError, ProposalStaleError.
    """
    workspace_id = principal.workspace_id
    bot = await bots.get(tx, workspace_id, new.bot)
    base = await bots.base(tx, workspace_id, str(bot.id))
    if new.base_version_id not in (None, base.id):
        raise ProposalStaleError(f"The bot is at version {base.number} by now: the change does not know it.")
    before = package_from_files(await _files(tx, bots, workspace_id, base))
    if package.digest == base.digest:
        raise NothingProposedError(f"The files are those of version {base.number}.")
    if package.manifest.name != bot.name:
        detail = f"the manifest names {package.manifest.name!r}, and the bot is {bot.name!r}"
        raise NothingProposedError(
            f"The files are not of this bot: {detail}.", fields=[FieldProblem("files", detail)]
        )
    values = _values(principal, new, base, package, diff_packages(before, package))
    if new.proof is not None:
        return await repository.add(tx, values)
    job_id = new_id()
    proposal_id = await repository.add(tx, {**values, "proof_job_id": job_id})
    payload = {"proposal_id": str(proposal_id)}
    job = NewJob(workspace_id, PROVE_PROPOSAL, payload, timeout_ms=_PROOF_MS, retries=_RETRIES, id=job_id)
    await submit_job(tx, job)
    return proposal_id


async def _files(tx: Tx, bots: BotsFacade, workspace_id: UUID, version: VersionView) -> Mapping[str, bytes]:
    return (await bots.load(tx, workspace_id, version.id)).files


def _values(
    principal: Principal, new: NewProposal, base: VersionView, package: BotPackage, diff: PackageDiff
) -> dict[str, Any]:
    return {
        "workspace_id": principal.workspace_id,
        "bot_id": base.bot_id,
        "base_version_id": base.id,
        "title": new.title,
        "goal": new.goal,
        "rationale": new.rationale,
        "risks": list(new.risks),
        "origin": new.origin,
        "origin_ref": new.origin_ref,
        "files": dict(new.files),
        "digest": package.digest,
        "changes": [asdict(change) for change in diff.files],
        "manifest_changes": [asdict(change) for change in diff.manifest],
        "widening": diff.widening,
        **({"proof": "pending"} if new.proof is None else proof_values(new.proof)),
        "created_by": principal.member_id,
    }


def proof_values(proof: ProofResult) -> dict[str, Any]:
    """The columns that a proof fills."""
    schema = dict(proof.input_schema) if proof.input_schema is not None else None
    return {
        "proof": proof.proof,
        "evidence": proof.report.model_dump(mode="json"),
        "resolved": {"lock": proof.lock, "input_schema": schema},
    }


async def decide(tx: Tx, principal: Principal, proposal_id: UUID, verdict: Status, note: str) -> None:
    """Approve or reject. The same verdict again changes nothing.

    Raises ProposalNotFoundError, ProposalDecidedError, ProposalNotProvenError, WideningNeedsOwnerError.
    """
    proposal = await _locked(tx, principal.workspace_id, proposal_id)
    if proposal.status == verdict:
        return
    check(proposal.status, verdict)  # pyright: ignore[reportArgumentType] - the table's check says the same
    if verdict == "approved":
        _check_proven((await repository.one(tx, principal.workspace_id, proposal_id)) or {})
        _check_widening(proposal, principal)
    reviewed = {"reviewer": principal.member_id, "reviewed_at": func.now(), "review_note": note}
    await repository.decide(tx, proposal, {"status": verdict, **reviewed})


async def apply(
    tx: Tx, bots: BotsFacade, principal: Principal, proposal_id: UUID, package: BotPackage
) -> None:
    """Make a version of an approved proposal. Applying it again changes nothing.

    The version has the proof of the proposal, and runs in `dev` from then on. Raises ProposalNotFoundError,
    ProposalDecidedError, ProposalStaleError, WideningNeedsOwnerError, and what `BotsFacade.deploy` raises.
    """
    proposal = await _locked(tx, principal.workspace_id, proposal_id)
    if proposal.status == "applied":
        return
    check(proposal.status, "applied")  # pyright: ignore[reportArgumentType] - the table's check says the same
    _check_widening(proposal, principal)
    if package.digest != proposal.digest:
        raise ProposalStaleError("These are not the files that were reviewed.")
    base = await bots.base(tx, principal.workspace_id, str(proposal.bot_id), lock=True)
    if base.id != proposal.base_version_id:
        raise ProposalStaleError(
            f"The bot is at version {base.number} by now, which the proposal does not know."
        )
    new = NewDeployment(files=package.files, message=proposal.title, bot_id=proposal.bot_id)
    deployed = await bots.deploy(tx, principal, new, package, _proof_of(proposal))
    applied = {"applied_at": func.now(), "applied_version_id": deployed.version.id}
    await repository.decide(tx, proposal, {"status": "applied", **applied})


async def _locked(tx: Tx, workspace_id: UUID, proposal_id: UUID) -> Proposal:
    proposal = await repository.lock(tx, workspace_id, proposal_id)
    if proposal is None:
        raise ProposalNotFoundError("There is no such proposal in this workspace.")
    return proposal


def _proof_of(proposal: Proposal) -> ProofResult:
    """As it was written down; only what is proven is ever approved."""
    resolved = proposal.resolved or {}
    report = ProofReport.model_validate(proposal.evidence or {})
    return ProofResult("proven", report, resolved.get("lock"), resolved.get("input_schema"))


def _check_proven(shown: Mapping[str, Any]) -> None:
    if shown["proof"] == "pending":
        raise ProposalNotProvenError("Its tests have not ended yet.")
    if shown["proof"] == "failed" and not shown["evidence"]:
        raise ProposalNotProvenError("Its tests could not be run. Propose the change again.")
    if shown["proof"] != "proven":
        raise ProposalNotProvenError("Its tests did not pass." if shown["evidence"] else "It has no tests.")


def _check_widening(proposal: Proposal, principal: Principal) -> None:
    if proposal.widening and WIDEN not in principal.scopes:
        wider = ", ".join(change["path"] for change in proposal.manifest_changes if change["widening"])
        raise WideningNeedsOwnerError(f"The change asks for more: {wider}.")
