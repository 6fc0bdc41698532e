"""`codex32 new`: a sentence becomes a bot, after questions where the sentence leaves something open."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from codex32_sdk.cli import terminal
from codex32_sdk.cli.arguments import AsJson, FilesOption, parse_files
from codex32_sdk.cli.connection import connect, upload_all
from codex32_sdk.cli.exits import BadInputError, ExitCode
from codex32_sdk.cli.schedules import local_zone
from codex32_sdk.client import Client
from codex32_sdk.models import Build

app = typer.Typer(add_completion=False)

_MOST_ROUNDS = 8


@app.command()
def new(
    text: Annotated[str, typer.Argument(help="What the bot should do, in plain words.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Publish without asking.")] = False,
    name: Annotated[
        str | None, typer.Option(help="Name of the bot; made from the sentence if not said.")
    ] = None,
    timezone: Annotated[str | None, typer.Option("--timezone", "-z", help="IANA name for its times.")] = None,
    file: FilesOption = None,
    answer: Annotated[
        list[str] | None,
        typer.Option("--answer", metavar="ID=TEXT", help="Answer to a question; repeatable."),
    ] = None,
    defaults: Annotated[
        bool, typer.Option("--defaults", help="Answer questions that have a default with it.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make a bot from a sentence: code, manifest, tests and a page, proven before it is published.

    Ends with 0 only if the bot was published. Without --yes it says first what it understood and asks.
    """
    if not text.strip():
        raise BadInputError("The sentence is empty.", next_step="Say in it what the bot should do, and when.")
    files = parse_files(file)
    with connect() as client:
        order = _Order(client, text, name, timezone or _zone(), upload_all(client, files), defaults)
        build = _converse(order, _answers(answer), yes=yes, as_json=as_json)
    if as_json:
        terminal.document(_document(build))
    _tell(build, as_json=as_json)
    if build.status != "published":
        raise typer.Exit(ExitCode.FAILED)


class _Order:
    """What was asked for, sent again with each answer."""

    def __init__(
        self,
        client: Client,
        text: str,
        name: str | None,
        zone: str | None,
        files: dict[str, str] | None,
        defaults: bool,
    ) -> None:
        self._client = client
        self._text = text
        self._name = name
        self._zone = zone
        self._files = files
        self._defaults = defaults

    def build(self, answers: dict[str, str], *, publish: bool) -> Build:
        if publish:
            terminal.say("Building and testing in the sandbox …")
        return self._client.build_bot(
            self._text,
            answers=answers or None,
            timezone=self._zone,
            name=self._name,
            files=self._files,
            assume_defaults=self._defaults,
            publish=publish,
        )


def _converse(order: _Order, answers: dict[str, str], *, yes: bool, as_json: bool) -> Build:
    """Ask until nothing is open, then publish if that was wanted."""
    talk = not as_json and sys.stdin.isatty()
    build = order.build(answers, publish=yes)
    for _ in range(_MOST_ROUNDS):
        if build.status != "needs_answers" or not talk:
            break
        answers |= _ask(build)
        build = order.build(answers, publish=yes)
    if yes or build.status in {"published", "refused", "needs_answers"}:
        return build
    _explain(build)
    if as_json or not typer.confirm("Build and publish this bot?", default=True, err=True):
        return build
    return order.build(answers, publish=True)


def _explain(build: Build) -> None:
    for sentence in build.understanding:
        terminal.say(f"  • {sentence}")
    for decision in build.assumed:
        terminal.say(f"  • Assumed: {decision}")


def _ask(build: Build) -> dict[str, str]:
    _explain(build)
    given: dict[str, str] = {}
    for question in build.questions:
        choices: list[str] = list(question.get("choices") or ())
        if choices:
            terminal.say(f"  ({' / '.join(choices)})")
        given[str(question["id"])] = typer.prompt(
            str(question["text"]), default=question.get("default"), err=True
        )
    return given


def _answers(pairs: list[str] | None) -> dict[str, str]:
    answers: dict[str, str] = {}
    for pair in pairs or ():
        name, separator, text = pair.partition("=")
        if not separator:
            raise BadInputError(f"{pair!r} is not an answer.", next_step="Write it as --answer ID=TEXT.")
        answers[name] = text
    return answers


def _zone() -> str | None:
    """UTC usually means that nobody set the machine's zone: then the workspace's is better."""
    zone = local_zone()
    return None if zone == "UTC" else zone


def _document(build: Build) -> dict[str, Any]:
    whole = build.model_dump(mode="json")
    names = ("status", "bot", "version", "questions", "reason", "understanding", "assumed")
    return {name: whole[name] for name in names}


def _tell(build: Build, *, as_json: bool) -> None:
    if build.status == "published":
        name = build.bot["name"]
        terminal.say(f"{name} is published.", style="green")
        _explain(build)
        terminal.say(f"Run it with: codex32 run {name}")
        if not as_json:
            terminal.result(name)
    elif build.status == "needs_answers":
        terminal.say(build.reason or "Something is still open:", style="yellow")
        for question in build.questions:
            terminal.say(f"  {question['id']}: {question['text']}")
        terminal.say("Next: answer with --answer ID=TEXT, or say it in the sentence.")
    elif build.status == "refused":
        terminal.say(build.reason or "This cannot be built.", style="red")
    else:
        terminal.say("Nothing was published. Add --yes to publish.", style="yellow")
