"""Settings of the area `llm`."""

from __future__ import annotations

from pydantic import SecretStr

from codex32_server.settings.declaring import Group, setting


class LlmSettings(Group):
    """The gateway to models. Providers of a workspace are set by its people."""

    title = "Models of all workspaces"
    openai_key: SecretStr | None = setting(
        "LLM_OPENAI_KEY", None, "Key of OpenAI that every workspace may use.", secret=True
    )
    anthropic_key: SecretStr | None = setting(
        "LLM_ANTHROPIC_KEY", None, "Key of Anthropic that every workspace may use.", secret=True
    )
    google_key: SecretStr | None = setting(
        "LLM_GOOGLE_KEY", None, "Key of Google Gemini that every workspace may use.", secret=True
    )
    connections: int = setting(
        "LLM_CONNECTIONS", 10, "Most connections of a gateway to the database.", ge=2, le=200
    )
    prices_url: str = setting(
        "LLM_PRICES_URL",
        "https://raw.githubusercontent.com/pydantic/genai-prices/main/prices/new_data/v2/data.json",
        "Where `codex32 llm models refresh` fetches the newest published prices.",
    )
    prices_daily: bool = setting(
        "LLM_PRICES_DAILY", False, "Whether they are fetched every day without being asked for."
    )
