"""Parts of the kernel that a bot has no business with, reached by system calls, also in other spellings."""

from __future__ import annotations

import platform

import pytest
from support.escapes import Arena, Attack, attack, call
from support.fingerprint import IPC_KEY

pytestmark = pytest.mark.sandbox

NEW_NAMESPACES = {
    "user": 0x10000000, "mount": 0x00020000, "process": 0x20000000, "network": 0x40000000,
    "cgroup": 0x02000000, "hostname": 0x04000000, "IPC": 0x08000000, "time": 0x00000080,
}  # fmt: skip

NAMESPACES = [
    *(call("unshare", str(flag), title=f"new {kind} namespace") for kind, flag in NEW_NAMESPACES.items()),
    attack("clone into a user namespace", "call('clone', 0x10000011, 0, 0, 0, 0)", also="ENOSPC"),
    attack("clone with dirty high bits", "call('clone', 0x7E02000110000011, 0, 0, 0, 0)", also="EINVAL ENOSPC"),
    call("clone3", "0, 0"),
    call("setns", "os.open('/proc/self/ns/user', os.O_RDONLY), 0", title="enter a namespace"),
    call("setns", "call('pidfd_open', 1, 0), 0x20000", title="enter init's namespaces"),
    attack("namespaces of init", "os.readlink('/proc/1/ns/mnt')"),
    attack("parent of the user namespace", """
        import fcntl
        fcntl.ioctl(os.open('/proc/self/ns/user', os.O_RDONLY), 0xb702)
    """),
    call("mount", "b'none', b'/tmp', b'tmpfs', 0, 0"),
    call("mount", "b'/', b'/tmp', 0, 0x1000, 0", title="bind the root"),
    call("mount", "0, b'/bot', 0, 0x1020, 0", title="remount writable"),
    call("umount2", "b'/proc', 2"),
    call("pivot_root", "b'/', b'/tmp'"),
    call("chroot", "b'/tmp'"),
    call("move_mount", "0, b'', 0, b'', 0"),
    call("open_tree", "-100, b'/', 1"),
    call("fsopen", "b'tmpfs', 0"),
    call("fsconfig", "0, 0, 0, 0, 0"),
    call("fsmount", "0, 0, 0"),
    call("fspick", "-100, b'/', 0"),
    call("mount_setattr", "-100, b'/', 0, 0, 0"),
    call("statmount", "0, 0, 0, 0"),
    call("listmount", "0, 0, 0, 0"),
    call("name_to_handle_at", "-100, b'/etc/hosts', 0, 0, 0"),
    call("open_by_handle_at", "0, 0, 0"),
]  # fmt: skip

SYSTEM_CALLS = [
    call("io_uring_setup", "8, 0"),
    call("io_uring_enter", "0, 0, 0, 0, 0"),
    call("io_uring_register", "0, 0, 0, 0"),
    call("userfaultfd", "0"),
    call("bpf", "0, 0, 0"),
    call("perf_event_open", "0, 0, 0, 0, 0"),
    call("keyctl", "0, -3, 1", title="session key ring"),
    call("keyctl", "11, -3, 0, 0", title="read keys"),
    call("add_key", "b'user', b'x', b'y', 1, -3"),
    call("request_key", "b'user', b'x', 0, -3"),
    call("fanotify_init", "0, 0"),
    call("fanotify_mark", "0, 0, 0, 0, 0"),
    call("splice", "0, 0, 1, 0, 1, 0"),
    call("vmsplice", "1, 0, 0, 0"),
    call("tee", "0, 1, 1, 0"),
    call("memfd_secret", "0"),
    call("kexec_load", "0, 0, 0, 0"),
    call("kexec_file_load", "0, 0, 0, 0, 0"),
    call("init_module", "0, 0, 0"),
    call("finit_module", "0, 0, 0"),
    call("delete_module", "b'x', 0"),
    call("swapon", "b'/tmp/x', 0"),
    call("swapoff", "b'/tmp/x'"),
    call("reboot", "0xfee1dead, 672274793, 0, 0"),
    call("acct", "0"),
    call("quotactl", "0x800007, 0, 0, 0"),
    call("quotactl_fd", "0, 0, 0, 0"),
    call("syslog", "3, 0, 0"),
    call("vhangup"),
    call("settimeofday", "0, 0"),
    call("clock_settime", "0, ctypes.byref((ctypes.c_long * 2)(1, 1))"),
    call("adjtimex", "0"),
    call("clock_adjtime", "0, 0"),
    call("sethostname", "b'evil', 4"),
    call("setdomainname", "b'evil', 4"),
    call("mbind", "0, 0, 0, 0, 0, 0"),
    call("migrate_pages", "1, 0, 0, 0"),
    call("move_pages", "1, 0, 0, 0, 0, 0"),
    call("mq_open", "b'x', 0o102, 0o600, 0"),
    call("io_setup", "8, 0", title="old asynchronous input"),
    call("sync", title="flush the host's disks"),
    call("syncfs", "os.open('/opt/codex32', os.O_RDONLY)", title="flush the disk of the runtime"),
    *([call("iopl", "3"), call("ioperm", "0, 8, 1"), call("modify_ldt", "0, 0, 0"), call("uselib", "b'/x'")]
      if platform.machine() == "x86_64" else []),
    Attack("a number that is no call", "if libc.syscall(999) == -1: raise OSError(ctypes.get_errno(), '')",
           frozenset({"ENOSYS"})),
    attack("dirty high bits of an argument", "call('prctl', 0x100000016, 2, 0)", by="seccomp"),
    attack("hostname by the library", """
        if libc.sethostname(b'evil', 4) == -1: raise OSError(ctypes.get_errno(), '')
    """),
    attack("System V memory", f"""
        held = call('shmget', {IPC_KEY}, 4096, 0o1666)
        contained('a namespace of its own')
    """),
    attack("System V semaphores", f"call('semget', {IPC_KEY}, 1, 0o1666); contained('a namespace of its own')"),
    attack("System V messages", f"call('msgget', {IPC_KEY}, 0o1666); contained('a namespace of its own')"),
    attack("POSIX shared memory", """
        open('/dev/shm/x', 'w').write('x'); contained('a tmpfs of its own')
    """),
    attack("POSIX semaphores", """
        libc.sem_open.restype = ctypes.c_void_p
        if libc.sem_open(b'/codex32-escape', 0o100, 0o666, 1): contained('a tmpfs of its own')
        raise OSError(ctypes.get_errno(), '')
    """),
]  # fmt: skip

MACHINE_CODE = """
import mmap
def execute(code):
    page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(code)
    return ctypes.CFUNCTYPE(ctypes.c_long)(ctypes.addressof(ctypes.c_char.from_buffer(page)))()
"""
ARCHITECTURES = [
    attack("x32", "libc.syscall(ctypes.c_long(0x40000000 + 39))", died="SIGSYS", by="seccomp"),
    attack("x32 mount", "libc.syscall(ctypes.c_long(0x40000000 + 165), 0, b'/tmp', b'tmpfs', 0, 0)", died="SIGSYS", by="seccomp"),
    attack("int 0x80", f"{MACHINE_CODE}\nexecute(bytes.fromhex('b814000000cd80c3'))", died="SIGSYS SIGSEGV", by="seccomp"),
    attack("int 0x80 mount", f"{MACHINE_CODE}\nexecute(bytes.fromhex('b815000000cd80c3'))", died="SIGSYS SIGSEGV", by="seccomp"),
    attack("sysenter", f"{MACHINE_CODE}\nexecute(bytes.fromhex('b8140000000f34c3'))", died="SIGSYS SIGSEGV SIGILL", by="seccomp"),
    attack("vsyscall page", f"""{MACHINE_CODE}
import struct
seen = execute(b'\\x48\\xb8' + struct.pack('<Q', 0xffffffffff600000) + b'\\xff\\xd0\\xc3')
contained('it tells the time and nothing else')
    """, died="SIGSYS SIGSEGV"),
    attack("port input", f"{MACHINE_CODE}\nexecute(bytes.fromhex('31c0e480c3'))", died="SIGSEGV"),
    attack("halt the processor", f"{MACHINE_CODE}\nexecute(bytes.fromhex('f4c3'))", died="SIGSEGV"),
]  # fmt: skip
_x86 = pytest.mark.skipif(platform.machine() != "x86_64", reason="machine code of x86_64")


@pytest.mark.parametrize("one", NAMESPACES, ids=str)
async def test_mounts_and_namespaces(arena: Arena, one: Attack) -> None:
    assert await arena.broken_by(NAMESPACES, one) == []


@pytest.mark.parametrize("one", SYSTEM_CALLS, ids=str)
async def test_system_calls(arena: Arena, one: Attack) -> None:
    assert await arena.broken_by(SYSTEM_CALLS, one) == []


@_x86
@pytest.mark.parametrize("one", ARCHITECTURES, ids=str)
async def test_other_architectures(arena: Arena, one: Attack) -> None:
    assert await arena.broken_by(ARCHITECTURES, one) == []
