"""Google's Gemini: everything is asked for as generateContent, embeddings on its OpenAI-compatible path."""

from __future__ import annotations

from urllib.parse import quote

from codex32_server.gateway.contract import Format, Target
from codex32_server.gateway.providers.bearer import bearer_way
from codex32_server.gateway.providers.dialect import Way, with_extras


class Google:
    """Dialect of generativelanguage.googleapis.com."""

    def spoken(self, asked: Format, target: Target) -> Format | None:  # noqa: ARG002 - part of the port
        return Format.EMBEDDINGS if asked is Format.EMBEDDINGS else Format.GENERATE

    def way(self, spoken: Format, target: Target, *, stream: bool) -> Way:
        if spoken is Format.EMBEDDINGS:
            return bearer_way("/v1beta/openai/embeddings", target)
        model = quote(target.model.removeprefix("models/"), safe="")
        action = "streamGenerateContent?alt=sse" if stream else "generateContent"
        return self._signed(f"/v1beta/models/{model}:{action}", target)

    def listing(self, target: Target) -> Way:
        return self._signed("/v1beta/models?pageSize=1000", target)

    def _signed(self, path: str, target: Target) -> Way:
        headers = {"content-type": "application/json", "accept-encoding": "identity"}
        if target.secret:
            headers["x-goog-api-key"] = target.secret
        return Way(path, with_extras(headers, target))
