"""Using up what all share: processes, memory in every form, disk, descriptors, time, the log.

Each bomb has a sandbox of its own, and the end of its run says which limit held.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from codex32_server.runtime.contract import MIB, Limits
from support.escapes import Arena

pytestmark = pytest.mark.sandbox

LIMITS = Limits(
    memory=64 * MIB, timeout=1.0, processes=24, disk=16 * MIB, files=8 * MIB, log=64 * 1024, output=64 * 1024
)
_PLENTY = 20.0
"""Seconds for bombs that must meet another limit than that of time, also on a loaded machine."""
SLACK = 12.0
"""Seconds after its time in which even a run on a loaded machine has ended."""


@dataclass(frozen=True)
class Bomb:
    """The body of `main`, and the codes of which one must be the run's end ("" is success)."""

    name: str
    body: str
    codes: str
    kinds: str = ""

    def __str__(self) -> str:
        return self.name


BOMBS = [
    Bomb("forks", "while True: os.fork()", "bot_error timeout killed_by_signal exit_code out_of_memory"),
    # As many processes as it may have need about as much memory as it may have: either limit may end it first.
    Bomb("stubborn forks", """
while True:
    try: os.fork()
    except OSError: pass
""", "timeout out_of_memory"),
    Bomb("spawns", "while True: subprocess.Popen([sys.executable, '-I', '-S', '-c', 'input()'])", "bot_error timeout out_of_memory"),
    Bomb("threads", "while True: threading.Thread(target=time.sleep, args=(60,)).start()", "bot_error out_of_memory"),
    Bomb("zombies", """
while True:
    if os.fork() == 0: os._exit(0)
""", "bot_error"),
    Bomb("programs that start themselves", """
code = "import os, sys; os.execv(sys.executable, [sys.executable, '-I', '-S', '-c', sys.argv[1], sys.argv[1]])"
os.execv(sys.executable, [sys.executable, '-I', '-S', '-c', code, code])
""", "timeout"),
    Bomb("memory", "kept = []\nwhile True: kept.append(bytearray(1_000_000))", "out_of_memory"),
    Bomb("memory at once", "bytearray(10**12)", "out_of_memory"),
    Bomb("memory of children", """
for _ in range(12):
    if os.fork() == 0:
        kept = bytearray(12_000_000); time.sleep(60)
time.sleep(60)
""", "out_of_memory"),
    Bomb("shared mappings", """
kept = []
while True:
    kept.append(mmap.mmap(-1, 1 << 20)); kept[-1].write(b'x' * (1 << 20))
""", "out_of_memory bot_error"),
    Bomb("files in memory", """
kept = []
while True:
    kept.append(os.memfd_create('x')); os.write(kept[-1], b'x' * (1 << 20))
""", "out_of_memory bot_error killed_by_signal"),
    Bomb("System V memory", """
libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p
while True:
    held = libc.shmget(0, 1 << 20, 0o1600)
    if held == -1: raise OSError(ctypes.get_errno(), 'no more')
    place = libc.shmat(held, None, 0)
    ctypes.memset(place, 1, 1 << 20)
    libc.shmdt(ctypes.c_void_p(place))
""", "out_of_memory bot_error killed_by_signal"),
    Bomb("page tables", """
kept = mmap.mmap(-1, 1 << 40, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000)
for place in range(0, 1 << 40, 2 << 20): kept[place] = 1
""", "out_of_memory bot_error"),
    Bomb("mappings", """
kept = []
while True: kept.append(mmap.mmap(-1, 4096, prot=mmap.PROT_READ if len(kept) % 2 else 3))
""", "out_of_memory bot_error timeout"),
    Bomb("recursion", """
sys.setrecursionlimit(10**9)
def deeper(x): return deeper(repr([x]) and x)
deeper(1)
""", "killed_by_signal out_of_memory bot_error timeout"),
    Bomb("disk", "file = open('/tmp/x', 'wb', buffering=0)\nwhile True: file.write(bytes(1 << 20))", "disk_full"),
    Bomb("output folder", "file = open('/output/x', 'wb', buffering=0)\nwhile True: file.write(bytes(1 << 20))", "disk_full"),
    Bomb("shared memory folder", """
file = open('/dev/shm/x', 'wb', buffering=0)
while True: file.write(bytes(1 << 20))
""", "disk_full"),
    Bomb("all folders and memory", """
for place in ('/tmp', '/output', '/dev/shm'):
    try: open(place + '/x', 'wb', buffering=0).write(bytes(64 << 20))
    except OSError: pass
kept = bytearray(40 << 20)
""", "", "fills"),
    Bomb("sparse file", "os.truncate(os.open('/tmp/x', os.O_RDWR | os.O_CREAT), 1 << 50)", "disk_full"),
    Bomb("inodes", "for n in range(10**9): os.close(os.open(f'/tmp/{n}', os.O_CREAT))", "timeout disk_full out_of_memory"),
    Bomb("deep folders", """
os.chdir('/tmp')
while True: os.mkdir('d'); os.chdir('d')
""", "timeout disk_full out_of_memory"),
    Bomb("deep folders in the output", """
os.chdir('/output')
while True: os.mkdir('d'); os.chdir('d')
""", "timeout disk_full out_of_memory"),
    Bomb("extended attributes", """
for n in range(10**9):
    fd = os.open(f'/tmp/{n}', os.O_CREAT)
    for m in range(30): os.setxattr(fd, f'user.{m}', bytes(60_000))
""", "timeout disk_full out_of_memory bot_error"),
    Bomb("descriptors", "kept = []\nwhile True: kept.append(os.open('/dev/null', 0))", "bot_error"),
    Bomb("pipes", """
kept = []
while True:
    kept += os.pipe(); os.set_blocking(kept[-1], False); os.write(kept[-1], bytes(1 << 20))
""", "bot_error out_of_memory"),
    Bomb("socket buffers", """
import socket
kept = []
while True:
    kept += socket.socketpair(); kept[-1].setblocking(False); kept[-1].send(bytes(200_000))
""", "bot_error out_of_memory"),
    Bomb("file locks", """
import fcntl
file = open('/tmp/x', 'w')
for n in range(0, 10**9, 2): fcntl.lockf(file, fcntl.LOCK_EX, 1, n)
""", "timeout out_of_memory bot_error"),
    Bomb("timers", """
libc = ctypes.CDLL(None, use_errno=True)
while libc.timer_create(1, None, ctypes.byref(ctypes.c_void_p())) == 0: pass
raise OSError(ctypes.get_errno(), 'no more')
""", "bot_error timeout out_of_memory"),
    Bomb("queued signals", """
import signal
signal.pthread_sigmask(signal.SIG_BLOCK, [40])
libc = ctypes.CDLL(None, use_errno=True)
while libc.sigqueue(os.getpid(), 40, None) == 0: pass
raise OSError(ctypes.get_errno(), 'no more')
""", "bot_error timeout out_of_memory"),
    Bomb("locked memory", """
libc = ctypes.CDLL(None, use_errno=True)
kept = mmap.mmap(-1, 32 << 20)
if libc.mlock(ctypes.c_void_p(ctypes.addressof(ctypes.c_char.from_buffer(kept))), 32 << 20): raise OSError(ctypes.get_errno(), 'no')
""", "bot_error out_of_memory"),
    Bomb("sleep that ignores SIGTERM", """
import signal
for number in range(1, 65):
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
while True: time.sleep(60)
""", "timeout"),
    Bomb("endless arithmetic", "10 ** 10 ** 9", "timeout"),
    Bomb("endless loop in every process", """
while True:
    try: os.fork()
    except OSError: break
while True: pass
""", "timeout"),
    Bomb("stopped for ever", "os.kill(os.getpid(), 19)", "timeout"),
    Bomb("killing everything", "if os.fork() == 0: os.kill(-1, 9)\ntime.sleep(60)", "killed_by_signal"),
    Bomb("crash", "os.abort()", "killed_by_signal"),
    Bomb("illegal memory", "ctypes.string_at(1)", "killed_by_signal"),
    Bomb("flood of lines", "while True: print('x' * 200)", "timeout", "log"),
    Bomb("flood without a line's end", "while True: os.write(1, b'x' * 65536)", "timeout", "log"),
    Bomb("flood of both", "while True: os.write(1, b'\\n' * 4096); os.write(2, b'\\n' * 4096)", "timeout", "log"),
    Bomb("flood of log calls", "while True: codex32_bot.log.info('x' * 200)", "timeout", "log"),
    Bomb("flood of log fields", "while True: codex32_bot.log.info('x', y='z' * 50_000)", "timeout", "log"),
    Bomb("lines of garbage", """
for n in range(200): os.write(1, os.urandom(200) + b'\\x00\\x1b[2J\\xff\\n')
""", "", "log"),
    Bomb("large output", "return 'x' * 10**6", "output_too_large"),
    Bomb("deep output", "x = []\nfor _ in range(9000): x = [x]\nreturn x", "output_too_deep"),
    Bomb("output without an end", """
import collections.abc
class Endless(dict):
    def items(self):
        while True: yield 'x', 'y' * 1000
return Endless(a=1)
""", "output_too_large output_not_json out_of_memory timeout bot_error"),
    Bomb("daemon that outlives its parent", """
import signal
for number in (signal.SIGTERM, signal.SIGHUP): signal.signal(number, signal.SIG_IGN)
if os.fork() == 0:
    os.setsid()
    for _ in range(8):
        if os.fork() == 0:
            os.closerange(0, 256)
            time.sleep(600)
    os._exit(0)
""", ""),
    Bomb("daemon that is stopped", """
if os.fork() == 0:
    os.setsid(); os.kill(os.getpid(), 19)
""", ""),
]  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS, ids=str)
async def test_bombs(strict_arena: Arena, bomb: Bomb) -> None:
    body = "".join(f"    {line}\n" for line in bomb.body.strip().splitlines())
    source = f"import ctypes, mmap, os, subprocess, sys, threading, time\nimport codex32_bot, codex32_bot.log\ndef main():\n{body}"
    strict_arena.lines.lines.clear()
    limits = LIMITS if "timeout" in bomb.codes else replace(LIMITS, timeout=_PLENTY)
    found = await strict_arena.beside(source, limits=limits)
    outcome = found.outcome
    code = outcome.error.code if outcome.error else ""
    assert code in bomb.codes.split() or (code == bomb.codes), (code, outcome.error)
    assert outcome.error is None or outcome.error.detail
    assert outcome.use.wall_seconds < limits.timeout + SLACK
    if bomb.kinds == "log":
        kept = sum(len(line.text) for line in strict_arena.lines.lines if line.stream != "system")
        assert kept <= LIMITS.log + LIMITS.log_line
        assert not any("\0" in line.text for line in strict_arena.lines.lines)
    assert found.noticed() == []
