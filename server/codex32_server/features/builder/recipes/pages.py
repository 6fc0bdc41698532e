"""The page of documentation of a bot, in plain words."""

from __future__ import annotations

from .blocks.triggers import Schedule
from .draft import Parameter
from .model import Understanding
from .writing import Main


def readme(name: str, title: str, understood: Understanding, main: Main) -> str:
    """What it does, when, with what, what it leaves, and what it may touch."""
    scheduled = any(isinstance(block, Schedule) for block in understood.blocks("trigger"))
    sections = [
        f"# {name}\n\n{title}.\n\nAsked for as:\n\n> {' '.join(understood.sentence.split())}",
        "## What it does\n\n" + "\n".join(f"- {sentence}" for sentence in _work(understood)),
        f"## When\n\n{_when(understood)}",
        f"## What goes in\n\n{_inputs(name, understood, main, scheduled)}",
        f"## What comes out\n\n{_outputs(main)}",
        f"## What it may touch\n\n{_rights(understood)}",
    ]
    if understood.assumed:
        sections.append("## Decided without asking\n\n" + "\n".join(f"- {one}" for one in understood.assumed))
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
        lines.append(
            f"Files: {', '.join(f'`{file}`' for file in files)}. Start it with `codex32 run {name} {given}`."
        )
        lines.append(
            "A single file may have any name. CSV with commas, semicolons, tabs or bars; JSON lists."
        )
        if scheduled:
            lines.append(
                "A scheduled run has nobody to hand it a file: attach the file to the schedule, "
                "or the run fails and says so."
            )
    if main.draft.parameters:
        lines.append("\n| input | default | meaning |\n|---|---|---|")
        lines[-1] += "".join(
            f"\n| `{parameter.name}` | {_default(parameter)} | {parameter.meaning} |"
            for parameter in main.draft.parameters.values()
        )
    return "\n".join(lines) or "Nothing."


def _default(parameter: Parameter) -> str:
    return f"`{parameter.default}`" if parameter.default else "needed"


def _outputs(main: Main) -> str:
    facts = ", ".join(f"`{key}`" for key in main.draft.expected)
    lines = [
        f"A report with {facts} and a `summary` in one sentence."
        if facts
        else "A report with the value, the alerts and a `summary`."
    ]
    lines += [f"- The file `{name}`" for name in main.draft.outputs]
    return "\n".join(lines)


def _rights(understood: Understanding) -> str:
    rights = understood.rights()
    lines: list[str] = []
    if rights.network:
        lines.append(f"- The network: {', '.join(f'`{host}`' for host in rights.network)}, nothing else.")
    lines += [
        f"- The secret `{secret.name}`: {secret.meaning}."
        f" Set it with `codex32 secrets set {secret.name}`."
        + (f" The bot never holds it; it is put into requests to {secret.host}." if secret.inject else "")
        for secret in rights.secrets
    ]
    if rights.budget:
        lines.append(f"- Models, for up to {rights.budget:g} USD in a run.")
    if rights.calls:
        lines.append(f"- Other bots: {', '.join(f'`{bot}`' for bot in rights.calls)}.")
    if rights.events:
        lines.append(f"- Events that it emits: {', '.join(f'`{event}`' for event in rights.events)}.")
    if rights.knowledge:
        lines.append(f"- Knowledge bases: {', '.join(f'`{base}`' for base in rights.knowledge)}.")
    if rights.dependencies:
        lines.append(f"- Packages: {', '.join(f'`{one}`' for one in sorted(rights.dependencies))}.")
    state = " It remembers values from run to run." if rights.state else ""
    no = [
        word
        for word, granted in (
            ("no network", rights.network), ("no secrets", rights.secrets), ("no money", rights.budget)
        )
        if not granted
    ]  # fmt: skip
    nothing = f" {', '.join(no).capitalize()}." if no else ""
    files = f"Only the files it is given and those it leaves.{state}{nothing}"
    if not lines:
        return files
    return "\n".join([*lines, f"- Files it is given and those it leaves.{state}{nothing}"])
