"""Settings of the area `local_model`."""

from __future__ import annotations

from pathlib import Path

from codex32_server.settings.declaring import Group, setting


class LocalModelSettings(Group):
    """The model that an installation runs itself, if its packages are there (`make setup-local-model`)."""

    title = "Local model"
    enabled: bool = setting(
        "LOCAL_MODEL", True, "Whether the model `local` is offered, where it is installed."
    )
    weights: Path | None = setting(
        "LOCAL_MODEL_WEIGHTS", None, "A GGUF file to run instead of the small model of the package."
    )
    context: int = setting(
        "LOCAL_MODEL_CONTEXT", 4096, "Tokens of one conversation, the answer included.", ge=512, le=131_072
    )
    slots: int = setting("LOCAL_MODEL_SLOTS", 2, "Answers at the same time.", ge=1, le=64)
    threads: int = setting("LOCAL_MODEL_THREADS", 1, "Processors that it may use.", ge=1, le=256)
    memory_mib: int = setting(
        "LOCAL_MODEL_MIB", 1024, "Memory that it may allocate; the weights are mapped besides.", ge=256
    )
    idle_seconds: float = setting(
        "LOCAL_MODEL_IDLE_SECONDS", 600.0, "After how long without use it is stopped.", gt=0
    )
