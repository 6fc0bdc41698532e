"""`codex32 llm`: what models bots and people may use, and with which keys."""

from __future__ import annotations

import typer

from codex32_sdk.cli import llm_keys

app = typer.Typer(add_completion=False, no_args_is_help=True)
app.add_typer(llm_keys.app, name="keys")


@app.callback()
def llm() -> None:
    """Keys for models."""
