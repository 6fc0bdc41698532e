"""The platform behind `codex32_bot` inside the sandbox: each call is a frame to the host."""

from __future__ import annotations

import json
import sys

from .failure import whole

TYPE_CHECKING = False  # typing itself costs 5 ms of each run
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from .wire import Header, Wire


class Link:
    """Implements `codex32_bot._platform.Platform`."""

    def __init__(self, wire: Wire, order: Header) -> None:
        self._wire = wire
        self._run: dict[str, Any] = order["run"]
        self._stays_up = order.get("mode") == "service"
        self._secrets: dict[str, str] = order.get("secrets", {})
        self._tests: bool = order.get("mode", "main") not in ("main", "service")
        self.input_folder: str = order["input_folder"]
        self.output_folder: str = order["output_folder"]

    def log(self, level: str, text: str, fields: dict[str, Any]) -> None:
        if not self._wire.mine():
            print(f"{level.upper()} {text} {fields or ''}", file=sys.stderr, flush=True)  # noqa: T201 - a fork's log
            return
        told = (
            json.dumps(fields, default=str, ensure_ascii=False).encode("utf-8", "replace") if fields else None
        )
        plain: Any = json.loads(told) if told else None
        self._wire.tell({"kind": "log", "level": level, "text": whole(text), "fields": plain})

    def state_get(self, key: str) -> tuple[bool, Any]:
        header, body = self._ask("get", key)
        return bool(header["found"]), json.loads(body) if header["found"] else None

    def state_set(self, key: str, value: Any) -> None:
        self._ask("set", key, json.dumps(value, allow_nan=False).encode())

    def state_delete(self, key: str) -> None:
        self._ask("delete", key)

    def state_keys(self, prefix: str) -> Sequence[str]:
        return json.loads(self._ask("keys", prefix)[1])

    def service_beat(self) -> None:
        if not self._stays_up:
            return
        if not self._wire.mine():
            raise RuntimeError(
                "codex32_bot.service works in the bot's main process, not in one that it started"
            )
        self._wire.tell({"kind": "beat"})

    def secret(self, name: str) -> str | None:
        return self._secrets.get(name)

    def secret_hint(self, name: str) -> str:
        if self._tests:
            return f'tests get none; use codex32_bot.testing.workbench(secrets={{"{name}": "…"}})'
        return f'the manifest does not name it: add secrets = ["{name}"] to [tool.codex32]'

    def run_info(self) -> dict[str, Any]:
        return self._run

    def _ask(self, operation: str, key: str, body: bytes = b"") -> tuple[Header, bytes]:
        if not self._wire.mine():
            raise RuntimeError(
                "codex32_bot.state works in the bot's main process, not in one that it started"
            )
        header, answer = self._wire.ask({"kind": "state", "op": operation, "key": key}, body)
        if header["kind"] == "failed":
            raise ValueError(header["detail"])
        return header, answer
