"""The server's errors in the words of the command line: one sentence, a next step, an exit code."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from codex32_sdk.cli.exits import CommandError, ExitCode
from codex32_sdk.errors import FieldProblem

from codex32_server.kit.errors import Codex32Error

_USAGE = frozenset({"settings_invalid", "invalid_input"})
_INVALID = 422


@contextmanager
def told() -> Generator[None]:
    """Turns any Codex32Error into a CommandError with the same code."""
    try:
        yield
    except Codex32Error as error:
        wrong = error.code in _USAGE or error.status == _INVALID
        raise CommandError(
            error.code,
            error.detail,
            next_step=error.advice,
            exit_code=ExitCode.USAGE if wrong else ExitCode.FAILED,
            fields=[FieldProblem(item.field, item.detail, item.line, item.column) for item in error.fields],
        ) from error
