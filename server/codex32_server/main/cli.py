"""The server's commands, handed to `codex32` through the entry point group `codex32.commands`.

Nothing is imported here but the table: `codex32 --help` must not load a server.
"""

from __future__ import annotations

from codex32_sdk.cli.registry import ACCESS_PANEL, SERVER_PANEL, STANDALONE, Registry

_MAIN = "codex32_server.main"


def register(table: Registry) -> None:
    """Add what only a machine with the server's package can do."""
    table.add("up", f"{_MAIN}.up:app", "Start everything: database, API, worker, scheduler.", SERVER_PANEL)
    table.add("down", f"{_MAIN}.down:app", "Stop everything that `up` started.", SERVER_PANEL)
    table.add("status", f"{_MAIN}.status:app", "Is the server well, and what runs.", SERVER_PANEL)
    table.add(
        "doctor", f"{_MAIN}.doctor:app", "What this machine can and cannot do, with remedies.", SERVER_PANEL
    )
    table.add("config", f"{_MAIN}.config:app", "Every setting, its value, source and meaning.", SERVER_PANEL)
    table.add("secrets", f"{_MAIN}.secrets:app", "Values that bots need and nobody sees.", ACCESS_PANEL)
    table.offer(STANDALONE, f"{_MAIN}.local_run:run_file")
