"""How processes without a port show their metrics: each leaves them in a file, and the API serves all.

The file is rewritten every few seconds; one that is not is of a process that died, and is removed.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Iterable
from pathlib import Path

from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families

from codex32_server.telemetry.metrics import ProcessMetrics

EVERY = 5.0
_STALE = 60.0
_LABEL = "process"


class MetricsFile:
    """The file of this process; `kind` is what it is (`worker`)."""

    def __init__(self, folder: Path, kind: str, metrics: ProcessMetrics) -> None:
        self._file = folder / f"{kind}-{os.getpid()}.prom"
        self._metrics = metrics

    async def keep(self, every: float = EVERY) -> None:
        """Write it again and again, until cancelled; then it is removed."""
        try:
            while True:
                await asyncio.to_thread(self.write)
                await asyncio.sleep(every)
        finally:
            with contextlib.suppress(OSError):
                self._file.unlink()

    def write(self) -> None:
        """A disk that is full only makes the numbers old."""
        text, _ = self._metrics.render()
        fresh = self._file.with_suffix(".new")
        with contextlib.suppress(OSError):
            self._file.parent.mkdir(mode=0o700, exist_ok=True)
            fresh.write_bytes(text)
            fresh.replace(self._file)


def left_by_others(folder: Path) -> Iterable[Metric]:
    """What every living process left, each sample with the label `process`."""
    for file in sorted(folder.glob("*.prom")):
        try:
            if time.time() - file.stat().st_mtime > _STALE:
                file.unlink()
                continue
            text = file.read_text()
        except OSError:
            continue
        for family in text_string_to_metric_families(text):
            family.samples = [
                sample._replace(labels={**sample.labels, _LABEL: file.stem}) for sample in family.samples
            ]
            yield family
