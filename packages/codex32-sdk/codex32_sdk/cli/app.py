"""The program `codex32`: finds the command, and turns every failure into a sentence and an exit code."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.metadata import version
from typing import Annotated

import typer
from typer.core import TyperGroup
from typer.main import get_group

from codex32_sdk.cli.exits import ExitCode, exit_code_of
from codex32_sdk.cli.lazy import LazyCommand, load_attribute
from codex32_sdk.cli.registry import registry
from codex32_sdk.errors import ApiError

_COMPLAIN = "codex32_sdk.cli.terminal:complain"
"""Loaded when there is something to complain about: it brings pydantic and rich."""

app = typer.Typer(
    name="codex32", no_args_is_help=True, rich_markup_mode="rich", pretty_exceptions_enable=False
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"codex32 {version('codex32-sdk')}")
        raise typer.Exit


@app.callback()
def codex32(
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Describe an automation, get a proven bot, run it in a real sandbox.

    Every command takes --json. Exit codes: 0 done, 1 failed or refused, 2 wrong use or bad input,
    3 no server, 4 not allowed, 5 not found.
    """


def group() -> TyperGroup:
    """All commands, none of them imported yet."""
    commands = get_group(app)
    for entry in registry().entries.values():
        commands.add_command(LazyCommand(entry.name, entry.target, entry.help, entry.panel))
    return commands


def run(arguments: Sequence[str]) -> int:
    """Run a command; the exit code it ends with."""
    as_json = "--json" in arguments
    try:
        code = group().main(list(arguments), prog_name="codex32", standalone_mode=False)
    except ApiError as error:
        load_attribute(_COMPLAIN)(error, as_json=as_json)
        return exit_code_of(error)
    except typer.TyperException as error:
        return _usage(error, as_json)
    except (typer.Abort, KeyboardInterrupt):
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone; there is nobody to tell.
        sys.stderr.close()
        return ExitCode.FAILED
    return code if isinstance(code, int) else ExitCode.OK


def main() -> None:
    """Entry point of the console script."""
    sys.exit(run(sys.argv[1:]))


def _usage(error: typer.TyperException, as_json: bool) -> int:
    message = error.format_message()
    if not message:
        return ExitCode.USAGE
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "codex32"
    problem = ApiError("usage", message, next_step=f"See `{command} --help`.")
    load_attribute(_COMPLAIN)(problem, as_json=as_json)
    return ExitCode.USAGE
