"""`codex32 run`: a bot of the server, or a file in the same sandbox with no server at all."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Protocol

import typer

from codex32_sdk.cli.arguments import (
    AsJson,
    Environment,
    FilesOption,
    parse_fields,
    parse_files,
    parse_input,
    typed_fields,
)
from codex32_sdk.cli.connection import connect, upload_all
from codex32_sdk.cli.exits import BadInputError, framed
from codex32_sdk.cli.lazy import load_attribute
from codex32_sdk.cli.registry import STANDALONE, registry
from codex32_sdk.cli.server_missing import server_missing
from codex32_sdk.cli.watching import finish
from codex32_sdk.client import Client
from codex32_sdk.models import Run

app = typer.Typer(add_completion=False)

_NAME = re.compile(r"[a-z][a-z0-9-]{0,62}")


class RunFile(Protocol):
    """What the server's package offers under the hook `standalone`; raises Exit like any command.

    `secrets` are names of environment variables by the names of secrets; those not in it have the same name.
    `fields` are input fields still as text: the bot's input schema says what they are.
    """

    def __call__(
        self,
        path: Path,
        *,
        input: dict[str, Any],
        fields: dict[str, str],
        files: dict[str, Path],
        environment: str | None,
        timeout: float | None,
        secrets: dict[str, str],
        folder: Path | None,
        quiet: bool,
        as_json: bool,
    ) -> None: ...


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
@framed(run=None, output=None)
def run(
    context: typer.Context,
    bot: Annotated[str, typer.Argument(metavar="BOT_OR_FILE", help="Name or id of a bot, or a path.")],
    input_text: Annotated[
        str | None, typer.Option("--input", "-i", metavar="JSON", help="JSON, @FILE, or @- for stdin.")
    ] = None,
    file: FilesOption = None,
    environment: Environment = None,
    wait: Annotated[
        bool, typer.Option("--wait/--no-wait", " /--detach", help="Wait for its end, or only start it.")
    ] = True,
    delay: Annotated[float | None, typer.Option(help="Start it so many seconds from now.")] = None,
    priority: Annotated[int | None, typer.Option(help="Higher goes first.")] = None,
    timeout: Annotated[
        float | None, typer.Option(help="Seconds it may take; the manifest's if less.")
    ] = None,
    secret: Annotated[
        list[str] | None,
        typer.Option(
            "--secret",
            metavar="NAME[=VARIABLE]",
            help="For a file: the variable that holds a secret.",
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder for the files it leaves.")
    ] = None,
    idempotency_key: Annotated[str | None, typer.Option(help="The same key starts no second run.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Do not show the log.")] = False,
    as_json: AsJson = False,
) -> None:
    """Run a bot and wait for its end, or run a file with no server at all.

    Any other option is a field of the input: --sku A1 is --input '{"sku": "A1"}'.
    """
    given, fields, files = parse_input(input_text), parse_fields(context.args), parse_files(file)
    if _is_file(bot):
        _standalone()(
            Path(bot),
            input=given,
            fields=fields,
            files=files,
            environment=environment,
            timeout=timeout,
            secrets=_secret_variables(secret),
            folder=output,
            quiet=quiet,
            as_json=as_json,
        )
        return
    if secret:
        raise BadInputError(
            "--secret is for files; a bot of the server gets the secrets that are set there.",
            next_step="Set it with: codex32 secrets set NAME",
        )
    with connect() as client:
        if fields:
            given |= typed_fields(fields, _input_schema(client, bot, environment))
        started: Run = client.submit_run(
            bot,
            given,
            environment=environment,
            delay=delay,
            priority=priority,
            timeout=timeout,
            files=upload_all(client, files),
            idempotency_key=idempotency_key,
        )
        finish(client, started, wait=wait, quiet=quiet, as_json=as_json, folder=output)


def _secret_variables(pairs: list[str] | None) -> dict[str, str]:
    """`NAME`, or `NAME=VARIABLE` where the variable has another name. Never a value."""
    found: dict[str, str] = {}
    for pair in pairs or ():
        name, separator, variable = pair.partition("=")
        found[name] = variable if separator else name
    return found


def _is_file(name: str) -> bool:
    """A path, unless it could only be a bot's name. Raises BadInputError for a path with nothing at it."""
    path = Path(name)
    if path.is_file() or (path.is_dir() and not _NAME.fullmatch(name)):
        return True
    if name.endswith(".py") or "/" in name:
        raise BadInputError(f"There is no file {name}.", next_step="Name a .py file, a folder, or a bot.")
    return False


def _standalone() -> RunFile:
    target = registry().hooks.get(STANDALONE)
    if target is None:
        raise server_missing("Running a file in the sandbox")
    return load_attribute(target)


def _input_schema(client: Client, bot: str, environment: str | None) -> dict[str, Any] | None:
    """Of the version that would run."""
    found = client.get_bot(bot)
    names = [environment] if environment else ["prod", "dev"]
    pointers = (found.environments.get(name) for name in names)
    pointer = next((pointer for pointer in pointers if pointer is not None), None)
    return client.get_version(bot, pointer.version_id).input_schema if pointer else None
