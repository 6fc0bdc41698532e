"""`codex32 services`: bots that stay up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer

from codex32_sdk.calls import Call, read_logs
from codex32_sdk.cli import terminal
from codex32_sdk.cli.arguments import AsJson, Environment, Limit
from codex32_sdk.cli.connection import connect
from codex32_sdk.cli.exits import BadInputError, about_path
from codex32_sdk.cli.logs import written
from codex32_sdk.cli.resources import resource_table
from codex32_sdk.service_calls import (
    list_incidents,
    list_services,
    pause_service,
    restart_service,
    resume_service,
    scale_service,
    service_events,
)
from codex32_sdk.service_models import Incident, Replica, Service

_INCIDENTS = "codex32 services incidents lists them."
app = typer.Typer(add_completion=False)

ServiceName = Annotated[
    str, typer.Argument(metavar="SERVICE", help="Name or id of the bot, or id of the service.")
]
_EMPTY = 'No services yet. Deploy a bot whose manifest says kind = "service".'
_MANIFEST = "manifest"
_PAGE = 1000


@app.callback(invoke_without_command=True)
def services(context: typer.Context, as_json: AsJson = False) -> None:
    """List, show, pause, resume, restart and scale services; their logs, events and incidents."""
    if not context.invoked_subcommand:
        list_all(as_json)


@app.command("list")
def list_all(as_json: AsJson = False) -> None:
    """All services: what is wanted and what there is."""
    with connect() as client:
        found = list(client.every(list_services()))
    if as_json:
        terminal.document({"items": found, "next_cursor": None})
    elif not found:
        terminal.say(_EMPTY)
    else:
        terminal.table(
            ("service", "env", "status", "ready", "version", "restarts", "address"), map(_row, found)
        )


@app.command()
def show(
    service: ServiceName,
    environment: Environment = None,
    resources: Annotated[bool, typer.Option("--resources", help="What its replicas used together.")] = False,
    hours: Annotated[float, typer.Option(min=0.02, help="How far back, for --resources.")] = 1.0,
    as_json: AsJson = False,
) -> None:
    """One service with its replicas, and what happened lately."""
    with connect() as client:
        if resources:
            used = client.service_resources(service, environment=environment, hours=hours)
            if as_json:
                terminal.document(used)
            else:
                resource_table(used)
            return
        found = client.get_service(service, environment=environment)
        happened = client.service_events(found.id, limit=10).items
    if as_json:
        terminal.document(found.model_dump(mode="json") | {"events": happened})
        return
    _details(found)
    terminal.table(("when", "what", ""), ((terminal.ago(e.at), e.kind, e.message) for e in happened))


@app.command()
def events(
    service: ServiceName, environment: Environment = None, limit: Limit = 50, as_json: AsJson = False
) -> None:
    """What happened to it, newest first."""
    with connect() as client:
        page = client.send(service_events(service, environment=environment, limit=limit))
    if as_json:
        terminal.document(page)
    else:
        rows = ((terminal.local_time(e.at), e.kind, e.message) for e in page.items)
        terminal.table(("when", "what", ""), rows)


@app.command()
def logs(
    service: ServiceName,
    environment: Environment = None,
    replica: Annotated[int | None, typer.Option(help="Number of a replica; the first one.")] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until its process ends.")] = False,
    times: Annotated[bool, typer.Option("--times", "-t", help="Put the time before each line.")] = False,
    as_json: AsJson = False,
) -> None:
    """What the present or last process of a replica wrote."""
    with connect() as client:
        run_id = _run_of(client.get_service(service, environment=environment), replica)
        lines = client.follow_logs(run_id) if follow else client.every(read_logs(run_id, limit=_PAGE))
        if as_json:
            terminal.document({"run": run_id, "items": list(lines)})
            return
        terminal.say(f"Run {run_id}")
        for line in lines:
            terminal.result(written(line, times=times))


@app.command()
def pause(service: ServiceName, environment: Environment = None, as_json: AsJson = False) -> None:
    """Stop every replica until it is resumed."""
    _change(lambda: pause_service(service, environment=environment), as_json)


@app.command()
def resume(service: ServiceName, environment: Environment = None, as_json: AsJson = False) -> None:
    """Start again after a pause."""
    _change(lambda: resume_service(service, environment=environment), as_json)


@app.command()
def restart(service: ServiceName, environment: Environment = None, as_json: AsJson = False) -> None:
    """Replace every replica, one after the other; also ends a quarantine."""
    _change(lambda: restart_service(service, environment=environment), as_json)


@app.command()
def scale(
    service: ServiceName,
    replicas: Annotated[str, typer.Argument(help='How many, or "manifest" for what that says.')],
    environment: Environment = None,
    as_json: AsJson = False,
) -> None:
    """Have more or fewer replicas."""
    count = None
    if replicas != _MANIFEST:
        if not replicas.isdecimal():
            raise BadInputError(
                f"{replicas!r} is no number of replicas.", next_step='Write a number, or "manifest".'
            )
        count = int(replicas)
    _change(lambda: scale_service(service, count, environment=environment), as_json)


@app.command()
def incidents(
    everything: Annotated[bool, typer.Option("--all", help="Those that are resolved, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """What went wrong and may need a person."""
    with connect() as client:
        found = list(client.every(list_incidents(open=None if everything else True)))
    if as_json:
        terminal.document({"items": found, "next_cursor": None})
    elif not found:
        terminal.say("No incidents." if everything else "No open incidents.")
    else:
        terminal.table(("id", "kind", "bot", "since", "state", "message"), map(_incident, found))


@app.command()
def resolve(
    incident: Annotated[str, typer.Argument(metavar="INCIDENT", help="Id of an incident.")],
    note: Annotated[str, typer.Option("--note", help="What was done.")] = "",
    as_json: AsJson = False,
) -> None:
    """Close an incident."""
    with connect() as client, about_path(incident, "incident_id", "an incident", _INCIDENTS):
        closed = client.resolve_incident(incident, note)
    if as_json:
        terminal.document(closed)
    else:
        terminal.result(f"Incident {closed.id} is resolved.")


def _change(call: Callable[[], Call[Service]], as_json: bool) -> None:
    with connect() as client:
        changed = client.send(call())
    if as_json:
        terminal.document(changed)
    else:
        wanted = changed.desired
        state = "paused" if wanted.paused else f"{changed.actual.ready} of {wanted.replicas} ready"
        terminal.result(f"{changed.bot_name} in {changed.environment}: {changed.status}, {state}")


def _run_of(service: Service, slot: int | None) -> str:
    held = [replica for replica in service.replicas if replica.run_id and slot in (None, replica.slot)]
    if not held:
        which = "No replica" if slot is None else f"No replica {slot}"
        raise BadInputError(
            f"{which} of {service.bot_name} has started.",
            next_step=f"See what happened: codex32 services events {service.bot_name}",
        )
    return held[0].run_id or ""


def _details(service: Service) -> None:
    wanted, there = service.desired, service.actual
    terminal.details(
        [
            ("service", f"{service.bot_name} ({service.environment})"),
            ("status", service.status),
            ("wanted", f"{wanted.replicas} of version {wanted.version.number}"),
            ("ready", f"{there.ready}" + (f" of version {there.version.number}" if there.version else "")),
            ("given up", f"version {service.failed_version.number}" if service.failed_version else None),
            ("address", service.path),
            (
                "open to",
                None if not service.path else "everybody" if service.public else "callers with a key",
            ),
            ("next", "; ".join(service.next_steps)),
        ]
    )
    terminal.table(
        ("replica", "state", "version", "since", "restarts", "failures", "probes", "why", "run"),
        map(_replica, service.replicas),
    )


def _row(service: Service) -> tuple[object, ...]:
    version = service.actual.version or service.desired.version
    return (
        service.bot_name,
        service.environment,
        service.status,
        f"{service.actual.ready}/{service.desired.replicas}",
        version.number or "",
        service.actual.restarts,
        service.path or "",
    )


def _replica(replica: Replica) -> tuple[object, ...]:
    state = f"{replica.state} (leaving)" if replica.leaving else replica.state
    ended: dict[str, Any] = replica.last_exit or {}
    return (
        replica.slot,
        state,
        replica.version.number or "",
        terminal.ago(replica.next_start_at or replica.ready_at or replica.started_at),
        replica.restarts,
        replica.failures,
        ", ".join(
            f"{name}: {probe.get('detail') or probe.get('ok')}" for name, probe in replica.probes.items()
        ),
        replica.why or ("" if replica.ready else ended.get("detail") or ""),
        replica.run_id or "",
    )


def _incident(incident: Incident) -> tuple[object, ...]:
    state = "resolved" if incident.resolved_at else "open"
    return (
        incident.id,
        incident.kind,
        incident.bot_name,
        terminal.ago(incident.opened_at),
        state,
        incident.message,
    )
