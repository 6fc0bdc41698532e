"""`codex32 proposals`: changes that wait for a person."""

from __future__ import annotations

import contextlib
from typing import Annotated

import typer

from codex32_sdk.cli import terminal
from codex32_sdk.cli.arguments import AsJson, Limit
from codex32_sdk.cli.connection import connect
from codex32_sdk.cli.exits import about_path
from codex32_sdk.proposals import (
    Proposal,
    apply_proposal,
    approve_proposal,
    get_proposal,
    list_proposals,
    reject_proposal,
)

app = typer.Typer(add_completion=False)

ProposalId = Annotated[str, typer.Argument(metavar="PROPOSAL", help="Id of a proposal.")]
Note = Annotated[str, typer.Option("--note", help="Kept with the decision.")]
_EMPTY = "Nothing is proposed. `codex32 suggest BOT` looks for what could be better."


@app.callback(invoke_without_command=True)
def proposals(
    context: typer.Context,
    bot: Annotated[str | None, typer.Option(help="Only for this bot.")] = None,
    status: Annotated[
        str | None, typer.Option(help="Only these: proposed, approved, rejected or applied.")
    ] = None,
    limit: Limit = 20,
    cursor: Annotated[str | None, typer.Option(help="next_cursor of the page before.")] = None,
    as_json: AsJson = False,
) -> None:
    """List, show, approve, reject and apply changes to bots."""
    if context.invoked_subcommand:
        return
    with connect() as client:
        page = client.send(list_proposals(bot=bot, status=status, limit=limit, cursor=cursor))
    if as_json:
        terminal.document(page)
    elif not page.items:
        terminal.say(_EMPTY)
    else:
        terminal.table(
            ("proposal", "bot", "title", "tests", "asks for more", "made", "status"), map(_row, page.items)
        )
        if page.next_cursor:
            terminal.say(f"There are more: --cursor {page.next_cursor}")


@app.command()
def show(proposal: ProposalId, as_json: AsJson = False) -> None:
    """One proposal: why, what would change, and what its tests showed."""
    with connect() as client, _about(proposal):
        found = client.send(get_proposal(proposal))
    if as_json:
        terminal.document(found)
    else:
        tell(found)


@app.command()
def approve(
    proposal: ProposalId,
    note: Note = "",
    apply: Annotated[bool, typer.Option("--apply", help="Make a version of it at once.")] = False,
    as_json: AsJson = False,
) -> None:
    """Agree to a change whose tests passed."""
    with connect() as client, _about(proposal):
        found = client.send(approve_proposal(proposal, note))
        if apply:
            found = client.send(apply_proposal(proposal))
    _told(found, as_json)


@app.command()
def reject(proposal: ProposalId, note: Note = "", as_json: AsJson = False) -> None:
    """Say no to a change."""
    with connect() as client, _about(proposal):
        found = client.send(reject_proposal(proposal, note))
    _told(found, as_json)


@app.command()
def apply(proposal: ProposalId, as_json: AsJson = False) -> None:
    """Make a version of an approved change; it runs in dev once its tests have passed again."""
    with connect() as client, _about(proposal):
        found = client.send(apply_proposal(proposal))
    _told(found, as_json)


def tell(found: Proposal) -> None:
    """A proposal in full."""
    terminal.result(f"{found.title} ({found.bot_name}, version {found.base_number} and on)")
    terminal.result(
        f"{found.status}; its tests: {found.proof}" + ("; the bot has changed since" if found.stale else "")
    )
    for words in (found.goal, found.rationale):
        if words:
            terminal.result(words)
    for risk in found.risks:
        terminal.result(f"risk: {risk}")
    for change in found.manifest_changes:
        more = " (asks for more)" if change.get("widening") else ""
        terminal.result(f"manifest {change['path']}: {change['before']} → {change['after']}{more}")
    for file in found.changes:
        terminal.result(f"{file['kind']} {file['path']}")
        if file.get("unified"):
            terminal.result(str(file["unified"]).rstrip("\n"))
    if found.evidence and found.evidence.get("reason"):
        terminal.result(str(found.evidence["reason"]))


def _row(found: Proposal) -> tuple[object, ...]:
    return (
        found.id,
        found.bot_name,
        found.title,
        found.proof,
        "yes" if found.widening else "",
        terminal.ago(found.created_at),
        found.status,
    )


def _told(found: Proposal, as_json: bool) -> None:
    if as_json:
        terminal.document(found)
        return
    made = f" as version {found.applied_version_id}" if found.applied_version_id else ""
    terminal.result(f"“{found.title}” of {found.bot_name} is {found.status}{made}.")


def _about(proposal: str) -> contextlib.AbstractContextManager[None]:
    return about_path(proposal, "proposal", "a proposal", "codex32 proposals lists them.")
