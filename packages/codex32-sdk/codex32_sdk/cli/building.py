"""Staying with a session of the builder: its stages as they pass, its questions, its review page."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

import typer

from codex32_sdk.builder_calls import BuilderSession
from codex32_sdk.cli import terminal
from codex32_sdk.cli.exits import BadInputError, ExitCode
from codex32_sdk.client import Client
from codex32_sdk.sse import Event

_MOST_ROUNDS = 8
_MOST_SHOWN = 20
_CHANGE = "change"
"""Id of the question that comes after an explanation."""
_DOES: Mapping[str, str] = {
    "requirements": "Understanding",
    "plan": "Planning",
    "code": "Writing",
    "checks": "Checking",
    "tests": "Testing in the sandbox",
    "review": "Making the review page",
}


def carry_on(
    client: Client, session: BuilderSession, *, yes: bool, as_json: bool, propose: bool = False
) -> None:
    """Follow it to its end, ask what it asks, publish if that is wanted; or with `propose` leave a change to
    somebody else. A question about the bot is answered, and that is the end. Raises Exit unless it went well.
    """
    talk = not as_json and sys.stdin.isatty()
    session = follow(client, session)
    if explained(session):
        tell_explanation(session, as_json=as_json)
        return
    for _ in range(_MOST_ROUNDS):
        if session.status != "asking" or not talk:
            break
        session = follow(client, client.say_to_builder(session.id, answers=_ask(session)))
    if session.status == "reviewing" and propose:
        session = client.propose_builder_session(session.id)
    elif session.status == "reviewing" and not session.dry_run:
        if talk and not yes:
            show_review(session)
            yes = typer.confirm("Publish this bot?", default=True, err=True)
        if yes:
            session = client.publish_builder_session(session.id)
    if as_json:
        terminal.document(document_of(session))
    tell(session, as_json=as_json)
    well = session.status == "published" or (
        session.status == "reviewing" and bool(session.dry_run or session.proposal_id)
    )
    if not well:
        raise typer.Exit(ExitCode.FAILED)


def explained(session: BuilderSession) -> bool:
    """Whether the words were a question about the bot: its answer is what was understood."""
    return session.status == "asking" and [one["id"] for one in session.questions] == [_CHANGE]


def tell_explanation(session: BuilderSession, *, as_json: bool) -> None:
    """On stdout: it is what was asked for."""
    if as_json:
        terminal.document(document_of(session))
        return
    for line in session.understood:
        terminal.result(line)
    terminal.say(f"To change it: codex32 builder resume {session.id} --answer {_CHANGE}=TEXT")


def follow(client: Client, session: BuilderSession) -> BuilderSession:
    """Show what happens until it rests; then the session."""
    try:
        numbers = [int(message["number"]) for message in session.messages]
        known = max([*numbers, *(stage.number for stage in session.stages)], default=0)
        for event in client.follow_builder_session(session.id, after=str(known) if known else None):
            _show(event, dry=session.dry_run)
    except KeyboardInterrupt:
        terminal.say(f"The session goes on. See it with: codex32 builder show {session.id}")
        terminal.say(f"Stop it with: codex32 builder cancel {session.id}")
        raise
    return client.get_builder_session(session.id)


def document_of(session: BuilderSession) -> dict[str, Any]:
    """What `new --json` prints. Names of statuses are kept from before there were sessions."""
    whole = session.model_dump(mode="json")
    requirements, review = session.document("requirements") or {}, session.review or {}
    kept = ("bot", "version", "questions", "cost_usd", "offer", "missing_secrets", "engine", "proposal_id")
    return {
        "session": session.id,
        "status": "needs_answers" if session.status == "asking" else session.status,
        **{name: whole[name] for name in kept},
        "reason": session.error,
        "understanding": review.get("does") or session.understood,
        "assumed": requirements.get("assumed", []),
        "review": session.review,
    }


def tell(session: BuilderSession, *, as_json: bool) -> None:
    """How it stands and what can be done, on stderr; the name of a published bot on stdout."""
    if session.status == "published":
        name = (session.bot or {}).get("name", "")
        terminal.say(f"{name} is published.", style="green")
        for secret in session.missing_secrets:
            terminal.say(f"Next: codex32 secrets set {secret} --env dev")
        terminal.say(f"Run it with: codex32 run {name}")
        if not as_json:
            terminal.result(name)
    elif session.status == "reviewing" and session.proposal_id:
        show_review(session)
        terminal.say("The change is proposed.", style="green")
        terminal.say(f"Next: codex32 proposals approve {session.proposal_id} --apply")
        if not as_json:
            terminal.result(session.proposal_id)
    elif session.status == "reviewing":
        show_review(session)
        if session.dry_run:
            terminal.say("A dry run: nothing was tested or published.", style="yellow")
        else:
            terminal.say("Nothing was published.", style="yellow")
            terminal.say(f"Next: codex32 builder publish {session.id}")
    elif session.status == "asking":
        terminal.say("Something is still open:", style="yellow")
        for question in session.questions:
            terminal.say(f"  {question['id']}: {question['text']}{_offered(question)}")
        terminal.say(f"Next: codex32 builder resume {session.id} --answer ID=TEXT")
    else:
        style = "red" if session.status in ("refused", "failed") else "yellow"
        terminal.say(session.error or f"The session is {session.status}.", style=style)
        if session.status == "failed":
            terminal.say(f"Next: codex32 builder show {session.id}")
    if session.offer:
        terminal.say(str(session.offer["says"]))
        terminal.say(f"Next: codex32 builder resume {session.id} --engine models --budget 0.50")


def show_review(session: BuilderSession) -> None:
    """What it does, what it may touch, what it costs, what was tested."""
    review = session.review or {}
    terminal.say(f"{review.get('title', '')} ({review.get('name', '')})", style="bold")
    for sentence in review.get("does", ()):
        terminal.say(f"  • {sentence}")
    for decision in review.get("assumed", ()):
        terminal.say(f"  • Assumed: {decision}")
    for line in _touches(review):
        terminal.say(f"  {line}")
    for change in review.get("changes", ()):
        terminal.aside(change["diff"])
    for wider in review.get("wider", ()):
        terminal.say(f"  New permission: {wider}", style="yellow")
    for warning in list(review.get("warnings", ()))[:_MOST_SHOWN]:
        terminal.say(f"  Warning: {warning}", style="yellow")


def parse_answers(pairs: list[str] | None) -> dict[str, str]:
    """`ID=TEXT` as they were given."""
    answers: dict[str, str] = {}
    for pair in pairs or ():
        name, separator, text = pair.partition("=")
        if not separator:
            raise BadInputError(f"{pair!r} is not an answer.", next_step="Write it as --answer ID=TEXT.")
        answers[name] = text
    return answers


def _touches(review: Mapping[str, Any]) -> list[str]:
    may: Mapping[str, Any] = review.get("permissions", {})
    lists = {"network": "Reaches", "calls": "Calls the bots", "dependencies": "Uses", "events": "Emits"}
    lines = [f"{word}: {', '.join(may[name])}" for name, word in lists.items() if may.get(name)]
    for secret in review.get("secrets", ()):
        state = "" if secret["is_set"] else f" (not set yet: {secret['command']})"
        lines.append(f"Reads the secret {secret['name']}{state}")
    tests = review.get("tests", ())
    passed = sum(case["outcome"] == "passed" for case in tests)
    if review.get("tested"):
        lines.append(f"Tests: {passed} of {len(tests)} passed in the sandbox")
    lines.append(str(review.get("cost", {}).get("says", "")))
    return lines


def _offered(question: Mapping[str, Any]) -> str:
    """What may be answered, and what --defaults answers."""
    choices = " / ".join(question.get("choices") or ())
    default = question.get("default")
    usual = f"default: {default}" if default is not None else ""
    told = "; ".join(part for part in (choices, usual) if part)
    return f" [{told}]" if told else ""


def _ask(session: BuilderSession) -> dict[str, str]:
    for sentence in session.understood:
        terminal.say(f"  • {sentence}")
    if session.offer:
        terminal.say(str(session.offer["says"]))
    given: dict[str, str] = {}
    for question in session.questions:
        choices: list[str] = list(question.get("choices") or ())
        if choices:
            terminal.say(f"  ({' / '.join(choices)})")
        given[str(question["id"])] = typer.prompt(
            str(question["text"]), default=question.get("default"), err=True
        )
    return given


def _show(event: Event, *, dry: bool) -> None:
    """A line for each stage that begins, each thought, and each finding."""
    told: dict[str, Any] = json.loads(event.data)
    if event.name == "thinking":
        terminal.aside(f"    {told['text']}")
    elif event.name == "stage" and told["status"] == "running":
        if dry and told["stage"] == "tests":
            return
        again = f", round {told['round']}" if told.get("round", 1) > 1 else ""
        terminal.say(f"{_DOES.get(told['stage'], told['stage'])}{again} …")
    elif event.name == "stage" and told["status"] in ("found", "failed"):
        for finding in list(told.get("findings", ()))[:_MOST_SHOWN]:
            if finding["severity"] == "error":
                place = f"{finding['file']}:{finding['line']}: " if finding.get("line") else ""
                terminal.say(f"  {place}{finding['message']}", style="yellow")
