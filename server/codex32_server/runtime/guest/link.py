"""The platform behind `codex32_bot` inside the sandbox: each call is a frame to the host."""

from __future__ import annotations

import json
import os
import sys
import time

from .failure import whole

TYPE_CHECKING = False  # typing itself costs 5 ms of each run
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from .wire import Header, Wire


class Refused(ValueError):
    """The platform did not do what was asked."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


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
        self.counts: dict[str, int] = {}
        self._largest_files: int = order.get("largest_files", 0)

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

    def state_swap(self, key: str, expected: tuple[bool, Any], value: Any) -> bool:
        body = json.dumps([*expected, value], allow_nan=False).encode()
        return bool(self._ask("swap", key, body)[0]["swapped"])

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

    def model(self, path: str, request: dict[str, Any], timeout: float) -> Any:
        from codex32_bot import _model_http  # noqa: PLC0415 - only bots that ask models pay for it

        return _model_http.ask(path, request, timeout, self._model_hint())

    def model_stream(self, path: str, request: dict[str, Any], timeout: float) -> Any:
        from codex32_bot import _model_http  # noqa: PLC0415 - as above

        return _model_http.stream(path, request, timeout, self._model_hint())

    def _model_hint(self) -> str:
        """What gives a bot models, for one that has none."""
        if self._tests:
            return 'Tests have none: say codex32_bot.testing.workbench(models={"smart": "…"}).'
        return (
            'Give it a budget in the manifest: budget = { per_run = "0.05 USD" }. If it has one, no model '
            "gateway is set up here; `codex32 run FILE` takes one from CODEX32_LLM_URL and CODEX32_LLM_KEY."
        )

    def run_info(self) -> dict[str, Any]:
        return self._run

    def files_room(self) -> int | None:
        with os.scandir(self.output_folder) as entries:
            used = sum(entry.stat(follow_symlinks=False).st_size for entry in entries)
        return max(0, self._largest_files - used)

    def emit(self, step: str, type: str, subject: str | None, document: str) -> None:
        header = {"kind": "emit", "step": step, "type": type, "subject": subject}
        self._request(header, document.encode())

    def step_begin(self, place: str) -> tuple[bool, Any]:
        header, body = self._request({"kind": "step", "op": "begin", "place": place})
        return header["done"], json.loads(body)

    def step_end(self, place: str, document: str) -> None:
        self._request({"kind": "step", "op": "end", "place": place}, document.encode())

    def step_drop(self, place: str) -> None:
        self._request({"kind": "step", "op": "drop", "place": place})

    def call(self, place: str, step: str, bot: str, document: str, wait: bool) -> Any:
        from codex32_bot.errors import BotCallError  # noqa: PLC0415 - only bots that call pay for it

        header = {"kind": "call", "op": "start", "place": place, "step": step, "bot": bot, "wait": wait}
        try:
            run: str = self._request(header, document.encode())[0]["run"]
            if not wait:
                return run
            while True:
                header, body = self._request({"kind": "call", "op": "wait", "place": place})
                if header["state"] == "ended":
                    break
        except Refused as refused:
            raise BotCallError(refused.code, refused.detail) from None
        if header["code"]:
            raise BotCallError(header["code"], header["detail"])
        return json.loads(body)

    def sleep(self, place: str, seconds: float | None, until: float | None) -> None:
        if place:
            header = {"kind": "sleep", "place": place, "seconds": seconds, "until": until}
            seconds = self._request(header)[0]["seconds"]
        time.sleep(seconds or 0.0)

    def ask(self, name: str, message: str, timeout: float | None) -> dict[str, Any]:
        header = {"kind": "ask", "name": name, "message": whole(message), "timeout": timeout}
        return json.loads(self._request(header)[1])

    def search(self, base: str, query: str, top: int, where: str) -> list[dict[str, Any]]:
        header = {"kind": "search", "base": base, "query": whole(query), "top": top}
        return json.loads(self._request(header, where.encode())[1])

    def _request(self, header: Header, body: bytes = b"") -> tuple[Header, bytes]:
        """Ask what is not about the state. Raises Refused, or Suspended when the run begins to wait."""
        from codex32_bot.errors import Suspended  # noqa: PLC0415 - as above

        if not self._wire.mine():
            raise RuntimeError("codex32_bot works in the bot's main process, not in one that it started")
        answer, content = self._wire.ask(header, body)
        if answer["kind"] == "suspend" or answer.get("code") == "suspended":
            raise Suspended
        if answer["kind"] == "failed":
            raise Refused(answer["code"], answer["detail"])
        return answer, content

    def _ask(self, operation: str, key: str, body: bytes = b"") -> tuple[Header, bytes]:
        if not self._wire.mine():
            raise RuntimeError(
                "codex32_bot.state works in the bot's main process, not in one that it started"
            )
        header, answer = self._wire.ask({"kind": "state", "op": operation, "key": key}, body)
        if header["kind"] == "failed":
            code, detail = header.get("code"), header["detail"]
            raise Refused(code, detail) if code else ValueError(detail)
        return header, answer
