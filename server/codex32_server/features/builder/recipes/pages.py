"""The page of documentation of a bot, in plain words."""

from __future__ import annotations

from collections.abc import Iterable

from codex32_server.kit.markdown import code, escaped

from .blocks.sources import AllFiles
from .blocks.triggers import Schedule
from .draft import Parameter
from .formats import kinds_said
from .model import Understanding
from .rights import Rights
from .writing import Main


def readme(name: str, title: str, understood: Understanding, main: Main) -> str:
    """What it does, when, with what, what it leaves, and what it may touch."""
    scheduled = any(isinstance(block, Schedule) for block in understood.blocks("trigger"))
    sections = [
        f"# {name}\n\n{escaped(title)}.\n\nAsked for as:\n\n"
        f"> {escaped(' '.join(understood.sentence.split()))}",
        "## What it does\n\n" + "\n".join(f"- {escaped(sentence)}" for sentence in _work(understood)),
        f"## When\n\n{_when(understood)}",
        f"## What goes in\n\n{_inputs(name, understood, main, scheduled)}",
        f"## What comes out\n\n{_outputs(main)}",
        f"## What it may touch\n\n{_rights(understood)}",
    ]
    if understood.assumed:
        sections.append(
            "## Decided without asking\n\n" + "\n".join(f"- {escaped(one)}" for one in understood.assumed)
        )
    return "\n\n".join(sections) + "\n"


def _work(understood: Understanding) -> list[str]:
    said = [placed.block.say() for placed in understood.placed if placed.block.role != "trigger"]
    return list(dict.fromkeys(sentence for sentence in said if sentence))


def _when(understood: Understanding) -> str:
    schedules = [block for block in understood.blocks("trigger") if isinstance(block, Schedule)]
    told = " ".join(block.say() for block in understood.blocks("trigger"))
    if not told:
        return "It runs when somebody starts it."
    return f"{told} Time zone: {understood.zone}." if schedules else told


def _inputs(name: str, understood: Understanding, main: Main, scheduled: bool) -> str:
    files = [file.name for file in (*understood.tables, *understood.documents)]
    lines: list[str] = []
    if files:
        given = " ".join(f"--file {file}=PATH" for file in files)
        lines.append(f"Files: {_quoted(files)}. Start it with `codex32 run {name} {given}`.")
        lines.append(f"A single file may have any name. {kinds_said(files)}")
        if scheduled:
            lines.append(
                "A scheduled run has nobody to hand it a file: attach the file to the schedule, "
                "or the run fails and says so."
            )
    elif any(isinstance(source, AllFiles) for source in understood.sources):
        lines.append(
            "Every CSV and JSON file, or zip of such files: "
            f"`codex32 run {name} --file a.csv=PATH --file b.csv=PATH`."
        )
    if main.draft.parameters:
        lines.append("\n| input | default | meaning |\n|---|---|---|")
        lines[-1] += "".join(
            f"\n| `{parameter.name}` | {_default(parameter)} | {escaped(parameter.meaning)} |"
            for parameter in main.draft.parameters.values()
        )
    return "\n".join(lines) or "Nothing."


def _default(parameter: Parameter) -> str:
    return code(parameter.default, cell=True) if parameter.default else "needed"


def _outputs(main: Main) -> str:
    facts = ", ".join(f"`{key}`" for key in main.draft.expected)
    lines = [
        f"A report with {facts} and a `summary` in one sentence."
        if facts
        else "A report with the value, the alerts and a `summary`."
    ]
    lines += [f"- The file {code(name)}" for name in (*main.draft.outputs, *main.draft.drawings)]
    return "\n".join(lines)


def _rights(understood: Understanding) -> str:
    rights = understood.rights()
    denied = [
        word
        for word, granted in (
            ("no network", rights.network), ("no secrets", rights.secrets), ("no money", rights.budget)
        )
        if not granted
    ]  # fmt: skip
    state = " It remembers values from run to run." if rights.state else ""
    nothing = f" {', '.join(denied).capitalize()}." if denied else ""
    granted = _granted(rights)
    begin = "- Files" if granted else "Only the files"
    return "\n".join([*granted, f"{begin} it is given and those it leaves.{state}{nothing}"])


def _granted(rights: Rights) -> list[str]:
    """One line for each thing beyond files."""
    lines = [
        f"- The secret `{secret.name}`: {secret.meaning}."
        f" Set it with `codex32 secrets set {secret.name}`."
        + (f" The bot never holds it; it is put into requests to {secret.host}." if secret.inject else "")
        for secret in rights.secrets
    ]
    if rights.network:
        lines.insert(0, f"- The network: {_quoted(rights.network)}, nothing else.")
    if rights.budget:
        lines.append(f"- Models, for up to {rights.budget:g} USD in a run.")
    for words, names in (
        ("Other bots", rights.calls),
        ("Events that it emits", rights.events),
        ("Knowledge bases", rights.knowledge),
        ("Packages", sorted(rights.dependencies)),
    ):
        if names:
            lines.append(f"- {words}: {_quoted(names)}.")
    return lines


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(code(name) for name in names)
