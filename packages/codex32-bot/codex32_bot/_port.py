"""The port behind every call of this package. Only type checkers import it: `typing` costs 5 ms of each
run.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol


class Platform(Protocol):
    """What a bot may ask for. Paths are absolute strings; state values are JSON documents."""

    input_folder: str
    output_folder: str

    def log(self, level: str, text: str, fields: dict[str, Any]) -> None: ...
    def state_get(self, key: str) -> tuple[bool, Any]: ...
    def state_set(self, key: str, value: Any) -> None: ...
    def state_delete(self, key: str) -> None: ...
    def state_keys(self, prefix: str) -> Sequence[str]: ...
    def run_info(self) -> dict[str, Any]: ...
