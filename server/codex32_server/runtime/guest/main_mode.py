"""Mode `main`: main(**input) → JSON."""

from __future__ import annotations

import json
import sys

from . import entry, plain
from .failure import Failure

TYPE_CHECKING = False  # typing itself costs 5 ms of each run
if TYPE_CHECKING:
    from typing import Any

_VARIABLE_POSITIONAL, _VARIABLE_KEYWORD = 0x04, 0x08


def run(order: dict[str, Any], body: bytes) -> bytes:
    """The JSON document of what `main` returned."""
    return plain.encode(call(order, body), order["largest_output"])


def call(order: dict[str, Any], body: bytes) -> Any:
    """What `main` returned."""
    function = entry.main_of(entry.load(order["entry"], order.get("compiled")), order["entry"])
    arguments = _arguments(function, json.loads(body))
    return _finished(function(**arguments))


def _arguments(function: Any, given: Any) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise Failure("input_invalid", "The input must be a JSON object: the arguments of `main` by name.")
    arguments: dict[str, Any] = given  # pyright: ignore[reportUnknownVariableType]
    _check_names(function, arguments)
    if "pydantic" in sys.modules:
        _fill_models(function, arguments)
    return arguments


def _check_names(function: Any, arguments: dict[str, Any]) -> None:
    """Missing and unknown names, told as a fault of the input and not as a TypeError somewhere in the bot."""
    code = getattr(function, "__code__", None)
    if code is None:
        return  # a callable object: its own call says what is wrong
    known = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    optional = len(function.__defaults__ or ())
    required = set(known[code.co_posonlyargcount : code.co_argcount - optional])
    required |= set(known[code.co_argcount :]) - set(function.__kwdefaults__ or ())
    missing = sorted(required - set(arguments))
    unknown = [] if code.co_flags & _VARIABLE_KEYWORD else sorted(set(arguments) - set(known))
    if missing:
        raise Failure("input_invalid", f"The input lacks {', '.join(missing)}.")
    if unknown:
        raise Failure("input_invalid", f"`main` does not take {', '.join(unknown)[:500]}.")


def _fill_models(function: Any, arguments: dict[str, Any]) -> None:
    from . import hints  # noqa: PLC0415 - needs typing, which a bot with models has paid for already

    for name, annotation in hints.of_models(function).items():
        if name in arguments:
            try:
                arguments[name] = hints.adapter(annotation).validate_python(arguments[name])
            except sys.modules["pydantic"].ValidationError as error:
                raise Failure("input_invalid", f"The input `{name}` is not valid: {error}") from error


def _finished(value: Any) -> Any:
    """The result of an `async def main`, run to its end."""
    if type(value).__name__ != "coroutine":
        return value
    import asyncio  # noqa: PLC0415 - 30 ms that only asynchronous bots pay

    return asyncio.run(value)
