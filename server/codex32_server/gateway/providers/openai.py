"""OpenAI: chat, responses and embeddings as they come; Anthropic's messages are asked for as chat.

Options: `organization` and `project`, for keys that belong to several.
"""

from __future__ import annotations

from codex32_server.gateway.contract import Format, Target
from codex32_server.gateway.providers.bearer import PATHS, bearer_way
from codex32_server.gateway.providers.dialect import Way


class OpenAi:
    """Dialect of api.openai.com."""

    def spoken(self, asked: Format, target: Target) -> Format | None:  # noqa: ARG002 - part of the port
        return Format.CHAT if asked is Format.MESSAGES else asked

    def way(self, spoken: Format, target: Target, *, stream: bool) -> Way:  # noqa: ARG002
        return self._signed(PATHS[spoken], target)

    def listing(self, target: Target) -> Way:
        return self._signed("/models", target)

    def _signed(self, path: str, target: Target) -> Way:
        way = bearer_way(path, target)
        belongs = {
            f"openai-{name}": str(target.options[name])
            for name in ("organization", "project")
            if target.options.get(name)
        }
        return Way(path, {**way.headers, **belongs})
