"""What the calls of this package raise besides ValueError and TypeError."""

from __future__ import annotations

TYPE_CHECKING = False  # typing itself costs 5 ms of each run
if TYPE_CHECKING:
    from ._waits import Decision


class BotCallError(Exception):
    """The called bot did not succeed, or could not be called. `code` is that of its run, or for example
    `call_not_allowed`, `call_too_deep`, `call_cycle`, `bot_not_found`, `input_invalid`.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{detail} ({code})" if detail else code)
        self.code = code
        self.detail = detail


class ApprovalRejected(Exception):
    """Somebody said no. Caught, the bot may go on another way; uncaught, the run fails."""

    def __init__(self, name: str, decision: Decision) -> None:
        comment = f": {decision.comment}" if decision.comment else "."
        super().__init__(f"{decision.by or 'Somebody'} rejected {name!r}{comment}")
        self.name = name
        self.decision = decision


class Suspended(BaseException):
    """Ends the process of a run that begins to wait; the platform starts it again when the time has come.

    Never caught by a bot: like KeyboardInterrupt it passes `except Exception`, and `with` blocks are left.
    """


class ModelError(Exception):
    """A model did not answer. `code` is the gateway's, `next_step` what to do about it; `retry_after` are
    seconds after which asking again makes sense, where that is known.
    """

    def __init__(
        self, code: str, detail: str, next_step: str | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(f"{detail} {next_step}" if next_step else detail)
        self.code = code
        self.detail = detail
        self.next_step = next_step
        self.retry_after = retry_after


class BudgetExceeded(ModelError):
    """The call could have passed a limit of the bot, its workspace or a person; nothing was spent."""


class ModelRateLimited(ModelError):
    """Too many requests; `retry_after` says when the next one may come."""


class ModelUnavailable(ModelError):
    """No model could be reached: none is set up, the provider fails, or the bot has no budget."""


class ModelRefused(ModelError):
    """The request is at fault: an unknown model, one that the key does not allow, or too much text."""


class ModelAnswerInvalid(ModelError):
    """The model answered, but not with what `schema` asked for, or not to its end."""
