"""`codex32 status`: over HTTP if CODEX32_URL is set, else from the status file of a home on this machine."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import typer
from codex32_sdk.cli.arguments import AsJson
from codex32_sdk.cli.connection import connect
from codex32_sdk.cli.exits import CommandError, ExitCode, framed
from codex32_sdk.cli.status import remote_status, report
from codex32_sdk.errors import NoProfileError
from codex32_sdk.profile import Profile, saved_profile

from codex32_server.main.isolation import consent_of
from codex32_server.main.options import Options, home_of
from codex32_server.main.present import served
from codex32_server.main.probes import http_body
from codex32_server.main.running import running_state
from codex32_server.main.telling import told
from codex32_server.main.up import HomeOption
from codex32_server.runtime.doctor import level_check
from codex32_server.storage.homes import default_home

app = typer.Typer(add_completion=False)

_HTTP_PORTS = {"http": 80, "https": 443}
_PATIENCE = 5.0


@app.command()
@framed(url=None, healthy=False, processes=[])
def status(home: HomeOption = None, as_json: AsJson = False) -> None:
    """Is the server well, and what runs. Ends with 0 only if it is healthy, with 3 if nothing runs."""
    if home is None and os.environ.get("CODEX32_URL"):
        with connect() as client:
            report(remote_status(client), as_json=as_json)
        return
    profile = _profile()
    with told():
        place = _home(home, os.environ, profile)
    if place is None and profile is not None:
        with connect() as client:
            report(remote_status(client), as_json=as_json)
        return
    report(local_status(place), as_json=as_json)


def local_status(place: Path | None) -> dict[str, Any]:
    """What `status --json` prints for a home. Raises CommandError if nothing runs there."""
    with told():
        home = home_of(Options(place).settings()) if place is not None and place.is_dir() else None
    state = running_state(home) if home is not None else None
    if home is None or state is None:
        raise CommandError(
            "not_running",
            f"Nothing is running in {place or default_home()}.",
            next_step="Start it with `codex32 up`.",
            exit_code=ExitCode.UNREACHABLE,
        )
    found = served(state, home)
    supervisor = {"pid": state.pid, "started_at": state.started_at}
    problems = asyncio.run(asks(found.url))
    return {
        "url": found.url,
        "healthy": found.healthy and not problems,
        "problems": problems,
        "processes": list(found.processes),
        "home": found.home,
        "supervisor": supervisor,
        "warnings": _warnings(place),
    }


def _warnings(place: Path | None) -> list[str]:
    """What people should know of this installation's settings."""
    with told():
        levels = level_check(consent_of(Options(place).settings()))
    return [] if levels.ok else [f"Isolation: {levels.detail}."]


def _home(given: Path | None, environ: Mapping[str, str], profile: Profile | None) -> Path | None:
    """The option, else the environment, else the profile's; None if the profile is of a server elsewhere."""
    if given is not None:
        return given.expanduser().absolute()
    configured = Options().settings(environ).server.home
    if configured is not None:
        return configured.expanduser().absolute()
    if profile is not None:
        return Path(profile.home) if profile.home else None
    return default_home()


def _profile() -> Profile | None:
    with contextlib.suppress(NoProfileError):
        return saved_profile()
    return None


async def asks(url: str) -> list[str]:
    """What the server says is wrong with it; nothing if it is well."""
    parts = urlsplit(url)
    port = parts.port or _HTTP_PORTS.get(parts.scheme, 80)
    if parts.scheme != "http" or parts.hostname is None:
        # Behind a proxy that ends TLS: the supervisor's own probes have to do.
        return []
    try:
        async with asyncio.timeout(_PATIENCE):
            answer = json.loads(await http_body(parts.hostname, port, "/health"))
            checks: dict[str, dict[str, str]] = answer["checks"]
            failed = {name: check["detail"] for name, check in checks.items() if check["status"] != "ok"}
    except (OSError, TimeoutError):
        return ["The API does not answer."]
    except (ValueError, LookupError, TypeError):
        return ["Something else answers at this address."]
    return [f"{name}: {detail or 'failed'}" for name, detail in failed.items()]
