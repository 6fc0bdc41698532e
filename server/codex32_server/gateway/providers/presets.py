"""Well-known servers as data: the adapter that fits, the address, and what else they need. No prices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from codex32_server.gateway.providers.anthropic import Anthropic
from codex32_server.gateway.providers.azure import Azure
from codex32_server.gateway.providers.compatible import Compatible
from codex32_server.gateway.providers.dialect import Dialect
from codex32_server.gateway.providers.google import Google
from codex32_server.gateway.providers.openai import OpenAi

LOCAL: Final = "local"
"""The kind of servers that the installation itself runs on this machine; no workspace can make one."""

DIALECTS: Final[Mapping[str, Dialect]] = {
    "openai": OpenAi(),
    "azure": Azure(),
    "google": Google(),
    "anthropic": Anthropic(),
    "compatible": Compatible(),
    LOCAL: Compatible(),
}
"""By the kind of a provider."""


@dataclass(frozen=True, slots=True)
class Preset:
    """What a well-known provider needs besides its key."""

    title: str
    kind: str
    base_url: str | None
    """None: everybody has their own, which must be given."""
    catalogue: str | None = None
    """The provider's id in the catalogue of prices; None: its models are not priced there."""
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])
    needs_key: bool = True
    free: bool = False
    """Runs on machines of one's own: no price for a token."""


PRESETS: Final[Mapping[str, Preset]] = {
    "openai": Preset("OpenAI", "openai", "https://api.openai.com/v1", "openai"),
    "anthropic": Preset("Anthropic", "anthropic", "https://api.anthropic.com", "anthropic"),
    "google": Preset("Google Gemini", "google", "https://generativelanguage.googleapis.com", "google"),
    "azure": Preset("Azure OpenAI", "azure", None, "azure"),
    "mistral": Preset("Mistral", "compatible", "https://api.mistral.ai/v1", "mistral"),
    "huggingface": Preset("Hugging Face", "compatible", "https://router.huggingface.co/v1", None),
    "openrouter": Preset("OpenRouter", "compatible", "https://openrouter.ai/api/v1", "openrouter"),
    "groq": Preset("Groq", "compatible", "https://api.groq.com/openai/v1", "groq"),
    "deepseek": Preset("DeepSeek", "compatible", "https://api.deepseek.com/v1", "deepseek"),
    "ollama": Preset(
        "Ollama", "compatible", "http://127.0.0.1:11434/v1", needs_key=False, free=True
    ),
    "vllm": Preset(
        "vLLM", "compatible", "http://127.0.0.1:8000/v1", needs_key=False, free=True,
        options={"formats": ["responses"]},
    ),
    "llamacpp": Preset(
        "llama.cpp", "compatible", "http://127.0.0.1:8080/v1", needs_key=False, free=True
    ),
    "lmstudio": Preset(
        "LM Studio", "compatible", "http://127.0.0.1:1234/v1", needs_key=False, free=True,
        options={"formats": ["responses"]},
    ),
    "compatible": Preset("Another server that speaks as OpenAI does", "compatible", None, needs_key=False),
}  # fmt: skip
"""By the name under which `codex32 llm providers add` knows them."""
