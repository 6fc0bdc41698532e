"""Prometheus metrics of one process. Help texts say what they mean; docs/reference/metrics.md lists them."""

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


class Metrics:
    """Every metric of the platform, in a registry of its own (nothing is global)."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
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
        self.bot_executions = Counter(
            "bot_executions",
            "Runs that reached their end, by end state.",
            ("status",),
            registry=self.registry,
        )
        self.bot_execution_duration = Histogram(
            "bot_execution_duration_seconds",
            "Seconds that an attempt of a run took.",
            ("status",),
            buckets=_RUN_SECONDS,
            registry=self.registry,
        )
        self.active_bots = Gauge("active_bots", "Bots that are not archived.", registry=self.registry)
        self.active_runs = Gauge(
            "codex32_active_runs", "Runs that this process executes now.", registry=self.registry
        )
        self.queue_depth = Gauge(
            "codex32_queue_depth",
            "Runs in the database that have not ended.",
            ("state",),
            registry=self.registry,
        )
        self.database_connections = Gauge(
            "database_connections",
            "Connections of this process to PostgreSQL.",
            ("state",),
            registry=self.registry,
        )
        ProcessCollector(registry=self.registry)

    def add(self, collector: Collector) -> None:
        """Ask `collector` at each scrape."""
        self.registry.register(collector)

    def watch_connections(self, count: Callable[[], tuple[int, int]]) -> None:
        """`count` gives (in use, idle) connections; asked at each scrape."""
        self.database_connections.labels("used").set_function(lambda: count()[0])
        self.database_connections.labels("idle").set_function(lambda: count()[1])

    def http(self, method: str, route: str, status: int, seconds: float) -> None:
        """One answered request. `route` is the pattern (`/api/v1/bots/{id}`), never the path: few values."""
        self.http_requests.labels(method, route, str(status)).inc()
        self.http_request_duration.labels(method, route).observe(seconds)

    def execution(self, status: str, seconds: float) -> None:
        """One run that ended."""
        self.bot_executions.labels(status).inc()
        self.bot_execution_duration.labels(status).observe(seconds)

    def render(self) -> tuple[bytes, str]:
        """The text of /metrics and its content type."""
        return generate_latest(self.registry), CONTENT_TYPE_LATEST


def metrics_markdown() -> str:
    """The reference page; `make gen` writes it."""
    lines = ["# Metrics", "", "Each process serves its own at `/metrics`; labels are in braces.", ""]
    lines += ["| metric | kind | meaning |", "|---|---|---|"]
    lines += sorted(_rows(Metrics()))
    return "\n".join([*lines, ""])


def _rows(metrics: Metrics) -> Iterable[str]:
    for metric in vars(metrics).values():
        if isinstance(metric, Counter | Gauge | Histogram):
            described: Metric = next(iter(metric.describe()))
            name = described.name + ("_total" if described.type == "counter" else "")
            labels: Sequence[str] = getattr(metric, "_labelnames", ())
            shown = f"{name}{{{', '.join(labels)}}}" if labels else name
            yield f"| `{shown}` | {described.type} | {described.documentation} |"
