"""`codex32 budgets`: the most that may be spent on models."""

from __future__ import annotations

from typing import Annotated

import typer

from codex32_sdk.cli import terminal
from codex32_sdk.cli.arguments import AsJson
from codex32_sdk.cli.connection import connect
from codex32_sdk.cli.exits import BadInputError
from codex32_sdk.usage_calls import Budget, list_budgets

app = typer.Typer(add_completion=False)


@app.callback(invoke_without_command=True)
def budgets(context: typer.Context, as_json: AsJson = False) -> None:
    """List, set and remove budgets."""
    if not context.invoked_subcommand:
        list_all(as_json)


@app.command("list")
def list_all(
    as_json: AsJson = False,
    scope: Annotated[
        str | None,
        typer.Option(help="Only those of a workspace, person, bot, run, key, or session of the builder."),
    ] = None,
) -> None:
    """Budgets with what is spent and left, newest first."""
    with connect() as client:
        found = list(client.every(list_budgets(scope=scope)))
    if as_json:
        terminal.document({"items": found, "next_cursor": None})
    elif not found:
        terminal.say("No budgets yet. Try: codex32 budgets set 25 --period month")
    else:
        columns = ("id", "of", "subject", "a", "limit", "spent", "reserved", "left", "starts anew")
        terminal.table(columns, map(_row, found))


@app.command("set")
def put(
    usd: Annotated[str | None, typer.Argument(metavar="[USD]", help="US dollars.")] = None,
    tokens: Annotated[int | None, typer.Option(min=0, help="Tokens instead of dollars, or besides.")] = None,
    period: Annotated[str, typer.Option(help="run, day, month or total.")] = "month",
    bot: Annotated[str | None, typer.Option("--bot", "-b", help="Of a bot; else of the workspace.")] = None,
    person: Annotated[str | None, typer.Option(metavar="MEMBER", help="Of a member, by id.")] = None,
    run: Annotated[str | None, typer.Option(metavar="RUN", help="Of one run, in all.")] = None,
    key: Annotated[str | None, typer.Option(metavar="KEY", help="Of a key for models, by id.")] = None,
    as_json: AsJson = False,
) -> None:
    """A limit for the workspace, a bot, a person, a run or a key; it replaces the one there was."""
    given = {"bot": bot, "person": person, "run": run, "key": key}
    named = {scope: subject for scope, subject in given.items() if subject is not None}
    if len(named) > 1:
        raise BadInputError(
            "Name one of --bot, --person, --run and --key.", next_step="Set one budget after the other."
        )
    if usd is None and tokens is None:
        raise BadInputError("Say how much.", next_step="codex32 budgets set 25, or --tokens 1000000.")
    scope, subject = next(iter(named.items()), ("workspace", None))
    with connect() as client:
        if scope == "bot":
            subject = client.get_bot(str(subject)).id
        whole = "total" if scope == "run" else period
        made = client.put_budget(scope, subject=subject, period=whole, usd=usd, tokens=tokens)
    if as_json:
        terminal.document(made)
    else:
        terminal.result(f"{_limit(made)} {_WHEN[made.period]} for the {made.scope}; {_left(made)} left.")


@app.command()
def remove(
    budget: Annotated[str, typer.Argument(metavar="BUDGET", help="Id of a budget.")], as_json: AsJson = False
) -> None:
    """The limit does not hold any more."""
    with connect() as client:
        client.delete_budget(budget)
    if as_json:
        terminal.document({"id": budget, "removed": True})
    else:
        terminal.result(f"Budget {budget} is removed.")


_WHEN = {"run": "for each run", "day": "a day", "month": "a month", "total": "in all"}


def _row(budget: Budget) -> tuple[object, ...]:
    return (
        *(budget.id, budget.scope, budget.subject, budget.period, _limit(budget)),
        *(
            _both(budget.spent_usd, budget.spent_tokens, budget),
            _both(budget.reserved_usd, budget.reserved_tokens, budget),
        ),
        *(_left(budget), terminal.local_time(budget.resets_at)),
    )


def _limit(budget: Budget) -> str:
    return _both(budget.usd, budget.tokens, budget)


def _left(budget: Budget) -> str:
    return _both(budget.left_usd, budget.left_tokens, budget)


def _both(usd: str | None, tokens: int | None, budget: Budget) -> str:
    """Dollars and tokens, those of them that are limited."""
    parts = [f"${usd}"] if usd is not None and budget.usd is not None else []
    parts += [f"{tokens:,} tokens"] if tokens is not None and budget.tokens is not None else []
    return ", ".join(parts) or "-"
