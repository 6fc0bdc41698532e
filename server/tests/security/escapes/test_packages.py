"""Attacks by a package that a zygote has imported: on runs that were forked from the same zygote.

Such a package sees the run that uses it, as it does in a cold start. It must not get at another run of the
same bot: not at one that runs now, and nothing may be passed on to one that is forked later.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import textwrap
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from codex32_server.runtime.backends.local import LocalBackend
from codex32_server.runtime.contract import End, Outcome
from codex32_server.runtime.driver import Driver
from codex32_server.runtime.files import RuntimeFiles
from codex32_server.runtime.zygote import zygote
from codex32_server.runtime.zygote.pool import Terms
from codex32_server.runtime.zygote.warm import WarmStarts, key_of
from runtime.conftest import Lines, Memory, make_spec

WORKSPACE = UUID(int=33)
VICTIM = """
import time
def main(word):
    held = [word + str(number) for number in range(1000)]
    print("ready")
    time.sleep(600)
"""
TOOLS = """
import builtins, ctypes, os, socket
from codex32_guest import child, confine, namespaces
libc = ctypes.CDLL(None, use_errno=True)
builtins.loot = loot = []
builtins.tried = tried = []
WORD = b"held-by-the-" + b"victim"
def search(proc):
    own = os.readlink(proc + '/self')
    for name in filter(str.isdigit, os.listdir(proc)):
        tried.append(name)
        if name == own: continue
        try:
            maps, memory = open(f"{proc}/{name}/maps"), open(f"{proc}/{name}/mem", "rb", 0)
            for line in maps:
                if " rw-p " in line:
                    start, end = (int(part, 16) for part in line.split()[0].split("-"))
                    memory.seek(start)
                    if WORD in memory.read(end - start): loot.append(name)
        except OSError: pass
def attempt(*steps):
    for step in steps:
        try: step()
        except OSError as error: tried.append(str(error))
def mount(source, place, kind=None, flags=4096):
    if libc.mount(source, place, kind, ctypes.c_ulong(flags), None): raise OSError(ctypes.get_errno(), str(place))
def in_child(work):
    own = namespaces.mount_own
    namespaces.mount_own = lambda places: (own(places), attempt(work))
"""
READING = {
    "memory by /proc": "os.register_at_fork(before=lambda: attempt(lambda: search('/proc')))",
    "the /proc beneath": "os.register_at_fork(before=lambda: attempt(lambda: search('/run/beneath/proc')))",
    "a /proc kept as the working folder": """
        os.chdir("/proc")
        os.register_at_fork(before=lambda: attempt(lambda: search('.')))""",
    "a second /proc from a new user namespace": """
        def work():
            pid = libc.syscall(56 if os.uname().machine == "x86_64" else 220, 0x10020011, 0, 0, 0, 0)
            if pid < 0: raise OSError(ctypes.get_errno(), "clone")
            if pid == 0:
                mount(b"proc", b"/proc", b"proc", 0)
                search("/proc")
                os._exit(bool(loot))
            loot.extend(["seen"] if os.waitpid(pid, 0)[1] else [])
        os.register_at_fork(before=lambda: attempt(work))""",
    "a child that uncovers /proc": """
        def work():
            os.mkdir("/tmp/all")
            attempt(lambda: mount(b"/", b"/tmp/all"), lambda: search("/tmp/all/run/beneath/proc"),
                    lambda: search("/tmp/all/proc"))
        in_child(work)""",
    "a child that moves what covers /proc": """
        def work():
            os.mkdir("/tmp/aside")
            attempt(lambda: mount(b"/run/beneath", b"/tmp/aside", flags=8192),
                    lambda: search("/run/beneath/proc"))
        in_child(work)""",
    "a child that unmounts what covers /proc": """
        def work():
            for place in (b"/proc", b"/proc", b"/run/beneath"): libc.umount2(place, 2)
            attempt(lambda: search("/run/beneath/proc"), lambda: search("/proc"))
        in_child(work)""",
    "a child that keeps the /proc of the zygote": """
        own = namespaces.mount_proc
        namespaces.mount_proc = lambda: (attempt(lambda: search("/proc")), own())""",
}
LEAVING = {
    "a file in the zygote's /tmp": "mount(b'/tmp', b'/input')",
    "a file in the zygote's /dev/shm": "mount(b'/dev/shm', b'/input')",
    "a file in the zygote's /output": "mount(b'/output', b'/input')",
    "a file in what covers /proc": "mount(b'/proc', b'/input'); mount(None, b'/input', flags=32)",
    "a file in what covers /tmp": "mount(b'/tmp', b'/input'); mount(None, b'/input', flags=32)",
    "a file below the root": "mount(b'/', b'/input'); mount(None, b'/input', flags=32 | 4096)",
}
KEEPING = {
    "its control socket": (
        "os.register_at_fork(after_in_parent=lambda: [os.dup(n) for n in range(3, 60) if is_open(n)])",
        "opened a descriptor later",
    ),
    "a process": ("os.register_at_fork(before=lambda: libc.fork() or time.sleep(60))", "started a process"),
    "a process of its own keeper": (
        "os.register_at_fork(before=lambda: libc.fork() or (libc.fork() and os._exit(0)) or time.sleep(60))",
        "started a process",
    ),
    "a folder": ("os.register_at_fork(after_in_parent=lambda: os.chdir('/deps'))", "another folder"),
    "a thread": (
        "import threading\n"
        "later = lambda: threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
        "os.register_at_fork(after_in_parent=later)",
        "threads",
    ),
    "a socket to its child": (
        "os.register_at_fork(before=lambda: setattr(os, 'kept', socket.socketpair()))",
        "descriptors of the zygote",
    ),
}


@dataclass
class House:
    """Runs of one bot, all from one zygote, with one package installed."""

    backend: LocalBackend
    driver: Driver
    warm: WarmStarts
    folder: Path
    lines: Lines = field(default_factory=Lines)
    cancel: asyncio.Event = field(default_factory=asyncio.Event)

    async def install(self, source: str) -> None:
        """A zygote that has imported it."""
        (self.folder / "stranger.py").write_text(TOOLS + textwrap.dedent(source))
        starting = self.warm.pool.prepare(key_of(self._spec("")))
        assert starting
        await starting

    async def run(self, source: str, **changes: Any) -> Outcome:
        async with self.driver.run(
            self._spec(source, **changes), logs=self.lines, state=Memory(), cancel=self.cancel
        ) as outcome:
            return outcome

    async def victim(self) -> asyncio.Task[Outcome]:
        """A run that holds a word in its memory until it is cancelled."""
        running = asyncio.create_task(self.run(VICTIM, input=b'{"word": "held-by-the-victim"}'))
        async with asyncio.timeout(30):
            while "ready" not in self.lines.texts("stdout"):
                await asyncio.sleep(0.01)
        return running

    def refusal(self) -> str:
        return self.warm.pool.refusal(key_of(self._spec("")))

    def _spec(self, source: str | Mapping[str, str | bytes], **changes: Any) -> Any:
        same = {"workspace_id": WORKSPACE, "bot_id": WORKSPACE, "dependencies": self.folder}
        return make_spec(source, **{**same, **changes})


@pytest.fixture
async def house(runtime_files: RuntimeFiles, shared: Path) -> AsyncGenerator[House]:
    backend = LocalBackend(runtime_files, locks=shared / "uids")
    warm = WarmStarts(backend.means, Terms(import_seconds=10))
    work, folder = (Path(tempfile.mkdtemp(prefix=f"{name}-", dir=shared)) for name in ("escapes", "deps"))
    work.chmod(0o711)
    folder.chmod(0o755)
    yield House(backend, Driver(backend, work=work, grace=0.5, warm=warm), warm, folder)
    await warm.close()
    backend.close()
    for made in (work, folder):
        shutil.rmtree(made)


@pytest.mark.parametrize("how", READING)
async def test_a_package_cannot_read_a_run_that_goes_on(house: House, how: str) -> None:
    await house.install(READING[how])
    if how == "a /proc kept as the working folder":
        assert "another folder" in house.refusal()
        return
    victim = await house.victim()
    for _ in range(2):  # a fork for the attack, and one that could be told of it
        outcome = await house.run("import builtins\ndef main(): return [builtins.loot, builtins.tried]")
        assert outcome.end is End.SUCCEEDED, outcome.error
        assert outcome.output is not None
        assert outcome.output.startswith(b"[[],"), outcome.output
    house.cancel.set()
    assert (await victim).end is End.CANCELLED
    assert house.warm.started == 3, house.refusal()


@pytest.mark.parametrize("where", LEAVING)
async def test_a_run_cannot_leave_a_file_for_the_next(house: House, where: str) -> None:
    """The package has the child mount what its zygote could write to where the run finds it, and leave out
    Landlock, which nobody can see from outside."""
    await house.install(
        "own = namespaces.mount_own\n"
        f"def work(places):\n    attempt(lambda: [{LEAVING[where].replace('; ', ', ')}])\n    own(places)\n"
        "namespaces.mount_own = work\n"
        "confine.landlock = lambda **_: 0"
    )
    leave = "for place in ('/input/left', '/input/tmp/left'):\n"
    leave += "        try: open(place, 'w').write('x')\n        except OSError: pass\n"
    look = "    return [place for place in ('/input/left', '/input/tmp/left') if os.path.exists(place)]"
    source = f"import os\ndef main(first):\n    if first:\n        {leave.replace(chr(10), chr(10) + '    ')}\n{look}"
    first = await house.run(source, input=b'{"first": true}')
    second = await house.run(source, input=b'{"first": false}')
    assert (first.end, second.end) == (End.SUCCEEDED, End.SUCCEEDED), first.error or second.error
    assert second.output == b"[]"


@pytest.mark.parametrize("what", KEEPING)
async def test_a_zygote_that_keeps_something_of_its_child_gives_none(
    house: House, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zygote, "_LETTING_GO", 0.1)
    source, words = KEEPING[what]
    tools = "import fcntl, time\ndef is_open(n):\n    try: return bool(fcntl.fcntl(n, 1)) or True\n"
    tools += "    except OSError: return False\n"
    await house.install(f"{tools}{source}")
    outcome = await house.run("def main(): return 'cold'")
    assert outcome.output == b'"cold"', outcome.error
    assert house.warm.started == 0
    assert words in house.refusal()
