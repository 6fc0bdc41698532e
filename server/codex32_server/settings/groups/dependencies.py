"""Settings of the area `dependencies`."""

from __future__ import annotations

from codex32_server.settings.declaring import Group, setting


class DependencySettings(Group):
    """The packages that bots import."""

    title = "Dependencies"
    allow_sdist: bool = setting(
        "DEPENDENCIES_ALLOW_SDIST",
        False,
        "Build packages that have no wheel. That executes their code, in a sandbox with no network but the "
        "package index.",
    )
    exclude_newer_days: float = setting(
        "DEPENDENCIES_EXCLUDE_NEWER_DAYS",
        3.0,
        "Days for which a newly published package is not used yet; 0 for none. Where an index does not tell "
        "when something was published, its packages are taken as they are.",
        ge=0,
        le=3650,
    )
    max_mib: int = setting(
        "DEPENDENCIES_MAX_MIB", 2048, "Most space of one bot's dependencies, in MiB.", ge=1
    )
    cache_gib: float = setting(
        "DEPENDENCIES_CACHE_GIB", 10.0, "Space for all dependencies of a machine, in GiB.", gt=0
    )
    cache_days: float = setting(
        "DEPENDENCIES_CACHE_DAYS", 30.0, "Days after which dependencies that no run used are removed.", ge=1
    )
