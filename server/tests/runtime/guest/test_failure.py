"""What the guest says of a fault that a bot let through."""

from __future__ import annotations

from typing import Any, cast

import pytest
from codex32_bot.errors import ApprovalRejected, BotCallError
from codex32_server.runtime.guest.failure import describe


class Decided:
    """As much of a decision as the error reads."""

    comment, by = "too early", "Ann"


@pytest.mark.parametrize(
    ("error", "code", "retryable"),
    [
        (ApprovalRejected("publish", cast("Any", Decided())), "approval_rejected", False),
        (BotCallError("approval_rejected", "no"), "bot_error", True),
        (type("ApprovalRejected", (Exception,), {})("mine"), "bot_error", True),
        (SyntaxError("x"), "bot_error", False),
        (MemoryError(), "out_of_memory", True),
        (OSError(28, "full"), "disk_full", True),
    ],
)
def test_the_code_of_a_fault(error: BaseException, code: str, retryable: bool) -> None:
    told = describe(error)
    assert (told["code"], told["retryable"]) == (code, retryable)
    assert told["detail"].startswith(type(error).__qualname__)


def test_who_said_no_is_told() -> None:
    told = describe(ApprovalRejected("publish", cast("Any", Decided())))
    assert told["detail"] == "ApprovalRejected: Ann rejected 'publish': too early"
