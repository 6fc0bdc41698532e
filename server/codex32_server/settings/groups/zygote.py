"""Settings of the area `zygote`."""

from __future__ import annotations

from codex32_server.settings.declaring import Group, setting


class ZygoteSettings(Group):
    """Warm starts: processes that have imported a workspace's dependencies and fork for each run."""

    title = "Warm starts"
    most: int = setting(
        "ZYGOTE_MOST", 16, "Zygotes of one worker at the same time; 0 starts every run cold.", ge=0, le=1000
    )
    memory_mib: int = setting(
        "ZYGOTE_MEMORY_MIB", 512, "Most memory of one zygote, with everything that it imports, in MiB.", ge=64
    )
    idle_seconds: float = setting("ZYGOTE_IDLE_SECONDS", 600.0, "How long an unused zygote is kept.", gt=0)
    age_seconds: float = setting(
        "ZYGOTE_AGE_SECONDS", 3600.0, "After how long a zygote is replaced though it is in use.", gt=0
    )
    spares: int = setting(
        "ZYGOTE_SPARES",
        16,
        "Confined processes that wait for the next run of bots that ran lately, about 3 MiB each; 0: none.",
        ge=0,
    )
    reuse_runs: int = setting(
        "REUSE_RUNS",
        1000,
        "Runs that one process serves at most where the manifest says `reuse = true`.",
        ge=1,
    )
    reuse_seconds: float = setting(
        "REUSE_SECONDS", 600.0, "How old a process gets that serves several runs.", gt=0
    )
