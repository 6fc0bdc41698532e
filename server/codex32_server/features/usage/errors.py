"""What can go wrong with budgets, virtual keys and reports."""

from __future__ import annotations

from codex32_server.kit.errors import ForbiddenError, InvalidInputError, NotFoundError


class BudgetNotFoundError(NotFoundError):
    """There is no such budget in this workspace."""

    code = "budget_not_found"
    next_step = "GET /api/v1/budgets lists the budgets."


class BudgetNotValidError(InvalidInputError):
    """A budget that could not be kept."""

    code = "budget_not_valid"
    next_step = "See docs/guides/money.md for what may have a budget and for which periods."


class LlmKeyNotFoundError(NotFoundError):
    """There is no such virtual key in this workspace."""

    code = "llm_key_not_found"
    next_step = "GET /api/v1/llm-keys lists the keys."


class NotYourKeyError(ForbiddenError):
    """Keys of other people are made and revoked by owners."""

    code = "not_your_key"
    next_step = "Ask an owner of the workspace."


class PeriodNotValidError(InvalidInputError):
    """A report over no time, or over too much of it."""

    code = "period_not_valid"
    next_step = "Send `from` before `to`, and at most what the message says between them."
