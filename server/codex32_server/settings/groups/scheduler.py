"""Settings of the area `scheduler`."""

from __future__ import annotations

from codex32_server.settings.declaring import Group, setting


class SchedulerSettings(Group):
    """The process that fires schedules and clears up."""

    title = "Scheduler"
    lease_seconds: float = setting(
        "SCHEDULER_LEASE_SECONDS",
        10.0,
        "After how long another scheduler takes over from a silent leader.",
        ge=1,
    )
