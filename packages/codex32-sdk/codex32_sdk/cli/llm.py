"""`codex32 llm`: what models bots and people may use, from where, at what price and with which keys."""

from __future__ import annotations

import typer

from codex32_sdk.cli import llm_aliases, llm_keys, llm_models, llm_providers

app = typer.Typer(add_completion=False, no_args_is_help=True)
app.add_typer(llm_providers.app, name="providers")
app.add_typer(llm_aliases.app, name="aliases")
app.add_typer(llm_models.app, name="models")
app.add_typer(llm_keys.app, name="keys")


@app.callback()
def llm() -> None:
    """Providers of models, aliases for them, what is known of each, and keys."""
