"""Metrics keep the names that dashboards know, and every one is documented."""

from __future__ import annotations

from pathlib import Path

from codex32_server.telemetry.metrics import Metrics, WorkerMetrics, metrics_markdown

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "metrics.md"


def test_requests_and_executions_are_counted_under_the_known_names() -> None:
    metrics = Metrics()
    metrics.http("GET", "/api/v1/bots/{id}", 200, 0.004, signed_in=True)
    metrics.http("GET", "/health", 200, 0.004)
    worker = WorkerMetrics()
    worker.execution("succeeded", 0.2)
    metrics.watch_connections(lambda: (3, 2))
    body, kind = metrics.render()
    text = body.decode()
    executed = worker.render()[0].decode()
    assert kind.startswith("text/plain")
    assert 'http_requests_total{method="GET",route="/api/v1/bots/{id}",status="200"} 1.0' in text
    assert 'http_request_duration_seconds_count{method="GET",route="/api/v1/bots/{id}"} 1.0' in text
    assert 'api_calls_total{route="/api/v1/bots/{id}"} 1.0' in text
    assert 'api_calls_total{route="/health"}' not in text
    assert 'bot_executions_total{status="succeeded"} 1.0' in executed
    assert 'bot_execution_duration_seconds_sum{status="succeeded"} 0.2' in executed
    assert 'database_connections{state="used"} 3.0' in text
    assert "# HELP bots_created_total " in text
    page = metrics_markdown()
    for name in ("active_bots", "codex32_queue_depth", "codex32_active_runs", "codex32_queue_oldest_seconds"):
        assert f"| `{name}" in page


def test_two_processes_in_one_do_not_share() -> None:
    one, other = Metrics(), Metrics()
    one.bots_created.inc()
    assert "bots_created_total 0.0" in other.render()[0].decode()


def test_the_reference_page_lists_every_metric() -> None:
    assert PAGE.read_text() == metrics_markdown()
