"""What was found of a version is kept."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast
from uuid import UUID

import pytest
from codex32_server.features.bots.schemas import LoadedVersion
from codex32_server.features.bots.service import needing
from codex32_server.features.bots.service.needing import Needing


def version(number: int) -> LoadedVersion:
    fields = dict.fromkeys(LoadedVersion.__dataclass_fields__)
    loaded = LoadedVersion(**cast("dict[str, Any]", fields))
    source = f'from codex32_bot import files\ndef main():\n files.input("{number}.csv")\n'
    return replace(loaded, version_id=UUID(int=number), files={"bot.py": source.encode()}, entry="bot.py")


async def test_the_last_answers_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(needing, "_KEPT", 2)
    answers = Needing()
    assert answers.known(UUID(int=1)) is None
    found = [await answers.find(version(number)) for number in (1, 2)]
    assert [one.files[0].name for one in found] == ["1.csv", "2.csv"]
    assert answers.known(UUID(int=1)) is found[0]
    await answers.find(version(3))
    assert answers.known(UUID(int=1)) is found[0]
    assert answers.known(UUID(int=2)) is None
