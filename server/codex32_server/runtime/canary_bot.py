"""The canary itself: a bot that runs inside the sandbox and tries to get out. Never imported by the
server.
"""

from __future__ import annotations

import ctypes
import os
import socket
from collections.abc import Callable

_LIBC = ctypes.CDLL(None, use_errno=True)
_HOST_FILES = (
    "/etc/shadow",
    "/root",
    "/home",
    "/var",
    "/work",
    "/proc/1/environ",
    "/proc/1/mem",
    "/sys/kernel",
)
_CLONE_NEWUSER = 0x10000000


def main() -> dict[str, str]:
    """Attempt → how it was refused, or `ESCAPED: …`."""
    attempts: dict[str, Callable[[], str]] = {
        "host files": _host_files,
        "write to the root": lambda: _made("/x"),
        "write to the bot": lambda: _made("/bot/x"),
        "write to the runtime": lambda: _made("/opt/codex32/x"),
        "other processes": _other_processes,
        "uid 0": lambda: _called(os.setuid, 0),
        "user namespace": lambda: _system_call(_LIBC.unshare, _CLONE_NEWUSER),
        "mount": lambda: _system_call(_LIBC.mount, b"none", b"/tmp", b"tmpfs", 0, None),
        "ptrace": lambda: _system_call(_LIBC.ptrace, 16, 1, 0, 0),
        "kernel crypto": lambda: _opened(38),
        "netlink": lambda: _opened(socket.AF_NETLINK),
        "raw packets": lambda: _opened(socket.AF_PACKET),
        "vsock": lambda: _opened(40),
        "network": _network,
        "capabilities": _capabilities,
        "seccomp": _seccomp,
    }
    return {name: _tried(attempt) for name, attempt in attempts.items()}


def _tried(attempt: Callable[[], str]) -> str:
    try:
        return attempt()
    except OSError as error:
        return f"refused: {error.strerror or error}"


def _host_files() -> str:
    seen = [path for path in _HOST_FILES if _readable(path)]
    return f"ESCAPED: can read {', '.join(seen)}" if seen else "refused: nothing of the host is there"


def _readable(path: str) -> bool:
    try:
        if os.path.isdir(path):  # noqa: PTH112 - as bots do
            return bool(os.listdir(path))  # noqa: PTH208 - as above
        with open(path, "rb") as file:  # noqa: PTH123 - as above
            return bool(file.read(1)) or True
    except OSError:
        return False


def _made(path: str) -> str:
    with open(path, "w") as file:  # noqa: PTH123 - as above
        file.write("x")
    return f"ESCAPED: wrote {path}"


def _other_processes() -> str:
    seen = sorted(int(name) for name in os.listdir("/proc") if name.isdigit())  # noqa: PTH208 - as above
    return "refused: none to see" if set(seen) <= {1, os.getpid()} else f"ESCAPED: sees {seen}"


def _called(function: Callable[[int], object], value: int) -> str:
    function(value)
    return f"ESCAPED: {function.__name__}({value})"


def _system_call(function: Callable[..., int], *arguments: object) -> str:
    if function(*arguments) == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return "ESCAPED: the kernel did it"


def _opened(family: int) -> str:
    socket.socket(family, socket.SOCK_RAW if family != 38 else socket.SOCK_SEQPACKET).close()
    return f"ESCAPED: a socket of family {family}"


def _network() -> str:
    with socket.socket() as connection:
        connection.settimeout(2)
        connection.connect(("1.1.1.1", 53))
    return "ESCAPED: connected to 1.1.1.1"


def _capabilities() -> str:
    lines = _status()
    held = {name: lines[name] for name in ("CapPrm", "CapEff", "CapBnd", "CapAmb") if int(lines[name], 16)}
    return f"ESCAPED: holds {held}" if held else "refused: none held"


def _seccomp() -> str:
    lines = _status()
    sound = lines["Seccomp"] == "2" and lines["NoNewPrivs"] == "1"
    return "refused: filter and no_new_privs are on" if sound else "ESCAPED: no filter or no no_new_privs"


def _status() -> dict[str, str]:
    with open("/proc/self/status") as file:  # noqa: PTH123 - as above
        return {name: value.strip() for name, _, value in (line.partition(":") for line in file)}
