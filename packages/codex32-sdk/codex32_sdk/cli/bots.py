"""`codex32 bots`: what there is, and putting it away and back."""

from __future__ import annotations

from typing import Annotated

import typer

from codex32_sdk.bot_calls import list_bots
from codex32_sdk.cli import terminal
from codex32_sdk.cli.arguments import AsJson, BotName, Limit
from codex32_sdk.cli.connection import connect
from codex32_sdk.client import Client
from codex32_sdk.errors import ApiError
from codex32_sdk.models import Bot

app = typer.Typer(add_completion=False)

Query = Annotated[str | None, typer.Option("--query", "-q", help="Words in name or description.")]
Status = Annotated[str | None, typer.Option(help="active, archived or deleted.")]
Tag = Annotated[str | None, typer.Option(help="Only with this tag.")]
Role = Annotated[str | None, typer.Option(help="Only with this role.")]
Owner = Annotated[str | None, typer.Option(help="Only made by this member (id).")]
Environment = Annotated[
    str | None, typer.Option("--env", "-e", help="Only with a version in this environment.")
]
Favourite = Annotated[bool, typer.Option("--favourite", help="Only your favourites.")]
Sort = Annotated[str | None, typer.Option(help="created (as without), name or updated.")]
Cursor = Annotated[str | None, typer.Option(help="next_cursor of the page before.")]
_EMPTY = 'No bots yet. Try: codex32 new "every weekday at 9 summarise the numbers in sales.csv"'


@app.callback(invoke_without_command=True)
def bots(
    context: typer.Context,
    query: Query = None,
    status: Status = None,
    tag: Tag = None,
    role: Role = None,
    owner: Owner = None,
    environment: Environment = None,
    favourite: Favourite = False,
    sort: Sort = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    as_json: AsJson = False,
) -> None:
    """List, show, archive, delete and restore bots; how healthy they are."""
    if not context.invoked_subcommand:
        list_all(query, status, tag, role, owner, environment, favourite, sort, limit, cursor, as_json)


@app.command("list")
def list_all(
    query: Query = None,
    status: Status = None,
    tag: Tag = None,
    role: Role = None,
    owner: Owner = None,
    environment: Environment = None,
    favourite: Favourite = False,
    sort: Sort = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    as_json: AsJson = False,
) -> None:
    """All bots, the newest first if not said otherwise."""
    with connect() as client:
        call = list_bots(
            q=query,
            status=status,
            tag=tag,
            role=role,
            owner=owner,
            environment=environment,
            favourite=favourite or None,
            sort=sort,
            limit=limit,
            cursor=cursor,
        )
        page = client.send(call)
    if as_json:
        terminal.document(page)
    elif not page.items:
        terminal.say("No bots match." if call.params.keys() - {"limit", "sort"} else _EMPTY)
    else:
        terminal.table(
            ("name", "title", "version", "proof", "environments", "month $", "changed"),
            map(_row, page.items),
        )
        if page.next_cursor:
            terminal.say(f"There are more: --cursor {page.next_cursor}")


@app.command()
def show(bot: BotName, as_json: AsJson = False) -> None:
    """One bot with its environments."""
    with connect() as client:
        found = client.get_bot(bot)
    if as_json:
        terminal.document(found)
        return
    terminal.details(
        [
            ("name", found.name),
            ("id", found.id),
            ("title", found.title),
            ("description", found.description),
            ("status", found.status),
            ("role", found.role),
            ("tags", ", ".join(found.tags)),
            ("made by", found.owner.name if found.owner else ""),
            ("favourite", "yes" if found.favourite else "no"),
            ("newest version", _newest(found)),
            ("environments", _environments(found)),
            ("spent on models", _spent(found)),
            ("created", terminal.local_time(found.created_at)),
        ]
    )


@app.command()
def similar(
    bot: BotName,
    top: Annotated[int, typer.Option("--top", "-n", min=1, max=50, help="At most so many.")] = 10,
    as_json: AsJson = False,
) -> None:
    """The bots that are most like this one."""
    with connect() as client:
        found = client.similar_bots(bot, top=top)
    if as_json:
        terminal.document(found)
        return
    if not found.items:
        terminal.say("No other bot is like it.")
        return
    rows = [
        (one.bot.name, one.bot.title or one.bot.description or "", f"{one.score:.2f}") for one in found.items
    ]
    terminal.table(("name", "title", "alike"), rows)
    if found.by == "words":
        terminal.say("Compared by words; by meaning as soon as its vector is computed.")


@app.command()
def health(bot: BotName, as_json: AsJson = False) -> None:
    """How healthy a bot is, from 0 to 100, what is taken off for what, and what helps."""
    with connect() as client:
        found = client.bot_health(bot)
    if as_json:
        terminal.document(found)
        return
    last = found.last_run
    terminal.details(
        [
            ("health", f"{found.score} of 100 ({found.level})"),
            ("last run", last["status"] if last else "never"),
            ("last 24 h", f"{found.runs_24h} runs, {found.failures_24h} failed"),
            ("next start", terminal.local_time(found.next_fire_at)),
            ("service", found.service_status),
        ]
    )
    if found.reasons:
        rows = ((one.points, one.detail, one.next_step) for one in found.reasons)
        terminal.table(("points", "why", "next"), rows)


@app.command()
def favourite(
    bot: BotName,
    remove: Annotated[bool, typer.Option("--remove", help="Make it none any more.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make a bot one of your favourites: `codex32 bots --favourite` lists them."""
    with connect() as client:
        if remove:
            client.remove_favourite(bot)
        else:
            client.add_favourite(bot)
    _done("no favourite any more" if remove else "a favourite", bot, "", as_json)


@app.command()
def archive(bot: BotName, as_json: AsJson = False) -> None:
    """Put a bot away: its schedules stop and it takes no runs. Nothing is lost."""
    with connect() as client:
        client.archive_bot(bot)
    _done("archived", bot, f"Undo with: codex32 bots restore {bot}", as_json)


@app.command()
def restore(bot: BotName, as_json: AsJson = False) -> None:
    """Bring back an archived or deleted bot."""
    with connect() as client:
        try:
            client.restore_bot(bot)
        except ApiError as error:
            # Over HTTP a deleted bot is found by its id only: its name may be another's by now.
            deleted = _deleted(client, bot) if error.code == "bot_not_found" else None
            if deleted is None:
                raise
            client.restore_bot(deleted.id)
    _done("restored", bot, "", as_json)


def _deleted(client: Client, name: str) -> Bot | None:
    """The newest of the deleted bots that had this name."""
    found = client.every(list_bots(status="deleted", q=name, limit=200))
    return next((bot for bot in found if bot.name == name), None)


@app.command()
def delete(
    bot: BotName,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Delete a bot; `restore` brings it back until it is swept away."""
    if not yes and not as_json:
        typer.confirm(f"Delete the bot {bot}?", abort=True, err=True)
    with connect() as client:
        client.delete_bot(bot)
    _done("deleted", bot, f"Undo with: codex32 bots restore {bot}", as_json)


def _done(what: str, bot: str, advice: str, as_json: bool) -> None:
    if as_json:
        terminal.document({"bot": bot, "status": what})
    else:
        terminal.result(f"{bot} is {what}.")
        if advice:
            terminal.say(advice)


def _row(bot: Bot) -> tuple[object, ...]:
    newest = bot.latest_version
    return (
        bot.name,
        bot.title or bot.description or "",
        newest.number if newest else "",
        newest.proof if newest else "",
        _environments(bot),
        bot.spent.month if bot.spent else "",
        terminal.ago(bot.updated_at),
    )


def _spent(bot: Bot) -> str:
    return f"${bot.spent.today} today, ${bot.spent.month} this month" if bot.spent else "nothing this month"


def _newest(bot: Bot) -> str:
    return f"{bot.latest_version.number} ({bot.latest_version.proof})" if bot.latest_version else ""


def _environments(bot: Bot) -> str:
    return ", ".join(f"{name} → {pointer.number}" for name, pointer in bot.environments.items())
