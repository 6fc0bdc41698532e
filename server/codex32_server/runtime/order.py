"""What the host tells the guest to do: a document; `guest.bot` reads it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from codex32_server.runtime.contract import RunSpec
from codex32_server.runtime.files import INSIDE
from codex32_server.runtime.places import DEPENDENCIES, INPUT, OUTPUT


def order_of(spec: RunSpec, environment: Mapping[str, str], *, acknowledge: bool = False) -> dict[str, Any]:
    """The input follows as the body. With `acknowledge` the guest says that it has begun."""
    return {
        "kind": "order",
        "acknowledge": acknowledge,
        "mode": spec.mode,
        "entry": spec.entry,
        "path": [DEPENDENCIES] if spec.dependencies else [],
        "proof": f"{INSIDE}/proof",
        "input_folder": INPUT,
        "output_folder": OUTPUT,
        "largest_output": spec.limits.output,
        "largest_files": spec.limits.files,
        "secrets": dict(spec.secrets),
        "network": list(spec.network),
        "environment": dict(environment),
        "run": {
            "id": str(spec.run_id),
            "bot": spec.bot_name,
            "attempt": spec.attempt,
            "environment": spec.environment,
            "deadline": None
            if spec.mode == "service"
            else datetime.now(UTC).timestamp() + spec.limits.timeout,
        },
    }
