"""The compiled policy, run through a small interpreter of BPF: what the kernel would answer."""

from __future__ import annotations

import errno
import signal
import socket
import struct

import pytest
from codex32_server.runtime.guest import namespaces
from codex32_server.runtime.sandbox import seccomp, seccomp_zygote
from codex32_server.runtime.sandbox.syscalls import ALLOWED, FILTERED, REFUSED

ALLOW, KILL = 0x7FFF0000, 0x80000000
MACHINES = sorted(seccomp.ARCHITECTURES)


def decide(
    machine: str,
    number: int,
    *arguments: int,
    architecture: int | None = None,
    network: bool = False,
    zygote: bool = False,
) -> int:
    """What the program for `machine` answers to one call."""
    _, audit = seccomp.ARCHITECTURES[machine]
    padded = [*arguments, *[0] * (6 - len(arguments))]
    data = struct.pack("<IIQ6Q", number, audit if architecture is None else architecture, 0, *padded)
    policy = (
        seccomp_zygote.compile_policy(machine) if zygote else seccomp.compile_policy(machine, network=network)
    )
    program = list(struct.iter_unpack("=HBBI", policy))
    place, loaded = 0, 0
    while True:
        code, if_true, if_false, value = program[place]
        place += 1
        if code == 0x20:
            (loaded,) = struct.unpack_from("<I", data, value)
        elif code == 0x06:
            return value
        elif code == 0x54:
            loaded &= value
        else:
            true = {0x15: loaded == value, 0x35: loaded >= value, 0x45: bool(loaded & value)}[code]
            place += if_true if true else if_false


def number(machine: str, name: str) -> int:
    column, _ = seccomp.ARCHITECTURES[machine]
    found = {**ALLOWED, **FILTERED, **REFUSED}[name][column]
    assert found is not None
    return found


def refused(code: int) -> int:
    return 0x00050000 | code


@pytest.mark.parametrize("machine", MACHINES)
def test_every_listed_call_is_answered_as_listed(machine: str) -> None:
    column, _ = seccomp.ARCHITECTURES[machine]
    for table, answer in ((ALLOWED, ALLOW), (REFUSED, refused(errno.EPERM))):
        for numbers in table.values():
            if (found := numbers[column]) is not None:
                assert decide(machine, found) == answer


@pytest.mark.parametrize("machine", MACHINES)
def test_unknown_calls_do_not_exist(machine: str) -> None:
    assert decide(machine, 900) == refused(errno.ENOSYS)
    assert decide(machine, number(machine, "clone3")) == refused(errno.ENOSYS)


@pytest.mark.parametrize("machine", MACHINES)
def test_foreign_architectures_and_x32_are_killed(machine: str) -> None:
    assert decide(machine, 1, architecture=0x40000003) == KILL
    assert decide(machine, 0x40000000 | 39) == KILL


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize(
    "flag", [0x20000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000]
)
def test_no_clone_makes_a_namespace(machine: str, flag: int) -> None:
    threads = 0x003D0F00
    assert decide(machine, number(machine, "clone"), threads) == ALLOW
    assert decide(machine, number(machine, "clone"), threads | flag) == refused(errno.EPERM)


@pytest.mark.parametrize("machine", MACHINES)
def test_only_three_address_families(machine: str) -> None:
    allowed = [
        family for family in range(64) if decide(machine, number(machine, "socket"), family, 1) == ALLOW
    ]
    assert allowed == [1, 2, 10]
    assert decide(machine, number(machine, "socket"), 0x1_0000_0026) == refused(errno.EAFNOSUPPORT)
    assert decide(machine, number(machine, "socketpair"), 2) == refused(errno.EAFNOSUPPORT)


@pytest.mark.parametrize("machine", MACHINES)
def test_of_the_internet_only_streams(machine: str) -> None:
    call = number(machine, "socket")
    cloexec = 0o2000000
    for family in (socket.AF_INET, socket.AF_INET6):
        assert decide(machine, call, family, socket.SOCK_STREAM | cloexec) == ALLOW
        for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET, socket.SOCK_DGRAM | cloexec):
            assert decide(machine, call, family, kind) == refused(errno.EPROTONOSUPPORT)
    assert decide(machine, call, socket.AF_UNIX, socket.SOCK_DGRAM) == ALLOW


@pytest.mark.parametrize("machine", MACHINES)
def test_capabilities_can_only_be_given_up_where_there_were_some(machine: str) -> None:
    call = number(machine, "capset")
    assert decide(machine, call) == refused(errno.EPERM)
    assert decide(machine, call, network=True) == ALLOW
    assert decide(machine, number(machine, "prctl"), 24) == refused(errno.EPERM)
    assert decide(machine, number(machine, "prctl"), 24, network=True) == ALLOW


@pytest.mark.parametrize("machine", MACHINES)
def test_terminals_cannot_be_typed_into(machine: str) -> None:
    assert decide(machine, number(machine, "ioctl"), 0, 0x5412) == refused(errno.EPERM)
    assert decide(machine, number(machine, "ioctl"), 0, 0x1_0000_5412) == refused(errno.EPERM)
    assert decide(machine, number(machine, "ioctl"), 0, 0x5401) == ALLOW


@pytest.mark.parametrize("machine", MACHINES)
def test_a_bot_adds_no_filter_of_its_own(machine: str) -> None:
    assert decide(machine, number(machine, "prctl"), 22) == refused(errno.EPERM)
    assert decide(machine, number(machine, "prctl"), 15) == ALLOW


@pytest.mark.parametrize("machine", MACHINES)
def test_a_zygote_forks_into_all_new_namespaces_or_as_a_bot_does(machine: str) -> None:
    call, whole = number(machine, "clone"), seccomp_zygote.INTO_NEW_NAMESPACES
    assert whole == namespaces.ALL_NEW | signal.SIGCHLD
    assert decide(machine, call, whole, zygote=True) == ALLOW
    assert decide(machine, call, signal.SIGCHLD, zygote=True) == ALLOW
    shared_memory, shared_descriptors, shared_folder, new_user = 0x100, 0x400, 0x200, 0x10000000
    for flags in (
        *(whole | more for more in (shared_memory, shared_descriptors, shared_folder)),
        *(whole & ~(1 << bit) for bit in (17, 26, 27, 28, 29, 30)),
        new_user | signal.SIGCHLD,
    ):
        assert decide(machine, call, flags, zygote=True) == refused(errno.EPERM)


@pytest.mark.parametrize("machine", MACHINES)
def test_a_zygote_never_uncovers_what_its_keeper_covered(machine: str) -> None:
    for name in ("umount2", "pivot_root", "move_mount", "open_tree", "fsmount", "mount_setattr", "setns"):
        assert decide(machine, number(machine, name), zygote=True) == refused(errno.EPERM)
    assert decide(machine, number(machine, "mount"), zygote=True) == ALLOW


def test_no_call_is_in_two_tables() -> None:
    tables = (ALLOWED, FILTERED, REFUSED)
    for column in (0, 1):
        numbers = [found for table in tables for row in table.values() if (found := row[column]) is not None]
        assert len(numbers) == len(set(numbers))


def test_a_machine_without_a_table_is_not_ok(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seccomp.platform, "machine", lambda: "riscv64")
    report = seccomp.explain()
    assert not report.ok
    assert "riscv64" in report.detail
