"""Mode `schema`: imports the entry and describes the pydantic models in the signature of `main`."""

from __future__ import annotations

import json

from . import entry, hints

TYPE_CHECKING = False  # typing itself costs 5 ms of each run
if TYPE_CHECKING:
    from typing import Any


def run(order: dict[str, Any], _body: bytes) -> bytes:
    """{parameters: {name: JSON Schema}}, only for annotations that mention a model."""
    function = entry.main_of(entry.load(order["entry"]), order["entry"])
    parameters = {name: hints.adapter(hint).json_schema() for name, hint in hints.of_models(function).items()}
    return json.dumps({"parameters": parameters}).encode()
