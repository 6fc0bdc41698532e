"""From a typed meaning to a bot: manifest, code, tests and a page of documentation. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import replace

from .blocks.headings import Clean
from .blocks.messages import Reminder
from .blocks.triggers import Schedule
from .blocks.watches import Watch
from .cutter import cut, proofs_for, test_imports, with_helpers
from .draft import prose, slug
from .flow_tables import work_blocks
from .mains import write_main
from .manifest import header
from .model import Block, BuiltBot, Refusal, Source, Understanding
from .pages import readme
from .slots import FileName
from .trials import trials
from .writing import Main

_LONGEST_NAME = 48
_VERBS = {
    "clean": "clean", "sort": "sort", "join": "join", "stack": "stack", "save": "convert",
    "first rows": "top",
    "summarise numbers": "summarise", "report on a file": "report", "keyword report": "keywords",
    "count keywords": "keywords", "remember and compare": "watch", "reminder": "remind",
    "deduplicate": "deduplicate",
    "validate": "validate", "filter rows": "filter", "select columns": "select", "rename a column": "rename",
    "compare two files": "compare", "pivot": "pivot", "top rows of each group": "top",
    "outliers": "outliers", "random sample": "sample", "only new rows": "new",
    "compute a column": "compute", "share of rows": "share",
    "convert units": "convert", "convert a currency": "convert", "count over runs": "count",
    "extract from a text": "extract", "extract from a column": "extract", "chart": "chart",
    "classify rows": "classify", "classify a text": "classify", "sentiment of rows": "sentiment",
    "sentiment of a text": "sentiment", "translate a column": "translate", "translate a text": "translate",
    "summarise rows": "summarise", "summarise a text": "summarise", "draft replies": "reply",
    "draft a reply": "reply", "answer a question about a text": "answer", "extract fields of rows": "extract",
    "extract fields of a text": "extract",
}  # fmt: skip


def compose(understood: Understanding, name: str | None = None) -> BuiltBot | Refusal:
    """The bot's files, or which parts contradict each other, such as a column used after it is gone."""
    if understood.flow == "table" and not understood.tables and not understood.sources:
        understood = _with_default_table(understood)
    title = title_of(understood)
    try:
        main = write_main(understood, title)
    except ValueError as error:
        return Refusal(f"The steps do not fit together: {error}")
    chosen = name or name_of(understood)
    crons = [
        cron
        for block in understood.blocks("trigger")
        if isinstance(block, Schedule)
        for cron in block.crons()
    ]
    code = _code(_header(chosen, title, understood), title, understood, main)
    files = {
        "bot.py": code,
        "test_bot.py": _tests(chosen, understood, title, main),
        "README.md": readme(chosen, title, understood, main),
    }
    schedules = tuple(f"{cron} ({understood.zone})" for cron in crons)
    return BuiltBot(chosen, title, files, tuple(understood.say()), schedules, understood.assumed)


def _with_default_table(understood: Understanding) -> Understanding:
    return replace(understood, tables=(FileName("data.csv", named=False),))


def name_of(understood: Understanding) -> str:
    """A short name: a verb and what it is done to."""
    blocks = [*work_blocks(understood), *understood.blocks("message", "sink"), *understood.sources]
    verb = _verb(blocks)
    words = [slug(source.place(), "-") for source in understood.sources]
    words += [slug(file.stem, "-") for file in (*understood.tables, *understood.documents)]
    words = words[:2]
    for block in blocks:
        if isinstance(block, Reminder):
            words = slug(block.message, "-").split("-")[:4]
        elif isinstance(block, Watch) and block.measure:
            words = [slug(block.measure.name, "-")]
    return slug("-".join([verb, *(words or ["data"])]), "-")[:_LONGEST_NAME].strip("-")


def _verb(blocks: Sequence[Block]) -> str:
    for role in ("watch", "message", "text"):
        found = next((block for block in blocks if block.role == role), None)
        if found:
            return _verb_of(found)
    pair = next((block for block in blocks if block.family in ("join", "stack", "compare two files")), None)
    steps = [block for block in blocks if block.role == "step"]
    summaries = [block for block in blocks if block.role == "summary"]
    if pair:
        return _verb_of(pair)
    if summaries:
        return _verb_of(summaries[0])
    if len(steps) == 1 and not isinstance(steps[0], Clean):
        return _VERBS.get(steps[0].family, "clean")
    if steps:
        return "clean"
    return "fetch" if any(isinstance(block, Source) for block in blocks) else "convert"


def _verb_of(block: Block) -> str:
    return _VERBS.get(block.family, slug(block.family, "-").split("-")[0])


def title_of(understood: Understanding) -> str:
    """One line without a full stop: what it does."""
    names = [source.place() for source in understood.sources]
    names += [file.name for file in (*understood.tables, *understood.documents)]
    blocks = [*understood.sources, *work_blocks(understood), *understood.blocks("message")]
    blocks = blocks or understood.blocks("sink")
    what = ", ".join(
        dict.fromkeys(block.title if at == 0 else _lower(block.title) for at, block in enumerate(blocks))
    )
    for block in blocks:
        if isinstance(block, Reminder):
            return prose(f"Remind: {block.message}")
        if isinstance(block, Watch) and block.measure:
            return prose(f"Watch {block.measure.say()}")
    whole = f"{what} ({' and '.join(names)})" if names else what
    return prose(whole)


def _lower(text: str) -> str:
    return text[0].lower() + text[1:]


def _header(name: str, title: str, understood: Understanding) -> str:
    role = {"table": "worker", "text": "analyzer", "value": "supervisor", "message": "worker"}[
        understood.flow
    ]
    triggers = [line for block in understood.blocks("trigger") for line in block.triggers(understood.zone)]
    chosen = "analyzer" if understood.blocks("summary") else role
    return header(name, title, chosen, triggers, understood.rights())


def _code(head: str, title: str, understood: Understanding, main: Main) -> str:
    found = cut(main.source)
    wrapped = [textwrap.fill(prose(sentence, 1000) + ".", 96) for sentence in understood.say()]
    docstring = "\n".join([f'"""{title}.', "", *wrapped, '"""'])
    imports = "from __future__ import annotations"
    if found.imports:
        imports += f"\n\n{found.imports}"
    types = [] if not found.types else list(found.types)
    constants = [f"{name} = {source}" for name, source in main.draft.constants.items()]
    types = [*types, "\n".join(constants)] if constants else types
    body = "\n\n\n".join([*_after_imports(types), main.source, *found.functions])
    gap = "\n\n" if types and not types[0].startswith(("class", "@")) else "\n\n\n"
    return f"{head}\n{docstring}\n\n{imports}{gap}{body}\n"


def _after_imports(types: list[str]) -> list[str]:
    """Constants stay together with one empty line between them, classes stand apart."""
    joined: list[str] = []
    for block in types:
        if (
            joined
            and not block.startswith(("class", "@"))
            and not joined[-1].split("\n", 1)[0].startswith(("class", "@"))
        ):
            joined[-1] += f"\n\n{block}"
        else:
            joined.append(block)
    return joined


def _tests(name: str, understood: Understanding, title: str, main: Main) -> str:
    found = cut(main.source)
    proofs = proofs_for(found.names)
    own = trials(understood, title, main)
    constants = [proof.source for proof in proofs if not proof.is_function]
    tests = [proof.source for proof in proofs if proof.is_function]
    source = with_helpers("\n\n\n".join([own, *(["\n".join(constants)] if constants else []), *tests]))
    return render_tests(
        f'"""Tests of {name}: what was asked for, and what data in the wild looks like."""',
        source,
        found.names,
    )


def render_tests(docstring: str, source: str, names: frozenset[str]) -> str:
    """A test file with its imports: pytest, the workbench, and the names it uses of the bot."""
    imports = test_imports(source, names)
    gap = "\n\n\n" if source.lstrip().startswith(("def", "@", "class")) else "\n\n"
    return f"{docstring}\n\nfrom __future__ import annotations\n\n{imports}{gap}{source.strip()}\n"
