"""What the host tells the guest to do: a document; `guest.bot` reads it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from codex32_server.runtime.compiled import CompiledEntries, Take
from codex32_server.runtime.contract import RunSpec
from codex32_server.runtime.files import INSIDE
from codex32_server.runtime.places import DEPENDENCIES, INPUT, OUTPUT


def told(
    spec: RunSpec, environment: Mapping[str, str], compiled: CompiledEntries, *, warm: bool
) -> tuple[dict[str, Any], bytes, Take | None]:
    """The order, its body, and who takes what the guest compiles. A guest that was ready before its run says
    that it has begun; with packages it has imported them already, and nobody believes what it compiles.
    """
    code = compiled.find(spec)
    take_code = compiled.taker(spec, untouched=not (warm and spec.dependencies))
    order = order_of(spec, environment, acknowledge=warm, code=len(code), compiles=take_code is not None)
    return order, code + spec.input, take_code


def order_of(
    spec: RunSpec,
    environment: Mapping[str, str],
    *,
    acknowledge: bool = False,
    code: int = 0,
    compiles: bool = False,
) -> dict[str, Any]:
    """The input follows as the body, behind so many bytes of compiled `code`. With `acknowledge` the guest
    says that it has begun, with `compiles` it hands over what it compiled.
    """
    return {
        "kind": "order",
        "acknowledge": acknowledge,
        "code": code,
        "compile": compiles,
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
