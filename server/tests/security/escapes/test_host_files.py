"""Reading and changing what belongs to the host: files, devices, the kernel's knobs, other processes' secrets."""

from __future__ import annotations

import pytest
from support.escapes import Arena, Attack, attack

pytestmark = pytest.mark.sandbox

READING = [
    attack("list the root", """
        own = 'bin bot deps dev etc input lib lib64 opt output proc sbin tmp usr'
        if set(os.listdir('/')) <= set(own.split()): contained('it is its own')
    """),
    attack("read /etc/shadow", "open('/etc/shadow')"),
    attack("list /root", "os.listdir('/root')"),
    attack("list /home", "os.listdir('/home')"),
    attack("list /var", "os.listdir('/var')"),
    attack("list /sys", "os.listdir('/sys')"),
    attack("list cgroups", "os.listdir('/sys/fs/cgroup')"),
    attack("list /run", "os.listdir('/run')"),
    attack("read /dev/mem", "open('/dev/mem', 'rb').read(1)"),
    attack("read /dev/kmsg", "open('/dev/kmsg')"),
    attack("open a disk", "open('/dev/vda', 'rb')"),
    attack("open a terminal", "open('/dev/tty')"),
    attack("open a pseudo terminal", "open('/dev/ptmx')"),
    attack("open fuse", "open('/dev/fuse')"),
    attack("open kvm", "open('/dev/kvm')"),
    attack("open tun", "open('/dev/net/tun')"),
    attack("read kernel memory", "open('/proc/kcore', 'rb').read(1)"),
    attack("read the kernel's log", "open('/proc/kmsg', 'rb').read(1)"),
    attack("kernel addresses", """
        lines = open('/proc/kallsyms').read(100_000).splitlines()
        if lines and all(int(line.split()[0], 16) == 0 for line in lines): contained('all are zero')
        if not lines: contained('none is told')
    """),
    attack("climb out with ..", "open('/../../../../etc/shadow')"),
    attack("climb out of a bind", "open('/bot/../../../../root/.bashrc')"),
    attack("climb with openat2", "os.open('../../etc/shadow', os.O_RDONLY, dir_fd=os.open('/bot', os.O_PATH))"),
    attack("root of init", "os.listdir('/proc/1/root')"),
    attack("working folder of init", "os.listdir('/proc/1/cwd')"),
    attack("descriptors of init", "os.listdir('/proc/1/fd')"),
    attack("environment of init", "open('/proc/1/environ', 'rb').read(1)"),
    attack("memory of init", "open('/proc/1/mem', 'rb')"),
    attack("memory map of init", "open('/proc/1/maps').read(1)"),
    attack("arguments of the launcher", """
        seen = open('/proc/1/cmdline').read() + open('/proc/self/cmdline').read()
        if 'bwrap' not in seen and '--ro-bind' not in seen and '/tmp/' not in seen: contained('only its own start')
    """),
    attack("other processes in /proc",
        """
        names = {open(f'/proc/{n}/comm').read().strip() for n in os.listdir('/proc') if n.isdigit()}
        if len(names) <= 2 and all(name.startswith('python') for name in names): contained('only its own')
        raise AssertionError(names)
    """),
    attack("cgroup path of the host", """
        if all(line.rstrip().endswith(':/') for line in open('/proc/self/cgroup')): contained('a root of its own')
    """),
    attack("names of neighbours in mounts", """
        mine = [line.split()[3] for line in open('/proc/self/mountinfo')]
        if sum('/bot' in root and 'input' not in root for root in mine) <= 1: contained('only its own run')
    """),
    attack("keys of the host", """
        if not open('/proc/keys').read().strip(): contained('none')
        names = [line.split(None, 8)[-1] for line in open('/proc/keys')]
        if all('_uid' in name or '_ses' in name or name.startswith('keyring') for name in names): contained('own')
    """),
    attack("inherited descriptors", """
        import stat
        kinds = {}
        for name in os.listdir('/proc/self/fd'):
            try: kinds[int(name)] = os.readlink(f'/proc/self/fd/{name}')
            except OSError: pass
        foreign = {fd: what for fd, what in kinds.items()
                   if not what.startswith(('pipe:', 'socket:', '/dev/null', '/proc/'))}
        if not foreign and sum(what.startswith('socket:') for what in kinds.values()) <= 1: contained('its own')
        raise AssertionError(kinds)
    """),
    attack("device nodes", """
        import stat
        seen = search(lambda p, s: stat.S_ISBLK(s.st_mode) or stat.S_ISCHR(s.st_mode))
        if set(seen) <= {f'/dev/{n}' for n in ('null', 'zero', 'full', 'random', 'urandom')}: contained('harmless')
        raise AssertionError(seen)
    """),
    attack("writable places", """
        import stat
        seen = search(lambda p, s: stat.S_ISDIR(s.st_mode) and os.access(p, os.W_OK))
        if {s for s in seen if s.count('/') == 1 or s == '/dev/shm'} <= {'/tmp', '/output', '/dev/shm'}:
            contained('scratch only')
        raise AssertionError(seen)
    """),
    attack("privileged programs", """
        import stat
        seen = search(lambda p, s: s.st_mode & 0o6000 and not stat.S_ISDIR(s.st_mode))
        if all(os.statvfs(path).f_flag & os.ST_NOSUID for path in seen): contained('their bits mean nothing here')
        raise AssertionError(seen)
    """),
]  # fmt: skip

WRITING = [
    attack("make a folder in /", "os.mkdir('/x')"),
    attack("make a file in /dev", "open('/dev/x', 'w')"),
    attack("change the bot", "open('/bot/bot.py', 'a')"),
    attack("poison the dependencies", "open('/deps/evil.py', 'w')"),
    attack("poison the interpreter", "open('/opt/codex32/python/lib/evil.py', 'w')"),
    attack("poison the guest", "open('/opt/codex32/guest/codex32_guest/init.py', 'a')"),
    attack("poison a .pyc", """
        import json, importlib.util
        open(importlib.util.cache_from_source(json.__file__), 'r+b')
    """),
    attack("make the interpreter writable", "os.chmod('/opt/codex32/python/bin/python3', 0o777)"),
    attack("take the interpreter over", "os.chown('/opt/codex32/python/bin/python3', 1000, 1000)"),
    attack("write a shared library", "open('/usr/lib/libevil.so', 'w')"),
    attack("write /etc/hosts", "open('/etc/hosts', 'a')"),
    attack("change times of a shared file", "os.utime('/opt/codex32/python/bin/python3', (1, 1))"),
    attack("hard link to a shared file", "os.link('/etc/passwd', '/tmp/passwd')", also="EXDEV"),
    attack("attributes of a shared file", "os.setxattr('/etc/hosts', 'user.x', b'1')", also="EOPNOTSUPP"),
    attack("immutable flag", """
        import fcntl
        fcntl.ioctl(os.open('/etc/hosts', os.O_RDONLY), 0x40086602, (0x10).to_bytes(8, 'little'))
    """, also="ENOTTY EOPNOTSUPP"),
    attack("reopen a descriptor for writing", """
        fd = os.open('/opt/codex32/guest/codex32_guest/init.py', os.O_RDONLY)
        open(f'/proc/self/fd/{fd}', 'r+')
    """),
    attack("write through a shared mapping", """
        import mmap
        fd = os.open('/opt/codex32/guest/codex32_guest/init.py', os.O_RDONLY)
        mmap.mmap(fd, 10, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE)[0:1] = b'#'
    """),
    attack("make mapped pages writable", """
        import mmap
        fd = os.open('/opt/codex32/guest/codex32_guest/init.py', os.O_RDONLY)
        kept = libc.mmap
        kept.restype = ctypes.c_void_p
        kept.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
        place = kept(None, 4096, 1, 1, fd, 0)
        call('mprotect', place, 4096, 3)
    """),
    attack("write memory through /proc/self/mem", """
        import mmap
        fd = os.open('/opt/codex32/guest/codex32_guest/init.py', os.O_RDONLY)
        kept = libc.mmap
        kept.restype = ctypes.c_void_p
        kept.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
        place = kept(None, 4096, 1, 1, fd, 0)
        with open('/proc/self/mem', 'r+b', buffering=0) as memory:
            memory.seek(place)
            memory.write(b'#')
    """, also="EIO EFAULT"),
    attack("press sysrq", "put('/proc/sysrq-trigger', 'h')"),
    attack("core pattern", "put('/proc/sys/kernel/core_pattern', '|/tmp/x')"),
    attack("modprobe path", "put('/proc/sys/kernel/modprobe', '/tmp/x')"),
    attack("hostname through /proc", "put('/proc/sys/kernel/hostname', 'evil')"),
    attack("drop the caches", "put('/proc/sys/vm/drop_caches', '3')"),
    attack("hide from the OOM killer", "put('/proc/self/oom_score_adj', '-1000')"),
    attack("new uid map", "put('/proc/self/uid_map', '0 0 1')"),
    attack("allow setgroups", "put('/proc/self/setgroups', 'allow')"),
    attack("login uid", "put('/proc/self/loginuid', '0')", also="EINVAL"),
    attack("clear the soft-dirty bits", "put('/proc/self/clear_refs', '1')", by="landlock"),
    attack("timer slack of init", "put('/proc/1/timerslack_ns', '1')"),
    attack("write to a block device node", "os.mknod('/tmp/disk', 0o60600, os.makedev(253, 0))"),
    attack("write to a character device node", "os.mknod('/tmp/mem', 0o20600, os.makedev(1, 1))"),
]  # fmt: skip


@pytest.mark.parametrize("one", READING, ids=str)
async def test_reading_the_host(arena: Arena, one: Attack) -> None:
    assert await arena.broken_by(READING, one) == []


@pytest.mark.parametrize("one", WRITING, ids=str)
async def test_writing_to_the_host(arena: Arena, one: Attack) -> None:
    assert await arena.broken_by(WRITING, one) == []
