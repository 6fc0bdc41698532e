"""`call`: another bot of the workspace."""

from __future__ import annotations

import json

from . import _scope
from ._current import platform

TYPE_CHECKING = False  # typing itself costs 5 ms of each run
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Literal, overload

    @overload
    def call(bot: str, input: Mapping[str, Any] | None = None, *, wait: Literal[True] = True) -> Any: ...
    @overload
    def call(bot: str, input: Mapping[str, Any] | None = None, *, wait: Literal[False]) -> str: ...
    def call(bot: str, input: Mapping[str, Any] | None = None, *, wait: bool = True) -> Any:
        """Run the bot of that name with this input, in the environment of this run.

        Gives its output; with `wait=False` the id of its run, at once. The manifest lists the bot in `calls`.
        A run that is tried again or resumed gets the run that it called before at this place; only when that
        one failed, and the attempt with it, is the call made again. When very many runs wait for others,
        a call may suspend this one, as `sleep` does.

        Raises BotCallError with the code and sentence of a run that did not succeed, or why it could not be
        called; TypeError or ValueError for an input that is no JSON.
        """
else:

    def call(bot, input=None, *, wait=True):
        given = {} if input is None else dict(input)
        document = json.dumps(given, allow_nan=False)
        scope = _scope.open_step()
        place = _scope.place("call", _scope.checked_name(bot, "a bot"))
        return platform().call(place, scope, bot, document, wait)
