"""What host and guest say to each other during one attempt: the order, log calls, state calls, what
`desk` takes, and one result or error.

Nothing the guest says is believed beyond its own run: it cannot name another run, bot or workspace in any
frame.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast, get_args

import orjson

from codex32_server.kit.errors import Codex32Error
from codex32_server.kit.redaction import NOTHING, Redactor
from codex32_server.runtime import frames
from codex32_server.runtime.alone import AloneEffects
from codex32_server.runtime.capture import Level, LineLog
from codex32_server.runtime.compiled import Take
from codex32_server.runtime.contract import ErrorCode, Limits, RunError, StateStore
from codex32_server.runtime.desk import Desk, failed
from codex32_server.runtime.effects import Effects
from codex32_server.runtime.frames import Frame, ProtocolError

LONGEST_STATE_VALUE = 256 * 1024
LONGEST_STATE_KEY = 200
MOST_STATE_KEYS = 10_000
_LONGEST_DETAIL = 2_000
_LONGEST_TRACEBACK = 64_000
_REPORT_ROOM = 4 * 1024 * 1024
_GUEST_CODES = {
    "bot_error", "out_of_memory", "disk_full", "input_invalid", "output_too_large", "output_not_json",
    "output_too_deep", "approval_rejected",
}  # fmt: skip


@dataclass
class Verdict:
    """What the guest itself says about the end: a document, an error, or neither (it died)."""

    output: bytes | None = None
    error: RunError | None = None
    suspended: bool = False
    """The host has told the guest that the run waits: whatever it says from then on counts for nothing."""

    @property
    def given(self) -> bool:
        return self.output is not None or self.error is not None or self.suspended


class Conversation:
    """Talks on `control` until the guest is gone. `verdict_given` is set with the result or the error."""

    def __init__(
        self,
        control: socket.socket,
        log: LineLog,
        state: StateStore,
        limits: Limits,
        effects: Effects | None = None,
        redactor: Redactor = NOTHING,
        also: Mapping[str, Callable[[Frame], None]] | None = None,
    ) -> None:
        """`also`: further kinds of frames that this guest may send, and who takes them."""
        self._take_code: Take | None = None
        self._also = also or {}
        self._writer: asyncio.StreamWriter | None = None
        self._control = control
        self.desk = Desk(effects or AloneEffects(), limits.input, redactor)
        self._log = log
        self._state = state
        self._longest = max(limits.output, LONGEST_STATE_VALUE, _REPORT_ROOM)
        self.verdict = Verdict()
        self.verdict_given = asyncio.Event()
        self.begun = False
        """Whether the guest has said anything: one that was asked to `acknowledge` its order does so before
        it looks at the bot. Nothing of the run can have happened before."""
        self.over = False
        """Set once nothing of the bot runs any more: what it left unread is then taken without pacing."""

    async def hold(self, order: dict[str, Any], body: bytes, take_code: Take | None = None) -> None:
        """Send the order and answer until the stream ends. `take_code` is given what the guest compiled, if
        that is the first it has to say: a bot speaks later. Raises ProtocolError.
        """
        self._take_code = take_code
        reader, writer = await self._connect()
        self._writer = writer
        try:
            writer.write(frames.encode(order, body))
            while (frame := await frames.read(reader, self._longest)) is not None:
                if (answer := await self._answer(frame)) is not None:
                    writer.write(answer)
                    await writer.drain()
        except ConnectionError:
            return
        finally:
            writer.close()

    def tell(self, header: dict[str, Any]) -> None:
        """Send a frame of our own; nothing happens before the order and after the end."""
        if self._writer is not None and not self._writer.is_closing():
            self._writer.write(frames.encode(header))

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Not cut off in the middle: who owns the descriptor, and closes it, would be open then."""
        opening = asyncio.ensure_future(asyncio.open_connection(sock=self._control, limit=1 << 20))
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            _, writer = await opening
            writer.close()
            raise

    async def _answer(self, frame: Frame) -> bytes | None:
        self.begun = True
        if frame.kind == "begun":
            return None
        take_code, self._take_code = self._take_code, None
        if take_code and frame.kind == "compiled":
            take_code(frame.body)
            return None
        if frame.kind == "log":
            await self._take_log(frame)
        elif self.desk.takes(frame):
            answer = await self.desk.answer(frame)
            if self.desk.suspension is not None and not self.verdict.given:
                self.verdict.suspended = True
                self.verdict_given.set()
            return answer
        elif self.verdict.suspended:
            return _failed("the run waits; this attempt has ended") if frame.kind == "state" else None
        elif frame.kind == "state":
            return await self._answer_state(frame)
        elif frame.kind in ("result", "error"):
            self._take_verdict(frame)
        elif frame.kind in self._also:
            self._also[frame.kind](frame)
        else:
            raise ProtocolError("a frame of an unknown kind")
        return None

    def _take_verdict(self, frame: Frame) -> None:
        if self.verdict.given:
            raise ProtocolError("a second result")
        if frame.kind == "result":
            self.verdict.output = frame.body
        else:
            self.verdict.error = _error(frame)
        self.verdict_given.set()

    async def _take_log(self, frame: Frame) -> None:
        self._log.bytes_seen += len(frame.body) + len(frame.text("text", frames.LONGEST_HEADER))
        if self._log.full:
            self._log.lines_dropped += 1
            if not self.over:
                await asyncio.sleep(0.001)  # a flood of calls costs the bot, not its neighbours
            return
        await self._log.room()
        level = frame.text("level", 10)
        fields = frame.header.get("fields")
        self._log.log_call(
            cast("Level", level) if level in get_args(Level) else "info",
            frame.text("text", frames.LONGEST_HEADER),
            fields,
        )

    async def _answer_state(self, frame: Frame) -> bytes:
        try:
            return await self._state_call(
                frame.text("op", 10), frame.text("key", LONGEST_STATE_KEY + 1), frame.body
            )
        except Codex32Error as error:
            return failed(error.code, error.detail)
        except orjson.JSONEncodeError:
            return _failed("the stored value cannot be shown as JSON")

    async def _state_call(self, operation: str, key: str, body: bytes) -> bytes:
        if not key.isprintable() or len(key) > LONGEST_STATE_KEY or (not key and operation != "keys"):
            return _failed(f"a state key is a printable text of 1 to {LONGEST_STATE_KEY} characters")
        if operation == "get":
            value = await self._state.get(key)
            found = value is not None or key in await self._state.keys(key)
            return frames.encode({"kind": "state", "found": found}, orjson.dumps(value))
        if operation == "set":
            return await self._set_state(key, body)
        if operation == "delete":
            await self._state.delete(key)
            return frames.encode({"kind": "state"})
        if operation == "swap":
            return await self._swap_state(key, body)
        if operation == "keys":
            return frames.encode(
                {"kind": "state"}, orjson.dumps(list(await self._state.keys(key))[:MOST_STATE_KEYS])
            )
        return _failed("there is no such call on the state")

    async def _set_state(self, key: str, body: bytes) -> bytes:
        if len(body) > LONGEST_STATE_VALUE:
            return _failed(f"a state value has at most {LONGEST_STATE_VALUE} bytes, not {len(body)}")
        try:
            value = orjson.loads(body)
        except orjson.JSONDecodeError:
            return _failed("a state value is a JSON document")
        await self._state.set(key, value)
        return frames.encode({"kind": "state"})

    async def _swap_state(self, key: str, body: bytes) -> bytes:
        """The body: [whether a value is expected, the expected one, the new one]."""
        if len(body) > 2 * LONGEST_STATE_VALUE:
            return _failed(f"a state value has at most {LONGEST_STATE_VALUE} bytes")
        try:
            there, expected, value = orjson.loads(body)
        except (orjson.JSONDecodeError, TypeError, ValueError):
            return _failed("a swap has an expected and a new value, both JSON documents")
        swapped = await self._state.swap(key, (there is True, expected), value)
        return frames.encode({"kind": "state", "swapped": swapped})


def _failed(detail: str) -> bytes:
    return frames.encode({"kind": "failed", "detail": detail})


def _error(frame: Frame) -> RunError:
    """The guest may only use the codes that are a bot's own fault."""
    code = frame.text("code", 40)
    return RunError(
        code=cast("ErrorCode", code) if code in _GUEST_CODES else "bot_error",
        detail=frame.text("detail", _LONGEST_DETAIL, "The bot failed.").replace("\0", "\ufffd"),
        traceback=frame.text("traceback", _LONGEST_TRACEBACK).replace("\0", "\ufffd") or None,
        retryable=frame.header.get("retryable") is not False,
    )
