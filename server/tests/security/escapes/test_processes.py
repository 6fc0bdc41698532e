"""Other processes: seeing, signalling, tracing, reading and outliving them; and undoing one's own confinement."""

from __future__ import annotations

import pytest
from support.escapes import Arena, Attack, attack, call

pytestmark = pytest.mark.sandbox

OTHERS = [
    attack("kill init", """
        import time
        os.kill(1, 9)
        time.sleep(0.2)
        contained('it takes no such signal from inside')
    """),
    attack("stop init", """
        import time
        os.kill(1, 19)
        time.sleep(0.2)
        state = open('/proc/1/stat').read().rpartition(')')[2].split()[0]
        if state != 'T': contained('it takes no such signal')
    """),
    attack("kill everything", """
        import signal, time
        child = os.fork()
        if child == 0:
            os.kill(-1, signal.SIGCONT)
            os._exit(0)
        os.waitpid(child, 0)
        contained('its own process namespace')
    """),
    attack("kill a process of the host", "os.kill(int(open('/proc/sys/kernel/pid_max').read()) - 1, 9)", also="EINVAL"),
    attack("signal the parent's group", "os.killpg(os.getpgid(os.getppid()) or 999999, 0) or contained('its own group')"),
    attack("queue a signal to init", "call('rt_sigqueueinfo', 1, 9, ctypes.byref(ctypes.create_string_buffer(128)))",
           also="EINVAL"),
    attack("signal through a pidfd", "call('pidfd_send_signal', call('pidfd_open', 1, 0), 9, 0, 0); contained('as above')"),
    attack("send a signal on input", """
        import fcntl
        a, b = os.pipe()
        fcntl.fcntl(a, fcntl.F_SETOWN, 1)
        contained('pid 1 here is its own init') if fcntl.fcntl(a, fcntl.F_GETOWN) in (0, 1) else None
    """),
    call("ptrace", "16, 1, 0, 0", title="attach to init"),
    call("ptrace", "0x4206, os.getppid(), 0, 0", title="seize the parent"),
    call("process_vm_readv", "1, 0, 0, 0, 0, 0"),
    call("process_vm_writev", "1, 0, 0, 0, 0, 0"),
    call("process_madvise", "0, 0, 0, 0, 0"),
    call("process_mrelease", "0, 0"),
    call("pidfd_getfd", "call('pidfd_open', 1, 0), 0, 0"),
    call("kcmp", "1, os.getpid(), 0, 0, 0"),
    attack("lower the limits of init", """
        call('prlimit64', 1, 7, ctypes.byref((ctypes.c_ulong * 2)(1, 1)), 0)
    """, by="seccomp"),
    attack("priority of init", "os.setpriority(os.PRIO_PROCESS, 1, 19) or contained('its own init')"),
    attack("scheduling of init", "os.sched_setscheduler(1, os.SCHED_BATCH, os.sched_param(0)) or contained('its own init')"),
    attack("robust list of init", "call('get_robust_list', 1, ctypes.byref(ctypes.c_long()), ctypes.byref(ctypes.c_long()))"),
    attack("input to a terminal", "import fcntl; fcntl.ioctl(0, 0x5412, b'x')", also="ENOTTY"),
    attack("input to a terminal by a long word", "call('ioctl', 0, 0x100005412, b'x')", also="ENOTTY"),
    attack("take a controlling terminal", "import fcntl; fcntl.ioctl(0, 0x540E, 0)", also="ENOTTY"),
    attack("survive in a session of its own", """
        import time
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                for fd in range(256):
                    try: os.close(fd)
                    except OSError: pass
                time.sleep(600)
            os._exit(0)
        contained('the test counts what is left')
    """),
    attack("become a subreaper", "call('prctl', 36, 1, 0, 0, 0); contained('for its own children')"),
]  # fmt: skip

UNDOING = [
    attack("become root", "os.setuid(0)", also="EINVAL"),
    attack("become root's group", "os.setgid(0)", also="EINVAL"),
    attack("become another user", "os.setresuid(1001, 1001, 1001)", also="EINVAL"),
    attack("other groups", "os.setgroups([0])"),
    attack("file system uid", """
        call('setfsuid', 0)
        if call('setfsuid', -1) == 1000: contained('it stays 1000')
    """),
    attack("raise capabilities", """
        import struct
        call('capset', struct.pack('II', 0x20080522, 0), struct.pack('6I', *[0xFFFFFFFF] * 6))
    """),
    attack("ambient capability", "call('prctl', 47, 2, 21, 0, 0)", by="seccomp"),
    attack("held capabilities", """
        held = [l.split()[1] for l in open('/proc/self/status') if l[:6] in ('CapPrm', 'CapEff', 'CapInh', 'CapAmb', 'CapBnd')]
        if len(held) == 5 and not any(int(word, 16) for word in held): contained('none')
    """),
    attack("undo no_new_privs", """
        try: call('prctl', 38, 0, 0, 0, 0)
        except OSError: pass
        if call('prctl', 39, 0, 0, 0, 0) == 1: contained('it stays')
    """),
    attack("undo seccomp", "call('prctl', 22, 0, 0)", also="EINVAL"),
    attack("another seccomp filter", "call('prctl', 22, 2, 0)", by="seccomp"),
    call("seccomp", "1, 0, 0"),
    attack("seccomp is on", """
        if 'Seccomp:\\t2' in open('/proc/self/status').read(): contained('filtering')
    """, by="seccomp"),
    attack("undo Landlock with a rule", """
        size = call('landlock_create_ruleset', ctypes.byref((ctypes.c_uint64 * 1)(1)), 8, 0)
        call('landlock_restrict_self', size, 0)
        os.listdir('/')
    """, by="landlock"),
    attack("securebits", "call('prctl', 28, 1, 0, 0, 0)"),
    attack("memory layout of itself", "call('prctl', 35, 1, 0x10000, 0, 0)", also="EINVAL"),
    attack("allow any tracer", "call('prctl', 0x59616d61, -1, 0, 0, 0)", by="seccomp"),
    attack("personality without randomisation", "call('personality', 0x0040000)", by="seccomp"),
    attack("personality of another kernel", "call('personality', 0x0008)", by="seccomp"),
    attack("raise the limit of open files", "call('prlimit64', 0, 7, ctypes.byref((ctypes.c_ulong * 2)(9999, 9999)), 0)"),
    attack("raise the limit of processes", "call('prlimit64', 0, 6, ctypes.byref((ctypes.c_ulong * 2)(99999, 99999)), 0)"),
    attack("allow core dumps", "call('prlimit64', 0, 4, ctypes.byref((ctypes.c_ulong * 2)(-1, -1)), 0)"),
    attack("dump core", """
        child = os.fork()
        if child == 0: os.kill(os.getpid(), 6)
        status = os.waitpid(child, 0)[1]
        if os.WIFSIGNALED(status) and not os.WCOREDUMP(status): contained('no core')
    """),
    attack("real-time scheduling", "os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50))"),
    attack("deadline scheduling", """
        import struct
        call('sched_setattr', 0, struct.pack('IIQiIQQQ', 48, 6, 0, 0, 0, 10**6, 10**7, 10**7), 0)
    """),
    attack("higher priority", "os.setpriority(os.PRIO_PROCESS, 0, -10)"),
    attack("more processors", """
        os.sched_setaffinity(0, range(1024))
        contained('a cgroup counts its time')
    """),
    attack("lock memory", "call('mlockall', 3)", also="ENOMEM EAGAIN"),
    attack("lock much memory", """
        import mmap
        kept = mmap.mmap(-1, 32 << 20)
        call('mlock', ctypes.addressof(ctypes.c_char.from_buffer(kept)), 32 << 20)
    """, also="ENOMEM EAGAIN"),
    attack("set-uid program of its own", """
        import shutil, subprocess, sys
        shutil.copy(sys.executable, '/tmp/python')
        os.chmod('/tmp/python', 0o6755)
        told = subprocess.run(['python', '-I', '-S', '-c', 'import os; print(os.geteuid(), os.getegid())'],
            executable='/tmp/python', capture_output=True, text=True).stdout.split()
        if told == ['1000', '1000']: contained('it stays the same user')
    """),
    attack("program in memory", """
        import sys
        fd = os.memfd_create('x', 0)
        os.sendfile(fd, os.open(sys.executable, os.O_RDONLY), 0, 1 << 30)
        child = os.fork()
        if child == 0:
            code = "import os; os._exit('NoNewPrivs:\\t1' not in open('/proc/self/status').read() or os.path.exists('/root'))"
            os.execve(f'/proc/self/fd/{fd}', ['python', '-I', '-S', '-c', code], dict(os.environ))
        if os.waitpid(child, 0)[1] == 0: contained('it is confined like its parent')
    """),
    attack("program by descriptor", """
        import sys
        os.chdir('/')
        fd = os.open('../../../../../bin/sh', os.O_PATH)
        call('execveat', fd, b'', 0, 0, 0x1000)
    """),
    attack("huge argument list", """
        import sys
        os.execve(sys.executable, [sys.executable] + ['x' * 100_000] * 1000, {})
    """, also="E2BIG"),
]  # fmt: skip


@pytest.mark.parametrize("one", OTHERS, ids=str)
async def test_other_processes(arena: Arena, one: Attack) -> None:
    assert await arena.broken_by(OTHERS, one) == []


@pytest.mark.parametrize("one", UNDOING, ids=str)
async def test_undoing_the_confinement(arena: Arena, one: Attack) -> None:
    assert await arena.broken_by(UNDOING, one) == []
