"""Every setting of the server by area: its type, default, variable and meaning. Nothing is read here.

A setting is a field made by `setting`, which names the variable (without the prefix CODEX32_) and says in one
sentence what it does. That sentence is what `codex32 config` and the reference page show.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, Self
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PrivateAttr, SecretStr, model_validator

from codex32_server.kit.network.addresses import parse_networks
from codex32_server.kit.network.gateway import parse_gateway
from codex32_server.kit.network.names import parse_names

PREFIX = "CODEX32_"
_KEY_LENGTH = 24
Source = Literal["default", "environment", "file", "option"]


class Variable(NamedTuple):
    """How a setting is given. Secrets are also read from the file that `<name>_FILE` names."""

    name: str
    secret: bool = False
    alias: str | None = None
    """A usual name without our prefix, used if ours is not set."""


def setting(
    suffix: str,
    default: object,
    meaning: str,
    *,
    secret: bool = False,
    alias: str | None = None,
    **limits: Any,
) -> Any:
    """A field with its variable; `limits` are pydantic's (ge, le, min_length, …)."""
    variable = Variable(PREFIX + suffix, secret, alias)
    return Field(default, description=meaning, json_schema_extra={"variable": list(variable)}, **limits)


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("it is not an IANA time zone like Europe/Madrid")
    return name


def _workspace_ids(text: str) -> str:
    for word in filter(None, (part.strip() for part in text.split(","))):
        try:
            UUID(word)
        except ValueError:
            raise ValueError(f"{word[:60]!r} is not the id of a workspace") from None
    return text


def _long_enough(key: SecretStr | None) -> SecretStr | None:
    if key is not None and len(key) < _KEY_LENGTH:
        raise ValueError(f"it must have at least {_KEY_LENGTH} characters")
    return key


def _address_ranges(text: str) -> str:
    try:
        parse_networks(text)
    except ValueError as error:
        raise ValueError(f"it must be ranges like 10.1.0.0/16,fd00::/8: {error}") from None
    return text


def _known_names(text: str) -> str:
    try:
        parse_names(text)
    except ValueError as error:
        raise ValueError(f"it must be like api.intra.example=10.1.2.3|10.1.2.4: {error}") from None
    return text


class Group(BaseModel):
    """Settings of one area."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, validate_default=True)
    title: ClassVar[str]


class ServerSettings(Group):
    """Where the platform lives and how it is reached."""

    title = "Server"
    home: Path | None = setting(
        "HOME", None, "Folder of the installation (/var/lib/codex32 as root, else ~/.local/share/codex32)."
    )
    host: str = setting("HOST", "127.0.0.1", "Address to listen on; 0.0.0.0 for every network.", min_length=1)
    port: int = setting("PORT", 8032, "TCP port of the API and the web pages.", ge=1, le=65535)
    public_url: str | None = setting(
        "PUBLIC_URL",
        None,
        "Address under which people reach the server, for links; http://HOST:PORT if not set.",
        pattern=r"^https?://[^/]+$",
    )

    reserve_mib: int = setting(
        "DISK_RESERVE_MIB",
        128,
        "MiB of the disk that are kept free: with less, new work is refused until there is space again.",
        ge=0,
    )

    @property
    def url(self) -> str:
        """Without a slash at the end. A server that listens everywhere is reached at the loopback address."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)  # noqa: S104 - compared only
        return self.public_url or f"http://{host}:{self.port}"


class DatabaseSettings(Group):
    """PostgreSQL: the embedded one, or one of your own."""

    title = "Database"
    url: SecretStr | None = setting(
        "DATABASE_URL",
        None,
        "postgresql://… of the role that owns the database; without it an embedded PostgreSQL is started.",
        secret=True,
        alias="DATABASE_URL",
    )
    pool_size: int = setting(
        "DATABASE_POOL_SIZE", 5, "Connections that each process keeps open.", ge=1, le=100
    )
    pool_overflow: int = setting(
        "DATABASE_POOL_OVERFLOW", 10, "More connections that a process may open under load.", ge=0, le=200
    )

    @model_validator(mode="after")
    def _is_postgresql(self) -> Self:
        if self.url and not self.url.get_secret_value().startswith(("postgresql://", "postgres://")):
            raise ValueError("CODEX32_DATABASE_URL must begin with postgresql://")
        return self


class WorkerSettings(Group):
    """Processes that run bots, and how strictly they confine them."""

    title = "Worker"
    slots: int | None = setting(
        "WORKER_SLOTS",
        None,
        "Runs at the same time in one worker; four times the cores if not set.",
        ge=1,
        le=1000,
    )
    replicas: int = setting(
        "WORKER_REPLICAS", 32, "Replicas of services at the same time in one worker.", ge=0, le=1000
    )
    service_listen: str | None = setting(
        "WORKER_SERVICE_LISTEN",
        None,
        "HOST:PORT where this worker lets requests to services in, for an API on other machines; a unix"
        " socket in the home if not set.",
        pattern=r"^.+:[0-9]{1,5}$",
    )
    lease_seconds: float = setting(
        "WORKER_LEASE_SECONDS",
        30.0,
        "How long a claimed run stays a silent worker's before others take it.",
        ge=2,
    )
    heartbeat_seconds: float = setting(
        "WORKER_HEARTBEAT_SECONDS", 8.0, "How often a worker renews its leases.", ge=0.2
    )
    drain_seconds: float = setting(
        "WORKER_DRAIN_SECONDS", 20.0, "How long a stopping worker lets its runs finish.", ge=0
    )
    require_cgroup: bool = setting(
        "REQUIRE_CGROUP", False, "Refuse to run bots where memory cannot be limited by a cgroup."
    )
    isolation_minimum: Literal["strict", "standard", "minimal"] = setting(
        "ISOLATION_MINIMUM",
        "standard",
        "Weakest isolation that a manifest may ask for; minimal also needs CODEX32_TRUSTED_WORKSPACES.",
    )
    trusted_workspaces: Annotated[str, AfterValidator(_workspace_ids)] = setting(
        "TRUSTED_WORKSPACES",
        "",
        "Ids of workspaces, with commas, whose bots may ask for isolation minimal (no seccomp, no Landlock).",
    )

    @property
    def trusted(self) -> frozenset[UUID]:
        """`trusted_workspaces` as ids."""
        return frozenset(UUID(word.strip()) for word in self.trusted_workspaces.split(",") if word.strip())

    @model_validator(mode="after")
    def _heartbeat_is_in_time(self) -> Self:
        if self.heartbeat_seconds * 2 > self.lease_seconds:
            raise ValueError(
                "CODEX32_WORKER_HEARTBEAT_SECONDS must be at most half of CODEX32_WORKER_LEASE_SECONDS"
            )
        return self


class ZygoteSettings(Group):
    """Warm starts: processes that have imported a workspace's dependencies and fork for each run."""

    title = "Warm starts"
    most: int = setting(
        "ZYGOTE_MOST", 16, "Zygotes of one worker at the same time; 0 starts every run cold.", ge=0, le=1000
    )
    memory_mib: int = setting(
        "ZYGOTE_MEMORY_MIB", 512, "Most memory of one zygote, with everything that it imports, in MiB.", ge=64
    )
    idle_seconds: float = setting("ZYGOTE_IDLE_SECONDS", 600.0, "How long an unused zygote is kept.", gt=0)
    age_seconds: float = setting(
        "ZYGOTE_AGE_SECONDS", 3600.0, "After how long a zygote is replaced though it is in use.", gt=0
    )
    spares: int = setting(
        "ZYGOTE_SPARES",
        16,
        "Confined processes that wait for the next run of bots that ran lately, about 3 MiB each; 0: none.",
        ge=0,
    )
    reuse_runs: int = setting(
        "REUSE_RUNS",
        1000,
        "Runs that one process serves at most where the manifest says `reuse = true`.",
        ge=1,
    )
    reuse_seconds: float = setting(
        "REUSE_SECONDS", 600.0, "How old a process gets that serves several runs.", gt=0
    )


class SchedulerSettings(Group):
    """The process that fires schedules and clears up."""

    title = "Scheduler"
    lease_seconds: float = setting(
        "SCHEDULER_LEASE_SECONDS",
        10.0,
        "After how long another scheduler takes over from a silent leader.",
        ge=1,
    )


class RunSettings(Group):
    """What a manifest may ask for at most, and how long runs are kept."""

    title = "Runs"
    max_memory_mib: int = setting("RUN_MAX_MEMORY_MIB", 2048, "Most memory of one run, in MiB.", ge=16)
    max_timeout_seconds: int = setting("RUN_MAX_TIMEOUT_SECONDS", 3600, "Longest time of one attempt.", ge=1)
    max_cpu: float = setting("RUN_MAX_CPU", 2.0, "Most cores of one run.", gt=0)
    max_processes: int = setting("RUN_MAX_PROCESSES", 256, "Most processes and threads of one run.", ge=1)
    max_disk_mib: int = setting(
        "RUN_MAX_DISK_MIB", 2048, "Most temporary disk space of one run, in MiB.", ge=1
    )
    max_files_mib: int = setting(
        "RUN_MAX_FILES_MIB", 256, "Most output files of one run, in MiB together.", ge=1
    )
    max_input_mib: int = setting("RUN_MAX_INPUT_MIB", 4, "Largest input of a run, in MiB of JSON.", ge=1)
    max_output_mib: int = setting("RUN_MAX_OUTPUT_MIB", 8, "Largest output of a run, in MiB of JSON.", ge=1)
    max_log_mib: int = setting("RUN_MAX_LOG_MIB", 10, "Most log text kept of one attempt, in MiB.", ge=1)
    retention_days: int = setting(
        "RUN_RETENTION_DAYS", 90, "Days after which finished runs are dropped.", ge=1
    )


class DependencySettings(Group):
    """The packages that bots import."""

    title = "Dependencies"
    allow_sdist: bool = setting(
        "DEPENDENCIES_ALLOW_SDIST",
        False,
        "Build packages that have no wheel. That executes their code, in a sandbox with no network but the "
        "package index.",
    )
    exclude_newer_days: float = setting(
        "DEPENDENCIES_EXCLUDE_NEWER_DAYS",
        3.0,
        "Days for which a newly published package is not used yet; 0 for none. Where an index does not tell "
        "when something was published, its packages are taken as they are.",
        ge=0,
        le=3650,
    )
    max_mib: int = setting(
        "DEPENDENCIES_MAX_MIB", 2048, "Most space of one bot's dependencies, in MiB.", ge=1
    )
    cache_gib: float = setting(
        "DEPENDENCIES_CACHE_GIB", 10.0, "Space for all dependencies of a machine, in GiB.", gt=0
    )
    cache_days: float = setting(
        "DEPENDENCIES_CACHE_DAYS", 30.0, "Days after which dependencies that no run used are removed.", ge=1
    )


def _gateway_address(value: str | None) -> str | None:
    if value is not None:
        parse_gateway(value)
    return value


class EgressSettings(Group):
    """What bots whose manifest lists hosts may do on the network."""

    title = "Egress"
    connections: int = setting(
        "EGRESS_CONNECTIONS", 64, "Most connections of one run at a time.", ge=1, le=250
    )
    mib: int = setting(
        "EGRESS_MIB", 1024, "Most bytes of one run through the network, both ways together, in MiB.", ge=1
    )
    idle_seconds: float = setting(
        "EGRESS_IDLE_SECONDS", 300.0, "After how long a connection on which nothing passes is closed.", ge=1
    )
    allow_private: Annotated[str, AfterValidator(_address_ranges)] = setting(
        "EGRESS_ALLOW_PRIVATE",
        "",
        "Private addresses that a manifest's hosts may have, for an intranet: 10.1.0.0/16,fd00::/8.",
    )
    names: Annotated[str, AfterValidator(_known_names)] = setting(
        "EGRESS_NAMES",
        "",
        "Names that are not asked of DNS: api.intra.example=10.1.2.3,db.intra.example=10.1.2.4|10.1.2.5.",
    )
    ca_file: Path | None = setting(
        "EGRESS_CA_FILE",
        None,
        "PEM file of certificate authorities that bots and the proxy trust besides the system's.",
    )
    gateway: Annotated[str | None, AfterValidator(_gateway_address)] = setting(
        "LLM_GATEWAY",
        None,
        "Where bots' runs reach the model gateway: http://host:port, https://host or unix:/path."
        " By default the API of this machine.",
    )

    @property
    def addresses(self) -> dict[str, list[str]]:
        """Name → addresses, of `names`."""
        return parse_names(self.names)


class KnowledgeSettings(Group):
    """Documents that bots and people search."""

    title = "Knowledge"

    max_mib: int = setting(
        "KNOWLEDGE_MAX_MIB", 1024, "MiB of documents that a workspace may keep.", ge=1, le=1024 * 1024
    )
    max_documents: int = setting(
        "KNOWLEDGE_MAX_DOCUMENTS", 10_000, "Documents that a workspace may keep.", ge=1, le=1_000_000
    )
    max_document_mib: int = setting("KNOWLEDGE_MAX_DOCUMENT_MIB", 32, "MiB of one document.", ge=1, le=64)
    model_idle_seconds: float = setting(
        "KNOWLEDGE_MODEL_IDLE_SECONDS",
        120.0,
        "Seconds after which the local embedding model, unused, gives back its memory (about 190 MiB).",
        ge=1,
        le=86_400,
    )


class AccessSettings(Group):
    """Who gets in at the beginning, and for how long."""

    title = "Access"
    bootstrap_api_key: Annotated[SecretStr | None, AfterValidator(_long_enough)] = setting(
        "BOOTSTRAP_API_KEY",
        None,
        "First owner key for unattended installations; at least 24 characters.",
        secret=True,
    )
    sign_in_link_minutes: int = setting(
        "SIGN_IN_LINK_MINUTES", 30, "How long a one-time sign-in link is valid.", ge=1
    )
    session_hours: int = setting("SESSION_HOURS", 168, "After how many hours people sign in again.", ge=1)


class BuilderSettings(Group):
    """Making bots from sentences."""

    title = "Builder"
    default_timezone: Annotated[str, AfterValidator(_known_zone)] = setting(
        "DEFAULT_TIMEZONE", "UTC", "IANA time zone of schedules whose sentence names none."
    )


def _ring(text: SecretStr | None) -> SecretStr | None:
    if text is not None and not text.get_secret_value().split():
        raise ValueError("it names no key")
    return text


class KeySettings(Group):
    """The key from which others are derived, and the keys that protect secrets."""

    title = "Keys"
    master: SecretStr | None = setting(
        "MASTER_KEY",
        None,
        "Master key, 32 bytes in hexadecimal or base64; home/master.key is made and used if not set.",
        secret=True,
    )
    secrets: Annotated[SecretStr | None, AfterValidator(_ring)] = setting(
        "SECRETS_KEY",
        None,
        "Keys that wrap the data keys of workspaces, each like the master key, with blanks between them: the "
        "first wraps, the others still unwrap; home/secrets.keys or the master key serves if not set.",
        secret=True,
    )


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


class LocalModelSettings(Group):
    """The model that an installation runs itself, if its packages are there (`make setup-local-model`)."""

    title = "Local model"
    enabled: bool = setting(
        "LOCAL_MODEL", True, "Whether the model `local` is offered, where it is installed."
    )
    weights: Path | None = setting(
        "LOCAL_MODEL_WEIGHTS", None, "A GGUF file to run instead of the small model of the package."
    )
    context: int = setting(
        "LOCAL_MODEL_CONTEXT", 4096, "Tokens of one conversation, the answer included.", ge=512, le=131_072
    )
    slots: int = setting("LOCAL_MODEL_SLOTS", 2, "Answers at the same time.", ge=1, le=64)
    threads: int = setting("LOCAL_MODEL_THREADS", 1, "Processors that it may use.", ge=1, le=256)
    memory_mib: int = setting(
        "LOCAL_MODEL_MIB", 1024, "Memory that it may allocate; the weights are mapped besides.", ge=256
    )
    idle_seconds: float = setting(
        "LOCAL_MODEL_IDLE_SECONDS", 600.0, "After how long without use it is stopped.", gt=0
    )


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


class TraceSettings(Group):
    """Where traces go."""

    title = "Traces"
    endpoint: str | None = setting(
        "OTLP_ENDPOINT",
        None,
        "Address of an OpenTelemetry collector that takes OTLP over HTTP, like http://127.0.0.1:4318; no"
        " traces are made if not set.",
        alias="OTEL_EXPORTER_OTLP_ENDPOINT",
        pattern=r"^https?://.+$",
    )


class LogSettings(Group):
    """What the platform writes about itself."""

    title = "Logs"
    level: Literal["debug", "info", "warning", "error"] = setting(
        "LOG_LEVEL", "info", "Least severity to write."
    )
    format: Literal["auto", "text", "json"] = setting(
        "LOG_FORMAT",
        "auto",
        "text for people, json for Elastic (ECS); auto is text on a terminal, else json.",
    )


class Settings(BaseModel):
    """All settings, validated and immutable."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    server: ServerSettings = ServerSettings()
    database: DatabaseSettings = DatabaseSettings()
    worker: WorkerSettings = WorkerSettings()
    zygote: ZygoteSettings = ZygoteSettings()
    scheduler: SchedulerSettings = SchedulerSettings()
    runs: RunSettings = RunSettings()
    dependencies: DependencySettings = DependencySettings()
    egress: EgressSettings = EgressSettings()
    knowledge: KnowledgeSettings = KnowledgeSettings()
    access: AccessSettings = AccessSettings()
    builder: BuilderSettings = BuilderSettings()
    keys: KeySettings = KeySettings()
    llm: LlmSettings = LlmSettings()
    local_model: LocalModelSettings = LocalModelSettings()
    gateway: GatewaySettings = GatewaySettings()
    traces: TraceSettings = TraceSettings()
    log: LogSettings = LogSettings()

    _sources: dict[str, Source] = PrivateAttr(default_factory=dict[str, Source])

    def source_of(self, variable: str) -> Source:
        """Where the value of a variable came from."""
        return self._sources.get(variable, "default")

    def with_sources(self, sources: dict[str, Source]) -> Settings:
        self._sources.update(sources)
        return self


class Declared(NamedTuple):
    """One setting as it was declared."""

    group: str
    field: str
    variable: Variable
    meaning: str
    default: object


def groups() -> list[tuple[str, type[Group]]]:
    """The name of each group in `Settings`, and its class."""
    found: list[tuple[str, type[Group]]] = []
    for name, info in Settings.model_fields.items():
        default: object = info.default
        assert isinstance(default, Group)
        found.append((name, type(default)))
    return found


def declared() -> list[Declared]:
    """Every setting, in the order of the groups above."""
    found: list[Declared] = []
    for group, kind in groups():
        for name, field in kind.model_fields.items():
            extra: Any = field.json_schema_extra or {}
            found.append(
                Declared(group, name, Variable(*extra["variable"]), field.description or "", field.default)
            )
    return found
