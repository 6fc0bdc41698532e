"""Prometheus metrics of each kind of process; docs/reference/metrics.md lists them.

A process counts for itself alone. The API serves its own and what the others leave (`telemetry.shared`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.metrics_core import Metric
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

_REQUEST_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_RUN_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 900, 3600)
_MODEL_SECONDS = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92)
_MODEL_TOKENS = (1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864)
_MODEL = ("gen_ai_operation_name", "gen_ai_provider_name", "gen_ai_request_model")
_MOST_MODELS = 200
_EXECUTIONS = "Runs that reached their end, by end state."


class ProcessMetrics:
    """What one process counts, in a registry of its own (nothing is global)."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)

    def render(self) -> tuple[bytes, str]:
        """The text of these metrics and its content type."""
        return generate_latest(self.registry), CONTENT_TYPE_LATEST


class Metrics(ProcessMetrics):
    """Of an API process. `others` gives what other processes left, at each scrape."""

    def __init__(self, others: Callable[[], Iterable[Metric]] = lambda: ()) -> None:
        super().__init__()
        self._others = others
        self.http_requests = Counter(
            "http_requests", "HTTP requests answered.", ("method", "route", "status"), registry=self.registry
        )
        self.http_request_duration = Histogram(
            "http_request_duration_seconds",
            "Seconds from a request's first byte to the end of its answer.",
            ("method", "route"),
            buckets=_REQUEST_SECONDS,
            registry=self.registry,
        )
        self.api_calls = Counter(
            "api_calls", "Calls of /api with a valid credential.", ("route",), registry=self.registry
        )
        self.bots_created = Counter("bots_created", "Bots made.", registry=self.registry)
        self.database_connections = Gauge(
            "database_connections",
            "Connections of this process to PostgreSQL.",
            ("state",),
            registry=self.registry,
        )

        self.model_calls = Counter(
            "codex32_model_calls",
            "Calls of models, by end (ok or the error's code) and what the cache did (hit, miss, off).",
            ("status", "cache"),
            registry=self.registry,
        )
        self.model_duration = Histogram(
            "gen_ai_client_operation_duration_seconds",
            "Seconds of one attempt at a provider's model, to the end of its answer.",
            (*_MODEL, "error_type"),
            buckets=_MODEL_SECONDS,
            registry=self.registry,
        )
        self.model_first_chunk = Histogram(
            "gen_ai_client_operation_time_to_first_chunk_seconds",
            "Seconds until the first token of a streamed answer.",
            _MODEL,
            buckets=_MODEL_SECONDS,
            registry=self.registry,
        )
        self.model_token_usage = Histogram(
            "gen_ai_client_token_usage",
            "Tokens of one attempt, input and output.",
            (*_MODEL, "gen_ai_token_type"),
            buckets=_MODEL_TOKENS,
            registry=self.registry,
        )
        self._models: set[tuple[str, str]] = set()

    def watch_connections(self, count: Callable[[], tuple[int, int]]) -> None:
        """`count` gives (in use, idle) connections; asked at each scrape."""
        self.database_connections.labels("used").set_function(lambda: count()[0])
        self.database_connections.labels("idle").set_function(lambda: count()[1])

    def http(self, method: str, route: str, status: int, seconds: float, *, signed_in: bool = False) -> None:
        """One answered request. `route` is the pattern (`/api/v1/bots/{id}`), never the path: few values."""
        self.http_requests.labels(method, route, str(status)).inc()
        self.http_request_duration.labels(method, route).observe(seconds)
        if signed_in:
            self.api_calls.labels(route).inc()

    def model_call(self, status: str, cache: str) -> None:
        """One call of a client that ended."""
        self.model_calls.labels(status, cache).inc()

    def model_attempt(
        self, operation: str, provider: str, model: str, error: str, seconds: float, first: float | None
    ) -> None:
        """One attempt that ended; `error` is its code or empty, `first` the seconds to the first token."""
        provider, model = self._known_model(provider, model)
        self.model_duration.labels(operation, provider, model, error).observe(seconds)
        if first is not None:
            self.model_first_chunk.labels(operation, provider, model).observe(first)

    def model_tokens(self, operation: str, provider: str, model: str, input: int, output: int) -> None:
        """What one attempt used."""
        provider, model = self._known_model(provider, model)
        self.model_token_usage.labels(operation, provider, model, "input").observe(input)
        self.model_token_usage.labels(operation, provider, model, "output").observe(output)

    def _known_model(self, provider: str, model: str) -> tuple[str, str]:
        """Workspaces name models as they like; the names beyond the first _MOST_MODELS are one."""
        if (provider, model) in self._models or len(self._models) < _MOST_MODELS:
            self._models.add((provider, model))
            return provider, model
        return "other", "other"

    def render(self) -> tuple[bytes, str]:
        """The text of /metrics and its content type: this process's, and what others left."""
        return generate_latest(_Merged([self.registry.collect(), self._others()])), CONTENT_TYPE_LATEST


class WorkerMetrics(ProcessMetrics):
    """Of a worker."""

    def __init__(self) -> None:
        super().__init__()
        self.bot_executions = Counter("bot_executions", _EXECUTIONS, ("status",), registry=self.registry)
        self.bot_execution_duration = Histogram(
            "bot_execution_duration_seconds",
            "Seconds from the claim of a run to the end that was written.",
            ("status",),
            buckets=_RUN_SECONDS,
            registry=self.registry,
        )
        self.active_runs = Gauge(
            "codex32_active_runs", "Runs that a worker executes now.", registry=self.registry
        )

    def execution(self, status: str, seconds: float) -> None:
        """One run that ended."""
        self.bot_executions.labels(status).inc()
        self.bot_execution_duration.labels(status).observe(seconds)


class SchedulerMetrics(ProcessMetrics):
    """Of a scheduler; only the one that leads has anything to say."""

    def __init__(self) -> None:
        super().__init__()
        self.bot_executions = Counter("bot_executions", _EXECUTIONS, ("status",), registry=self.registry)
        self.active_bots = Gauge(
            "active_bots", "Bots that are neither archived nor deleted.", registry=self.registry
        )
        self.queue_depth = Gauge(
            "codex32_queue_depth",
            "Runs that have not ended: queued (ready), delayed or running.",
            ("state",),
            registry=self.registry,
        )
        self.queue_age = Gauge(
            "codex32_queue_oldest_seconds",
            "How long the oldest run that is ready has waited.",
            registry=self.registry,
        )

    def forget(self) -> None:
        """It does not lead any more: what it knew is another's to tell."""
        self.active_bots.set(0)
        self.queue_age.set(0)
        self.queue_depth.clear()


class _Merged(Collector):
    """Families of several sources; those of one name become one."""

    def __init__(self, sources: Iterable[Iterable[Metric]]) -> None:
        self._sources = sources

    def collect(self) -> Iterable[Metric]:
        families: dict[str, Metric] = {}
        for source in self._sources:
            for family in source:
                known = families.setdefault(family.name, family)
                if known is not family:
                    known.samples.extend(family.samples)
        return families.values()


def metrics_markdown() -> str:
    """The reference page; `make gen` writes it."""
    lines = [
        "# Metrics",
        "",
        "`/metrics` serves those of its API process, and those of the workers and schedulers that share",
    ]
    lines += ["its home with a label `process`. Other labels are in braces.", ""]
    lines += ["| metric | kind | from | meaning |", "|---|---|---|---|"]
    sources = {"api": Metrics(), "worker": WorkerMetrics(), "scheduler": SchedulerMetrics()}
    lines += sorted(row for name, metrics in sources.items() for row in _rows(name, metrics))
    return "\n".join([*lines, ""])


def _rows(process: str, metrics: ProcessMetrics) -> Iterable[str]:
    for metric in vars(metrics).values():
        if isinstance(metric, Counter | Gauge | Histogram):
            described: Metric = next(iter(metric.describe()))
            name = described.name + ("_total" if described.type == "counter" else "")
            labels: Sequence[str] = getattr(metric, "_labelnames", ())
            shown = f"{name}{{{', '.join(labels)}}}" if labels else name
            yield f"| `{shown}` | {described.type} | {process} | {described.documentation} |"
