"""The platform of a laptop: the console, the current folder, one JSON file of state.

No server and no sandbox here. Paths are plain strings because `pathlib` costs 4 ms of a bot's start.
"""
# ruff: noqa: PTH100, PTH103, PTH105, PTH109, PTH118, PTH119, PTH122, PTH123

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import sys
import time

TYPE_CHECKING = False  # typing itself costs 5 ms of each run
if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from typing import Any


_NO_MODELS = (
    "Here CODEX32_LLM_URL and CODEX32_LLM_KEY name a gateway and a key; on the platform a budget does: "
    'budget = { per_run = "0.05 USD" } in the manifest.'
)


class LocalPlatform:
    """Used when a bot runs outside of the sandbox.

    `CODEX32_INPUT_DIR` and `CODEX32_OUTPUT_DIR` replace the current folder, `CODEX32_STATE_DIR` the
    folder `.codex32/state`.
    """

    def __init__(self, bot: str | None = None) -> None:
        self.bot = bot or bot_name()
        self.counts: dict[str, int] = {}
        self._steps: dict[str, Any] = {}
        self.input_folder = os.path.abspath(os.environ.get("CODEX32_INPUT_DIR") or os.getcwd())
        self.output_folder = os.path.abspath(os.environ.get("CODEX32_OUTPUT_DIR") or os.getcwd())

    def log(self, level: str, text: str, fields: dict[str, Any]) -> None:
        extra = "".join(f" {name}={json.dumps(value, default=str)}" for name, value in fields.items())
        print(f"{level.upper():7} {text}{extra}", file=sys.stderr, flush=True)  # noqa: T201 - the console is the log here

    def state_get(self, key: str) -> tuple[bool, Any]:
        with _state(self.bot) as values:
            return key in values, values.get(key)

    def state_set(self, key: str, value: Any) -> None:
        with _state(self.bot, write=True) as values:
            values[key] = value

    def state_delete(self, key: str) -> None:
        with _state(self.bot, write=True) as values:
            values.pop(key, None)

    def state_keys(self, prefix: str) -> Sequence[str]:
        with _state(self.bot) as values:
            return sorted(key for key in values if key.startswith(prefix))

    def service_beat(self) -> None:
        """Nobody looks after a service on a laptop."""

    def secret(self, name: str) -> str | None:
        return os.environ.get(name)

    def secret_hint(self, name: str) -> str:
        return (
            f"here it is the environment variable {name}, which is not set; on the platform it is "
            f'secrets = ["{name}"] in the manifest and `codex32 secrets set {name}`'
        )

    def model(self, path: str, request: dict[str, Any], timeout: float) -> Any:
        from . import _model_http  # noqa: PLC0415 - only bots that ask models pay for it

        return _model_http.ask(path, request, timeout, _NO_MODELS)

    def model_stream(self, path: str, request: dict[str, Any], timeout: float) -> Generator[Any]:
        from . import _model_http  # noqa: PLC0415 - as above

        return _model_http.stream(path, request, timeout, _NO_MODELS)

    def state_swap(self, key: str, expected: tuple[bool, Any], value: Any) -> bool:
        with _state(self.bot, write=True) as values:
            if (key in values, _text(values.get(key))) != (expected[0], _text(expected[1])):
                return False
            values[key] = value
            return True

    def files_room(self) -> int | None:
        return None

    def emit(self, step: str, type: str, subject: str | None, document: str) -> None:  # noqa: ARG002 - no run keeps it
        about = f" about {subject}" if subject else ""
        print(f"EVENT   {type}{about} {document}", file=sys.stderr, flush=True)  # noqa: T201 - the console is the log here

    def step_begin(self, place: str) -> tuple[bool, Any]:
        return place in self._steps, self._steps.get(place)

    def step_end(self, place: str, document: str) -> None:
        self._steps[place] = json.loads(document)

    def step_drop(self, place: str) -> None:
        """Nothing is kept of it."""

    def call(self, place: str, step: str, bot: str, document: str, wait: bool) -> Any:  # noqa: ARG002 - the port's
        from . import _local_calls  # noqa: PLC0415 - only bots that call pay for it

        output = _local_calls.call(bot, json.loads(document))
        return output if wait else "local"

    def sleep(self, place: str, seconds: float | None, until: float | None) -> None:  # noqa: ARG002 - the port's
        time.sleep(max(0.0, until - time.time() if until is not None else seconds or 0.0))

    def ask(self, name: str, message: str, timeout: float | None) -> dict[str, Any]:  # noqa: ARG002 - the port's
        from . import _local_calls  # noqa: PLC0415 - only bots that ask pay for it

        return _local_calls.ask(name, message)

    def search(self, base: str, query: str, top: int, where: str) -> list[dict[str, Any]]:  # noqa: ARG002 - the port's
        from . import _local_knowledge  # noqa: PLC0415 - only bots that search pay for it

        return _local_knowledge.search(base, query, top)

    def run_info(self) -> dict[str, Any]:
        return {"id": "local", "bot": self.bot, "attempt": 1, "environment": "local", "deadline": None}


def bot_name() -> str:
    """`CODEX32_BOT`, else the name of the file that was started, else `bot`."""
    started = getattr(sys.modules.get("__main__"), "__file__", None) or "bot"
    return os.environ.get("CODEX32_BOT") or os.path.splitext(os.path.basename(started))[0]


@contextlib.contextmanager
def _state(bot: str, *, write: bool = False) -> Generator[dict[str, Any]]:
    """The state of this bot under a lock, replaced atomically at the end if `write`."""
    folder = os.environ.get("CODEX32_STATE_DIR") or os.path.join(".codex32", "state")
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, f"{bot}.json")
    with open(f"{path}.lock", "a", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        values = _read(path)
        yield values
        if write:
            with open(f"{path}.new", "w", encoding="utf-8") as file:
                json.dump(values, file, allow_nan=False, indent=1, sort_keys=True)
            os.replace(f"{path}.new", path)


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _read(path: str) -> dict[str, Any]:
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return {}
