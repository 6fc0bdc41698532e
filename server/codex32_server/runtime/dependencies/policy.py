"""What an administrator decides about dependencies. `main` fills it from the settings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

GIB = 1024**3


@dataclass(frozen=True)
class Policy:
    """The defaults of the settings."""

    allow_sdist: bool = False
    """Whether a package may be built from source, which executes it."""
    exclude_newer: timedelta | None = timedelta(days=3)
    """Files published later than that ago are not considered: a stolen package is found within days."""
    largest: int = 2 * GIB
    """Bytes of one installed environment."""
    cache_bytes: int = 10 * GIB
    """All environments and downloads of a machine; what was used in the last day is kept in any case."""
    cache_age: timedelta = timedelta(days=30)
    """An environment that was not used for longer is removed; it is made again when it is needed."""
    timeout: float = 300.0
    """Seconds for one call of uv."""
