"""Rings of key-encryption keys: from the home, from the setting, and while they change."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from codex32_server.storage.crypto import wrapper_of
from codex32_server.storage.keys import MasterKey, MasterKeyError
from codex32_server.storage.wrapping import (
    FileRing,
    GivenRing,
    RingEncryption,
    RotationRunningError,
    WrappingKeyMissingError,
)

MASTER = MasterKey(b"m" * 32)
DATA_KEY = b"d" * 32


@pytest.fixture
def ring(tmp_path: Path) -> FileRing:
    return FileRing(tmp_path / "secrets.keys", MASTER)


async def test_without_a_file_the_master_key_serves(ring: FileRing) -> None:
    wrapped = await RingEncryption(ring).wrap(DATA_KEY, b"context")
    assert await RingEncryption(ring).unwrap(wrapped, b"context") == DATA_KEY
    assert not ring.path.exists()
    with pytest.raises(WrappingKeyMissingError):
        await RingEncryption(FileRing(ring.path, MasterKey(b"o" * 32))).unwrap(wrapped, b"context")


async def test_a_new_key_wraps_at_once_and_old_ones_still_open(ring: FileRing) -> None:
    running = RingEncryption(ring)
    before = await running.wrap(DATA_KEY, b"")
    added = ring.add()
    after = await running.wrap(DATA_KEY, b"")
    assert wrapper_of(after) == added.id == await running.current_id() != wrapper_of(before)
    assert [await running.unwrap(wrapped, b"") for wrapped in (before, after)] == [DATA_KEY, DATA_KEY]
    assert stat.S_IMODE(ring.path.stat().st_mode) == 0o600


async def test_a_process_that_began_before_finds_the_new_key(ring: FileRing) -> None:
    running = RingEncryption(ring)
    assert await running.current_id()
    ring.add()
    wrapped = await RingEncryption(ring).wrap(DATA_KEY, b"")
    assert await running.unwrap(wrapped, b"") == DATA_KEY


async def test_what_nothing_needs_is_forgotten_but_not_by_who_knew_it(ring: FileRing) -> None:
    running = RingEncryption(ring)
    first = ring.add()
    wrapped = await running.wrap(DATA_KEY, b"")
    second = ring.add()
    assert ring.keep_only({first.id, second.id}) == []
    assert [key.id for key in ring.keep_only({second.id})] == [first.id]
    assert [key.id for key in ring.read()][1:] == [second.id]
    assert ring.keep_only(set()) == []
    assert await running.unwrap(wrapped, b"") == DATA_KEY
    with pytest.raises(WrappingKeyMissingError, match=first.id.hex()):
        await RingEncryption(ring).unwrap(wrapped, b"")


def test_nothing_is_forgotten_without_a_file(ring: FileRing) -> None:
    assert ring.keep_only(set()) == []
    assert not ring.path.exists()


def test_one_rotation_at_a_time(ring: FileRing) -> None:
    with ring.changing(), pytest.raises(RotationRunningError), FileRing(ring.path, MASTER).changing():
        pass
    with ring.changing():
        ring.add()


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with (
        pytest.raises(MasterKeyError, match="cannot be changed"),
        FileRing(tmp_path / "missing" / "secrets.keys", MASTER).changing(),
    ):
        pass


@pytest.mark.parametrize(
    ("content", "mode", "words"),
    [
        ("11" * 32, 0o644, "read by others"),
        ("not a key", 0o600, "32 random bytes"),
        (b"\xff", 0o600, "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_trusted_stops(
    ring: FileRing, content: str | bytes, mode: int, words: str
) -> None:
    ring.path.write_bytes(content if isinstance(content, bytes) else content.encode())
    ring.path.chmod(mode)
    with pytest.raises(MasterKeyError, match=words):
        ring.read()


async def test_the_first_key_of_the_setting_wraps() -> None:
    old, new = "11" * 32, "22" * 32
    wrapped = await RingEncryption(GivenRing(old)).wrap(DATA_KEY, b"")
    both = RingEncryption(GivenRing(f"{new}\n{old}"))
    assert await both.unwrap(wrapped, b"") == DATA_KEY
    assert wrapper_of(await both.wrap(DATA_KEY, b"")) == await RingEncryption(GivenRing(new)).current_id()
    with pytest.raises(MasterKeyError):
        GivenRing("too-short")


def test_keys_are_never_shown(ring: FileRing) -> None:
    key = ring.add()
    assert key.value.hex() not in f"{key} {key!r}"
    assert key.id.hex() not in key.value.hex()
