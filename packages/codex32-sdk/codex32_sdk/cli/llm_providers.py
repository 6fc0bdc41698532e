"""`codex32 llm providers`: servers with models, and their keys."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from codex32_sdk.cli import terminal
from codex32_sdk.cli.arguments import AsJson
from codex32_sdk.cli.connection import connect
from codex32_sdk.cli.exits import BadInputError
from codex32_sdk.llm_types import ModelProvider, ProviderReport

app = typer.Typer(add_completion=False)

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the provider.")]
KeyFile = Annotated[
    Path | None,
    typer.Option("--key-file", metavar="FILE", help="File that holds the key; - takes it from stdin."),
]
Url = Annotated[str | None, typer.Option("--url", help="Address with the version, like https://…/v1.")]
Rpm = Annotated[int | None, typer.Option("--rpm", min=1, help="Most requests a minute.")]
Concurrency = Annotated[int | None, typer.Option("--concurrency", min=1, help="Most requests at a time.")]
Options = Annotated[
    list[str] | None, typer.Option("--option", metavar="NAME=VALUE", help="For the adapter, as api_version=…")
]
_EMPTY = "No providers yet. Try: codex32 llm providers add openai --key-file FILE"
_NO_KEY = frozenset({"ollama", "vllm", "llamacpp", "lmstudio", "compatible"})


@app.callback(invoke_without_command=True)
def providers(context: typer.Context, as_json: AsJson = False) -> None:
    """List, add, change, test and delete providers of models."""
    if not context.invoked_subcommand:
        list_all(as_json)


@app.command("list")
def list_all(as_json: AsJson = False) -> None:
    """All providers of the workspace, and those that the installation offers."""
    with connect() as client:
        page = client.list_model_providers()
    if as_json:
        terminal.document(page)
    elif not page.items:
        terminal.say(_EMPTY)
    else:
        terminal.table(("name", "kind", "address", "key", "models", "state"), map(_row, page.items))


@app.command()
def add(
    preset: Annotated[
        str, typer.Argument(metavar="PRESET", help="openai, anthropic, google, mistral, ollama, compatible …")
    ],
    name: Annotated[str | None, typer.Option("--name", help="Another name than the preset's.")] = None,
    key_file: KeyFile = None,
    url: Url = None,
    options: Options = None,
    rpm: Rpm = None,
    concurrency: Concurrency = None,
    as_json: AsJson = False,
) -> None:
    """Add a provider and test it. Its key is kept as a secret and never shown."""
    key = _key(key_file, wanted=preset not in _NO_KEY)
    with connect() as client:
        made = client.add_model_provider(
            preset=preset,
            name=name,
            key=key,
            base_url=url,
            options=_pairs(options),
            requests_per_minute=rpm,
            concurrency=concurrency,
        )
        report = client.test_model_provider(made.name)
    if as_json:
        terminal.document(made.model_dump(mode="json") | {"test": report.model_dump(mode="json")})
        return
    terminal.result(f"{made.name} is added.")
    _tell(report)


@app.command("set")
def change(
    name: Name,
    key_file: KeyFile = None,
    url: Url = None,
    options: Options = None,
    rpm: Rpm = None,
    concurrency: Concurrency = None,
    enabled: Annotated[bool | None, typer.Option("--on/--off", help="Switch it on or off.")] = None,
    as_json: AsJson = False,
) -> None:
    """Change a provider; it counts from the next request on. Another address needs the key again."""
    given: dict[str, Any] = {
        "key": _key(key_file, wanted=False),
        "base_url": url,
        "options": _pairs(options),
        "requests_per_minute": rpm,
        "concurrency": concurrency,
        "enabled": enabled,
    }
    fields = {field: value for field, value in given.items() if value is not None}
    if not fields:
        raise BadInputError("Nothing to change was named.", next_step="See codex32 llm providers set --help.")
    with connect() as client:
        made = client.change_model_provider(name, **fields)
    if as_json:
        terminal.document(made)
    else:
        terminal.result(f"{made.name} is changed.")


@app.command("test")
def check(name: Name, as_json: AsJson = False) -> None:
    """Ask a provider for its list of models; says exactly what is wrong if it does not answer."""
    with connect() as client:
        report = client.test_model_provider(name)
    if as_json:
        terminal.document(report)
    else:
        _tell(report)
    if not report.ok:
        raise typer.Exit(1)


@app.command()
def delete(name: Name, as_json: AsJson = False) -> None:
    """Delete a provider with its key; aliases go on without it."""
    with connect() as client:
        client.delete_model_provider(name)
    if as_json:
        terminal.document({"name": name, "deleted": True})
    else:
        terminal.result(f"{name} is deleted.")


def _key(file: Path | None, *, wanted: bool) -> str | None:
    """From a file, stdin or a prompt, never an argument. Raises BadInputError."""
    if file is None:
        if not wanted:
            return None
        if not sys.stdin.isatty():
            raise BadInputError("No key was given.", next_step="Name a --key-file, or - for stdin.")
        return str(typer.prompt("Key", hide_input=True, err=True))
    try:
        text = (sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()).decode().strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise BadInputError(
            f"{file} cannot be read: {reason}.", next_step="Name a file that holds the key."
        ) from error
    if not text:
        raise BadInputError("The key is empty.", next_step="Name a file that holds the key.")
    return text


def _pairs(options: list[str] | None) -> dict[str, str] | None:
    """Raises BadInputError."""
    if not options:
        return None
    pairs = [option.partition("=") for option in options]
    if any(not equals or not name for name, equals, _ in pairs):
        raise BadInputError("An option is NAME=VALUE.", next_step="For example --option api_version=…")
    return {name: value for name, _, value in pairs}


def _tell(report: ProviderReport) -> None:
    if report.ok and report.models is None:
        terminal.say(report.detail)
    elif report.ok:
        terminal.say(f"It answered in {report.latency_ms:.0f} ms and lists {report.models} models.")
    else:
        terminal.say(f"It does not work yet: {report.detail} {report.next_step or ''}")


def _row(one: ModelProvider) -> tuple[object, ...]:
    key = "installation" if one.installation else one.secret or "none"
    models = "?" if one.models is None else one.models
    return (one.name, one.kind, one.base_url, key, models, "on" if one.enabled else "off")
