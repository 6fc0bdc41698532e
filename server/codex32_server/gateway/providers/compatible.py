"""Any server that speaks as OpenAI does, at any address.

Option `formats`: what it speaks beside chat and embeddings, of `responses` and `messages`. Whatever it does
not speak is asked for as chat.
"""

from __future__ import annotations

from codex32_server.gateway.contract import Format, Target
from codex32_server.gateway.providers.bearer import PATHS, bearer_way
from codex32_server.gateway.providers.dialect import Way

_ALWAYS = (Format.CHAT, Format.EMBEDDINGS)


class Compatible:
    """Dialect of Ollama, vLLM, llama.cpp, LM Studio, Mistral, Groq, OpenRouter and many more."""

    def spoken(self, asked: Format, target: Target) -> Format | None:
        if asked in _ALWAYS or str(asked) in target.options.get("formats", ()):
            return asked
        return Format.CHAT

    def way(self, spoken: Format, target: Target, *, stream: bool) -> Way:  # noqa: ARG002 - part of the port
        return bearer_way(PATHS[spoken], target)

    def listing(self, target: Target) -> Way:
        return bearer_way("/models", target)
