"""`step`: work that is done once, however often the run is tried or resumed."""

from __future__ import annotations

import json

from . import _scope
from ._current import platform
from .errors import Suspended

TYPE_CHECKING = False  # typing itself costs 5 ms of each run
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, ParamSpec, TypeVar, overload

    P = ParamSpec("P")
    T = TypeVar("T")

    @overload
    def step(name: str, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T: ...
    @overload
    def step(name: str, /) -> Callable[[Callable[P, T]], Callable[P, T]]: ...
    @overload
    def step(function: Callable[P, T], /) -> Callable[P, T]: ...
    def step(name: Any, function: Any = None, /, *args: Any, **kwargs: Any) -> Any:
        """Do something once in a run and keep its result.

            rows = step("fetch", fetch, url)

            @step
            def send(row): ...

        The result, a JSON document, is stored as soon as the function returns. A run that is tried again or
        resumed takes it from there and does not call the function. What the function emits, and the bots it
        calls without waiting, count exactly if the step does. A step that raises is not stored.

        A name may come again (in a loop): it is counted, so the order must be the same in every attempt. An
        `async` function gives something to await. Raises TypeError or ValueError for a result that is no
        JSON.
        """
else:

    def step(name, function=None, /, *args, **kwargs):
        if function is not None:
            return _call(name, function, args, kwargs)
        if callable(name):
            return _decorated(name.__name__, name)
        return lambda decorated: _decorated(name, decorated)


_COROUTINE = 0x80
"""inspect.CO_COROUTINE; `inspect` costs 10 ms."""


def _decorated(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    from functools import wraps  # noqa: PLC0415 - only bots that decorate pay for it

    @wraps(function)
    def called(*args: Any, **kwargs: Any) -> Any:
        return _call(name, function, args, kwargs)

    return called


def _call(name: str, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    place = _scope.place("step", _scope.checked_name(name, "a step"))
    code = getattr(function, "__code__", None)
    if code is not None and code.co_flags & _COROUTINE:
        return _finish_async(place, name, function, args, kwargs)
    done, value = platform().step_begin(place)
    if done:
        return value
    token = _scope.enter(place)
    try:
        result = _document(name, function(*args, **kwargs))
    except Suspended:
        raise
    except BaseException:
        platform().step_drop(place)
        raise
    finally:
        _scope.leave(token)
    platform().step_end(place, result)
    return json.loads(result)


async def _finish_async(
    place: str, name: str, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    done, value = platform().step_begin(place)
    if done:
        return value
    token = _scope.enter(place)
    try:
        result = _document(name, await function(*args, **kwargs))
    except Suspended:
        raise
    except BaseException:
        platform().step_drop(place)
        raise
    finally:
        _scope.leave(token)
    platform().step_end(place, result)
    return json.loads(result)


def _document(name: str, result: Any) -> str:
    try:
        return json.dumps(result, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise type(error)(f"step {name!r} returned what is not JSON: {error}") from None
