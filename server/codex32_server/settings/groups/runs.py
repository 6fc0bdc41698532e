"""Settings of the area `runs`."""

from __future__ import annotations

from codex32_server.settings.declaring import Group, setting


class RunSettings(Group):
    """What a manifest may ask for at most, and how long runs are kept."""

    title = "Runs"
    max_memory_mib: int = setting("RUN_MAX_MEMORY_MIB", 2048, "Most memory of one run, in MiB.", ge=16)
    max_timeout_seconds: int = setting("RUN_MAX_TIMEOUT_SECONDS", 3600, "Longest time of one attempt.", ge=1)
    max_cpu: float = setting("RUN_MAX_CPU", 2.0, "Most cores of one run.", gt=0)
    max_processes: int = setting("RUN_MAX_PROCESSES", 256, "Most processes and threads of one run.", ge=1)
    max_disk_mib: int = setting(
        "RUN_MAX_DISK_MIB", 2048, "Most temporary disk space of one run, in MiB.", ge=1
    )
    max_files_mib: int = setting(
        "RUN_MAX_FILES_MIB", 256, "Most output files of one run, in MiB together.", ge=1
    )
    max_input_mib: int = setting("RUN_MAX_INPUT_MIB", 4, "Largest input of a run, in MiB of JSON.", ge=1)
    max_output_mib: int = setting("RUN_MAX_OUTPUT_MIB", 8, "Largest output of a run, in MiB of JSON.", ge=1)
    max_log_mib: int = setting("RUN_MAX_LOG_MIB", 10, "Most log text kept of one attempt, in MiB.", ge=1)
    retention_days: int = setting(
        "RUN_RETENTION_DAYS", 90, "Days after which finished runs are dropped.", ge=1
    )
