"""Tests that a model dropped: a change is not better because less is asked of it.

Against the bot that is changed, and in a repair against every round before it, so that nothing is lost in two
steps. What the person asked for, or did by hand, is only told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from codex32_server.features.builder.checks import kept
from codex32_server.features.builder.checks.sources import told
from codex32_server.features.builder.contract import Brief, Written
from codex32_server.features.builder.documents import Severity, Told, document_of
from codex32_server.features.builder.models import BuilderStage
from codex32_server.features.builder.service.state import Loaded

CODE = "tests-dropped"
_LESS = re.compile(
    r"^(?:please |por favor )?(?:don't|do not|never|no longer|stop|remove|delete|take out|leave out|without"
    r"|get rid of|ya no|no|deja de|quita|elimina|borra|sin)\b",
    re.IGNORECASE,
)
"""The person wants something gone: its tests may go with it."""
_TESTS = re.compile(r"\b(?:tests?|pruebas?)\b", re.IGNORECASE)
_FEWER = re.compile(
    r"\b(?:remove|delete|drop|fewer|less|simplif\w+|without|cut|quita\w*|elimina\w*|borra\w*|menos|sin)\b",
    re.IGNORECASE,
)


def dropped(loaded: Loaded) -> list[Told]:
    """The findings about the code that holds; none where tests show at least what they showed."""
    row = loaded.held["code"]
    written: Written = loaded.document("code")
    lines = (kept.lost(files, written.files) for files in _before(loaded, row))
    found = next((one for one in lines if one), None)
    if not found or (row.edited_by is None and loaded.session.engine == "recipes"):
        return []  # recipes write the tests that belong to their words
    said = asked_for_less(loaded.brief()) or row.edited_by is not None
    severity: Severity = "warning" if said else "error"
    does = "" if said else " Keep them, changed to what is wanted now, or write others in their place."
    says = f"The tests show less than before: {'; '.join(found)}.{does}"
    return [told(CODE, "test_bot.py", 0, says, severity)]


def asked_for_less(brief: Brief) -> bool:
    """Whether the person wants something gone, or fewer tests."""
    said = [message.text for message in brief.messages if message.role == "person"]
    return any(_LESS.search(text) or (_TESTS.search(text) and _FEWER.search(text)) for text in said)


def _before(loaded: Loaded, row: BuilderStage) -> Iterator[Mapping[str, str]]:
    """The bot that is changed, and what was written before by the same plan."""
    if loaded.session.base:
        yield loaded.session.base["files"]
    for one in loaded.rows:
        same = one.stage == "code" and one.status == "done" and one.based_on == row.based_on
        if same and one.number < row.number and one.document:
            earlier: Written = document_of(one.document)
            yield earlier.files
