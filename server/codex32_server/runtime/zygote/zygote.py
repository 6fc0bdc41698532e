"""One zygote, as the host sees it: a bubblewrap sandbox of one workspace that forks when it is asked to.

Its first process keeps house, so a zygote that dies takes no run with it. Whoever starts one calls `close`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from codex32_server.runtime.backends.local import Means
from codex32_server.runtime.backends.local_sandbox import memory_file
from codex32_server.runtime.contract import MIB, Limits
from codex32_server.runtime.files import INSIDE, interpreter_name
from codex32_server.runtime.guest import covers
from codex32_server.runtime.guest.network import FOLDER as NETWORK
from codex32_server.runtime.sandbox import bwrap, cgroup, process, seccomp, seccomp_zygote
from codex32_server.runtime.zygote import checks, packets

START_TIMEOUT = 15.0
"""Seconds for bubblewrap to come up, besides those for imports."""

_START = "import sys; sys.path.insert(0, '/opt/codex32/guest'); from codex32_guest.zygote import main; main()"
_OWN_SPACE = 32 * MIB
_LONGEST_REPORT = 4096
_PATIENCE = 10.0
_LOOKS, _BETWEEN_LOOKS = 20, 0.05
"""A zygote holds the descriptors of the order that it works on, and on a busy machine it may be held up over
it: what is a leak is still there a second later."""
_PLACES = (
    b"--dir", NETWORK.encode(),  # where a child is shown its way out, if it has one
    b"--dir", covers.BENEATH.encode(), b"--proc", f"{covers.BENEATH}/proc".encode(),
    b"--tmpfs", covers.BENEATH.encode(), b"--remount-ro", covers.BENEATH.encode(),
)  # fmt: skip
_KEEPERS = (b"--cap-add", b"CAP_SYS_ADMIN", b"--cap-add", b"CAP_SETPCAP")
"""What the keeper covers places with; it gives them up then, and the zygote before it imports anything."""
_LETTING_GO = 1.0
"""Seconds for a zygote to close what it passed on to a child; it needs less than a thousandth."""
_STOPPING = 200
"""Times that is looked whether it stands still; it does at once unless the machine is busy."""
_MOMENT = 0.0005


class ZygoteFailedError(Exception):
    """A zygote that cannot be had, or not any more; `str` says why."""


@dataclass(frozen=True)
class Basis:
    """What a zygote is made of. Bytes and seconds."""

    workspace: str
    dependencies: Path | None
    memory: int
    import_seconds: int


class Zygote:
    """Use `start`, then `fork` as often as wanted; `retire` lets children go on, `close` does not."""

    def __init__(self, means: Means, basis: Basis, name: str) -> None:
        self._means = means
        self._basis = basis
        self._slot = means.uids.take()
        self._group = self._limited(name)
        self._command, self._guest_command = packets.channel()
        self._inode = os.fstat(self._guest_command.fileno()).st_ino
        self._errors, self._guest_errors = os.pipe()
        self._process: subprocess.Popen[bytes] | None = None
        self._bwrap_handle = self._handle = self._keeper_handle = -1
        self._keeper = 0
        self._shape: checks.Shape | None = None
        self._closing: asyncio.Task[None] | None = None
        self.children: set[int] = set()
        """Pids of those that have shown themselves and are not dead."""
        self.one_by_one = asyncio.Lock()
        """Held for each fork of one that has imported packages, so that nobody is taken for another."""
        self.pid = 0
        self.report: dict[str, Any] = {}
        self.began = time.monotonic()
        self.gone = asyncio.Event()
        """Set once this zygote forks no more; its children may still run."""
        self.ended = asyncio.Event()
        """Set once nothing of it or its children runs."""

    @property
    def owner(self) -> int | None:
        """The uid of all its children outside of their namespaces; None where it is this user's."""
        return self._slot.uid

    @property
    def shape(self) -> checks.Shape:
        """What children are compared with. Only after `start`."""
        assert self._shape is not None
        return self._shape

    def memory(self) -> int:
        """Bytes in use by the zygote itself; 0 where no cgroup counts them."""
        return self._group.memory() or 0

    async def start(self) -> None:
        """Returns when it can fork. Raises ZygoteFailedError, SandboxUnavailableError."""
        loop = asyncio.get_running_loop()
        spawning = loop.run_in_executor(self._means.spawner, self._spawn)
        try:
            await asyncio.shield(spawning)
            async with asyncio.timeout(START_TIMEOUT + self._basis.import_seconds):
                await self._come_up()
        except TimeoutError:
            await asyncio.shield(self._abandon(spawning))
            raise ZygoteFailedError("importing the dependencies takes too long") from None
        except (checks.NotConfinedError, OSError) as error:
            await asyncio.shield(self._abandon(spawning))
            raise ZygoteFailedError(str(error)) from error
        except BaseException:
            await asyncio.shield(self._abandon(spawning))
            raise

    def fork(self, order: dict[str, Any], descriptors: list[int]) -> None:
        """Ask for a child; `descriptors` may be closed afterwards. Raises ZygoteFailedError."""
        try:
            checks.check_single_thread(self.pid)
            packets.send(self._command, json.dumps(order).encode(), descriptors)
        except checks.NotConfinedError as error:
            self.kill_zygote()
            raise ZygoteFailedError(str(error)) from error
        except OSError as error:
            raise ZygoteFailedError(f"it does not answer: {error}") from error

    async def inspect(self) -> None:
        """Look whether an imported module has opened something since. Raises ZygoteFailedError, and forks no
        more then.
        """
        try:
            async with self.one_by_one:  # nothing is passed on then
                await self._look_for_descriptors()
        except checks.NotConfinedError as error:
            if self.gone.is_set():
                return  # somebody else has let it go, and knows why
            self.kill_zygote()
            raise ZygoteFailedError(str(error)) from error

    async def _look_for_descriptors(self) -> None:
        strange = checks.strange_descriptors(self.pid, self.shape)
        for _ in range(_LOOKS):
            if not strange:
                return
            await asyncio.sleep(_BETWEEN_LOOKS)
            strange &= checks.strange_descriptors(self.pid, self.shape)
        raise checks.NotConfinedError("an imported module opened a descriptor later")

    async def check_that_it_let_go(self, child: int) -> None:
        """Nothing through which it could reach a child later: see `checks.inspect_company`. It closes what it
        passed on a moment after the fork, and is stopped only then. Raises NotConfinedError.
        """
        until, pause = time.monotonic() + _LETTING_GO, _MOMENT
        while True:
            try:
                if checks.strange_descriptors(self.pid, self.shape):
                    raise checks.NotConfinedError("an imported module opened a descriptor later")
                return await self._look_around(child)
            except checks.NotConfinedError:
                if time.monotonic() > until:
                    raise
            await asyncio.sleep(pause)
            pause = min(2 * pause, _BETWEEN_LOOKS)

    async def _look_around(self, child: int) -> None:
        """It stands still meanwhile, or it could pass on what is looked for."""
        _signal(self._handle, signal.SIGSTOP)
        try:
            for _ in range(_STOPPING):
                if checks.stands_still(self.pid):
                    break
                await asyncio.sleep(_MOMENT)
            for _ in range(2):  # the second time, none that was there first can have let it go on
                checks.check_stopped(self.pid)
                checks.inspect_company(self.pid, self._keeper, self.shape, child, self.children)
        finally:
            _signal(self._handle, signal.SIGCONT)

    def retire(self) -> None:
        """No more forks; its children go on."""
        self._command.close()
        self.gone.set()

    def kill_zygote(self) -> None:
        """End the zygote itself at once; its children go on."""
        _signal(self._handle)
        self.retire()

    async def close(self) -> None:
        """End it with all its children, and free everything. Whoever calls it waits for the same end."""
        if self._closing is None:
            self._closing = asyncio.create_task(self._close())
        await asyncio.shield(self._closing)

    async def _close(self) -> None:
        self.retire()
        _signal(self._keeper_handle)
        if self._process is not None and not self.ended.is_set():
            try:
                async with asyncio.timeout(_PATIENCE if self._keeper else 0.0):
                    await self.ended.wait()
            except TimeoutError:
                self._kill_everything()
                await self.ended.wait()
        await self._keeper_gone()
        await self._free()

    async def _keeper_gone(self) -> None:
        """A keeper that outlives its bubblewrap for a moment comes to this process."""
        if self._keeper_handle < 0:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                await packets.readable(self._keeper_handle)
        process.reap(self._keeper)

    def _limited(self, name: str) -> cgroup.Group:
        limits = Limits(memory=self._basis.memory, processes=256, cpu=float(os.cpu_count() or 1))
        try:
            return self._means.cgroups.create(name, limits, self._basis.memory)
        except OSError as error:
            self._slot.release()
            raise ZygoteFailedError(f"its cgroup cannot be made: {error}") from error

    def _spawn(self) -> None:
        self._means.guardian.wait_until_ready()
        arguments, feed = os.pipe()
        policy, own_policy = (
            memory_file(seccomp_zygote.compile_policy()),
            memory_file(seccomp.compile_policy(without=self._means.without)),
        )
        passed = (arguments, policy, own_policy, self._guest_command.fileno())
        owner = self._slot.uid
        try:
            self._process = subprocess.Popen(
                self._words(arguments, policy, own_policy),
                stdin=subprocess.DEVNULL, stdout=self._guest_errors, stderr=self._guest_errors,
                pass_fds=passed, env={}, cwd="/", start_new_session=True,
                user=owner, group=owner, extra_groups=None if owner is None else [],
            )  # fmt: skip
            process.started(self._process.pid)
            self._bwrap_handle = os.pidfd_open(self._process.pid)
            process.prefer_as_victim(self._process.pid)
            self._group.add(self._process.pid)
            os.write(feed, _options(self._means, self._basis))
        finally:
            for descriptor in (arguments, feed, policy, own_policy, self._guest_errors):
                os.close(descriptor)
            self._guest_command.close()

    def _words(self, arguments: int, policy: int, own_policy: int) -> list[str]:
        return [
            str(self._means.files.bwrap),
            "--die-with-parent", "--setenv", process.OWNER_MARK, process.owner_prefix(),
            "--args", str(arguments), "--seccomp", str(policy), "--",
            f"{INSIDE}/python/bin/{interpreter_name()}", "-I", "-S", "-B", "-c", _START,
            str(self._guest_command.fileno()), str(own_policy), str(self._basis.import_seconds),
        ]  # fmt: skip

    async def _come_up(self) -> None:
        asyncio.get_running_loop().add_reader(self._bwrap_handle, self._bwrap_ended)
        hello = await packets.receive(self._command, 16)
        if hello.word != b"keeper":
            raise bwrap.refused(self._last_words())
        self._keeper = hello.sender
        self._keeper_handle = os.pidfd_open(self._keeper)
        told = await packets.receive(self._command, _LONGEST_REPORT)
        if not told.word:
            raise ZygoteFailedError(
                f"it ended while it imported the dependencies. {self._last_words()}".strip()
            )
        self.pid, self.report = told.sender, _report(told.word)
        self._handle = os.pidfd_open(self.pid)
        self._shape = checks.inspect_zygote(self.pid, self._keeper, self._inode, self._means.files.nothing)
        asyncio.get_running_loop().add_reader(self._handle, self._zygote_ended)

    def _last_words(self) -> str:
        os.set_blocking(self._errors, False)
        with contextlib.suppress(BlockingIOError):
            return os.read(self._errors, _LONGEST_REPORT).decode(errors="replace")
        return ""

    def _zygote_ended(self) -> None:
        asyncio.get_running_loop().remove_reader(self._handle)
        self.gone.set()

    def _bwrap_ended(self) -> None:
        asyncio.get_running_loop().remove_reader(self._bwrap_handle)
        running = self._process
        if running is not None and running.returncode is None:
            running.returncode, _ = process.collect(running.pid)
        if self._keeper:
            process.reap(self._keeper)
        self.gone.set()
        self.ended.set()

    def _kill_everything(self) -> None:
        """A sandbox that did not come up, or a keeper that cannot be reached."""
        assert self._process is not None
        below = process.descendants(self._process.pid)
        if not self._group.kill():
            for pid in below:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
        _signal(self._bwrap_handle)

    async def _abandon(self, spawning: asyncio.Future[None]) -> None:
        """A start that failed. Its thread cannot be stopped: wait, then end what it made."""
        await asyncio.wait([spawning])
        await self.close()

    async def _free(self) -> None:
        """The numbers are forgotten first: whoever signals later would reach what has them by then."""
        loop = asyncio.get_running_loop()
        handles = self._handle, self._keeper_handle, self._bwrap_handle, self._errors
        self._handle = self._keeper_handle = self._bwrap_handle = self._errors = -1
        for handle in handles:
            if handle >= 0:
                loop.remove_reader(handle)
                os.close(handle)
        process.reap_strays()
        await loop.run_in_executor(None, self._group.remove)
        self._slot.release()


def _options(means: Means, basis: Basis) -> bytes:
    """The view of a zygote: no bot, no input, and namespaces may be made below it."""
    limits = Limits(disk=_OWN_SPACE, files=_OWN_SPACE, memory=_OWN_SPACE)
    view = bwrap.View(means.files.nothing, None, basis.dependencies, limits)
    words = bwrap.options(means.files, view).removesuffix(b"\0").split(b"\0")
    kept = (word for word in words if word != b"--disable-userns")
    return b"".join(word + b"\0" for word in (*_PLACES, *kept, *_KEEPERS))


def _report(word: bytes) -> dict[str, Any]:
    try:
        told: Any = json.loads(word)
    except ValueError:
        raise ZygoteFailedError("it said something that is no report") from None
    return cast("dict[str, Any]", told) if isinstance(told, dict) else {}


def _signal(handle: int, number: signal.Signals = signal.SIGKILL) -> None:
    if handle >= 0:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(handle, number)
