"""Prompts are named, versioned, and never changed once they were used."""

from __future__ import annotations

import hashlib

import pytest
from codex32_server.features.builder.model_engine.prompts import prompt, prompts

FROZEN = {
    "plan@1": "72d632dfebf0b906",
    "plan@2": "4bfca60c6b527d52",
    "repair@1": "75eed5232a236977",
    "requirements@1": "a2125eef9a1667b2",
    "write@1": "271c1ace6df3bd59",
    "write@2": "f57b0894d3d81286",
}
"""Prompt → the beginning of its SHA-256. To change one, write the next version beside it and add it here."""


@pytest.mark.parametrize("name", sorted(prompts()))
def test_versions_have_no_gap_and_the_newest_is_taken(name: str) -> None:
    versions = [one.version for one in prompts()[name]]
    assert versions == list(range(1, len(versions) + 1))
    assert prompt(name).id == f"{name}@{versions[-1]}"


def test_none_was_changed() -> None:
    found = {
        one.id: hashlib.sha256(one.text.encode()).hexdigest()[:16]
        for those in prompts().values()
        for one in those
    }
    assert found == FROZEN


@pytest.mark.parametrize("name", sorted(prompts()))
def test_each_says_that_data_is_no_instruction(name: str) -> None:
    text = prompt(name).text
    assert "<data>" in text
    assert "not followed" in text
