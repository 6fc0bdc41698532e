"""`codex32 doctor`: what this machine can and cannot do, with a remedy for everything it cannot."""

from __future__ import annotations

import asyncio
import shutil
import socket
from collections.abc import Sequence
from dataclasses import asdict

import typer
from codex32_sdk.cli import terminal
from codex32_sdk.cli.arguments import AsJson
from codex32_sdk.cli.exits import ExitCode

from codex32_server.kit.errors import Codex32Error
from codex32_server.main.isolation import consent_of
from codex32_server.main.options import Options, home_of
from codex32_server.main.running import running_state
from codex32_server.main.serve import check_port
from codex32_server.main.up import HomeOption
from codex32_server.runtime import doctor as isolation
from codex32_server.runtime import files
from codex32_server.runtime.backends.local import LocalBackend
from codex32_server.runtime.doctor import Check
from codex32_server.runtime.driver import Driver
from codex32_server.settings.model import Settings
from codex32_server.storage.binaries import Binaries
from codex32_server.storage.homes import Home

app = typer.Typer(add_completion=False)

_GIB = 1024**3
_LITTLE_ROOM = 2 * _GIB


@app.command()
def doctor(home: HomeOption = None, as_json: AsJson = False) -> None:
    """What this machine can and cannot do, with remedies. Ends with 1 if something required is missing."""
    checks = examine(Options(home))
    well = all(check.ok for check in checks if check.required)
    if as_json:
        terminal.document({"ok": well, "checks": [asdict(check) for check in checks]})
    else:
        _print(checks, well)
    if not well:
        raise typer.Exit(ExitCode.FAILED)


def examine(options: Options) -> list[Check]:
    """Settings first: without them nothing else can be asked."""
    try:
        settings = options.settings()
        home = home_of(settings)
    except Codex32Error as error:
        return [Check("settings", False, error.detail, error.advice)]
    return [
        Check("settings", True, "All are known and valid.", None),
        _disk(home),
        _database(settings, home),
        _port(settings, home),
        *_isolation(settings, home),
    ]


def _disk(home: Home) -> Check:
    free = shutil.disk_usage(home.data_root).free
    detail = f"{terminal.size(free)} free in {home.data_root}."
    remedy = "Free some space, or choose another --home." if free < _LITTLE_ROOM else None
    return Check("disk", remedy is None, detail, remedy, required=False)


def _database(settings: Settings, home: Home) -> Check:
    if settings.database.url is not None:
        return Check("database", True, "A PostgreSQL of your own is configured.", None)
    try:
        binaries = Binaries.reachable(home.runtime_root)
        return Check("database", True, f"Embedded PostgreSQL {binaries.major()}.", None)
    except Codex32Error as error:
        return Check("database", False, error.detail, error.advice)


def _port(settings: Settings, home: Home) -> Check:
    server = settings.server
    running = running_state(home)
    if running is not None:
        return Check("port", True, f"Codex-32 runs at {running.url}.", None, required=False)
    try:
        check_port(server.host, server.port)
    except Codex32Error as error:
        return Check("port", False, error.detail, error.advice, required=False)
    return Check("port", True, f"{server.port} on {server.host} is free.", None, required=False)


def _isolation(settings: Settings, home: Home) -> list[Check]:
    shared = home.runtime_root.parent
    try:
        runtime = files.prepare(shared)
        backend = LocalBackend(runtime, locks=shared / "uids", require_cgroup=settings.worker.require_cgroup)
    except Codex32Error as error:
        return [Check("sandbox", False, error.detail, error.advice)]
    try:
        levels = isolation.level_check(consent_of(settings))
        return [*asyncio.run(isolation.examine(backend, Driver(backend, work=home.runs), home.runs)), levels]
    finally:
        backend.close()


def _print(checks: Sequence[Check], well: bool) -> None:
    for check in checks:
        state = "ok" if check.ok else ("MISSING" if check.required else "limited")
        terminal.result(f"{state:8} {check.name}: {check.detail}")
        if check.remedy and not check.ok:
            terminal.result(f"{'':8} → {check.remedy}")
    terminal.say(
        f"{socket.gethostname()} can run bots." if well else "Bots cannot run here until that is repaired.",
        style="green" if well else "red",
    )
