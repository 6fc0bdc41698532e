"""`codex32 edit`: a sentence changes a bot; what changes is shown before it is made."""

from __future__ import annotations

from typing import Annotated

import typer

from codex32_sdk.builder_calls import Engine
from codex32_sdk.cli.arguments import AsJson, BotName
from codex32_sdk.cli.building import carry_on, parse_answers
from codex32_sdk.cli.connection import connect
from codex32_sdk.cli.exits import BadInputError

app = typer.Typer(add_completion=False)


@app.command()
def edit(
    bot: BotName,
    text: Annotated[str, typer.Argument(help="What should change, in plain words.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Publish without asking.")] = False,
    propose: Annotated[
        bool, typer.Option("--propose", help="Leave it to somebody else to approve the change.")
    ] = False,
    answer: Annotated[
        list[str] | None,
        typer.Option("--answer", metavar="ID=TEXT", help="Answer to a question; repeatable."),
    ] = None,
    defaults: Annotated[
        bool, typer.Option("--defaults", help="Answer questions that have a default with it.")
    ] = False,
    engine: Annotated[
        Engine, typer.Option(help="recipes cost nothing; models ask a model; auto only offers models.")
    ] = "auto",
    budget: Annotated[str | None, typer.Option(metavar="USD", help="The most that models may cost.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Stop before the tests; nothing is changed.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Change a bot by a sentence: “also post it to Slack”, “only on workdays”.

    Shows the difference of code, manifest and tests, and new permissions apart, before it is published. A
    question (“why did it fail last night?”, “explain this bot”) is answered, and changes nothing. Ends with 0
    only if it was published, proposed or answered, or if a dry run came to its end.
    """
    if not text.strip():
        raise BadInputError("The sentence is empty.", next_step="Say in it what should change.")
    answers = parse_answers(answer)
    with connect() as client:
        session = client.open_builder_session(
            text,
            bot=bot,
            engine=engine,
            answers=answers or None,
            assume_defaults=defaults,
            dry_run=dry_run,
            budget_usd=budget,
        )
        carry_on(client, session, yes=yes, as_json=as_json, propose=propose)
