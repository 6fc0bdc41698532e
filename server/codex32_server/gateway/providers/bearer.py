"""The paths and the header that OpenAI introduced and many speak; two adapters share them."""

from __future__ import annotations

from codex32_server.gateway.contract import Format, Target
from codex32_server.gateway.providers.dialect import Way, with_extras

PATHS = {
    Format.CHAT: "/chat/completions",
    Format.RESPONSES: "/responses",
    Format.EMBEDDINGS: "/embeddings",
    Format.MESSAGES: "/messages",
}
"""Below the address, which ends with the version: …/v1."""


def bearer_way(path: str, target: Target) -> Way:
    """With `Authorization: Bearer`, if there is a key."""
    headers = {"content-type": "application/json", "accept-encoding": "identity"}
    if target.secret:
        headers["authorization"] = f"Bearer {target.secret}"
    return Way(path, with_extras(headers, target))
