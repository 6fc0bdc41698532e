"""Anthropic: messages as they come; chat and responses are asked for as messages. It has no embeddings.

Option `beta`: names of features in trial, for the header `anthropic-beta`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from codex32_server.gateway.contract import Format, Target
from codex32_server.gateway.providers.dialect import Way, with_extras

VERSION = "2023-06-01"
"""Of the protocol; the newest there is."""


class Anthropic:
    """Dialect of api.anthropic.com."""

    def spoken(self, asked: Format, target: Target) -> Format | None:  # noqa: ARG002 - part of the port
        return None if asked is Format.EMBEDDINGS else Format.MESSAGES

    def way(self, spoken: Format, target: Target, *, stream: bool) -> Way:  # noqa: ARG002
        return self._signed("/v1/messages", target)

    def listing(self, target: Target) -> Way:
        return self._signed("/v1/models?limit=1000", target)

    def _signed(self, path: str, target: Target) -> Way:
        headers = {
            "content-type": "application/json",
            "accept-encoding": "identity",
            "anthropic-version": VERSION,
        }
        if target.secret:
            headers["x-api-key"] = target.secret
        if beta := target.options.get("beta"):
            names = [beta] if isinstance(beta, str) else cast("Sequence[str]", beta)
            headers["anthropic-beta"] = ",".join(names)
        return Way(path, with_extras(headers, target))
