"""What the host sees of a zygote and its children from outside, before it trusts them with a run.

A package that a zygote imported shares its interpreter, so what the guest says about itself proves nothing.
Here is only what the kernel says, in /proc. Landlock cannot be seen there; a child without it is still held
by its namespaces and by seccomp. Sources: proc_pid_status(5), namespaces(7).
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

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


def inspect_zygote(pid: int, keeper: int, command: int) -> Shape:
    """Examine a zygote that has imported everything and has no child yet. `command` is the inode of its
    command socket. Raises NotConfinedError.
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
    filters = status.get("Seccomp_filters")
    shape = Shape(spaces, descriptors_of(pid), int(filters) if filters else None, _devices(pid))
    allowed = {"/dev/null", f"socket:[{command}]"}
    more = sorted(target for target in shape.descriptors if target.partition(" ")[2] not in allowed)
    _require(not more, f"an imported module left {len(more)} descriptors open")
    return shape


def _devices(pid: int) -> frozenset[int]:
    """The device of every mount in a process's namespace."""
    lines = Path(f"/proc/{pid}/mountinfo").read_text().splitlines()
    numbers = (line.split()[2].partition(":") for line in lines)
    return frozenset(os.makedev(int(major), int(minor)) for major, _, minor in numbers)


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
