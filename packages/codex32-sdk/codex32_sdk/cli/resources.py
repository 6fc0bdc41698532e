"""What was used over time, as a table."""

from __future__ import annotations

from codex32_sdk.cli import terminal
from codex32_sdk.service_models import Resources


def resource_table(found: Resources) -> None:
    """One line an interval, oldest first."""
    if not found.items:
        terminal.say("Nothing was measured yet.")
        return
    terminal.table(
        ("when", "for", "CPU", "memory", "processes", "in", "out"),
        (
            (
                sample.at.astimezone().strftime("%a %H:%M:%S"),
                f"{sample.seconds:g} s",
                f"{sample.cpu:.2f}",
                terminal.size(sample.memory),
                "" if sample.processes is None else sample.processes,
                "" if sample.bytes_in is None else terminal.size(sample.bytes_in),
                "" if sample.bytes_out is None else terminal.size(sample.bytes_out),
            )
            for sample in found.items
        ),
    )
    if found.more:
        terminal.say("There are more: use --json and the API's `after`.")
