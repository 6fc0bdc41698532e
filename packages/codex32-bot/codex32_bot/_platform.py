"""Knows which platform is in use.

The guest inside the sandbox and the workbench of a test put theirs here with `use`; `_current` falls back to
the laptop.
"""

from __future__ import annotations

TYPE_CHECKING = False  # typing itself costs 5 ms of each run
if TYPE_CHECKING:
    from collections.abc import Callable

    from ._port import Platform


_active: Platform | None = None


def active() -> Platform | None:
    """The platform in use, None before the first call on a laptop."""
    return _active


def use(platform: Platform | None) -> Callable[[], None]:
    """Make `platform` the one in use; the returned function puts the former one back."""
    global _active
    former, _active = _active, platform

    def restore() -> None:
        global _active
        _active = former

    return restore
