"""Changing a bot that is there, without a model: the words it was built from, or the times in its manifest.

A bot that recipes built, and whose code nobody changed since, is built again from changed words
(`recipes.editing`); what somebody set in its manifest stays (`headers`). Of any other bot only the times are
changed, in the manifest where they stand: its code is its author's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from codex32_server.features.builder.contract import Brief
from codex32_server.features.builder.engines.headers import TimesSetByHandError, merged, parted
from codex32_server.features.builder.explaining.asked import question_in
from codex32_server.features.builder.recipes.blocks.triggers import OnDemand, Schedule, Zone
from codex32_server.features.builder.recipes.compose import compose
from codex32_server.features.builder.recipes.editing import Edited, edit
from codex32_server.features.builder.recipes.model import BuiltBot, Questions, Refusal, Understanding
from codex32_server.features.builder.recipes.understand import understand
from codex32_server.kit.manifest.package import BotPackage, package_from_files
from codex32_server.kit.manifest.patching import patch_manifest
from codex32_server.kit.manifest.schema import Trigger
from codex32_server.kit.markdown import unescaped

_OWN_WORDS = re.compile(r"^Asked for as:\n\n> (.+)$", re.MULTILINE)
_STAND_IN = "sort a.csv by name"
"""Any work will do where only the times of a sentence are read."""
_BY_HAND = (
    "This bot was written or changed by hand, and without a model only its times can be changed by words: "
    "“only on mondays at 9”. For anything else edit its code, or let a model do it."
)
_CRON = re.compile(r"(\d+) (\d+(?:,\d+)*) \* \* (\*|[\d,-]+)")
_DAY_NAMES = {"sun": "0", "mon": "1", "tue": "2", "wed": "3", "thu": "4", "fri": "5", "sat": "6"}


@dataclass(frozen=True)
class Changed:
    """What the words came to: the bot, and what it says now that it did not say before."""

    built: BuiltBot
    added: Sequence[str]
    removed: Sequence[str]
    understanding: Understanding | None = None
    """None where only the manifest changes."""
    kept: Sequence[str] = ()
    """What the words could not change, because somebody had set it."""


def change(brief: Brief) -> Changed | Questions | Refusal:
    """The bot of `brief.base` with everything in it that was said."""
    assert brief.base is not None
    files = brief.base.files
    package = package_from_files({path: text.encode() for path, text in files.items()})
    name = package.manifest.name
    origin = brief.origin or words_of(files)
    answers = {**brief.origin_answers, **brief.answers}
    zone = _zone_of(package, brief.timezone)
    own = _own(brief, origin, name, zone) if origin else None
    if own is None:
        return _retimed(brief, package, zone)
    found = _rebuilt(brief, origin, answers, name, zone)
    if not isinstance(found, Changed):
        return found
    beside = {path: text for path, text in files.items() if path not in own.files}
    found = replace(found, built=replace(found.built, files={**beside, **found.built.files}))
    try:
        return _with_manifest(brief, package, own, found)
    except TimesSetByHandError:
        return _retimed(brief, package, zone)


def words_of(files: Mapping[str, str]) -> str:
    """What the page of a bot says that it was asked for as."""
    found = _OWN_WORDS.search(files.get("README.md", ""))
    return unescaped(found.group(1).strip()) if found else ""


def _zone_of(package: BotPackage, fallback: str) -> str:
    zones = {trigger.timezone for trigger in package.manifest.triggers if trigger.schedule}
    return zones.pop() if len(zones) == 1 else fallback


def _own(brief: Brief, origin: str, name: str, zone: str) -> BuiltBot | None:
    """What the words make, if it is this very bot but for its manifest."""
    assert brief.base is not None
    meant = understand(origin, brief.origin_answers, zone, assume_defaults=True)
    own = compose(meant, name) if isinstance(meant, Understanding) else None
    if not isinstance(own, BuiltBot):
        return None
    code = [path for path in own.files if path.endswith(".py")]
    there = brief.base.files
    same = all(parted(own.files[path])[1] == parted(there.get(path, ""))[1] for path in code)
    return own if same else None


def _with_manifest(brief: Brief, package: BotPackage, own: BuiltBot, found: Changed) -> Changed:
    """With what somebody set in the manifest by hand. Raises TimesSetByHandError."""
    assert brief.base is not None
    entry, built = package.entry, found.built
    header = merged(own.files[entry], brief.base.files[entry], built.files[entry])
    if header.source == built.files[entry]:
        return found
    files = {**built.files, entry: header.source}
    manifest = package_from_files({path: text.encode() for path, text in files.items()}).manifest
    times = tuple(f"{one.schedule} ({one.timezone})" for one in manifest.triggers if one.schedule)
    told = replace(built, title=manifest.title or built.title, files=files, schedules=times)
    return replace(found, built=told, kept=header.kept)


def _rebuilt(
    brief: Brief, origin: str, answers: dict[str, str], name: str, zone: str
) -> Changed | Questions | Refusal:
    added: list[str] = []
    removed: list[str] = []
    sentence, done = origin, None
    wishes = _wishes(brief)
    for number, wish in enumerate(wishes, 1):
        found = edit(sentence, wish, answers, zone, brief.assume_defaults)
        if isinstance(found, Refusal) and number < len(wishes):
            continue  # what was refused is left out: the words after it say what should happen instead
        if not isinstance(found, Edited):
            return found
        sentence, done = found.sentence, found
        added += found.added
        removed += found.removed
    if done is None:
        return Refusal(
            "Nothing was said. Say what should change: “only on workdays”, “also post it to Slack”."
        )
    built = compose(done.understanding, name)
    return built if isinstance(built, Refusal) else Changed(built, added, removed, done.understanding)


def _wishes(brief: Brief) -> list[str]:
    """What was said, without the questions about the bot, which were answered."""
    said = [message.text for message in brief.messages if message.role == "person"]
    return [text for text in said if text.strip() and question_in(text) is None]


def _retimed(brief: Brief, package: BotPackage, zone: str) -> Changed | Questions | Refusal:
    """Of a bot written by hand: other schedules, and nothing else."""
    assert brief.base is not None
    schedules = [trigger for trigger in package.manifest.triggers if trigger.schedule]
    old = _in_words(schedules)
    if old is None:
        return Refusal(_BY_HAND)
    sentence = f"{old}, {_STAND_IN}" if old else _STAND_IN
    removed: list[str] = []
    found: Edited | Questions | Refusal = Refusal(_BY_HAND)
    for wish in _wishes(brief):
        found = edit(sentence, wish, brief.answers, zone, brief.assume_defaults)
        if not isinstance(found, Edited):
            asks_for_time = isinstance(found, Questions) and all("." in one.id for one in found.questions)
            return found if asks_for_time else Refusal(_BY_HAND)
        sentence = found.sentence
        removed += found.removed
    if not isinstance(found, Edited):
        return found
    times = [
        one.block for one in found.understanding.placed if isinstance(one.block, Schedule | OnDemand | Zone)
    ]
    if len(times) + 1 != len(found.understanding.placed):
        return Refusal(_BY_HAND)
    crons = [cron for block in times if isinstance(block, Schedule) for cron in block.crons()]
    return _patched(brief, package, crons, found, removed)


def _patched(
    brief: Brief, package: BotPackage, crons: Sequence[str], found: Edited, removed: Sequence[str]
) -> Changed:
    assert brief.base is not None
    kept = [_as_table(trigger) for trigger in package.manifest.triggers if not trigger.schedule]
    schedules = [_as_table(trigger) for trigger in package.manifest.triggers if trigger.schedule]
    first: dict[str, object] = schedules[0] if schedules else {}
    zone = found.understanding.zone
    made = [{**first, "schedule": cron, "timezone": zone} for cron in crons]
    source = patch_manifest(brief.base.files[package.entry], {"triggers": [*kept, *made] or None})
    manifest = package.manifest
    built = BuiltBot(
        manifest.name,
        manifest.title or manifest.name,
        {**brief.base.files, package.entry: source},
        tuple(found.added),
        tuple(f"{cron} ({zone})" for cron in crons),
    )
    return Changed(built, found.added, removed)


def _as_table(trigger: Trigger) -> dict[str, object]:
    """As it stands in a manifest; what is usual is left out."""
    return trigger.model_dump(mode="json", exclude_defaults=True, exclude_none=True)


def _in_words(schedules: Sequence[Trigger]) -> str | None:
    """The schedules as a person would ask for them; empty if there are none, None if they have no words."""
    told: list[str] = []
    for trigger in schedules:
        cron = (trigger.schedule or "").casefold()
        for name, number in _DAY_NAMES.items():
            cron = cron.replace(name, number)
        found = _CRON.fullmatch(cron)
        if found is None:
            return None if len(schedules) > 1 else ""
        clocks = tuple((int(hour), int(found[1])) for hour in found[2].split(","))
        told.append(" ".join(Schedule(days=found[3], clocks=clocks).in_words("en")))
    return " and ".join(told)
