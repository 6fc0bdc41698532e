"""`codex32 llm models`: what can be asked for, what it holds and what it costs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from codex32_sdk.cli import terminal
from codex32_sdk.cli.arguments import AsJson
from codex32_sdk.cli.connection import connect
from codex32_sdk.cli.exits import BadInputError
from codex32_sdk.llm_types import CatalogueChanges, KnownModel, RateChange

app = typer.Typer(add_completion=False)

Model = Annotated[str, typer.Argument(metavar="PROVIDER/MODEL", help="As `codex32 llm models` shows it.")]
OfProvider = Annotated[str | None, typer.Option("--provider", "-p", help="Only those of this one.")]
_MOST_NAMED = 20
_EMPTY = "No models yet. Try: codex32 llm providers add openai --key-file FILE"


@app.callback(invoke_without_command=True)
def models(context: typer.Context, provider: OfProvider = None, as_json: AsJson = False) -> None:
    """List models; set what the catalogue does not know of one."""
    if not context.invoked_subcommand:
        list_all(provider, as_json)


@app.command("list")
def list_all(provider: OfProvider = None, as_json: AsJson = False) -> None:
    """Every model that can be asked for. Prices are US dollars per million tokens."""
    with connect() as client:
        page = client.list_models(provider=provider)
    if as_json:
        terminal.document(page)
    elif not page.items:
        terminal.say(_EMPTY)
    else:
        header = ("model", "context", "output", "in $/M", "out $/M", "abilities")
        terminal.table(header, map(_row, page.items))


@app.command()
def price(
    model: Model,
    rates: Annotated[
        list[str], typer.Argument(metavar="RATE=DOLLARS…", help="input=2.50 output=10 cached=0.25 …")
    ],
    as_json: AsJson = False,
) -> None:
    """Set the price of a model, in US dollars per million tokens; input and output are needed."""
    pairs = [rate.partition("=") for rate in rates]
    if any(not equals or not value for _, equals, value in pairs):
        raise BadInputError("A rate is NAME=DOLLARS.", next_step="For example input=2.50 output=10.")
    _set(model, {"prices": {name: value for name, _, value in pairs}}, as_json)


@app.command("set")
def change(
    model: Model,
    context: Annotated[int | None, typer.Option("--context", min=1, help="Tokens that it holds.")] = None,
    output: Annotated[int | None, typer.Option("--output", min=1, help="Tokens it answers at most.")] = None,
    as_json: AsJson = False,
) -> None:
    """Set the ceilings of a model."""
    if context is None and output is None:
        raise BadInputError("Nothing to set was named.", next_step="Name --context, --output or both.")
    _set(model, {"context_tokens": context, "most_output_tokens": output}, as_json)


@app.command()
def reset(model: Model, as_json: AsJson = False) -> None:
    """Forget what was set for a model; what the catalogue says is valid again."""
    provider, name = _split(model)
    with connect() as client:
        client.reset_model(provider, name)
    if as_json:
        terminal.document({"provider": provider, "name": name, "reset": True})
    else:
        terminal.result(f"{model} is as the catalogue says.")


@app.command()
def refresh(
    file: Annotated[
        Path | None,
        typer.Option("--file", exists=True, dir_okay=False, help="Of genai-prices, instead of the network."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Also prices that moved so far that they are probably wrong.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Take over the newest published prices, for the whole installation. Administrators may."""
    with connect() as client:
        if file is None:
            found = client.refresh_models(dry_run=dry_run, force=force)
        else:
            found = client.put_models(file.read_bytes(), dry_run=dry_run, force=force)
    if as_json:
        terminal.document(found)
        return
    if found.rates:
        terminal.table(("model", "rate", "before $/M", "after $/M"), map(_rate_row, found.rates))
    _tell(found, dry_run)


def _tell(found: CatalogueChanges, dry_run: bool) -> None:
    version = found.catalogue.version
    if not found.changed:
        terminal.result(f"The prices are the newest already ({version}).")
        return
    for what, names in (("new", found.added), ("gone", found.removed)):
        if names:
            terminal.say(f"{what}: {', '.join(names[:_MOST_NAMED])}" + (" …" if names[_MOST_NAMED:] else ""))
    counts = f"{len(found.rates)} rates changed, {len(found.added)} models are new, {len(found.removed)} gone"
    if found.more:
        counts += f", and {found.more} more changes"
    done = "Nothing was taken over" if dry_run else f"Prices of {version} are in use"
    terminal.result(f"{done}: {counts}.")
    if found.doubt and dry_run:
        terminal.say(f"Probably wrong: {found.doubt}. If it is meant: --force.", style="yellow")


def _rate_row(change: RateChange) -> tuple[object, ...]:
    return change.model, change.rate, change.before or "-", change.after or "-"


def _set(model: str, said: dict[str, Any], as_json: bool) -> None:
    """What was set before and is not named now stays."""
    provider, name = _split(model)
    with connect() as client:
        present = client.list_models(provider=provider).items
        known = next((one for one in present if one.name == name and one.changed), None)
        kept = _kept(known) if known else {}
        made = client.set_model(provider, name, {**kept, **{k: v for k, v in said.items() if v is not None}})
    if as_json:
        terminal.document(made)
    else:
        terminal.result(f"{model} is set.")


def _kept(known: KnownModel) -> dict[str, Any]:
    """Of a model that was set before. A price is kept only if it is the workspace's own."""
    own = (known.price_version or "").startswith("own ")
    return {
        "context_tokens": known.context_tokens,
        "most_output_tokens": known.most_output_tokens,
        "prices": known.prices if own else None,
    }


def _split(model: str) -> tuple[str, str]:
    """Raises BadInputError."""
    provider, slash, name = model.partition("/")
    if not slash or not name:
        raise BadInputError(f"{model} is not PROVIDER/MODEL.", next_step="See codex32 llm models.")
    return provider, name


def _row(one: KnownModel) -> tuple[object, ...]:
    prices = one.prices or {}
    shown = ("free", "free") if one.free else (_price(prices.get("input")), _price(prices.get("output")))
    return (
        f"{one.provider}/{one.name}",
        one.context_tokens or "?",
        one.most_output_tokens or "?",
        *shown,
        " ".join(one.abilities),
    )


def _price(rate: Any) -> str:
    """A rate is a price, or a base with tiers."""
    if isinstance(rate, dict):
        return f"{rate.get('base')}+"  # pyright: ignore[reportUnknownMemberType]
    return str(rate) if rate is not None else "?"
