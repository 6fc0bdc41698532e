"""Which platform answers a call: the one in use, or the laptop's."""

from __future__ import annotations

from . import _platform
from ._local import LocalPlatform

TYPE_CHECKING = False  # typing itself costs 5 ms of each run
if TYPE_CHECKING:
    from ._port import Platform


def platform() -> Platform:
    """The platform in use; the first call outside of a sandbox makes the laptop's."""
    active = _platform.active()
    if active is None:
        active = LocalPlatform()
        _platform.use(active)
    return active
