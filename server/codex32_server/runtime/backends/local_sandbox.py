"""One sandbox of the local backend, from bubblewrap to the last process: started, watched, ended, freed."""

from __future__ import annotations

import array
import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
from collections.abc import Mapping
from pathlib import Path

from codex32_server.runtime.backends.ends import Ends
from codex32_server.runtime.backends.port import Ended, Launch
from codex32_server.runtime.errors import SandboxUnavailableError
from codex32_server.runtime.files import RuntimeFiles
from codex32_server.runtime.metering import Usage
from codex32_server.runtime.readiness import readable
from codex32_server.runtime.sandbox import bwrap, cgroup, inbound, levels, process, uid, watchdog

REAP_TIMEOUT = 10.0
"""Seconds in which a killed process is gone; the kernel needs milliseconds."""
_ROOM_FOR_INTERPRETER = 64 * 1024 * 1024


class LocalSandbox(Ends):
    """One sandbox on this machine; see `backends.port.Sandbox` for the promises."""

    def __init__(self, launch: Launch, slot: uid.Slot, group: cgroup.Group) -> None:
        super().__init__()
        self._launch = launch
        self._slot = slot
        self._group = group
        self._process: subprocess.Popen[bytes] | None = None
        self._handle = -1
        self._init = 0
        self._init_handle = -1
        self._over_memory = False
        self._usage: float | None = None
        self._orphans: set[int] = set()
        self.control, self._guest_control = socket.socketpair()
        self._status, self._guest_status = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._info, self._guest_info = os.pipe()
        self._doors = inbound.Doors(launch.folder, launch.inbound)

    @property
    def inbound(self) -> Mapping[int, Path]:
        """Port → unix socket on the host."""
        return self._doors.paths

    def spawn(self, files: RuntimeFiles, policies: Mapping[bool, bytes]) -> None:
        """Start bubblewrap. Blocks for a few milliseconds; call it in the starting thread. `policies` are
        those without and with network.
        """
        owner = self._slot.uid
        if owner is not None:
            os.chown(self._launch.folder, owner, owner)
        arguments, feed = os.pipe()
        filter_program = memory_file(policies[_networked(self._launch)])
        descriptors = {
            "args": arguments,
            **({"seccomp": filter_program} if self._filtered() else {}),
            "info": self._guest_info,
            "control": self._guest_control.fileno(),
            "status": self._guest_status.fileno(),
        }
        try:
            self._process = subprocess.Popen(
                bwrap.command(files, self._guest_limits(), descriptors, self._doors.argument()),
                stdin=subprocess.DEVNULL, stdout=self._guest_stdout, stderr=self._guest_stderr,
                pass_fds=(*descriptors.values(), *self._doors.descriptors()), env={}, cwd="/",
                start_new_session=True, user=owner, group=owner, extra_groups=None if owner is None else [],
            )  # fmt: skip
            process.started(self._process.pid)
            process.prefer_as_victim(self._process.pid)
            self._handle = os.pidfd_open(self._process.pid)
            self._group.add(self._process.pid)
            launch = self._launch
            view = bwrap.View(
                launch.source, launch.inputs, launch.dependencies, launch.limits,
                launch.environment, launch.network, serves=bool(launch.inbound),
            )  # fmt: skip
            os.write(feed, bwrap.options(files, view))
        except OSError as error:
            raise SandboxUnavailableError(f"bubblewrap could not be started: {error}.") from error
        finally:
            for descriptor in (arguments, feed, filter_program):
                os.close(descriptor)
            self._close_guest_ends()

    def _filtered(self) -> bool:
        return levels.LEVELS[self._launch.isolation].filtered

    def _guest_limits(self) -> dict[str, int]:
        limits = self._launch.limits
        data = 0 if self._group.limits_memory() else limits.memory + _ROOM_FOR_INTERPRETER
        return {
            "processes": limits.processes + own_processes(self._launch),
            "largest_file": max(limits.disk, limits.files)
            + (1 << 20),  # above it, so that tmpfs says it is full
            "data": data,
            "filtered": int(self._filtered()),
        }

    def _close_guest_ends(self) -> None:
        self._guest_control.close()
        self._guest_status.close()
        self._doors.hand_over()
        for descriptor in (self._guest_info, self._guest_stdout, self._guest_stderr):
            os.close(descriptor)

    async def come_up(self) -> None:
        """Wait for the guest's init, which brings the descriptor of the output folder."""
        self._status.setblocking(False)
        self.control.setblocking(False)
        await readable(self._status.fileno())
        word, ancillary, _, _ = self._status.recvmsg(16, socket.CMSG_SPACE(4))
        if word != b"ready":
            raise bwrap.refused(await self._last_words())
        self._output = array.array("i", ancillary[0][2])[0]
        for line in os.read(self._info, 4096).splitlines():
            self._init = json.loads(line).get("child-pid", self._init)
        with contextlib.suppress(ProcessLookupError):
            self._init_handle = os.pidfd_open(self._init)

    async def _last_words(self) -> str:
        self.kill()
        await self._gone()
        os.set_blocking(self._stderr, False)
        with contextlib.suppress(BlockingIOError):
            return os.read(self._stderr, 4096).decode(errors="replace")
        return ""

    def terminate(self) -> None:
        """SIGTERM; the guest's init passes it on to the bot's main process."""
        self._signal(self._init_handle, signal.SIGTERM)

    def kill(self) -> None:
        """The cgroup first (nothing escapes it), then the namespace's init, then bubblewrap."""
        if self._process is None or self._process.returncode is not None:
            return
        below = process.children(self._process.pid)  # before it is set up, it does not die with its parent
        self._orphans.update(below)
        if not self._group.kill():
            for pid in below:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
        self._signal(self._init_handle, signal.SIGKILL)
        self._signal(self._handle, signal.SIGKILL)

    @staticmethod
    def _signal(handle: int, number: signal.Signals) -> None:
        """Through a pidfd, so that a reused pid is never hit."""
        if handle >= 0:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(handle, number)

    async def wait(self) -> Ended:
        """Until nothing of the sandbox runs any more; watches the memory meanwhile."""
        watch = asyncio.create_task(self._watch_memory())
        try:
            await self._gone()
        finally:
            watch.cancel()
        code, died_by = self._report()
        group = self._group
        return Ended(
            exit_code=code,
            signal=died_by,
            out_of_memory=self._over_memory or group.out_of_memory(),
            cpu_seconds=group.cpu_seconds() or self._usage,
            peak_memory=group.peak_memory(),
        )

    def usage(self) -> Usage | None:
        """By the cgroup where there is one, else by looking at every process."""
        if self._init <= 0:
            return None
        return watchdog.usage(self._group, self._init)

    async def close(self) -> None:
        """Kill what is left and free everything. Idempotent."""
        self.kill()
        if self._process is not None:
            await self._gone()
            if self._init_handle < 0:  # a start that was given up
                self._orphans.update(process.orphans_of(self._process.pid))
        if self._orphans:
            await self._reap_orphans()
        self.control.close()
        self._status.close()
        self._doors.close()
        for name in ("_handle", "_init_handle", "_output", "_info", "_stdout", "_stderr"):
            descriptor: int = getattr(self, name)
            if descriptor >= 0:
                os.close(descriptor)
                setattr(self, name, -1)
        if self._group.folders:
            await asyncio.get_running_loop().run_in_executor(None, self._group.remove)
            self._group = cgroup.Group()
        self._slot.release()

    async def _watch_memory(self) -> None:
        limits = self._launch.limits
        room = sum(bwrap.tmpfs_sizes(limits).values())
        await watchdog.exceeded(self._group, self._init, limits.memory, room)
        self._over_memory = True
        self.kill()

    async def _gone(self) -> None:
        """bubblewrap ended, and with it the namespace; reap both."""
        running = self._process
        if running is None or running.returncode is not None:
            return
        await readable(self._handle)
        if running.returncode is None:
            running.returncode, self._usage = process.collect(running.pid)
        if self._init_handle >= 0:
            # bubblewrap may die before the init it watched: then init came to us
            async with asyncio.timeout(REAP_TIMEOUT):
                await readable(self._init_handle)
            process.reap(self._init)

    async def _reap_orphans(self) -> None:
        """What lost its parent in a kill came to us; it may take the kernel a moment to end it."""
        while self._orphans:
            await _reap(self._orphans.pop())
        process.reap_strays()

    def _report(self) -> tuple[int | None, int | None]:
        """What init said about the bot's main process, as (exit code, signal)."""
        try:
            return read_report(self._status.recv(64))[:2]
        except (BlockingIOError, ConnectionError):
            return None, None


def _networked(launch: Launch) -> bool:
    return bool(launch.network or launch.inbound)


def own_processes(launch: Launch) -> int:
    """What of the platform runs inside, beside the bot's processes."""
    return cgroup.OWN_PROCESSES + (cgroup.NETWORK_PROCESSES if _networked(launch) else 0)


def read_report(report: bytes) -> tuple[int | None, int | None, float | None]:
    """(exit code, signal, cpu seconds) from what init said; all None if it said nothing."""
    word, *numbers = report.split() or [b""]
    if len(numbers) != 2 or not all(number.isdigit() for number in numbers):
        return None, None, None
    end, spent = (int(number) for number in numbers)
    return (end, None, spent / 1e6) if word == b"exit" else (None, end, spent / 1e6)


def memory_file(content: bytes) -> int:
    descriptor = os.memfd_create("policy")
    os.write(descriptor, content)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


async def _reap(pid: int) -> None:
    """Wait for a process that was killed, and collect it if it came to us."""
    with contextlib.suppress(ProcessLookupError):
        handle = os.pidfd_open(pid)
        try:
            async with asyncio.timeout(REAP_TIMEOUT):
                await readable(handle)
        finally:
            os.close(handle)
        process.reap(pid)
