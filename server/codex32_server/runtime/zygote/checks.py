"""What the host sees of a zygote and its children from outside, before it trusts them with a run.

A package that a zygote imported shares its interpreter, so what the guest says about itself proves nothing.
Here is only what the kernel says, in /proc. Landlock cannot be seen there; a child without it is still held
by its namespaces and by seccomp. Sources: proc_pid_status(5), namespaces(7).
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from codex32_server.runtime.guest import covers
from codex32_server.runtime.sandbox import process

NAMESPACES = ("user", "mnt", "pid", "net", "ipc", "uts", "cgroup")
_CAPABILITIES = ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")
_LONGEST = 16_384
_LISTENS = "0A"
_LINE = re.compile(r"^(State|PPid|NSpid|Threads|NoNewPrivs|Seccomp\w*|Cap\w+):\s*(.*?)$", re.MULTILINE)


class NotConfinedError(Exception):
    """A process in a sandbox is not as it must be; `str` says in which way."""


@dataclass(frozen=True)
class Shape:
    """What a sound zygote looks like; taken of one that has just become ready."""

    namespaces: frozenset[str]
    descriptors: frozenset[str]
    filters: int | None
    """Seccomp filters, those of a container around the worker included; None before Linux 5.9."""
    devices: frozenset[int]
    """Of the file systems that the zygote itself has mounted."""
    place: tuple[int, int]
    """Device and inode of its working folder."""


def inspect_zygote(pid: int, keeper: int, command: int, place: Path) -> Shape:
    """Examine a zygote that has imported everything and has no child yet. `command` is the inode of its
    command socket, `place` the folder of the host that it works in. Raises NotConfinedError, OSError.
    """
    spaces, host = namespaces_of(pid), namespaces_of(os.getpid())
    _require(not spaces & host, "it shares a namespace with the host")
    status = _status(pid)
    _require(status.get("Seccomp") == "2" and status.get("NoNewPrivs") == "1", "it has no seccomp filter")
    _require(_no_capabilities(status), "it has capabilities")
    check_single_threaded(status)
    _require(process.children(pid) == [], "an imported module left a process running")
    _require(process.children(keeper) == [pid], "an imported module left a process running")
    _require(not _shared_memory(pid), "an imported module shares memory")
    _require(_no_capabilities(_status(keeper)), "its keeper has capabilities")
    mounts = _mounts(pid)
    _require(_is_covered(mounts), "it can still see processes, or write somewhere")
    filters = status.get("Seccomp_filters")
    found = place.stat()
    shape = Shape(
        spaces,
        descriptors_of(pid),
        int(filters) if filters else None,
        frozenset(mount.device for mount in mounts),
        (found.st_dev, found.st_ino),
    )
    _require(_working_folder(pid) == shape.place, "an imported module went to another folder")
    allowed = {"/dev/null", f"socket:[{command}]"}
    more = sorted(target for target in shape.descriptors if target.partition(" ")[2] not in allowed)
    _require(not more, f"an imported module left {len(more)} descriptors open")
    return shape


def inspect_company(pid: int, keeper: int, shape: Shape, child: int, others: Collection[int]) -> None:
    """A zygote that has just forked `child` keeps nothing of it: no descriptor, no folder, no thread, and no
    process but `others` that could keep it in its stead. What it cannot reach now, nothing gives it later.
    Raises NotConfinedError, OSError.
    """
    threads = _stat(pid)[_THREADS]
    _require(threads == "1", f"it has {threads} threads: an imported module started some")
    _require(process.children_of_single(keeper) == [pid], "an imported module started a process")
    below = set(process.children_of_single(pid))
    _require(child in below and below <= {child, *others}, "an imported module started a process")
    _require(not strange_descriptors(pid, shape), "an imported module opened a descriptor later")
    _require(_working_folder(pid) == shape.place, "an imported module went to another folder")


def stands_still(pid: int) -> bool:
    """Whether the process was stopped. Raises NotConfinedError."""
    return _stat(pid)[0] == "T"


def check_stopped(pid: int) -> None:
    """Raises NotConfinedError."""
    _require(stands_still(pid), "it cannot be stopped")


_THREADS = 17


def _stat(pid: int) -> list[str]:
    """What follows the name in /proc/PID/stat: a fifth of the time of `status`."""
    return _read(f"/proc/{pid}/stat").rpartition(") ")[2].split()


@dataclass(frozen=True)
class _Mount:
    """A line of proc_pid_mountinfo(5)."""

    number: str
    below: str
    device: int
    place: str
    options: list[str]
    kind: str


def _mounts(pid: int) -> list[_Mount]:
    """Every mount in a process's namespace."""
    found: list[_Mount] = []
    for line in Path(f"/proc/{pid}/mountinfo").read_text().splitlines():
        fields, _, rest = line.partition(" - ")
        number, below, device, _, place, options = fields.split()[:6]
        major, _, minor = device.partition(":")
        kind = rest.split()[0]
        found.append(
            _Mount(number, below, os.makedev(int(major), int(minor)), place, options.split(","), kind)
        )
    return found


def _is_covered(mounts: list[_Mount]) -> bool:
    """Whether on top of each place that the keeper covers is an empty file system, and no other /proc is
    anywhere.
    """
    for place in (*covers.PLACES, covers.BENEATH):
        here = [mount for mount in mounts if mount.place == place]
        under = {mount.below for mount in here}
        top = [mount for mount in here if mount.number not in under]
        if [mount.kind for mount in top] != ["tmpfs"] or "ro" not in top[0].options:
            return False
    return {mount.place for mount in mounts if mount.kind == "proc"} == {"/proc", f"{covers.BENEATH}/proc"}


def _working_folder(pid: int) -> tuple[int, int]:
    found = os.stat(f"/proc/{pid}/cwd")  # noqa: PTH116 - of every start, and pathlib is slow
    return found.st_dev, found.st_ino


def strange_descriptors(pid: int, shape: Shape) -> frozenset[str]:
    """What a zygote has open now and had not at first. A fork in progress has its order's; what is there in
    look after look is none. Raises NotConfinedError.
    """
    return descriptors_of(pid) - shape.descriptors


def inspect_child(pid: int, zygote: int, shape: Shape, *, begun: int = 0) -> None:
    """Examine the first process of a run, which waits alone, or with `begun` processes (the bot's, and a
    forwarder), which wait too, with one thread. Raises NotConfinedError.
    """
    status = _status(pid)
    _require(status.get("PPid") == str(zygote), "it is not the zygote's child")
    _require(status.get("NSpid", "").split()[-1:] == ["1"], "it is not the first of its pid namespace")
    _require(_no_capabilities(status), "it has capabilities")
    _require(status.get("NoNewPrivs") == "1", "it could gain privileges")
    _require(status.get("Seccomp") == "2", "it has no seccomp filter")
    if shape.filters is not None:
        _require(status.get("Seccomp_filters") == str(shape.filters + 1), "it lacks the bots' filter")
    check_single_threaded(status)
    spaces = namespaces_of(pid)
    _require(len(spaces) == len(NAMESPACES) and not spaces & shape.namespaces, "it shares a namespace")
    bots = process.children_of_single(pid)
    _require(len(bots) == begun, "it has started something" if bots else "its bot is gone")
    for bot in bots:
        status = _status(bot)
        check_single_threaded(status)
        _require(not status.get("State", "Z").startswith("Z"), "its bot is dead")
        _require(process.children_of_single(bot) == [], "it has started something")


def inspect_what_a_child_shares(pid: int, channels: frozenset[str]) -> None:
    """A child of a zygote that has imported packages has nothing through which it could meet a sibling: no
    shared memory, and no descriptor but its `channels` and listeners in its own network namespace, which
    nobody else has ever been in. Raises NotConfinedError.
    """
    _require(not _shared_memory(pid), "it shares memory")
    targets = {entry.partition(" ")[2] for entry in descriptors_of(pid)}
    _require(targets <= channels | {"/dev/null"} | _own_listeners(pid), "it has descriptors of the zygote")


def _own_listeners(pid: int) -> frozenset[str]:
    """The TCP sockets that listen in the process's network namespace (proc_net_tcp in the kernel's docs)."""
    lines = _read(f"/proc/{pid}/net/tcp").splitlines()[1:]
    fields = (line.split() for line in lines)
    return frozenset(f"socket:[{line[9]}]" for line in fields if len(line) > 9 and line[3] == _LISTENS)


def check_single_threaded(status: dict[str, str]) -> None:
    """Raises NotConfinedError."""
    threads = status.get("Threads")
    _require(threads == "1", f"it has {threads} threads: an imported module started some")


def check_single_thread(pid: int) -> None:
    """As above, of a process that nothing else is to be known of. Raises NotConfinedError."""
    _, _, after = _read(f"/proc/{pid}/status").partition("\nThreads:\t")
    check_single_threaded({"Threads": after.partition("\n")[0]})


def status_of(pid: int) -> dict[str, str]:
    """/proc/PID/status. Raises NotConfinedError if the process is gone."""
    return _status(pid)


def namespaces_of(pid: int) -> frozenset[str]:
    """`kind:[inode]` of each namespace. Raises NotConfinedError."""
    try:
        return frozenset(target(f"/proc/{pid}/ns/{name}") for name in NAMESPACES)
    except OSError as error:
        raise NotConfinedError(f"its namespaces cannot be seen ({error.strerror})") from error


def _require(condition: bool, otherwise: str) -> None:
    if not condition:
        raise NotConfinedError(otherwise)


def _no_capabilities(status: dict[str, str]) -> bool:
    return all(set(status.get(name, "?")) == {"0"} for name in _CAPABILITIES)


def _status(pid: int) -> dict[str, str]:
    return dict(_LINE.findall(_read(f"/proc/{pid}/status")))


def descriptors_of(pid: int) -> frozenset[str]:
    """`number target` of each open descriptor. One that is closed meanwhile is none."""
    folder = f"/proc/{pid}/fd"
    found: set[str] = set()
    try:
        for name in os.listdir(folder):  # noqa: PTH208 - of every run, and pathlib takes ten times as long
            with suppress(FileNotFoundError):
                found.add(f"{name} {target(f'{folder}/{name}')}")
    except OSError as error:
        raise NotConfinedError(f"its descriptors cannot be seen ({error.strerror})") from error
    return frozenset(found)


def _shared_memory(pid: int) -> bool:
    """Whether any mapping is shared."""
    try:
        # Bytes: a mapped file may have any name.
        with open(f"/proc/{pid}/maps", "rb") as maps:  # noqa: PTH123 - a file of the kernel
            return any(line.split(None, 2)[1].endswith(b"s") for line in maps)
    except OSError as error:
        raise NotConfinedError(f"its memory cannot be seen ({error.strerror})") from error


def target(link: str) -> str:
    """Where a link of /proc leads."""
    return os.readlink(link)  # noqa: PTH115 - of every run, and pathlib takes ten times as long


def _read(path: str) -> str:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise NotConfinedError("it is gone") from error
    try:
        return os.read(descriptor, _LONGEST).decode(errors="replace")
    except OSError as error:
        raise NotConfinedError("it is gone") from error
    finally:
        os.close(descriptor)
