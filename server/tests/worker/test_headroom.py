"""A worker's look at its disk."""

from __future__ import annotations

from pathlib import Path

import structlog
from codex32_server.storage.disk import Disk
from codex32_server.worker.headroom import Headroom


class Fading(Disk):
    short_now = False

    def short(self) -> bool:
        return self.short_now


def test_it_says_once_that_there_is_no_room_and_once_that_there_is_again() -> None:
    disk = Fading(Path("/"), 0)
    headroom = Headroom(disk)
    with structlog.testing.capture_logs() as said:
        assert headroom()
        disk.short_now = True
        assert not headroom()
        assert not headroom()
        disk.short_now = False
        assert headroom()
    assert [line["log_level"] for line in said] == ["error", "info"]
