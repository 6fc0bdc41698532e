"""What can go wrong with runs, their inputs, logs, files and a bot's state. Codes are part of the API."""

from __future__ import annotations

from codex32_server.kit.errors import (
    Codex32Error,
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
)
from codex32_server.kit.json_schema import InputMisfitError


class RunNotFoundError(NotFoundError):
    """No such run here, or it is older than the retention keeps."""

    code = "run_not_found"
    next_step = "List the runs that exist: `codex32 runs`."


class RunFileNotFoundError(NotFoundError):
    """The run has no file of this name."""

    code = "run_file_not_found"
    next_step = "The run's `files` and `input_files` name what there is."


class UploadNotFoundError(NotFoundError):
    """No such upload here; unused ones are removed after a day."""

    code = "upload_not_found"
    next_step = "Upload the file again (PUT /api/v1/uploads?name=…) and use the id it answers with."


class RunInputError(InputMisfitError):
    """The input does not match the version's input schema."""

    next_step = "Correct the named fields; the bot's page shows what `main` takes."


class ServiceNotRunnableError(ConflictError):
    """A service stays up by itself: it is not run."""

    code = "service_not_runnable"
    title = "This bot is a service"
    next_step = 'Look at it with `codex32 services show NAME`; a bot that is run has kind = "job".'


class SubmissionError(InvalidInputError):
    """Delay, priority, timeout or files of a submission are out of bounds."""

    code = "submission_invalid"


class IdempotencyMismatchError(ConflictError):
    """The key was used before, for a different request."""

    code = "idempotency_mismatch"
    title = "This Idempotency-Key belongs to another request"
    next_step = "Use a new key for a new request; the same key only repeats the same request."


class FileTooLargeError(Codex32Error):
    """A file is larger than the platform keeps."""

    code = "file_too_large"
    status = 413
    title = "The file is too large"
    next_step = "Send at most 64 MiB a file; split or compress it."


class BadFileNameError(InvalidInputError):
    """A file name that could leave its folder or confuse a reader."""

    code = "file_name_invalid"
    next_step = "Use a plain file name such as contacts.csv, without folders, at most 200 characters."


class BadLogPositionError(InvalidInputError):
    """A place in a log is `attempt:line`."""

    code = "bad_log_position"
    next_step = "Pass `next_cursor` of the page before, or `attempt:line` of the last line you have."


class StateValueTooLargeError(InvalidInputError):
    """One value of a bot's state has more than 64 KiB of JSON."""

    code = "state_value_too_large"
    title = "The value is too large for the bot's state"
    next_step = "Keep large data in files (codex32_bot.files) and only what must be remembered in the state."


class StateFullError(ConflictError):
    """A bot's state holds 10,000 keys already."""

    code = "state_full"
    title = "The bot's state is full"
    next_step = (
        "Delete keys that are not needed any more (`state.delete`), or keep several values under one key."
    )


class StateConflictError(ConflictError):
    """The value has another revision than the writer had read."""

    code = "state_conflict"
    next_step = "Read the value again and decide again."


class BadStateKeyError(InvalidInputError):
    """A key of a bot's state is a text of 1 to 256 characters without U+0000."""

    code = "state_key_invalid"


class AttemptLostError(ConflictError):
    """The run is not this attempt's any more: it was taken away, suspended or ended."""

    code = "attempt_lost"


class RunStoppingError(ConflictError):
    """The end of the run was asked for: it starts nothing new."""

    code = "run_stopping"


class StepsFullError(ConflictError):
    """A run has as many finished steps as are kept."""

    code = "steps_full"
    next_step = "Put more into one step; a step is what must not happen twice, not every line."


class CallNotAllowedError(ForbiddenError):
    """The manifest does not list the called bot."""

    code = "call_not_allowed"
    title = "The manifest does not allow this call"
    next_step = "Add the bot to `calls` in the manifest."


class CallTooDeepError(ConflictError):
    """Too many bots call each other in a row."""

    code = "call_too_deep"
    next_step = "Let fewer bots call each other in a row."


class CallCycleError(ConflictError):
    """A chain of calls comes back to a bot that is in it already."""

    code = "call_cycle"
    next_step = "A bot that is meant to be in its own chain of calls lists its own name in `calls`."


class ApprovalNotFoundError(NotFoundError):
    """The run asks no such question."""

    code = "approval_not_found"
    next_step = "List what waits for an answer: `codex32 approvals`."


class ApprovalClosedError(ConflictError):
    """It was answered otherwise, has expired, or the run does not wait for it."""

    code = "approval_closed"
    title = "It cannot be answered any more"
    next_step = "Read the run: it says how it went on."


class SeriesNotValidError(InvalidInputError):
    """A period that cannot be told in such steps."""

    code = "series_not_valid"
    next_step = "Ask for a shorter period, or in longer steps: minute, hour, day."
