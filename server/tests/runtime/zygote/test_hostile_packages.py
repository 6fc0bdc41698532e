"""Importing a package runs it, in the zygote. Whatever it does there: it is seen from outside, no run is told
anything before, and runs go on cold.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from codex32_server.runtime.contract import MIB, End
from codex32_server.runtime.zygote import zygote
from codex32_server.runtime.zygote.pool import Terms
from codex32_server.runtime.zygote.warm import WarmStarts, key_of

from ..conftest import WORKSPACE, make_spec  # type: ignore[import-not-found]
from .conftest import soon  # type: ignore[import-not-found]

pytestmark = pytest.mark.sandbox

FORK_DAEMON = "import os, time\nif os.fork() == 0:\n    time.sleep(60)\n    os._exit(0)"
THREAD = "import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()"
LATE_FILE = "import os\nos.register_at_fork(after_in_parent=lambda: os.open('/dev/null', os.O_RDONLY))"
LATE_THREAD = f"import os\ndef late():\n    {THREAD.replace(chr(10), chr(10) + '    ')}\n"
LATE_THREAD += "os.register_at_fork(after_in_parent=late)"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (THREAD, "2 threads"),
        (FORK_DAEMON, "left a process"),
        ("import os\nkept = os.open('/deps', os.O_RDONLY)", "descriptors open"),
        ("import socket\nkept = socket.socketpair()", "descriptors open"),
        ("import mmap\nkept = mmap.mmap(-1, 4096)", "shares memory"),
        (
            "import ctypes\nlibc = ctypes.CDLL(None)\nlibc.shmat(libc.shmget(0, 4096, 0o1600), 0, 0)",
            "shares memory",
        ),
        ("import os\nos._exit(3)", "ended while it imported"),
        ("import os\nos.kill(os.getpid(), 9)", "ended while it imported"),
        ("import os\nfor n in range(3, 99):\n    try: os.close(n)\n    except OSError: pass", "ended while"),
    ],
    ids=["thread", "process", "file", "sockets", "memory", "System V", "exit", "kill", "closes all"],
)
async def test_a_zygote_that_is_not_sound_is_refused(
    warm_bench: Any, ready: Any, install: Any, source: str, words: str
) -> None:
    deps = install({"hostile": source})
    key = await ready(deps)
    assert words in warm_bench.warm.pool.refusal(key)
    assert warm_bench.warm.pool.ready() == []
    outcome = await warm_bench.run("def main(): return 'cold'", dependencies=deps)
    assert outcome.output == b'"cold"'


@pytest.mark.parametrize(
    "source",
    ["raise SystemExit(1)", "raise ValueError", "import nothing_like_this", "def (:"],
    ids=["exit", "raises", "missing", "syntax"],
)
async def test_a_package_that_cannot_be_imported_is_left_out(
    warm_bench: Any, ready: Any, install: Any, source: str
) -> None:
    deps = install({"broken": source, "sound": "WORD = 'sound'"})
    await ready(deps)
    (made,) = warm_bench.warm.pool.ready()
    assert made.report == {"imported": 1, "failed": 1, "left": 0}
    outcome = await warm_bench.run("import sound\ndef main(): return sound.WORD", dependencies=deps)
    assert outcome.output == b'"sound"'


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("unshare", "0x10000000"), ("unshare", "0x00020000"), ("setns", "0, 0"),
        ("umount2", "b'/proc', 2"), ("pivot_root", "b'/', b'/'"), ("ptrace", "0, 0, 0, 0"),
    ],
)  # fmt: skip
async def test_a_zygote_has_no_other_calls_than_it_needs(
    warm_bench: Any, ready: Any, install: Any, name: str, arguments: str
) -> None:
    """The package raises if the call was answered; it is imported where the kernel refused."""
    source = f"""
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
if libc.{name}({arguments}) != -1: raise SystemExit("answered")
"""
    await ready(install({"attempt": source}))
    (made,) = warm_bench.warm.pool.ready()
    assert made.report["imported"] == 1


@pytest.mark.parametrize(
    ("tampering", "words"),
    [
        ("namespaces.drop_capabilities = lambda: None", "capabilities"),
        ("namespaces.Policy.take = lambda self: None", "filter"),
        ("namespaces.fork_apart = os.fork", "did not come up"),
        ("child._build = lambda order, channel: channel.send(b'built')", "did not come up"),
        ("child._confine = lambda order, kit: None", "capabilities"),
        ("namespaces.hide_cgroups = lambda: None", "namespace"),
        (
            "import mmap\nos.register_at_fork(before=lambda: setattr(os, 'kept', mmap.mmap(-1, 9)))",
            "shares memory",
        ),
        ("os.register_at_fork(before=lambda: setattr(os, 'kept', os.open('/deps', 0)))", "descriptors of"),
        ("init.attend = lambda *_: os._exit(9)", ""),
        ("child._await_order = lambda *_: os._exit(9)", ""),
    ],
    ids=[
        "capabilities",
        "seccomp",
        "namespaces",
        "no mounts",
        "nothing at all",
        "cgroups",
        "memory",
        "descriptor",
        "late",
        "bot",
    ],
)
async def test_a_child_that_was_tampered_with_gets_no_run(
    warm_bench: Any, ready: Any, install: Any, tampering: str, words: str
) -> None:
    deps = install({"hostile": f"import os\nfrom codex32_guest import child, init, namespaces\n{tampering}"})
    key = await ready(deps)
    assert warm_bench.warm.pool.ready()
    outcome = await warm_bench.run("def main(): return 'cold'", dependencies=deps)
    assert outcome.output == b'"cold"'
    if words:
        assert words in warm_bench.warm.pool.refusal(key)


async def test_a_child_in_shared_namespaces_is_seen(warm_bench: Any, ready: Any, install: Any) -> None:
    """It does everything else, so that only the look from outside can tell."""
    source = """
import os
from codex32_guest import child, confine, namespaces
namespaces.fork_apart = os.fork
namespaces.mount_proc = namespaces.map_ids = namespaces.mount_own = namespaces.hide_cgroups = lambda *_: None
namespaces.drop_capabilities = lambda *_: None
namespaces.mount_given = lambda place, size: os.open("/tmp", os.O_RDONLY)
"""
    deps = install({"hostile": source})
    key = await ready(deps)
    outcome = await warm_bench.run("def main(): return 'cold'", dependencies=deps)
    assert outcome.output == b'"cold"'
    # What it shows as its folders gives it away even before its namespaces are looked at.
    assert "it showed a folder that is not its own" in warm_bench.warm.pool.refusal(key)


@pytest.mark.parametrize(
    ("source", "words"), [(LATE_FILE, "later"), (LATE_THREAD, "threads")], ids=["file", "thread"]
)
async def test_what_happens_later_is_seen_too(
    warm_bench: Any, ready: Any, install: Any, source: str, words: str
) -> None:
    deps = install({"hostile": source})
    key = await ready(deps)
    assert warm_bench.warm.pool.ready()
    await warm_bench.run("def main(): return 1", dependencies=deps)
    for _ in range(2):
        outcome = await warm_bench.run("def main(): return 2", dependencies=deps)
        assert outcome.end is End.SUCCEEDED
    assert await soon(lambda: words in warm_bench.warm.pool.refusal(key))


async def test_nothing_of_a_run_stays_for_the_next(warm_bench: Any, ready: Any, install: Any) -> None:
    """The package keeps what it sees of its own process, in every way that does not make the zygote unsound.

    A zygote that looks into the processes of runs below it is another matter: see below.
    """
    source = """
import atexit, builtins, json, os
seen = []
loads = json.loads
def spying(text, *rest, **more):
    seen.append(str(text))
    return loads(text, *rest, **more)
json.loads = spying
def remember():
    for place in ("/tmp", "/dev/shm", "/output"):
        try: open(place + "/kept", "a").write(str(seen))
        except OSError: pass
atexit.register(remember)
os.register_at_fork(before=remember, after_in_parent=remember, after_in_child=remember)
fork = os.fork
os.fork = lambda: (remember(), fork())[1]
builtins.kept = seen
"""
    deps = install({"spy": source})
    await ready(deps)
    assert warm_bench.warm.pool.ready()
    bot = "import spy\nfrom pathlib import Path\ndef main(word):\n    found = list(spy.seen)\n"
    bot += "    for place in ('/tmp', '/dev/shm'):\n        path = Path(place, 'kept')\n"
    bot += "        found.append(path.read_text() if path.exists() else '')\n    return str(found)"
    words = [f"secret-{number}" for number in range(3)]
    for word in words:
        given = json.dumps({"word": word}).encode()
        outcome = await warm_bench.run(bot, dependencies=deps, input=given, bot_name=f"bot-{word}")
        assert outcome.end is End.SUCCEEDED, outcome.error
        others = [other for other in words if other != word]
        assert word in json.loads(outcome.output), "the package does see the run that uses it"
        assert not any(other in json.loads(outcome.output) for other in others)
    assert warm_bench.warm.pool.ready(), "none of that makes a zygote unsound"


async def test_what_a_package_sees_in_one_environment_stays_there(
    warm_bench: Any, ready: Any, install: Any
) -> None:
    """The kernel lets a zygote see the processes of runs that were forked from it, so a package in it can
    take from one what another has: never, in `dev`, where new versions are tried, what `prod` has.
    """
    source = """
import os
seen = []
def look():
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try: seen.append(open(f"/proc/{pid}/root/bot/bot.py").read())
        except OSError: pass
os.register_at_fork(before=look)
"""
    deps = install({"spy": source})
    await ready(deps)
    prod = key_of(make_spec("", workspace_id=WORKSPACE, dependencies=deps, environment="prod"))
    starting = warm_bench.warm.pool.prepare(prod)
    assert starting
    await starting
    assert len(warm_bench.warm.pool.ready()) == 2
    started = asyncio.Event()

    async def has_started() -> None:
        started.set()

    waiting = "MINE = 'of prod'\nimport time\ndef main(): time.sleep(600)"
    in_prod = asyncio.create_task(
        warm_bench.run(waiting, dependencies=deps, environment="prod", on_started=has_started)
    )
    await started.wait()
    outcome = await warm_bench.run("import spy\ndef main(): return str(spy.seen)", dependencies=deps)
    warm_bench.cancel.set()
    assert (await in_prod).end is End.CANCELLED
    assert outcome.output is not None
    assert "of prod" not in outcome.output.decode()


def test_without_packages_environments_share_a_zygote(tmp_path: Path) -> None:
    one, other = (make_spec("", workspace_id=WORKSPACE, environment=name) for name in ("dev", "prod"))
    assert key_of(one) == key_of(other)
    assert key_of(replace(one, dependencies=tmp_path)) != key_of(replace(other, dependencies=tmp_path))


async def test_an_import_without_end_is_given_up(
    warm_bench: Any, ready: Any, install: Any, backend: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zygote, "START_TIMEOUT", 1.0)
    warm_bench.warm.pool._terms = Terms(import_seconds=1)
    key = await ready(install({"endless": "import time\ntime.sleep(600)"}))
    assert "too long" in warm_bench.warm.pool.refusal(key)


async def test_an_import_that_takes_all_memory_ends_itself_only(backend: Any, install: Any) -> None:
    if not backend.means.cgroups.hierarchies:
        pytest.skip("needs a writable cgroup")
    warm = WarmStarts(backend.means, Terms(memory=64 * MIB))
    try:
        from codex32_server.runtime.zygote.pool import Key

        key = Key("a" * 32, install({"greedy": "kept = bytearray(500_000_000)"}), "strict")
        starting = warm.pool.prepare(key)
        assert starting
        await starting
        assert "ended while it imported" in warm.pool.refusal(key)
    finally:
        await warm.close()
