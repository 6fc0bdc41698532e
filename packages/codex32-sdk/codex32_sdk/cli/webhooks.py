"""`codex32 webhooks`: URLs that start runs."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Generator
from typing import Annotated, Any

import typer

from codex32_sdk.cli import terminal
from codex32_sdk.cli.arguments import AsJson, BotName, Environment, Limit, parse_input
from codex32_sdk.cli.connection import connect
from codex32_sdk.cli.exits import BadInputError, about_path
from codex32_sdk.client import Client
from codex32_sdk.webhooks import Delivery, Webhook, WebhookSecret, list_webhooks

app = typer.Typer(add_completion=False)

WebhookId = Annotated[str, typer.Argument(metavar="WEBHOOK", help="Id of a webhook.")]

_EMPTY = "No webhooks yet. Try: codex32 webhooks create BOT"


@app.callback(invoke_without_command=True)
def webhooks(
    context: typer.Context,
    bot: Annotated[str | None, typer.Option("--bot", "-b", help="Only of this bot.")] = None,
    as_json: AsJson = False,
) -> None:
    """List, create, rotate, pause, test and remove webhooks, and see what was delivered."""
    if not context.invoked_subcommand:
        list_all(bot, as_json)


@app.command("list")
def list_all(
    bot: Annotated[str | None, typer.Option("--bot", "-b", help="Only of this bot.")] = None,
    as_json: AsJson = False,
) -> None:
    """All webhooks with their URLs."""
    with connect() as client:
        found = list(client.every(list_webhooks(bot=bot)))
    if as_json:
        terminal.document({"items": found, "next_cursor": None})
    elif not found:
        terminal.say(_EMPTY)
    else:
        terminal.table(("id", "bot", "name", "auth", "answer", "env", "state", "url"), map(_row, found))


@app.command()
def create(
    bot: BotName,
    name: Annotated[str | None, typer.Option(help="A name for it.")] = None,
    auth: Annotated[str | None, typer.Option(help="signature (default), token or none.")] = None,
    answer: Annotated[str | None, typer.Option(help="async (default) or sync.")] = None,
    method: Annotated[list[str] | None, typer.Option(help="POST if not given; may be repeated.")] = None,
    payload: Annotated[str | None, typer.Option(help="body (default) or request.")] = None,
    delivery_id: Annotated[
        str | None, typer.Option(metavar="HEADER", help="Header by which repeats are known.")
    ] = None,
    timeout: Annotated[int | None, typer.Option(help="Seconds that a sync answer waits.")] = None,
    environment: Environment = None,
    input_text: Annotated[
        str | None, typer.Option("--input", "-i", help="Arguments that the sender cannot change.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """A URL that starts runs. Its secret is printed now and never again."""
    given = parse_input(input_text) if input_text is not None else None
    with connect() as client:
        made = client.create_webhook(
            bot,
            name=name,
            auth=auth,
            answer=answer,
            methods=[one.upper() for one in method] if method else None,
            payload=payload,
            delivery_id=delivery_id,
            timeout=timeout,
            environment=environment,
            input=given,
        )
    _show_secret(made, as_json)


@app.command()
def secret(webhook: WebhookId, as_json: AsJson = False) -> None:
    """The secret of a webhook that a manifest declared; it is shown once."""
    with _to(webhook) as client:
        _show_secret(client.reveal_webhook_secret(webhook), as_json)


@app.command()
def rotate(
    webhook: WebhookId,
    url: Annotated[bool, typer.Option("--url", help="Replace the URL as well, at once.")] = False,
    keep_secret: Annotated[
        bool, typer.Option("--keep-secret", help="With --url: replace the URL alone.")
    ] = False,
    grace: Annotated[
        int | None, typer.Option(help="Seconds for which the old secret stays valid; a day.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Another secret. The old one stays valid for a while, so that senders can be changed.

    --url gives another URL too, and the old one is unknown at once.
    """
    if keep_secret and not url:
        raise BadInputError(
            "--keep-secret without --url would replace nothing.", next_step="Add --url, or leave it out."
        )
    with _to(webhook) as client:
        made = client.rotate_webhook(webhook, url=url, keep_secret=keep_secret, grace=grace)
    _show_secret(made, as_json, kept=keep_secret)


@app.command()
def pause(webhook: WebhookId, as_json: AsJson = False) -> None:
    """It answers 503 until it is resumed."""
    with _to(webhook) as client:
        _show(client.pause_webhook(webhook), as_json)


@app.command()
def resume(webhook: WebhookId, as_json: AsJson = False) -> None:
    """It takes deliveries again."""
    with _to(webhook) as client:
        _show(client.resume_webhook(webhook), as_json)


@app.command()
def remove(webhook: WebhookId, as_json: AsJson = False) -> None:
    """Remove it; its URL is unknown from then on."""
    with _to(webhook) as client:
        client.delete_webhook(webhook)
    if as_json:
        terminal.document({"id": webhook, "removed": True})
    else:
        terminal.result(f"Webhook {webhook} is removed.")


@app.command("test")
def try_out(
    webhook: WebhookId,
    body: Annotated[str | None, typer.Option("--body", help="The body, as JSON.")] = None,
    as_json: AsJson = False,
) -> None:
    """Start a run as a delivery would, without a signature."""
    delivery = {} if body is None else {"body": _parsed(body)}
    with _to(webhook) as client:
        started = client.try_webhook(webhook, **delivery)
    if as_json:
        terminal.document(started)
    else:
        terminal.result(f"Run {started.run_id} is queued: codex32 runs {started.run_id}")


@app.command()
def deliveries(
    webhook: WebhookId,
    outcome: Annotated[str | None, typer.Option(help="Only accepted, repeated or refused ones.")] = None,
    limit: Limit = 20,
    as_json: AsJson = False,
) -> None:
    """What was delivered lately, what it started, and why it was refused."""
    with _to(webhook) as client:
        page = client.list_deliveries(webhook, limit=limit, outcome=outcome)
    if as_json:
        terminal.document(page)
    elif not page.items:
        terminal.say("Nothing was delivered yet.")
    else:
        terminal.table(("when", "outcome", "status", "ms", "size", "run", "why"), map(_delivery, page.items))


def _parsed(body: str) -> Any:
    try:
        return json.loads(body)
    except ValueError as error:
        raise BadInputError(
            f"--body is not JSON: {error}.", next_step='Write it as --body \'{"name": "value"}\'.'
        ) from error


@contextlib.contextmanager
def _to(webhook: str) -> Generator[Client]:
    """A connection for what is done with one webhook. Raises BadInputError for what is no id."""
    with connect() as client, about_path(webhook, "webhook_id", "a webhook", "codex32 webhooks lists them."):
        yield client


def _show_secret(made: WebhookSecret, as_json: bool, *, kept: bool = False) -> None:
    if as_json:
        terminal.document(made)
        return
    secret = made.secret or ("as before" if kept else "none: the URL alone")
    terminal.details([("id", made.webhook.id), ("url", made.webhook.url), ("secret", secret)])
    if made.secret:
        terminal.say("This is the only time the secret is shown.")


def _show(webhook: Webhook, as_json: bool) -> None:
    if as_json:
        terminal.document(webhook)
        return
    state = "paused" if webhook.paused else "active"
    terminal.result(f"{webhook.bot_name or webhook.bot_id}: {webhook.name} ({state}), {webhook.id}")


def _row(webhook: Webhook) -> tuple[object, ...]:
    return (
        webhook.id,
        webhook.bot_name or "",
        webhook.name,
        webhook.auth,
        webhook.answer,
        webhook.environment or "",
        "paused" if webhook.paused else "active" if webhook.secret_shown else "secret not shown yet",
        webhook.url,
    )


def _delivery(row: Delivery) -> tuple[object, ...]:
    return (
        terminal.local_time(row.created_at),
        f"{row.outcome}, test" if row.test else row.outcome,
        row.http_status,
        f"{row.latency_ms:.1f}",
        terminal.size(row.size),
        row.run_id or "",
        row.detail or row.code or "",
    )
