"""What bots that run beside or after each other could learn from, or do to, one another."""

from __future__ import annotations

import asyncio
import fcntl
import json
from pathlib import Path

import pytest
from codex32_server.runtime import files
from support.escapes import Arena, Attack, attack
from support.waiting import until

pytestmark = pytest.mark.sandbox

SHARED = "/opt/codex32/python/lib"

SPYING = [
    attack("watch what others read", """
        inside = libc.inotify_init()
        if libc.inotify_add_watch(inside, b'/opt/codex32/python/lib', 1) == -1: raise OSError(ctypes.get_errno(), '')
    """, by="seccomp"),
    attack("watch what others read, the old way", """
        import fcntl
        fcntl.fcntl(os.open('/opt/codex32/python/lib', os.O_RDONLY), fcntl.F_NOTIFY, 1)
    """, by="seccomp"),
    attack("make others wait for a lease", """
        import fcntl, json
        fcntl.fcntl(os.open(json.__file__, os.O_RDONLY), fcntl.F_SETLEASE, fcntl.F_WRLCK)
    """, by="seccomp"),
    attack("make others wait for a read lease", """
        import fcntl, json
        fcntl.fcntl(os.open(json.__file__, os.O_RDONLY), fcntl.F_SETLEASE, fcntl.F_RDLCK)
    """, by="seccomp"),
    attack("lock every shared file", """
        import fcntl
        for folder, _, names in os.walk('/opt/codex32'):
            for name in names[:200]:
                try: fcntl.flock(os.open(os.path.join(folder, name), os.O_RDONLY), fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError: break
        contained('the platform locks none that a bot can see')
    """),
    attack("lock a shared file for writing", """
        import fcntl, json
        fcntl.lockf(os.open(json.__file__, os.O_RDONLY), fcntl.LOCK_EX | fcntl.LOCK_NB)
    """, also="EBADF"),
    attack("see which pages others have read", """
        call('cachestat', os.open('/opt/codex32/python/bin/python3', os.O_RDONLY), 0, 0, 0)
    """, by="seccomp"),
    attack("search for a neighbour's secret", """
        import glob, re
        secret = re.compile(b'neighbour' + b'-[0-9a-f]{32}')
        places = glob.glob('/proc/[0-9]*/environ') + glob.glob('/proc/[0-9]*/cmdline')
        places += [p for top in ('/tmp', '/dev/shm', '/output', '/input', '/bot', '/deps', '/etc')
                   for p in glob.glob(f'{top}/**', recursive=True)]
        for place in places:
            try: content = open(place, 'rb').read(10_000_000)
            except OSError: continue
            assert not secret.search(content), place
        contained('it is nowhere')
    """),
    attack("uninitialised memory", """
        import mmap
        fresh = mmap.mmap(-1, 16 << 20)
        if fresh.read(16 << 20).count(0) == 16 << 20: contained('all zero')
    """),
    attack("old blocks of the disk", """
        fd = os.open('/tmp/hole', os.O_RDWR | os.O_CREAT)
        os.posix_fallocate(fd, 0, 1 << 20)
        if os.read(fd, 1 << 20).count(0) == 1 << 20: contained('all zero')
    """),
    attack("locks of other processes", """
        mine = {str(os.getpid()), '0'}
        if {line.split()[4] for line in open('/proc/locks') if '->' not in line} <= mine: contained('nobody is named')
    """),
    attack("who else is on the machine", """
        paths = ['/var/run/utmp', '/run/utmp', '/var/log/wtmp', '/proc/sched_debug', '/proc/timer_list', '/sys/kernel/debug']
        open([p for p in paths if os.path.exists(p)][0]).read(1) if any(map(os.path.exists, paths)) else contained('not told')
    """),
    attack("System V objects of others", """
        for kind in ('shm', 'sem', 'msg'):
            assert len(open(f'/proc/sysvipc/{kind}').readlines()) == 1
        contained('none')
    """),
    attack("statistics of init", "open('/proc/1/sched', 'w').write('0')"),
    attack("stack of init", "open('/proc/1/stack').read(1)"),
    attack("system call of init", "open('/proc/1/syscall').read(1)"),
    attack("input and output of init", "open('/proc/1/io').read(1)"),
    attack("auxiliary vector of init", "open('/proc/1/auxv', 'rb').read(1)"),
    attack("physical addresses", """
        import mmap, struct
        page = mmap.mmap(-1, 4096); page[0] = 1
        place = ctypes.addressof(ctypes.c_char.from_buffer(page)) // 4096 * 8
        with open('/proc/self/pagemap', 'rb') as map: map.seek(place); word = struct.unpack('<Q', map.read(8))[0]
        if word & ((1 << 55) - 1) == 0: contained('hidden')
    """),
]  # fmt: skip


@pytest.mark.parametrize("one", SPYING, ids=str)
async def test_spying(arena: Arena, one: Attack) -> None:
    assert await arena.broken_by(SPYING, one) == []


async def test_locks_of_a_bot_do_not_hold_the_platform_up(
    strict_arena: Arena, shared: Path, runtime_files: files.RuntimeFiles
) -> None:
    """A bot holds every lock it can get while another worker of the machine starts."""
    source = """
        import fcntl, os, time
        def main():
            kept = []
            for folder, _, names in os.walk('/opt/codex32/guest'):
                for name in names:
                    kept.append(open(os.path.join(folder, name)))
                    fcntl.flock(kept[-1], fcntl.LOCK_EX)
            time.sleep(60)
    """
    holding = asyncio.create_task(strict_arena.run(source))
    try:
        locked = runtime_files.inside / "guest" / "codex32_bot" / "state.py"
        await until(lambda: _is_locked(locked), True)
        await asyncio.wait_for(asyncio.to_thread(files.prepare, shared), 5)
        outcome = await strict_arena.run("def main(): import codex32_bot; return 1")
        assert outcome.output == b"1"
    finally:
        holding.cancel()
        await asyncio.wait([holding])


async def _is_locked(path: Path) -> bool:
    with path.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


async def test_siblings_have_randomness_of_their_own(strict_arena: Arena) -> None:
    source = """
        import os, random, secrets, tempfile, uuid
        def main():
            return [random.random(), secrets.token_hex(8), str(uuid.uuid4()), os.urandom(8).hex(),
                    tempfile.mktemp(), random.SystemRandom().random()]
    """
    outcomes = await asyncio.gather(*(strict_arena.run(source) for _ in range(4)))
    columns = list(zip(*(json.loads(outcome.output or b"") for outcome in outcomes), strict=True))
    assert [len(set(column)) for column in columns] == [4] * 6


LEFTOVERS = {
    "files": ("open('/tmp/left', 'w').write('x')", "os.path.exists('/tmp/left')"),
    "shared memory": ("open('/dev/shm/left', 'w').write('x')", "os.path.exists('/dev/shm/left')"),
    "output": ("open('/output/left', 'w').write('x')", "os.path.exists('/output/left')"),
    "modules": ("sys.modules['left'] = sys", "'left' in sys.modules"),
    "builtins": ("builtins.left = 1", "hasattr(builtins, 'left')"),
    "environment": ("os.environ['LEFT'] = 'x'", "'LEFT' in os.environ"),
    "patched library": ("json.dumps = lambda *_, **__: '\"evil\"'", "json.dumps(1) != '1'"),
    "patched platform": ("import codex32_bot; codex32_bot.left = 1", "hasattr(codex32_bot, 'left')"),
    "working folder": ("os.chdir('/tmp')", "os.getcwd() != '/bot'"),
    "umask": ("os.umask(0o777)", "os.umask(0) not in (0o022, 0o002, 0o077)"),
    "signal handlers": ("signal.signal(15, lambda *_: None)", "callable(signal.getsignal(15))"),
    "ignored signals": ("signal.signal(10, signal.SIG_IGN)", "signal.getsignal(10) != signal.SIG_DFL"),
    "limits": ("resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100))",
               "resource.getrlimit(resource.RLIMIT_NOFILE)[1] < 1000"),
    "seed": ("random.seed(7)", "random.Random(7).random() == random.random()"),
    "priority": ("os.nice(5)", "os.nice(0) != 0"),
    "threads": ("threading.Thread(target=time.sleep, args=(60,), daemon=True).start()",
                "threading.active_count() != 1"),
    "a child": ("os.fork() or time.sleep(60)", "len([n for n in os.listdir('/proc') if n.isdigit()]) > 2"),
    "descriptors": ("[os.dup(0) for _ in range(50)]", "len(os.listdir('/proc/self/fd')) > 10"),
    "path": ("sys.path.insert(0, '/tmp')", "'/tmp' in sys.path[:1]"),
    "exit handlers": ("atexit.register(print, 'left')", "atexit._ncallbacks() > 3"),
    "trace function": ("sys.settrace(lambda *_: None)", "sys.gettrace() is not None"),
    "name of the process": ("ctypes.CDLL(None).prctl(15, b'left', 0, 0, 0)",
                            "'left' in open('/proc/self/comm').read()"),
}  # fmt: skip


@pytest.mark.parametrize("what", LEFTOVERS)
async def test_nothing_is_left_for_the_next_run(strict_arena: Arena, what: str) -> None:
    """The next run is of the same bot in the same workspace: the one most likely to be given what is still warm."""
    poison, look = LEFTOVERS[what]
    modules = (
        "atexit, builtins, ctypes, json, os, random, resource, signal, sys, threading, time, codex32_bot"
    )
    source = f"import {modules}\ndef main(first):\n    if first: {poison}; return 0\n    return bool({look})"
    if ";" in poison:
        source = source.replace(poison, poison.split("; ")[1])
    same = {"bot_id": strict_arena.workspace}
    await strict_arena.run(source, input=b'{"first": true}', **same)
    outcome = await strict_arena.run(source, input=b'{"first": false}', **same)
    assert outcome.output == b"false", outcome.error
