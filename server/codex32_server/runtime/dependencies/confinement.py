"""The sandbox in which uv builds packages from source, which executes them.

Layers as around a bot, except Landlock, which has nothing left to forbid: an uid of its own, bubblewrap with
every namespace and options by descriptor, a cgroup where one is writable, limits, seccomp. It sees the
system's compilers and libraries, the runtime folder, and one folder of its own with a cache of its own: what
a stranger's build writes there must not be taken for a download by anybody else. The network is a door to
the package index. No address, password or setting of the worker is inside.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from codex32_server.runtime.backends.local_sandbox import memory_file
from codex32_server.runtime.contract import MIB, Limits
from codex32_server.runtime.dependencies.policy import Policy
from codex32_server.runtime.dependencies.sources import Sources
from codex32_server.runtime.files import RuntimeFiles
from codex32_server.runtime.guest.building import PORT
from codex32_server.runtime.guest.network import EGRESS
from codex32_server.runtime.proxy.child import KEPT
from codex32_server.runtime.sandbox import bwrap, cgroup, process, seccomp
from codex32_server.runtime.sandbox.uid import proxy_uid

if TYPE_CHECKING:
    from types import TracebackType

_START = "import sys; sys.path.insert(0, {!r}); from codex32_guest.building import main; main()"
_DOOR = "codex32_server.runtime.dependencies.door"
_MEMORY = 2048 * MIB
_PROCESSES = 512
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
_NUMBERS = count()
_TIMEOUT = 30.0


class Confinement:
    """Around one call of uv, which runs in `shop`. Enter it, start `command`, tell `started`; all in one
    thread, which may block.
    """

    def __init__(self, files: RuntimeFiles, policy: Policy, cgroups: cgroup.Cgroups, shop: Path) -> None:
        self._files = files
        self._policy = policy
        self._cgroups = cgroups
        self._shop = shop
        self._held = contextlib.ExitStack()
        self._group = cgroup.Group()
        self._options = b""
        self._feed = -1
        self.passed: list[int] = []
        """Descriptors that the command needs."""

    def open(self, sources: Sources, told: Mapping[str, str]) -> None:
        """Raises OSError. `told` is uv's environment outside of a sandbox."""
        with contextlib.ExitStack() as held:
            self._open_door(held, sources, told)
            limits = Limits(memory=_MEMORY, processes=_PROCESSES, cpu=float(os.cpu_count() or 1))
            self._group = self._cgroups.create(f"build{next(_NUMBERS)}", limits, _MEMORY)
            held.callback(self._end_group)
            policy = memory_file(seccomp.compile_policy())
            arguments, self._feed = os.pipe()
            for descriptor in (policy, arguments):
                held.callback(os.close, descriptor)
            held.callback(self._close_feed)
            self.passed = [arguments, policy]
            self._options = self._view(sources, told)
            self._held = held.pop_all()

    def command(self, words: Sequence[str]) -> list[str]:
        """argv around uv's own; nothing in it is secret."""
        arguments, policy = self.passed
        data = 0 if self._group.limits_memory() else _MEMORY
        guest = str(self._files.inside / "guest")
        return [
            str(self._files.bwrap),
            "--die-with-parent", "--setenv", process.OWNER_MARK, process.owner_prefix(),
            "--args", str(arguments), "--seccomp", str(policy), "--",
            str(self._files.python), "-I", "-S", "-B", "-c", _START.format(guest),
            str(_PROCESSES), str(self._policy.largest), str(data), *words,
        ]  # fmt: skip

    def started(self, pid: int) -> None:
        """Limit it, and let it go on. Raises OSError."""
        self._group.add(pid)
        os.write(self._feed, self._options)
        self._close_feed()

    def __enter__(self) -> Confinement:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._held.close()

    def _view(self, sources: Sources, told: Mapping[str, str]) -> bytes:
        shop, home = str(self._shop), self._shop / "home"
        words = [*bwrap.NAMESPACES, "--disable-userns"]
        words += ["--dir", "/dev", "--proc", "/proc"]
        for name in bwrap.DEVICES:
            words += ["--dev-bind", f"/dev/{name}", f"/dev/{name}"]
        words += ["--symlink", "/proc/self/fd", "/dev/fd"]
        # First: the folders of an installation may be below it.
        words += ["--perms", "1777", "--size", str(self._policy.largest), "--tmpfs", "/tmp"]  # noqa: S108 - the sandbox's own
        words += [*_system(), *bwrap.etc(self._files)]
        words += ["--ro-bind", str(self._files.root), str(self._files.root)]
        for folder in sources.folders:
            words += ["--ro-bind", folder, folder]
        words += ["--bind", shop, shop, "--ro-bind", str(self._shop / "index.sock"), EGRESS]
        words += ["--remount-ro", "/", "--chdir", shop]
        environment = {
            **sources.environment(told, f"http://127.0.0.1:{PORT}"),
            "HOME": str(home),
            "UV_CACHE_DIR": str(home / "cache"),
            "TMPDIR": "/tmp",  # noqa: S108 - as above
        }
        for name, value in environment.items():
            words += ["--setenv", name, value]
        return b"".join(word.encode() + b"\0" for word in words)

    def _open_door(self, held: contextlib.ExitStack, sources: Sources, told: Mapping[str, str]) -> None:
        """Its process holds what the index is asked with; the listener is in the builder's folder."""
        listener = held.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
        place = os.open(self._shop, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            with contextlib.suppress(FileNotFoundError):
                os.unlink("index.sock", dir_fd=place)  # of the call before
            listener.bind(f"/proc/self/fd/{place}/index.sock")
            listener.listen(128)
            os.chmod("index.sock", 0o666, dir_fd=place)  # noqa: S103 - nobody else may enter the folder
        finally:
            os.close(place)
        names = {*KEPT, *_PROXIES, *(name.lower() for name in _PROXIES)}
        environment = {name: os.environ[name] for name in names if name in os.environ}
        environment |= {name: told[name] for name in names if name in told}
        door = subprocess.Popen(
            [sys.executable, "-P", "-s", "-m", _DOOR, str(listener.fileno())],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            pass_fds=[listener.fileno()], env=environment, cwd="/", start_new_session=True,
        )  # fmt: skip
        held.callback(door.wait)
        held.callback(door.kill)
        assert door.stdin
        held.enter_context(door.stdin)
        asked = {
            "addresses": sources.addresses,
            "insecure": sorted(sources.insecure),
            "timeout": float(told.get("UV_HTTP_TIMEOUT") or _TIMEOUT),
            "uid": proxy_uid(),
        }
        door.stdin.write(json.dumps(asked).encode() + b"\n")
        door.stdin.flush()

    def _end_group(self) -> None:
        self._group.kill()
        self._group.remove()

    def _close_feed(self) -> None:
        if self._feed >= 0:
            os.close(self._feed)
            self._feed = -1


def _system() -> list[str]:
    """Compilers, their headers and libraries."""
    words = ["--ro-bind", "/usr", "/usr"]
    for top in ("/bin", "/sbin", "/lib", "/lib64"):
        path = Path(top)
        if path.is_symlink():
            words += ["--symlink", str(path.readlink()), top]
        elif path.is_dir():
            words += ["--ro-bind", top, top]
    for place in ("/etc/alternatives", "/etc/ld.so.cache"):
        words += ["--ro-bind", place, place] if Path(place).exists() else []
    return words
