"""The local backend: one bubblewrap sandbox per run, all layers in order. A sandbox is in `local_sandbox`.

Starting is done in one thread that lives as long as the backend: `--die-with-parent` is tied to the *thread*
that started bubblewrap. The process is put into its cgroups before it is told its options, so nothing ever
runs outside of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from codex32_server.runtime.backends.local_sandbox import LocalSandbox, own_processes
from codex32_server.runtime.backends.port import Launch
from codex32_server.runtime.errors import SandboxUnavailableError
from codex32_server.runtime.files import RuntimeFiles
from codex32_server.runtime.sandbox import bwrap, cgroup, landlock, process, seccomp, uid
from codex32_server.runtime.sandbox.guardian import Guardian
from codex32_server.runtime.sandbox.layer import LayerReport

START_TIMEOUT = 15.0
"""Seconds for bubblewrap and the guest's init to come up, generous for a loaded machine."""


@dataclass(frozen=True)
class Means:
    """What sandboxes of this machine are made of; `runtime.zygote` starts its own with the same."""

    files: RuntimeFiles
    uids: uid.UidPool
    cgroups: cgroup.Cgroups
    without: Collection[str]
    """System calls that bots lack here beyond the usual ones."""
    guardian: Guardian
    """Whoever starts something waits until it is ready."""
    spawner: ThreadPoolExecutor
    """The one thread that may start bubblewrap: it must live as long as the sandboxes."""


class LocalBackend:
    """Starts sandboxes on this machine. One per worker process; `close` ends its thread.

    `locks` is a folder shared by all workers of the machine (uids are taken there). With `require_cgroup`, a
    machine without writable memory, pids and cpu controllers raises SandboxUnavailableError here.
    """

    def __init__(self, files: RuntimeFiles, *, locks: Path, require_cgroup: bool = False) -> None:
        self._files = files
        self._uids = uid.UidPool(locks)
        self._cgroups = cgroup.discover()
        self._spawner = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sandbox-start")
        missing = self._cgroups.missing()
        if require_cgroup and missing:
            raise SandboxUnavailableError(
                f"CODEX32_REQUIRE_CGROUP is set and no cgroup is writable for {', '.join(missing)}.",
                next_step=self._cgroups.explain().remedy,
            )
        self._without = () if "memory" not in missing else seccomp.UNCOUNTED
        self._policies = {network: _policy(self._without, network=network) for network in (False, True)}
        process.become_subreaper()
        process.sweep()
        self._cgroups.sweep()
        self._guardian = Guardian([hierarchy.base for hierarchy in self._cgroups.hierarchies])

    async def start(self, launch: Launch) -> LocalSandbox:
        """Raises SandboxUnavailableError where bubblewrap or the guest's init does not come up."""
        slot = self._uids.take()
        try:
            sandbox = LocalSandbox(launch, slot, self._group(launch))
        except OSError as error:
            slot.release()
            raise SandboxUnavailableError(f"A sandbox could not be prepared: {error}.") from error
        loop = asyncio.get_running_loop()
        spawning = loop.run_in_executor(self._spawner, self._spawn, sandbox)
        try:
            await asyncio.shield(spawning)
            # Not wait_for: before Python 3.12 it swallows a cancellation that comes with the answer.
            async with asyncio.timeout(START_TIMEOUT):
                await sandbox.come_up()
        except BaseException:
            await asyncio.shield(_abandon(sandbox, spawning))
            raise
        return sandbox

    def _spawn(self, sandbox: LocalSandbox) -> None:
        """In the starting thread. Raises SandboxUnavailableError."""
        try:
            self._guardian.wait_until_ready()
        except (OSError, ValueError) as error:
            raise SandboxUnavailableError(f"A sandbox could not be prepared: {error}.") from error
        sandbox.spawn(self._files, self._policies)

    def _group(self, launch: Launch) -> cgroup.Group:
        hard = launch.limits.memory + sum(bwrap.tmpfs_sizes(launch.limits).values())
        return self._cgroups.create(launch.name, launch.limits, hard, own_processes(launch))

    def layers(self) -> list[LayerReport]:
        """Each layer on this machine, outermost first."""
        return [
            uid.explain(),
            process.explain(),
            bwrap.explain(self._files),
            self._cgroups.explain(),
            landlock.explain(),
            seccomp.explain(),
        ]

    @property
    def means(self) -> Means:
        return Means(self._files, self._uids, self._cgroups, self._without, self._guardian, self._spawner)

    def facts(self) -> Mapping[str, str]:
        """What the isolation consists of here."""
        return {layer.name: layer.detail for layer in self.layers()}

    def close(self) -> None:
        """End the starting thread; sandboxes that still run are killed with it."""
        self._spawner.shutdown(wait=False)
        self._guardian.dismiss()


async def _abandon(sandbox: LocalSandbox, spawning: asyncio.Future[None]) -> None:
    """A start that failed or was given up. Its thread cannot be stopped: wait, then end what it made."""
    await asyncio.wait([spawning])
    await sandbox.close()


def _policy(without: Collection[str], *, network: bool) -> bytes:
    report = seccomp.explain()
    if not report.ok:
        raise SandboxUnavailableError(f"Seccomp: {report.detail}.", next_step=report.remedy)
    return seccomp.compile_policy(network=network, without=without)
