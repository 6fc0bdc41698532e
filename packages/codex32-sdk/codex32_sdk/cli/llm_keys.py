"""`codex32 llm keys`: keys with which people and programs use models."""

from __future__ import annotations

from typing import Annotated

import typer

from codex32_sdk.cli import terminal
from codex32_sdk.cli.arguments import AsJson
from codex32_sdk.cli.connection import connect
from codex32_sdk.cli.exits import about_path
from codex32_sdk.usage_calls import LlmKey, list_llm_keys

app = typer.Typer(add_completion=False)


@app.callback(invoke_without_command=True)
def keys(context: typer.Context, as_json: AsJson = False) -> None:
    """List, create and revoke keys for models. Runs get theirs by themselves."""
    if not context.invoked_subcommand:
        list_all(as_json)


@app.command("list")
def list_all(as_json: AsJson = False) -> None:
    """All keys, without their values."""
    with connect() as client:
        found = list(client.every(list_llm_keys()))
    if as_json:
        terminal.document({"items": found, "next_cursor": None})
    elif not found:
        terminal.say("No keys yet. Try: codex32 llm keys create NAME")
    else:
        terminal.table(("id", "name", "for", "begins with", "models", "last used", "state"), map(_row, found))


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="What the key is for.")],
    kind: Annotated[str, typer.Option(help="person (yourself), bot or integration.")] = "person",
    bot: Annotated[str | None, typer.Option("--bot", "-b", help="Name or id of the bot.")] = None,
    model: Annotated[
        list[str] | None, typer.Option("--model", help="Only these; may be repeated; * at an end.")
    ] = None,
    budget: Annotated[str | None, typer.Option(metavar="USD", help="At most so many dollars.")] = None,
    period: Annotated[str, typer.Option(help="Of the budget: day, month or total.")] = "month",
    requests: Annotated[int | None, typer.Option(min=1, help="At most so many requests a minute.")] = None,
    tokens: Annotated[int | None, typer.Option(min=1, help="At most so many tokens a minute.")] = None,
    expires: Annotated[str | None, typer.Option(help="Until then, as ISO 8601 with a time zone.")] = None,
    as_json: AsJson = False,
) -> None:
    """A new key. Its value is printed now and never again."""
    with connect() as client:
        made = client.create_llm_key(
            name,
            kind="bot" if bot is not None else kind,
            bot=client.get_bot(bot).id if bot is not None else None,
            models=model,
            budget_usd=budget,
            budget_period=period if budget is not None else None,
            requests_per_minute=requests,
            tokens_per_minute=tokens,
            expires_at=expires,
        )
    if as_json:
        terminal.document(made)
    else:
        terminal.result(made.key or "")
        terminal.say("This is the only time the key is shown. Use it as OPENAI_API_KEY or ANTHROPIC_API_KEY.")


@app.command()
def revoke(
    key: Annotated[str, typer.Argument(metavar="KEY", help="Id of the key.")], as_json: AsJson = False
) -> None:
    """The key stops working at once."""
    with connect() as client, about_path(key, "key_id", "a key", "codex32 llm keys lists them."):
        client.revoke_llm_key(key)
    if as_json:
        terminal.document({"id": key, "revoked": True})
    else:
        terminal.result(f"Key {key} is revoked.")


def _row(key: LlmKey) -> tuple[object, ...]:
    models = ", ".join(key.models) if key.models is not None else "all"
    state = "revoked" if key.revoked_at else "good"
    return (key.id, key.name, key.kind, key.hint, models, terminal.ago(key.last_used_at), state)
