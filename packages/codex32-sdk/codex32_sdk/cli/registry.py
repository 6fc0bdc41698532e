"""Which commands there are. Installed packages add theirs through the entry point group `codex32.commands`.

An entry point is a function that takes the `Registry`; it should do nothing but call `add` and `offer`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.metadata import entry_points

GROUP = "codex32.commands"
SERVER_PANEL = "This machine"
BOTS_PANEL = "Bots"
RUNS_PANEL = "Runs"
ACCESS_PANEL = "Access"
STANDALONE = "standalone"
"""Hook that runs a bot from a file with no server: see `cli.run`."""

_OURS = "codex32_sdk.cli"


@dataclass(frozen=True)
class Entry:
    """One command: where to load it from and what the list of commands says about it."""

    name: str
    target: str
    help: str
    panel: str


@dataclass
class Registry:
    """The table of commands and hooks; a later entry replaces an earlier one of the same name."""

    entries: dict[str, Entry] = field(default_factory=dict[str, Entry])
    hooks: dict[str, str] = field(default_factory=dict[str, str])

    def add(self, name: str, target: str, help: str, panel: str) -> None:
        """A command; `target` is `module:attribute` of a Typer app, imported only when it is called."""
        self.entries[name] = Entry(name, target, help, panel)

    def offer(self, hook: str, target: str) -> None:
        """A function that a command of another package may load by the hook's name."""
        self.hooks[hook] = target


def registry() -> Registry:
    """Our commands and those of installed packages."""
    table = Registry()
    _add_ours(table)
    for found in entry_points(group=GROUP):
        found.load()(table)
    return table


def _add_ours(table: Registry) -> None:
    missing = f"{_OURS}.server_missing:app"
    for name, help in (
        ("up", "Start everything: database, API, worker, scheduler."),
        ("down", "Stop everything that `up` started."),
    ):
        table.add(name, missing, help, SERVER_PANEL)
    table.add("status", f"{_OURS}.status:app", "Is the server well, and what runs.", SERVER_PANEL)
    table.add("overview", f"{_OURS}.overview:app", "What needs you now, and what comes next.", SERVER_PANEL)
    table.add("doctor", missing, "What this machine can and cannot do, with remedies.", SERVER_PANEL)
    table.add("config", missing, "Every setting, its value, source and meaning.", SERVER_PANEL)
    table.add("open", f"{_OURS}.sign_in:app", "A fresh one-time link to the web page.", SERVER_PANEL)

    table.add("new", f"{_OURS}.new:app", "Make a bot from a sentence.", BOTS_PANEL)
    table.add("explain", f"{_OURS}.explain:app", "A bot, or a failure, in plain words.", BOTS_PANEL)
    table.add("edit", f"{_OURS}.edit:app", "Change a bot by a sentence.", BOTS_PANEL)
    table.add("builder", f"{_OURS}.builder:app", "Sessions of the builder, stage by stage.", BOTS_PANEL)
    table.add("deploy", f"{_OURS}.deploy:app", "Publish a file or folder as a version of a bot.", BOTS_PANEL)
    table.add("bots", f"{_OURS}.bots:app", "List, show, archive and delete bots.", BOTS_PANEL)
    table.add("search", f"{_OURS}.search:app", "Search bots, documents, guides, runs.", BOTS_PANEL)
    table.add("versions", f"{_OURS}.versions:app", "Versions of a bot and what changed.", BOTS_PANEL)
    table.add("promote", f"{_OURS}.promote:app", "Point an environment at a version.", BOTS_PANEL)
    table.add(
        "rollback", f"{_OURS}.rollback:app", "Point an environment back at its last version.", BOTS_PANEL
    )
    table.add("suggest", f"{_OURS}.suggest:app", "What could be better about a bot.", BOTS_PANEL)
    table.add("proposals", f"{_OURS}.proposals:app", "Changes that wait for you.", BOTS_PANEL)
    table.add("services", f"{_OURS}.services:app", "Bots that stay up.", BOTS_PANEL)
    table.add("schedules", f"{_OURS}.schedules:app", "What starts runs by the clock.", BOTS_PANEL)
    table.add("webhooks", f"{_OURS}.webhooks:app", "URLs that start runs.", BOTS_PANEL)

    table.add("run", f"{_OURS}.run:app", "Run a bot, or a file with no server at all.", RUNS_PANEL)
    table.add("runs", f"{_OURS}.runs:app", "List runs, or show one.", RUNS_PANEL)
    table.add("logs", f"{_OURS}.logs:app", "What a run wrote.", RUNS_PANEL)
    table.add("approvals", f"{_OURS}.approvals:app", "What waits for your answer.", RUNS_PANEL)
    table.add("approve", f"{_OURS}.approve:app", "Answer a run that waits: yes, or --reject.", RUNS_PANEL)
    table.add("events", f"{_OURS}.events:app", "What bots said has happened.", RUNS_PANEL)
    table.add("egress", f"{_OURS}.egress:app", "What a run did on the network.", RUNS_PANEL)
    table.add("cancel", f"{_OURS}.cancel:app", "Stop a run.", RUNS_PANEL)
    table.add("retry", f"{_OURS}.retry:app", "Run it again.", RUNS_PANEL)
    table.add("download", f"{_OURS}.download:app", "Fetch the files a run left.", RUNS_PANEL)

    table.add("knowledge", f"{_OURS}.knowledge:app", "Documents that bots and people search.", BOTS_PANEL)
    table.add("secrets", f"{_OURS}.secrets:app", "Values that bots need and nobody sees.", ACCESS_PANEL)
    table.add("keys", f"{_OURS}.keys:app", "API keys.", ACCESS_PANEL)
    table.add("llm", f"{_OURS}.llm:app", "Models: providers, aliases, prices, keys.", ACCESS_PANEL)
    table.add("usage", f"{_OURS}.usage:app", "What models cost.", ACCESS_PANEL)
    table.add("budgets", f"{_OURS}.budgets:app", "The most that may be spent on models.", ACCESS_PANEL)
    table.add("workspaces", f"{_OURS}.workspaces:app", "Workspaces; for administrators.", ACCESS_PANEL)
