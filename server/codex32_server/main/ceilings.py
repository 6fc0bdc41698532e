"""The most a manifest may ask for, from the settings: the same for the API and for workers."""

from __future__ import annotations

from codex32_server.kit.manifest.limits import Ceilings
from codex32_server.kit.manifest.values import MIB
from codex32_server.settings.model import RunSettings


def ceilings_of(runs: RunSettings) -> Ceilings:
    """In the words of the manifest."""
    return Ceilings(
        memory=runs.max_memory_mib * MIB,
        timeout=float(runs.max_timeout_seconds),
        cpu=runs.max_cpu,
        processes=runs.max_processes,
        disk=runs.max_disk_mib * MIB,
        output=runs.max_output_mib * MIB,
        files=runs.max_files_mib * MIB,
    )
