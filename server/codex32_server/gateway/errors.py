"""All that can go wrong between a client and a model. `gateway.wire` renders them in the client's format.

`fallback` says whether another target may do better, `retry` whether the same one may in a moment.
"""

from __future__ import annotations

from typing import ClassVar

from codex32_server.kit.errors import Codex32Error


class GatewayError(Codex32Error):
    """Base of the gateway's errors."""

    code = "gateway_error"
    status = 500
    title = "The model gateway failed"
    fallback: ClassVar[bool] = False
    retry: ClassVar[bool] = False
    tried: tuple[str, ...] = ()
    """What was tried before, in order: `provider/model: code`. Set by retry and fallback."""


class KeyNotValidError(GatewayError):
    """No virtual key, or one that is unknown, revoked or past its time. Does not say which."""

    code = "key_not_valid"
    status = 401
    title = "The key is not valid"
    next_step = "Make a key with `codex32 llm keys create NAME` and send it as a bearer token."


class ModelNotAllowedError(GatewayError):
    """The key does not cover this model."""

    code = "model_not_allowed"
    status = 403
    title = "The key does not allow this model"
    next_step = "Ask for a model that the key allows, or let an editor widen the key."


class ModelUnknownError(GatewayError):
    """Neither an alias nor a model of a provider of this workspace."""

    code = "model_unknown"
    status = 404
    title = "There is no such model"
    next_step = "List what there is with `codex32 llm models`."


class RequestNotValidError(GatewayError):
    """The body is not a request of this format, or the provider says so. No other target would take it."""

    code = "request_not_valid"
    status = 400
    title = "The request is not valid"
    next_step = "Correct the request; the message says what was wrong."


class RequestTooLargeError(GatewayError):
    """More bytes, or more tokens than the model's context holds. Another model may hold them."""

    code = "request_too_large"
    status = 413
    title = "The request is too large"
    next_step = "Send less, or choose a model with a larger context."
    fallback = True


class BudgetExceededError(GatewayError):
    """A hard cap would be passed. `retry_after` is the time until its period ends; absent for totals."""

    code = "budget_exceeded"
    status = 429
    title = "The budget is used up"
    next_step = "Wait for the next period, or let an owner raise the budget."
    ask_an_owner: ClassVar[str] = "Ask an owner to raise the budget."
    """The next step where no period ends."""


class PriceUnknownError(GatewayError):
    """A budget of money cannot be kept for a model without a price."""

    code = "price_unknown"
    status = 402
    title = "The price of the model is not known"
    next_step = "Set a price for the model with `codex32 llm models price`, or choose another one."
    fallback = True


class LedgerUnavailableError(GatewayError):
    """The database that keeps keys, budgets and the ledger is away: nothing may be spent meanwhile."""

    code = "ledger_unavailable"
    status = 503
    title = "The ledger is not available"
    next_step = "Try again in a moment; if it lasts, look at the database with `codex32 doctor`."


class RateLimitedError(GatewayError):
    """Our own limits, per key, workspace or person; `retry_after` is set."""

    code = "rate_limited"
    status = 429
    title = "Too many requests"
    next_step = "Wait as long as Retry-After says."


class TargetFullError(GatewayError):
    """Our own limits for one provider: as many requests as it may get are under way; `retry_after` is set."""

    code = "target_full"
    status = 429
    title = "The provider has as many requests as it may get"
    next_step = "Wait as long as Retry-After says, add a second provider to the alias, or raise its limit."
    fallback = True


class UpstreamRateLimitedError(GatewayError):
    """The provider answered 429."""

    code = "upstream_rate_limited"
    status = 429
    title = "The provider limits the rate"
    next_step = "Wait, add a second provider to the alias, or ask the provider for a higher limit."
    fallback = True
    retry = True


class UpstreamFailedError(GatewayError):
    """The provider answered 5xx (also 529), broke the connection, or sent what is no answer."""

    code = "upstream_failed"
    status = 502
    title = "The provider failed"
    next_step = "Try again; add a second provider to the alias so that it takes over."
    fallback = True
    retry = True


class UpstreamTimeoutError(GatewayError):
    """No first token, or no end, in time."""

    code = "upstream_timeout"
    status = 504
    title = "The provider did not answer in time"
    next_step = "Try again, ask for less, or raise the timeout."
    fallback = True
    retry = False


class UpstreamRefusedError(GatewayError):
    """The provider's key is missing, wrong or out of credit (401, 402, 403): an operator must mend it."""

    code = "upstream_refused"
    status = 502
    title = "The provider refused our key"
    next_step = "Check the provider's key with `codex32 llm providers test NAME`."
    fallback = True


class UpstreamBrokenOffError(GatewayError):
    """A stream ended before its end, after its first token: nothing can take over any more."""

    code = "upstream_broken_off"
    status = 502
    title = "The provider broke off in the middle of its answer"
    next_step = "Ask again; what was received is not complete."


class AddressRefusedError(GatewayError):
    """The provider's address is not one that may be dialled."""

    code = "address_refused"
    status = 502
    title = "The provider's address is not allowed"
    next_step = "Let an administrator allow the range with CODEX32_EGRESS_ALLOW_PRIVATE."
    fallback = True


class TargetRestsError(GatewayError):
    """The circuit of this target is open after repeated failures."""

    code = "target_rests"
    status = 503
    title = "The provider rests after repeated failures"
    next_step = "Wait as long as Retry-After says; add a second provider to the alias."
    fallback = True
