"""What the manifest of a built bot says, held against what its case allows: hosts and times."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from cronsim import CronSim
from evaluation.builder.case import Case

_NOW = datetime(2026, 1, 1, tzinfo=UTC)


def manifest_of(source: str) -> dict[str, Any]:
    """The `[tool.codex32]` of the header, with its dependencies. Raises AssertionError if there is none."""
    lines = source.splitlines()
    assert "# /// script" in lines, "there is no header"
    start = lines.index("# /// script")
    end = lines.index("# ///", start)
    header = tomllib.loads("\n".join(line[2:] for line in lines[start + 1 : end]))
    return {**header.get("tool", {}).get("codex32", {}), "dependencies": header.get("dependencies", [])}


def wrong_with(manifest: Mapping[str, Any], case: Case) -> str:
    """What the manifest says that nobody asked for, or does not say; empty if it is right."""
    return _wrong_hosts(manifest, case) or _wrong_times(manifest, case)


def _wrong_hosts(manifest: Mapping[str, Any], case: Case) -> str:
    hosts = [str(host).partition(":")[0] for host in manifest.get("network", [])]
    allowed = case.hosts or ()
    if "*" in allowed:
        return ""
    extra = [
        host
        for host in hosts
        if host not in allowed and not any(one.endswith(host.lstrip("*")) for one in allowed)
    ]
    return f"the manifest opens {', '.join(extra)}, which nobody asked for" if extra else ""


def _wrong_times(manifest: Mapping[str, Any], case: Case) -> str:
    schedules = [
        one for one in manifest.get("triggers", []) if isinstance(one, Mapping) and "schedule" in one
    ]
    if case.cron is None:
        return f"it runs at {schedules[0]['schedule']}, and nobody said when" if schedules else ""
    if not schedules:
        return "it has no schedule"
    wanted = _fires(case.cron)
    got = sorted(fire for one in schedules for fire in _fires(one["schedule"]))[: len(wanted)]
    if got != wanted:
        return f"it runs at {[one['schedule'] for one in schedules]}, not at {case.cron}"
    zones = {one.get("timezone", "UTC") for one in schedules}
    return f"it runs in the zone {zones}, not {case.zone}" if zones != {case.zone} else ""


def _fires(cron: str) -> list[datetime]:
    return list(islice(CronSim(cron, _NOW), 60))
