"""Layer 4: cgroups limit memory, processes and cpu of a whole run, and kill it in one write.

Works on v2, on v1, and on hosts with v1 controllers beside an empty v2 hierarchy (whose `cgroup.kill` is
still the best kill). Where none is writable the group is empty and `watchdog` does what it can. Sources:
Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/ of the kernel.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from codex32_server.runtime.contract import Limits
from codex32_server.runtime.sandbox.layer import LayerReport
from codex32_server.runtime.sandbox.process import owner_is_gone, owner_prefix

PERIOD = 100_000
"""Microseconds over which the cpu quota is counted."""

OWN_PROCESSES = 2
"""bubblewrap's monitor and the guest's init, which do not count against the bot."""

_OPTIONAL = frozenset({"memory.swap.max", "memory.oom.group", "memory.memsw.limit_in_bytes"})
"""Files that a kernel without swap accounting, or an older one, does not have. All others must be written."""
NETWORK_PROCESSES = 1
"""The forwarder of a run with network, which does not count either."""

_NEEDED = ("memory", "pids", "cpu")
_LONGEST = 16_384
_PARENT = "codex32"
_LEAF = "codex32-host"


@dataclass(frozen=True)
class Hierarchy:
    """One mounted hierarchy in which this process may make groups below `base`."""

    base: Path
    version: int
    controllers: frozenset[str]

    def settings(self, limits: Limits, hard_memory: int, own: int = OWN_PROCESSES) -> list[tuple[str, str]]:
        """(file, content) in the order in which they must be written."""
        quota = int(limits.cpu * PERIOD)
        processes = str(limits.processes + own)
        if self.version == 2:
            wanted = {
                "memory": [
                    ("memory.max", str(hard_memory)),
                    ("memory.swap.max", "0"),
                    ("memory.oom.group", "0"),
                ],
                "pids": [("pids.max", processes)],
                "cpu": [("cpu.max", f"{quota} {PERIOD}")],
            }
        else:
            wanted = {
                "memory": [
                    ("memory.limit_in_bytes", str(hard_memory)),
                    ("memory.memsw.limit_in_bytes", str(hard_memory)),
                ],
                "pids": [("pids.max", processes)],
                "cpu": [("cpu.cfs_period_us", str(PERIOD)), ("cpu.cfs_quota_us", str(quota))],
            }
        return [
            pair for controller in _NEEDED if controller in self.controllers for pair in wanted[controller]
        ]


@dataclass
class Group:
    """The cgroups of one run, one folder in each hierarchy. Empty where none is writable."""

    folders: Sequence[tuple[Hierarchy, Path]] = ()
    _former_kills: int = field(default=0)

    def add(self, pid: int) -> None:
        """Move a process here; what it starts later is here too."""
        for _, folder in self.folders:
            _write(folder / "cgroup.procs", b"%d" % pid)

    def kill(self) -> bool:
        """SIGKILL to every process here, in one step of the kernel. False where there is no `cgroup.kill`."""
        for hierarchy, folder in self.folders:
            if hierarchy.version == 2:
                with contextlib.suppress(OSError):
                    _write(folder / "cgroup.kill", b"1")
                    return True
        return False

    def limits_memory(self) -> bool:
        """Whether the kernel enforces the memory of the whole run."""
        return self._of("memory") is not None

    def anonymous_memory(self) -> int:
        """Bytes that belong to processes (not files, not tmpfs)."""
        found = self._of("memory")
        if found is None:
            return 0
        name = "anon" if found[0].version == 2 else "total_rss"
        return _keyed(found[1] / "memory.stat").get(name, 0)

    def memory(self) -> int | None:
        """Bytes in use, of any kind: cheap, to see whether a closer look is worth it.

        None if nothing counts them, also where somebody has removed the group.
        """
        return self._number("memory", "memory.usage_in_bytes", "memory.current")

    def out_of_memory(self) -> bool:
        """Whether the kernel killed anything here for want of memory."""
        return self.kills() > 0

    def kills(self) -> int:
        """How often the kernel killed something here for want of memory."""
        found = self._of("memory")
        if found is None:
            return 0
        events = _keyed(found[1] / ("memory.events" if found[0].version == 2 else "memory.oom_control"))
        return events.get("oom_kill", 0)

    def reset_peak(self) -> None:
        """Begin a new `peak_memory`; only version 1 can for all readers."""
        found = self._of("memory")
        if found is not None and found[0].version == 1:
            _write(found[1] / "memory.max_usage_in_bytes", b"0")

    def peak_memory(self) -> int | None:
        """The most bytes that were in use at a time."""
        return self._number("memory", "memory.max_usage_in_bytes", "memory.peak")

    def cpu_seconds(self) -> float | None:
        """Processor time of everything that ran here."""
        for hierarchy, folder in self.folders:
            if hierarchy.version == 2:
                spent = _keyed(folder / "cpu.stat").get("usage_usec")
                return None if spent is None else spent / 1e6
        return None

    def processes(self) -> int | None:
        """Processes here now."""
        for _, folder in self.folders:
            with contextlib.suppress(OSError):
                return (folder / "cgroup.procs").read_bytes().count(b"\n")
        return None

    def remove(self, patience: float = 2.0) -> None:
        """Remove the folders; dying processes may hold them for a moment. What stays is swept at the next
        start.
        """
        until = time.monotonic() + patience
        for _, folder in self.folders:
            while not _removed(folder) and time.monotonic() < until:
                time.sleep(0.002)

    def _of(self, controller: str) -> tuple[Hierarchy, Path] | None:
        return next((pair for pair in self.folders if controller in pair[0].controllers), None)

    def _number(self, controller: str, version_1: str, version_2: str) -> int | None:
        found = self._of(controller)
        if found is None:
            return None
        try:
            return int(_read(found[1] / (version_2 if found[0].version == 2 else version_1)))
        except (OSError, ValueError):
            return None


class Cgroups:
    """Makes groups in the hierarchies that `discover` found."""

    def __init__(self, hierarchies: Sequence[Hierarchy]) -> None:
        self.hierarchies = hierarchies
        self._prefix = owner_prefix()

    def create(self, name: str, limits: Limits, hard_memory: int, own: int = OWN_PROCESSES) -> Group:
        """A group with its limits set and no process in it. `own` processes are not the bot's.

        Raises OSError, and leaves nothing, where one of the limits cannot be set.
        """
        folders: list[tuple[Hierarchy, Path]] = []
        try:
            for hierarchy in self.hierarchies:
                folder = hierarchy.base / f"{self._prefix}-{name}"
                _make(hierarchy, folder)
                folders.append((hierarchy, folder))
                for file, content in hierarchy.settings(limits, hard_memory, own):
                    _set(folder / file, content)
        except OSError:
            Group(folders).remove(patience=0.5)
            raise
        return Group(folders)

    def missing(self) -> list[str]:
        """Controllers that are not available."""
        found = {controller for hierarchy in self.hierarchies for controller in hierarchy.controllers}
        return [controller for controller in _NEEDED if controller not in found]

    def sweep(self) -> int:
        """Kill and remove the groups of workers that are gone; gives how many."""
        left: dict[str, list[tuple[Hierarchy, Path]]] = {}
        for hierarchy in self.hierarchies:
            for folder in hierarchy.base.iterdir():
                if folder.is_dir() and owner_is_gone(folder.name):
                    left.setdefault(folder.name, []).append((hierarchy, folder))
        for folders in left.values():
            Group(folders).kill()
            Group(folders).remove(patience=0.5)
        return len(left)

    def explain(self) -> LayerReport:
        """What the kernel limits for a whole run."""
        missing = self.missing()
        if not missing:
            versions = sorted(
                {f"v{hierarchy.version}" for hierarchy in self.hierarchies if hierarchy.controllers}
            )
            return LayerReport(
                "cgroup", True, f"memory, processes and cpu limited by cgroup {' and '.join(versions)}"
            )
        kill = "; cgroup.kill ends runs" if any(each.version == 2 for each in self.hierarchies) else ""
        return LayerReport(
            "cgroup",
            False,
            f"not writable here: {', '.join(missing)}; rlimits and a watchdog stand in for it{kill}",
            "Run the worker as root, in a container with a writable cgroup, or with "
            "`systemd-run --user --scope -p Delegate=yes`.",
            required=False,
        )


def discover() -> Cgroups:
    """The hierarchies in which this process can make groups; none for most ordinary users."""
    own = _own_paths()
    hierarchies: list[Hierarchy] = []
    for mount, root, version, controllers in _mounts():
        below = own.get("" if version == 2 else next(iter(controllers), ""), "/")
        relative = below[len(root) :] if below.startswith(root) else ""
        for place in dict.fromkeys((mount / relative.strip("/"), mount)):
            hierarchy = _open(place, version, controllers)
            if hierarchy is not None:
                hierarchies.append(hierarchy)
                break
    return Cgroups(hierarchies)


def _open(place: Path, version: int, controllers: frozenset[str]) -> Hierarchy | None:
    """Make our parent group below `place` and see what can be set in it."""
    base = place / _PARENT
    try:
        base.mkdir(exist_ok=True)
        if version == 2:
            controllers = _delegate(place, base)
        probe = base / f"{owner_prefix()}-probe"
        probe.mkdir(exist_ok=True)
        writable = os.access(probe / "cgroup.procs", os.W_OK)
        probe.rmdir()
    except OSError:
        return None
    return Hierarchy(base, version, controllers & set(_NEEDED)) if writable else None


def _make(hierarchy: Hierarchy, folder: Path) -> None:
    """Also where somebody has removed our parent group since `discover`: it is made again."""
    try:
        folder.mkdir()
    except FileNotFoundError:
        hierarchy.base.mkdir(exist_ok=True)
        if hierarchy.version == 2:
            _delegate(hierarchy.base.parent, hierarchy.base)
        folder.mkdir()


def _set(file: Path, content: str) -> None:
    try:
        with file.open("r+") as setting:  # never make one: in a cgroup that is EACCES, which says less
            setting.write(content)
    except FileNotFoundError:
        if file.name not in _OPTIONAL:
            raise


def _delegate(place: Path, base: Path) -> frozenset[str]:
    """Hand the controllers down to `base` (v2 only hands down from a group without processes, the root
    excepted).
    """
    offered = set((place / "cgroup.controllers").read_text().split()) & set(_NEEDED)
    if not offered:
        return frozenset()
    order = " ".join(f"+{controller}" for controller in sorted(offered))
    try:
        (place / "cgroup.subtree_control").write_text(order)
    except OSError:
        _move_to_leaf(place)
        with contextlib.suppress(OSError):
            (place / "cgroup.subtree_control").write_text(order)
    with contextlib.suppress(OSError):
        (base / "cgroup.subtree_control").write_text(order)
    return frozenset((base / "cgroup.subtree_control").read_text().split())


def _move_to_leaf(place: Path) -> None:
    leaf = place / _LEAF
    leaf.mkdir(exist_ok=True)
    for pid in (place / "cgroup.procs").read_text().split():
        with contextlib.suppress(OSError):
            (leaf / "cgroup.procs").write_text(pid)


def _mounts() -> list[tuple[Path, str, int, frozenset[str]]]:
    """(mount point, root within the hierarchy, version, v1 controllers) that matter here."""
    found: list[tuple[Path, str, int, frozenset[str]]] = []
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        left, _, right = line.partition(" - ")
        kind, _, options = right.split(" ", 2)
        root, mount = left.split(" ")[3:5]
        controllers = frozenset(options.split(",")) & set(_NEEDED)
        if kind == "cgroup2" or (kind == "cgroup" and controllers):
            found.append((Path(mount), root, 2 if kind == "cgroup2" else 1, controllers))
    return found


def _own_paths() -> dict[str, str]:
    """Controller (empty for v2) → path of this process's own group."""
    paths: dict[str, str] = {}
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        for controller in controllers.split(","):
            paths[controller] = path
    return paths


def _keyed(path: Path) -> dict[str, int]:
    """A file of `name number` lines; empty where it cannot be read."""
    try:
        lines = [line.split() for line in _read(path).decode().splitlines()]
    except OSError:
        return {}
    return {words[0]: int(words[1]) for words in lines if len(words) == 2 and words[1].isdigit()}


def _read(path: Path) -> bytes:
    """A file of the kernel, some times in each run: Python's own files take five times as long."""
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(file, _LONGEST)
    finally:
        os.close(file)


def _write(path: Path, content: bytes) -> None:
    """As `_read`."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
    try:
        os.write(file, content)
    finally:
        os.close(file)


def _removed(folder: Path) -> bool:
    try:
        folder.rmdir()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True
