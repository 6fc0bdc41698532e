"""What can go wrong with schedules. Codes are part of the API."""

from __future__ import annotations

from codex32_server.kit.errors import ConflictError, InvalidInputError, NotFoundError


class ScheduleNotFoundError(NotFoundError):
    """No such schedule here."""

    code = "schedule_not_found"
    next_step = "List the schedules that exist: `codex32 schedules`."


class ScheduleInvalidError(InvalidInputError):
    """The cron expression, time zone, name or environment is not valid."""

    code = "schedule_invalid"
    title = "The schedule is not valid"
    next_step = 'Write five fields and an IANA zone, for example "0 9 * * mon-fri" in "Europe/Madrid".'


class ScheduleInManifestError(ConflictError):
    """The schedule is declared in the bot's manifest, which is where it must be changed."""

    code = "schedule_in_manifest"
    title = "This schedule belongs to the bot's manifest"
    next_step = (
        "Change `triggers` in the manifest and deploy; here it can be paused and given input and files."
    )


class TooManySchedulesError(ConflictError):
    """A bot has as many schedules as it may have."""

    code = "too_many_schedules"
    next_step = "Delete schedules that are not needed, or combine them into one expression."
