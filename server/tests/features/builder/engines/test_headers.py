"""What somebody set in a manifest outlives a change by words."""

from __future__ import annotations

import pytest
from codex32_server.features.builder.engines.headers import TimesSetByHandError, merged, parted
from codex32_server.kit.manifest.manifest import parse_header
from codex32_server.kit.manifest.schema import Manifest

BODY = "\n\ndef main() -> None: ...\n"


def bot(*lines: str, body: str = BODY) -> str:
    table = ["[tool.codex32]", 'name = "mine"', *lines]
    return "\n".join(["# /// script", *(f"# {line}" for line in table), "# ///"]) + body


def manifest(source: str) -> Manifest:
    return parse_header(source).manifest


def test_without_a_hand_in_it_the_new_file_is_taken_as_it_is() -> None:
    new = bot('network = ["a.example"]')
    assert merged(bot(), bot(), new).source == new


def test_what_was_set_stays_and_what_the_words_change_changes() -> None:
    standing = bot("# by Ann", 'limits = { memory = "1GiB", timeout = "10m" }', "retries = { attempts = 3 }")
    new = bot('limits = { memory = "256MiB", timeout = "1m" }', 'network = ["a.example"]', body="\n\nx = 1\n")
    found = merged(bot('limits = { memory = "256MiB", timeout = "1m" }'), standing, new)
    made = manifest(found.source)
    assert (made.limits.memory, made.limits.timeout, made.retries.attempts) == (1 << 30, 600, 3)
    assert made.network == ("a.example",)
    assert "# # by Ann" in found.source
    assert found.source.endswith("# ///\n\nx = 1\n")
    assert found.kept == ()


def test_of_lists_each_side_changes_its_own() -> None:
    old = bot('network = ["a.example", "b.example"]')
    standing = bot('network = ["a.example", "own.example"]')
    new = bot('network = ["b.example", "c.example"]')
    assert manifest(merged(old, standing, new).source).network == ("own.example", "c.example")


def test_what_both_change_stays_and_is_told() -> None:
    old, new = (bot(f'limits = {{ memory = "{size}" }}') for size in ("128MiB", "512MiB"))
    found = merged(old, bot('limits = { memory = "64MiB" }'), new)
    assert manifest(found.source).limits.memory == 64 << 20
    [told] = found.kept
    assert "limits.memory stays at 64MiB" in told


def test_what_is_no_longer_wanted_goes() -> None:
    old = bot('network = ["a.example"]', 'secrets = ["KEY"]')
    found = manifest(merged(old, bot(*_table(old), "tags = ['x']"), bot()).source)
    assert (found.network, found.secret_names, found.tags) == ((), (), ("x",))


def _table(source: str) -> list[str]:
    return [line[2:] for line in source.split("\n")[3:] if line.startswith("# ") and "///" not in line]


def test_times_that_both_change_are_for_the_manifest() -> None:
    old, standing, new = (bot(f'triggers = [{{ schedule = "0 {hour} * * *" }}]') for hour in (9, 10, 11))
    with pytest.raises(TimesSetByHandError):
        merged(old, standing, new)


def test_a_file_parts_into_header_and_rest() -> None:
    assert parted(f"#!/bin/x\n{bot()}")[1] == f"#!/bin/x{BODY}"
    assert parted("x = 1\r\n") == ("", "x = 1\n")
