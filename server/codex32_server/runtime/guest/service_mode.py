"""Mode `service`: main() runs until it is told to stop. What it returns is not kept."""

from __future__ import annotations

from codex32_bot import service

from . import main_mode

TYPE_CHECKING = False  # typing itself costs 5 ms of each run
if TYPE_CHECKING:
    from typing import Any


def run(order: dict[str, Any], body: bytes) -> bytes:
    """An empty document once `main` has returned. SIGTERM ends it with SystemExit(0), unless the bot asks
    `codex32_bot.service` for it or has a handler of its own.
    """
    service.listen()
    main_mode.call(order, body)
    return b"null"
