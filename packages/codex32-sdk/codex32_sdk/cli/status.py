"""`codex32 status` of a server that is reached over HTTP; one of this machine is asked by its own package."""

from __future__ import annotations

from typing import Any

import typer

from codex32_sdk.cli import terminal
from codex32_sdk.cli.arguments import AsJson
from codex32_sdk.cli.connection import connect
from codex32_sdk.cli.exits import ExitCode, framed
from codex32_sdk.client import Client
from codex32_sdk.errors import ApiError

app = typer.Typer(add_completion=False)


@app.command()
@framed(url=None, healthy=False, processes=[])
def status(as_json: AsJson = False) -> None:
    """Is the server well, and what runs. Ends with 0 only if it is healthy."""
    with connect() as client:
        report(remote_status(client), as_json=as_json)


def remote_status(client: Client) -> dict[str, Any]:
    """What `status --json` prints, asked over HTTP. Raises UnreachableError."""
    with framed(url=client.url, healthy=False, processes=[]):
        return _asked(client)


def _asked(client: Client) -> dict[str, Any]:
    healthy = _healthy(client)
    processes: list[dict[str, Any]] = [{"name": "api", "pid": None, "healthy": healthy}]
    try:
        system = client.system().model_dump(mode="json")
    except ApiError as error:
        # A key that may not look at the system still learns whether the server is well.
        if error.status not in {401, 403}:
            raise
        system = {}
    found: list[dict[str, Any]] = system.get("processes") or system.get("workers") or []
    processes += [_process(item) for item in found if item.get("name") != "api"]
    return {"url": client.url, "healthy": healthy, "processes": processes}


def report(answer: dict[str, Any], *, as_json: bool) -> None:
    """Print it; raises Exit with 1 unless the server is healthy."""
    if as_json:
        terminal.document(answer)
    else:
        terminal.result(f"{answer['url']} is {'healthy' if answer['healthy'] else 'not healthy'}")
        rows = [
            (item["name"], item["pid"] or "", "healthy" if item["healthy"] else "failed")
            for item in answer["processes"]
        ]
        terminal.table(("process", "pid", "state"), rows)
        known = [f"{item['name']}: {item['problem']}" for item in answer["processes"] if item.get("problem")]
        for problem in [*known, *answer.get("problems", [])]:
            terminal.say(problem)
        for warning in answer.get("warnings", ()):
            terminal.say(warning, style="yellow")
    if not answer["healthy"]:
        raise typer.Exit(ExitCode.FAILED)


def _healthy(client: Client) -> bool:
    try:
        return client.health().model_dump().get("status") in {"ok", "healthy", "pass"}
    except ApiError as error:
        if error.status == 503:
            return False
        raise


def _process(item: dict[str, Any]) -> dict[str, Any]:
    name = str(item.get("name") or item.get("kind") or "worker")
    return {"name": name, "pid": item.get("pid"), "healthy": bool(item.get("healthy", True))}
