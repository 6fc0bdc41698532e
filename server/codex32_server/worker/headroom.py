"""Whether this worker may take on more work, as far as its disk is concerned."""

from __future__ import annotations

import structlog

from codex32_server.storage.disk import Disk

_log = structlog.stdlib.get_logger(__name__)


class Headroom:
    """True while the disk has room. Says once that it has not, and once that it has again."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self._short = False

    def __call__(self) -> bool:
        short = self._disk.short()
        if short != self._short:
            self._short = short
            if short:
                _log.error("nothing is claimed: the disk is nearly full", reason=self._disk.sentence())
            else:
                _log.info("there is room on the disk again")
        return not short
