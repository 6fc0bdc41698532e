"""A zygote's child as a sandbox: the same promises as a cold one (`backends.port.Sandbox`).

`confine`: fork; the child confines itself and shows its pid and folders; cgroup; a look from outside; `go`.
Until then it knows sizes, and nothing of a run; it may wait so for as long as its zygote lives. `give`: the
bot's files. The order follows on `control`.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import signal
import socket
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from codex32_server.kit.threads import to_its_end
from codex32_server.runtime.backends.ends import Ends
from codex32_server.runtime.backends.local_sandbox import read_report
from codex32_server.runtime.backends.port import Ended
from codex32_server.runtime.contract import Limits, RunSpec
from codex32_server.runtime.metering import Usage
from codex32_server.runtime.proxy.lease import Lease
from codex32_server.runtime.sandbox import bwrap, cgroup, process, watchdog
from codex32_server.runtime.zygote import checks, handover, networking, packets
from codex32_server.runtime.zygote.groups import GroupPool
from codex32_server.runtime.zygote.zygote import Zygote, ZygoteFailedError

START_TIMEOUT = 5.0
"""Seconds for a fork; it takes milliseconds."""

REAP_TIMEOUT = 10.0
_ROOM_FOR_INTERPRETER = 64 * 1024 * 1024
_LONGEST_WORD = 512
_INLINE = 1 << 20
"""Bytes of files that are written at once; more go through a thread."""


@dataclass(frozen=True)
class Form:
    """What a child is told before it belongs to a run. Runs of one form may have the same child."""

    limits: Limits
    """Without those that the worker keeps itself."""
    given: tuple[tuple[str, int], ...]
    """Places and the bytes that the host may put there."""
    packages: bool
    """Whether its zygote has imported what strangers wrote."""
    resident: bool = False
    network: tuple[tuple[str, bytes], ...] = ()
    """What it needs to listen for a bot with a network: the names of hosts, and no secret."""

    @property
    def processes(self) -> int:
        """That its init has started when it waits: the bot's, and with a network the forwarder."""
        return 1 + bool(self.network)

    @property
    def most(self) -> Limits:
        """What its cgroup allows: a forwarder is not at the bot's expense."""
        extra = cgroup.NETWORK_PROCESSES if self.network else 0
        return replace(self.limits, processes=self.limits.processes + extra)


def form_of(spec: RunSpec, lease: Lease | None = None, *, resident: bool = False) -> Form:
    """The form of a run's child. Sizes are rounded, so that versions of a bot and small bots share one."""
    limits = replace(spec.limits, timeout=0.0, input=0, log=0, log_line=0, output=0)
    given = tuple((place, handover.room_for(files)) for place, files in _given(spec, lease).items())
    network = networking.told_first(lease) if lease else ()
    return Form(limits, given, spec.dependencies is not None, resident, network)


class WarmSandbox(Ends):
    """One child. `confine` it and `give` it a run, then it is a Sandbox."""

    def __init__(
        self,
        zygote: Zygote,
        form: Form,
        group: cgroup.Group,
        groups: GroupPool,
    ) -> None:
        super().__init__()
        self._zygote = zygote
        self._form = form
        self._limits = form.limits
        self._group = group
        self._groups = groups
        self._init = 0
        self._handle = -1
        self._inherited = 0
        self._over_memory = False
        self._joining: asyncio.Future[None] | None = None
        self._closing: asyncio.Task[None] | None = None
        self._concluded = False
        self._shown: list[int] = []
        self._empty: list[int] = []
        self.control, self._guest_control = packets.channel() if form.resident else socket.socketpair()
        self._status, self._guest_status = packets.channel()
        self._channels: frozenset[str] = frozenset()
        """What a child of a zygote with packages may have open."""

    async def confine(self, *, rehearse: bool = False) -> None:
        """With `rehearse` it gets ready for a run that may be some time off.

        Raises ZygoteFailedError where this zygote cannot be used any more, OSError.
        """
        order = _order(self._form, self._group, rehearse=rehearse)
        if self._form.packages:
            self._channels = frozenset(checks.target(f"/proc/self/fd/{end}") for end in self._guest_ends())
        turn = self._zygote.one_by_one if self._form.packages else contextlib.nullcontext()
        async with turn:
            await self._fork(order)

    async def _fork(self, order: dict[str, Any]) -> None:
        try:
            self._zygote.fork(order, self._guest_ends())
        finally:
            self._close_guest_ends()
        try:
            async with asyncio.timeout(START_TIMEOUT):
                await self._handshake(len(order["shown"]))
        except TimeoutError:
            raise ZygoteFailedError("it did not fork in time") from None

    async def give(self, spec: RunSpec, lease: Lease | None = None) -> None:
        """The run's files, which only this child sees, and its way to the network.

        Raises OSError, UnsafeSourceError, EgressFailedError.
        """
        folders, self._empty = self._empty, []
        try:
            for folder, (place, content) in zip(folders, _given(spec, lease).items(), strict=True):
                if lease and place == networking.FOLDER:
                    await networking.connect(folder, lease, self._zygote.owner)
                elif handover.size_of(content) < _INLINE:
                    handover.fill(folder, content, self._zygote.owner)
                else:
                    await to_its_end(handover.fill, folder, content, self._zygote.owner)
        finally:
            for folder in folders:
                os.close(folder)

    def still_waits(self) -> bool:
        """Whether a child that was confined a while ago is as it was then, and alone."""
        try:
            begun = self._form.processes
            checks.inspect_child(self._init, self._zygote.pid, self._zygote.shape, begun=begun)
        except checks.NotConfinedError:
            return False
        ends = select.poll()
        ends.register(self._handle, select.POLLIN)
        ends.register(self._status, select.POLLIN)
        return not ends.poll(0)

    async def over(self) -> None:
        """Wait until its first process is dead. Not beside `wait`."""
        await packets.readable(self._handle)

    async def _handshake(self, shown: int) -> None:
        built = await packets.receive(self._status, _LONGEST_WORD, len(self._form.given) + shown)
        self._take(built, shown)
        await self._join(built.sender)
        if self._form.network:
            networking.prepare(self._empty[-1], self._form.network, self._zygote.owner)
        self._status.send(b"joined")
        ready = await packets.receive(self._status, _LONGEST_WORD)
        await self._look(ready)
        self._status.send(b"go")

    @property
    def form(self) -> Form:
        """What it was told."""
        return self._form

    @property
    def zygote(self) -> Zygote:
        """Whose child it is."""
        return self._zygote

    @property
    def inbound(self) -> Mapping[int, Path]:
        """Ports that the bot serves: none, services are started cold."""
        return {}

    def terminate(self) -> None:
        """SIGTERM; the guest's init passes it on to the bot's main process."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """The namespace's init, and with it everything; the cgroup too, where it can."""
        if self._handle >= 0:
            self._group.kill()
            self._signal(signal.SIGKILL)

    async def wait(self) -> Ended:
        """Until nothing of the bot runs any more; watches the memory meanwhile."""
        watch = asyncio.create_task(self.watch_memory())
        try:
            await packets.readable(self._handle, self._status.fileno())
            code, died_by, spent = self._report()
            self._concluded = code is not None and self._is_empty()
            if not self._concluded:
                await packets.readable(self._handle)
        finally:
            watch.cancel()
        out_of_memory = self._over_memory or self._group.out_of_memory()
        cpu = self.cpu_seconds()
        return Ended(code, died_by, out_of_memory, spent if cpu is None else cpu, self.peak_memory())

    def cpu_seconds(self) -> float | None:
        """Processor time so far; None where no cgroup counts it."""
        return self._group.cpu_seconds()

    def usage(self) -> Usage | None:
        """What it uses now; None when nothing of it is left."""
        return watchdog.usage(self._group, self._init) if self._init > 0 else None

    def peak_memory(self) -> int | None:
        """The most memory so far, as above."""
        return self._group.peak_memory()

    async def watch_memory(self) -> None:
        """Kill it once it holds too much; until then this waits for ever."""
        room = sum(bwrap.tmpfs_sizes(self._limits).values())
        await watchdog.exceeded(self._group, self._init, self._limits.memory + self._inherited, room)
        self._over_memory = True
        self.kill()

    def shown_folders(self) -> list[int]:
        """Descriptors of every place that the bot may write to."""
        return self._shown

    def bot(self) -> int | None:
        """The pid of the bot's main process, if it is the only one that init has started."""
        below = process.children_of_single(self._init)
        return below[0] if len(below) == 1 else None

    async def close(self) -> None:
        """Kill what is left and free everything. Idempotent.

        Where an init of ours has ended all the rest nobody waits for its own end: `closed` does.
        """
        if self._closing is None:
            self.kill()
            self._closing = asyncio.create_task(self._close())
        if not self._concluded:
            await asyncio.shield(self._closing)

    async def closed(self) -> None:
        """Wait until nothing is left at all. After `close`."""
        if self._closing is not None:
            await asyncio.shield(self._closing)

    async def _close(self) -> None:
        if self._joining is not None:
            await asyncio.wait([self._joining])
        group, self._group = self._group, cgroup.Group()
        if self._handle >= 0:
            try:
                async with asyncio.timeout(REAP_TIMEOUT):
                    await packets.readable(self._handle)
            except TimeoutError:
                group = cgroup.Group(group.folders)  # not used again
            self._zygote.children.discard(self._init)
            os.close(self._handle)
            self._handle = -1
        self.control.close()
        self._status.close()
        self._close_guest_ends()
        for descriptor in (self._stdout, self._stderr, *self._shown, *self._empty):
            if descriptor >= 0:
                os.close(descriptor)
        self._stdout = self._stderr = self._output = -1
        self._shown, self._empty = [], []
        await self._groups.give_back(group)

    def _is_empty(self) -> bool:
        """Whether init, which said that it has ended the rest, can be believed: it has imported nothing that
        a stranger wrote, and the kernel knows no child of it.
        """
        return not self._form.packages and process.children_of_single(self._init) == []

    def _guest_ends(self) -> list[int]:
        return [
            self._guest_control.fileno(), self._guest_status.fileno(), self._guest_stdout, self._guest_stderr,
        ]  # fmt: skip

    def _close_guest_ends(self) -> None:
        self._guest_control.close()
        self._guest_status.close()
        for name in ("_guest_stdout", "_guest_stderr"):
            if (descriptor := getattr(self, name)) >= 0:
                os.close(descriptor)
                setattr(self, name, -1)

    def _take(self, built: packets.Packet, shown: int) -> None:
        """Keep the folders to look at and those to fill; `close` closes them."""
        self._shown, self._empty = built.descriptors[:shown], built.descriptors[shown:]
        if built.word != b"built" or len(self._shown) != shown:
            said = built.word.decode(errors="replace")
            raise ZygoteFailedError(f"its child did not come up: {said or 'it ended without a word'}")
        if len(self._empty) != len(self._form.given):
            raise ZygoteFailedError("its child shows other folders than it was told to")
        try:
            handover.check_own(built.descriptors, self._zygote.shape.devices)
        except checks.NotConfinedError as error:
            raise ZygoteFailedError(f"its child is not confined: {error}") from error
        self._output = self._shown[0]

    async def _join(self, pid: int) -> None:
        """Into its cgroups, in a thread: the kernel may let that wait. Raises ZygoteFailedError."""
        try:
            self._handle = os.pidfd_open(pid)
        except OSError as error:
            raise ZygoteFailedError(f"its child is gone: {error}") from error
        self._init = pid
        self._zygote.children.add(pid)
        self._joining = asyncio.get_running_loop().run_in_executor(None, self._group.add, pid)
        try:
            await asyncio.shield(self._joining)
        except OSError as error:
            raise ZygoteFailedError(f"its child cannot join its cgroup: {error}") from error

    async def _look(self, ready: packets.Packet) -> None:
        """From outside, before it is told anything. Raises ZygoteFailedError."""
        if ready.word != b"ready" or ready.sender != self._init:
            raise ZygoteFailedError("its child did not come up: it was not confined")
        try:
            checks.inspect_child(self._init, self._zygote.pid, self._zygote.shape)
            if self._form.packages:
                checks.inspect_what_a_child_shares(self._init, self._channels)
                await self._zygote.check_that_it_let_go(self._init)
        except checks.NotConfinedError as error:
            raise ZygoteFailedError(f"its child is not confined: {error}") from error
        if not self._group.limits_memory():
            self._inherited = watchdog.own_memory(self._init)

    def _signal(self, number: signal.Signals) -> None:
        if self._handle >= 0:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, number)

    def _report(self) -> tuple[int | None, int | None, float | None]:
        """What init said about the end."""
        try:
            return read_report(packets.receive_now(self._status, _LONGEST_WORD).word)
        except BlockingIOError:
            return None, None, None


def _given(spec: RunSpec, lease: Lease | None) -> dict[str, Mapping[str, Path | bytes]]:
    """What is shown read-only, by place; the network's is the last."""
    given: dict[str, Mapping[str, Path | bytes]] = {bwrap.SOURCE: spec.source}
    if spec.input_files:
        given[bwrap.INPUT] = spec.input_files
    if lease:
        given[networking.FOLDER] = lease.inside.files
    return given


def _order(form: Form, group: cgroup.Group, *, rehearse: bool) -> dict[str, Any]:
    """What the zygote's child is told: sizes and places, nothing of the run."""
    limits = form.limits
    writable = bwrap.tmpfs_sizes(limits)
    return {
        "processes": form.most.processes + cgroup.OWN_PROCESSES,
        "largest_file": max(limits.disk, limits.files) + (1 << 20),  # above it, so that tmpfs says it is full
        "data": 0 if group.limits_memory() else limits.memory + _ROOM_FOR_INTERPRETER,
        "writable": writable,
        "given": dict(form.given),
        "shown": [bwrap.OUTPUT, *(place for place in writable if form.resident and place != bwrap.OUTPUT)],
        "resident": form.resident,
        "rehearse": rehearse,
        "network": bool(form.network),
    }
