"""Processes leave their metrics in files, and the API serves them with its own."""

from __future__ import annotations

import asyncio
import contextlib
import os
from functools import partial
from pathlib import Path

from codex32_server.telemetry.metrics import Metrics, SchedulerMetrics, WorkerMetrics
from codex32_server.telemetry.shared import MetricsFile, left_by_others
from prometheus_client.parser import text_string_to_metric_families


def served(folder: Path) -> str:
    return Metrics(partial(left_by_others, folder)).render()[0].decode()


def test_what_a_worker_counted_is_served_under_its_name(tmp_path: Path) -> None:
    worker = WorkerMetrics()
    worker.execution("succeeded", 0.2)
    worker.active_runs.set(3)
    MetricsFile(tmp_path / "metrics", "worker", worker).write()
    text = served(tmp_path / "metrics")
    process = f'process="worker-{os.getpid()}"'
    assert f'bot_executions_total{{{process},status="succeeded"}} 1.0' in text
    assert f'bot_execution_duration_seconds_sum{{{process},status="succeeded"}} 0.2' in text
    assert f"codex32_active_runs{{{process}}} 3.0" in text


def test_families_of_one_name_are_one_family(tmp_path: Path) -> None:
    """Prometheus refuses a page that declares a metric twice."""
    worker, scheduler = WorkerMetrics(), SchedulerMetrics()
    worker.execution("failed", 1.0)
    scheduler.bot_executions.labels("failed").inc()
    scheduler.queue_depth.labels("queued").set(7)
    MetricsFile(tmp_path, "worker", worker).write()
    MetricsFile(tmp_path, "scheduler", scheduler).write()
    text = served(tmp_path)
    assert text.count("# TYPE bot_executions_total counter") == 1
    assert text.count("# TYPE process_cpu_seconds_total counter") == 1
    families = {family.name: family for family in text_string_to_metric_families(text)}
    counted = [sample for sample in families["bot_executions"].samples if sample.name.endswith("_total")]
    assert sorted(sample.labels["process"].split("-")[0] for sample in counted) == ["scheduler", "worker"]
    assert 'state="queued"} 7.0' in text


def test_a_process_that_died_is_forgotten(tmp_path: Path) -> None:
    MetricsFile(tmp_path, "worker", WorkerMetrics()).write()
    (left,) = tmp_path.glob("*.prom")
    os.utime(left, (0, 0))
    assert "worker-" not in served(tmp_path)
    assert not left.exists()


def test_a_folder_that_is_not_there_or_cannot_be_written_harms_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    MetricsFile(tmp_path / "file" / "metrics", "worker", WorkerMetrics()).write()
    assert "http_requests" in served(tmp_path / "none")


async def test_the_file_is_there_for_as_long_as_its_process_keeps_it(tmp_path: Path) -> None:
    keeping = asyncio.create_task(MetricsFile(tmp_path, "worker", WorkerMetrics()).keep(every=0.01))
    async with asyncio.timeout(10):
        while not list(tmp_path.glob("*.prom")):
            await asyncio.sleep(0.01)
    keeping.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await keeping
    assert list(tmp_path.iterdir()) == []


def test_a_scheduler_that_leads_no_more_has_nothing_to_say() -> None:
    metrics = SchedulerMetrics()
    metrics.queue_depth.labels("queued").set(7)
    metrics.active_bots.set(3)
    metrics.forget()
    text = metrics.render()[0].decode()
    assert "active_bots 0.0" in text
    assert 'state="queued"' not in text
