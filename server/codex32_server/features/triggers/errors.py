"""What can go wrong with schedules and webhooks. Codes are part of the API."""

from __future__ import annotations

from collections.abc import Sequence

from codex32_server.kit.errors import (
    Codex32Error,
    ConflictError,
    InvalidInputError,
    NotFoundError,
    TooManyRequestsError,
    UnauthenticatedError,
    UnavailableError,
)


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


class WebhookNotFoundError(NotFoundError):
    """No such webhook here."""

    code = "webhook_not_found"
    next_step = "List the webhooks that exist: `codex32 webhooks`."


class WebhookInManifestError(ConflictError):
    """The webhook is declared in the bot's manifest, which is where it must be changed."""

    code = "webhook_in_manifest"
    title = "This webhook belongs to the bot's manifest"
    next_step = "Change `triggers` in the manifest and deploy; here it can be paused, rotated and tested."


class TooManyWebhooksError(ConflictError):
    """A bot has as many webhooks as it may have."""

    code = "too_many_webhooks"
    next_step = "Delete webhooks that are not needed."


class WebhookNameTakenError(ConflictError):
    """The bot has a webhook of this name already."""

    code = "webhook_name_taken"
    title = "The bot has a webhook of this name"
    next_step = "Choose another name, or leave it out; `codex32 webhooks --bot BOT` lists those there are."


class SecretShownError(ConflictError):
    """The secret of a webhook was shown before, which happens once."""

    code = "secret_shown"
    title = "The secret was shown before"
    next_step = "If it is lost, make another: `codex32 webhooks rotate`; the old one stays valid for a while."


class NoSecretError(ConflictError):
    """A webhook that is protected by its URL alone has no secret."""

    code = "webhook_without_secret"
    title = "This webhook has no secret"
    next_step = "Rotate its URL with `codex32 webhooks rotate --url`, or set `auth` to signature or token."


class HookNotFoundError(NotFoundError):
    """No webhook has this URL."""

    code = "no_such_webhook"
    title = "There is no webhook at this URL"
    next_step = "Copy the URL again: `codex32 webhooks`."


class HookMethodError(Codex32Error):
    """The webhook does not take this method."""

    code = "method_not_allowed"
    status = 405
    title = "This webhook does not take that method"
    next_step = "See the Allow header."

    def __init__(self, detail: str, allowed: Sequence[str] = ()) -> None:
        super().__init__(detail)
        self.allowed = tuple(allowed)


class HookUnauthenticatedError(UnauthenticatedError):
    """The delivery is not signed as it must be, or carries no valid token."""

    code = "delivery_unauthenticated"
    title = "The delivery could not be verified"
    next_step = "Sign it as Standard Webhooks say, or send the token, with the secret that is valid now."


class WebhookBodyError(InvalidInputError):
    """The body is not what its type says."""

    code = "webhook_body"
    title = "The body of the delivery cannot be read"
    next_step = "Send UTF-8 and the Content-Type that fits the body."


class DeliveryIdError(InvalidInputError):
    """The header that carries the id of a delivery is missing or not usable."""

    code = "delivery_id_missing"
    status = 400
    title = "The delivery has no id"
    next_step = "Send the header that the webhook names, with 1 to 255 printable ASCII characters."


class HookPausedError(UnavailableError):
    """The webhook is paused."""

    wanted = True
    code = "webhook_paused"
    title = "This webhook is paused"
    next_step = "Try again later, or resume it: `codex32 webhooks resume`."


class HookBotUnavailableError(UnavailableError):
    """The bot behind the webhook cannot run now."""

    code = "bot_unavailable"
    title = "The bot behind this webhook cannot run now"
    next_step = "Look at the webhook's deliveries: `codex32 webhooks deliveries`."


class HookRateError(TooManyRequestsError):
    """More deliveries than one webhook takes in that time."""

    code = "too_many_deliveries"


class RunFailedError(Codex32Error):
    """The run did not succeed, so there is no output to answer with."""

    code = "run_failed"
    status = 502
    title = "The bot did not succeed"
    next_step = "Look at the run; the same delivery answers with the same run, a new one starts another."


class RunTimedOutError(RunFailedError):
    """The run took longer than its manifest allows."""

    code = "run_timed_out"
    status = 504


class CalendarNotValidError(InvalidInputError):
    """A period that no calendar shows."""

    code = "calendar_not_valid"
    next_step = "Ask for at most 31 days, from since to until."
