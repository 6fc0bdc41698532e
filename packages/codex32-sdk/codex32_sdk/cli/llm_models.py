"""`codex32 llm models`: what can be asked for, what it holds and what it costs."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from codex32_sdk.cli import terminal
from codex32_sdk.cli.arguments import AsJson
from codex32_sdk.cli.connection import connect
from codex32_sdk.cli.exits import BadInputError
from codex32_sdk.llm_types import KnownModel

app = typer.Typer(add_completion=False)

Model = Annotated[str, typer.Argument(metavar="PROVIDER/MODEL", help="As `codex32 llm models` shows it.")]
OfProvider = Annotated[str | None, typer.Option("--provider", "-p", help="Only those of this one.")]
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
