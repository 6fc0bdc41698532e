"""Layer 5: Landlock, a second opinion on files, TCP, signals and abstract sockets from inside of the process.

The mechanism is in `guest.confine`, because a process can only put it on itself and mounts must be finished
before. Older kernels have less of it; the namespaces and seccomp hold without it.
"""

from __future__ import annotations

from codex32_server.runtime.guest import confine
from codex32_server.runtime.sandbox.layer import LayerReport

FULL_ABI = 6
_SINCE = {
    1: "files",
    2: "renames",
    3: "truncation",
    4: "TCP",
    5: "device ioctl",
    6: "signals and abstract sockets",
}


def explain() -> LayerReport:
    """The ABI of this kernel and what it restricts."""
    abi = confine.landlock_abi()
    restricts = ", ".join(what for since, what in _SINCE.items() if since <= abi)
    if abi >= FULL_ABI:
        return LayerReport("landlock", True, f"ABI {abi}: {restricts}", required=False)
    detail = f"ABI {abi}: {restricts}" if abi else "not offered by this kernel"
    return LayerReport(
        "landlock",
        False,
        detail,
        "Use Linux 6.12 or later, with `landlock` in the kernel's `lsm=` list.",
        required=False,
    )
