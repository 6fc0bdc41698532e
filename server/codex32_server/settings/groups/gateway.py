"""Settings of the area `gateway`."""

from __future__ import annotations

from codex32_server.settings.declaring import Group, setting


class GatewaySettings(Group):
    """How patient the gateway is with models and providers, and how much it lets through."""

    title = "Models gateway"
    first_token_seconds: float = setting(
        "LLM_FIRST_TOKEN_SECONDS", 60.0, "How long one attempt at a stream waits for its first token.", gt=0
    )
    attempt_seconds: float = setting(
        "LLM_ATTEMPT_SECONDS",
        300.0,
        "How long one attempt at a whole answer may take before the next target is asked.",
        gt=0,
    )
    idle_seconds: float = setting(
        "LLM_IDLE_SECONDS", 60.0, "How long a stream may pause between two events.", gt=0
    )
    total_seconds: float = setting(
        "LLM_TOTAL_SECONDS",
        600.0,
        "How long a whole answer may take, unless the client says otherwise.",
        gt=0,
    )
    longest_seconds: float = setting(
        "LLM_LONGEST_SECONDS", 3600.0, "The most that a client may ask for instead.", gt=0
    )
    budget_wait_seconds: float = setting(
        "LLM_BUDGET_WAIT_SECONDS",
        5.0,
        "How long a call waits, at most, for calls under way to end, if it fits its budgets without what they"
        " have reserved; 0: it is refused at once.",
        ge=0,
        le=60,
    )
    retries: int = setting(
        "LLM_RETRIES", 2, "How often a target is tried again after a failure that may pass.", ge=0, le=10
    )
    retry_seconds: float = setting(
        "LLM_RETRY_SECONDS",
        8.0,
        "The longest wait before a retry, also where the provider asks for a longer one: then the next target"
        " is tried at once.",
        ge=0,
    )
    breaker_failures: int = setting(
        "LLM_BREAKER_FAILURES", 5, "Failures in a row after which a provider's model rests.", ge=1
    )
    breaker_seconds: float = setting(
        "LLM_BREAKER_SECONDS", 5.0, "How long it rests first; doubles up to a minute while it fails.", gt=0
    )
    key_concurrency: int = setting("LLM_KEY_CONCURRENCY", 200, "Calls of one key at the same time.", ge=1)
    person_concurrency: int = setting(
        "LLM_PERSON_CONCURRENCY", 200, "Calls of one person at the same time.", ge=1
    )
    workspace_concurrency: int = setting(
        "LLM_WORKSPACE_CONCURRENCY", 1000, "Calls of one workspace at the same time.", ge=1
    )
    target_concurrency: int = setting(
        "LLM_TARGET_CONCURRENCY",
        1000,
        "Calls of one provider's model at the same time, where the provider's own entry says nothing.",
        ge=1,
    )
    workspace_requests: int | None = setting(
        "LLM_WORKSPACE_REQUESTS", None, "Calls of one workspace a minute; no limit if not set.", ge=1
    )
    workspace_tokens: int | None = setting(
        "LLM_WORKSPACE_TOKENS", None, "Tokens of one workspace a minute; no limit if not set.", ge=1
    )
    person_requests: int | None = setting(
        "LLM_PERSON_REQUESTS", None, "Calls of one person a minute; no limit if not set.", ge=1
    )
    person_tokens: int | None = setting(
        "LLM_PERSON_TOKENS", None, "Tokens of one person a minute; no limit if not set.", ge=1
    )
    wait_seconds: float = setting(
        "LLM_WAIT_SECONDS", 10.0, "How long a call waits for its turn before it is refused.", ge=0
    )
    processes: int = setting(
        "LLM_PROCESSES",
        1,
        "Processes that serve models: each keeps its part of every limit of calls and tokens a minute.",
        ge=1,
    )
    request_mib: int = setting("LLM_REQUEST_MIB", 32, "Largest request to a model, in MiB.", ge=1)
    answer_mib: int = setting("LLM_ANSWER_MIB", 64, "Largest answer of a model, in MiB.", ge=1)
    unknown_output_tokens: int = setting(
        "LLM_UNKNOWN_OUTPUT_TOKENS",
        16_384,
        "Output tokens that are reserved where neither the request nor the catalogue sets a ceiling.",
        ge=1,
    )
    cached_kib: int = setting(
        "LLM_CACHED_KIB", 1024, "Largest answer that is kept in the cache, in KiB.", ge=0
    )
    redact_keys: bool = setting(
        "LLM_REDACT_KEYS", True, "Whether what has the shape of a well-known key is taken out of prompts."
    )
