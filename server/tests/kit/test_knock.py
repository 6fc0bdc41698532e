"""The line at a worker's door: read back what was written, and nothing else."""

from __future__ import annotations

from uuid import UUID

import pytest
from codex32_server.kit import knock
from codex32_server.kit.ids import new_id
from codex32_server.kit.knock import Knock
from hypothesis import given
from hypothesis import strategies as st

KEY = b"k" * 32


@given(st.uuids(), st.integers(0, 2**31), st.floats(0, 4e9), st.floats(-59, 59))
def test_it_reads_what_it_writes(replica_id: UUID, fence: int, now: float, passed: float) -> None:
    line = knock.write(KEY, Knock(replica_id, fence), now)
    assert len(line) <= knock.LONGEST
    assert line.count(b"\n") == 1
    assert knock.read(KEY, line, int(now) + passed) == Knock(replica_id, fence)


@pytest.mark.parametrize("passed", [61, -61, 1e6])
def test_an_old_line_is_worth_nothing(passed: float) -> None:
    line = knock.write(KEY, Knock(new_id(), 1), 1000)
    assert knock.read(KEY, line, 1000 + passed) is None


def test_another_key_is_worth_nothing() -> None:
    assert knock.read(b"x" * 32, knock.write(KEY, Knock(new_id(), 1), 1000), 1000) is None


@given(st.integers(0, 110), st.integers(1, 255))
def test_a_changed_line_is_worth_nothing(position: int, change: int) -> None:
    line = bytearray(knock.write(KEY, Knock(UUID(int=5), 7), 1000)[:-1])
    line[position % len(line)] ^= change
    assert knock.read(KEY, bytes(line), 1000) is None


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(line: bytes) -> None:
    assert knock.read(KEY, line, 1000) is None
