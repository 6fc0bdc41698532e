"""Cgroups that are used again: making one takes longer than a fork, and an empty one is as good as new.

What a group has counted is subtracted. Where the kernel cannot start a peak anew (memory of cgroup v2) groups
are made and removed each time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from codex32_server.runtime.contract import Limits
from codex32_server.runtime.sandbox import bwrap
from codex32_server.runtime.sandbox.cgroup import Cgroups, Group, Hierarchy

MOST = 64
"""Empty groups that are kept."""

_NUMBERS = count()
"""Of this process: two pools must not name their groups alike."""

_Key = tuple[int, float, int, bool]


@dataclass
class _Counting(Group):
    """A group that forgets what was counted before."""

    key: _Key = (0, 0.0, 0, False)
    _former_cpu: float = 0.0

    def cpu_seconds(self) -> float | None:
        spent = super().cpu_seconds()
        return None if spent is None else max(0.0, spent - self._former_cpu)

    def out_of_memory(self) -> bool:
        return self.kills() > self._former_kills

    def renew(self) -> None:
        """Count from here."""
        self._former_cpu = super().cpu_seconds() or 0.0
        self._former_kills = self.kills()
        self.reset_peak()


class GroupPool:
    """Groups of one backend, by limits."""

    def __init__(self, cgroups: Cgroups) -> None:
        self._cgroups = cgroups
        self._limiting = Cgroups([one for one in cgroups.hierarchies if one.controllers])
        self._free: dict[_Key, list[_Counting]] = {}
        self._kept = 0
        self._renewable = all(
            hierarchy.version == 1 or "memory" not in hierarchy.controllers
            for hierarchy in cgroups.hierarchies
        )

    def take(self, limits: Limits, *, counting: bool = False) -> Group:
        """A group without processes, its limits set. Raises OSError.

        A hierarchy without controllers limits nothing and counts processor time: a run whose first process
        tells that need not join it, and joining each costs a fifth of a millisecond.
        """
        hard = limits.memory + sum(bwrap.tmpfs_sizes(limits).values())
        key = (hard, limits.cpu, limits.processes, counting)
        if waiting := self._free.get(key):
            self._kept -= 1
            return waiting.pop()
        made = (self._cgroups if counting else self._limiting).create(f"warm{next(_NUMBERS)}", limits, hard)
        return _Counting(_folders(made), key=key)

    async def give_back(self, group: Group) -> None:
        """Nothing runs in it any more. One that somebody has removed under us is forgotten."""
        if not group.folders:
            return
        if isinstance(group, _Counting) and self._renewable and self._kept < MOST:
            try:
                group.renew()
            except OSError:
                return
            self._free.setdefault(group.key, []).append(group)
            self._kept += 1
            return
        await asyncio.get_running_loop().run_in_executor(None, group.remove)

    def close(self) -> None:
        """Remove those that wait. May be used again."""
        for waiting in self._free.values():
            for group in waiting:
                group.remove(patience=0.5)
        self._free.clear()
        self._kept = 0


def _folders(group: Group) -> Sequence[tuple[Hierarchy, Path]]:
    return group.folders
