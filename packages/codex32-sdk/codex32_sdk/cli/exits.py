"""What the exit codes of `codex32` mean. Scripts rely on them: never renumber one."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Sequence
from enum import IntEnum
from typing import Any

from codex32_sdk.errors import ApiError, FieldProblem


class ExitCode(IntEnum):
    """Why the command ended."""

    OK = 0
    FAILED = 1
    USAGE = 2
    UNREACHABLE = 3
    NOT_ALLOWED = 4
    NOT_FOUND = 5
    INTERRUPTED = 130


MEANINGS = {
    ExitCode.OK: "Done. `run` ends with it only if the run succeeded, `new` only if the bot was published.",
    ExitCode.FAILED: "The run failed, the tests failed, or the server refused what was asked.",
    ExitCode.USAGE: "Wrong use of the command, or input that is not valid.",
    ExitCode.UNREACHABLE: "The server cannot be reached or is not available right now.",
    ExitCode.NOT_ALLOWED: "The key is missing, not valid, or may not do this.",
    ExitCode.NOT_FOUND: "There is no such bot, version, run, schedule or file.",
    ExitCode.INTERRUPTED: "Stopped with Ctrl-C.",
}

_BY_STATUS = {
    400: ExitCode.USAGE,
    401: ExitCode.NOT_ALLOWED,
    403: ExitCode.NOT_ALLOWED,
    404: ExitCode.NOT_FOUND,
    413: ExitCode.USAGE,
    422: ExitCode.USAGE,
    429: ExitCode.UNREACHABLE,
    502: ExitCode.UNREACHABLE,
    503: ExitCode.UNREACHABLE,
    507: ExitCode.UNREACHABLE,
}
_NO_SERVER = frozenset({"unreachable", "no_profile"})


class CommandError(ApiError):
    """A command cannot go on, for a reason found on this side of the connection."""

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        next_step: str,
        exit_code: ExitCode = ExitCode.FAILED,
        fields: Sequence[FieldProblem] = (),
    ) -> None:
        super().__init__(code, detail, next_step=next_step, fields=fields)
        self.exit_code = exit_code


class BadInputError(CommandError):
    """What was typed, or a file it names, cannot be used."""

    def __init__(self, detail: str, *, next_step: str) -> None:
        super().__init__("bad_input", detail, next_step=next_step, exit_code=ExitCode.USAGE)


@contextlib.contextmanager
def framed(**members: Any) -> Generator[None]:
    """What --json prints of an error raised in here holds these members, unless it already has them."""
    try:
        yield
    except ApiError as error:
        error.frame = {**members, **error.frame}
        raise


@contextlib.contextmanager
def about_path(given: str, member: str, kind: str, next_step: str) -> Generator[None]:
    """What the server says of a field of its path is said of what was typed. Raises BadInputError."""
    try:
        yield
    except ApiError as error:
        if any(problem.field == f"path.{member}" for problem in error.fields):
            raise BadInputError(f"{given} is not the id of {kind}.", next_step=next_step) from error
        raise


def about_run(given: str) -> contextlib.AbstractContextManager[None]:
    """`about_path` of a run's id."""
    return about_path(given, "run_id", "a run", "codex32 runs lists them.")


def exit_code_of(error: ApiError) -> ExitCode:
    """The exit code for an error, whichever side found it."""
    if isinstance(error, CommandError):
        return error.exit_code
    if error.code in _NO_SERVER:
        return ExitCode.UNREACHABLE
    return _BY_STATUS.get(error.status, ExitCode.FAILED)
