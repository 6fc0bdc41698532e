"""Leaves a target alone that keeps failing: a circuit for each (workspace, provider, model), in this process.

Each process finds out for itself: that costs a few failed calls more and needs nobody to agree.
"""

from __future__ import annotations

import time
from uuid import UUID

from codex32_server.gateway.contract import Attempt, Reply, Send, Target
from codex32_server.gateway.errors import (
    GatewayError,
    TargetRestsError,
    UpstreamBrokenOffError,
    UpstreamFailedError,
    UpstreamRateLimitedError,
    UpstreamRefusedError,
    UpstreamTimeoutError,
)
from codex32_server.gateway.wrappers.circuit import Circuit, CircuitRules, State
from codex32_server.gateway.wrappers.streams import Watched
from codex32_server.gateway.wrappers.timeouts import Clock

_FAILURES = (
    UpstreamFailedError,
    UpstreamTimeoutError,
    UpstreamRateLimitedError,
    UpstreamRefusedError,
    UpstreamBrokenOffError,
)
_MOST_CIRCUITS = 10_000
Key = tuple[UUID, str, str]


class Breaking:
    """A Send that raises TargetRestsError without asking while the target's circuit is open."""

    def __init__(self, send: Send, rules: CircuitRules, clock: Clock = time.monotonic) -> None:
        self._send = send
        self._rules = rules
        self._clock = clock
        self._circuits: dict[Key, Circuit] = {}

    def states(self, workspace_id: UUID) -> dict[str, State]:
        """`provider/model` → state, of the workspace's circuits that are not as new."""
        return {
            f"{provider}/{model}": circuit.state
            for (workspace, provider, model), circuit in self._circuits.items()
            if workspace == workspace_id
        }

    async def __call__(self, attempt: Attempt) -> Reply:
        circuit = self._circuit(attempt.call.caller.workspace_id, attempt.target)
        probe = circuit.admit(self._clock())
        if probe is None:
            wait = circuit.retry_after(self._clock())
            name = f"{attempt.target.provider}/{attempt.target.model}"
            raise TargetRestsError(f"{name} failed repeatedly and rests.", retry_after=wait)
        try:
            reply = await self._send(attempt)
        except BaseException as error:
            self._judge(circuit, error, probe=probe)
            raise
        if probe or reply.events is None:
            circuit.succeeded(self._clock(), probe=probe)
        if reply.events is not None:

            async def end(error: BaseException | None) -> None:
                if isinstance(error, _FAILURES):
                    circuit.failed(self._clock(), probe=False)
                elif not probe:
                    circuit.succeeded(self._clock(), probe=False)

            reply.events = Watched(reply.events, end)
        return reply

    def _judge(self, circuit: Circuit, error: BaseException, *, probe: bool) -> None:
        if isinstance(error, _FAILURES):
            circuit.failed(self._clock(), probe=probe, retry_after=error.retry_after)
        elif isinstance(error, GatewayError) and error.code in _ANSWERED:
            circuit.succeeded(self._clock(), probe=probe)
        else:
            circuit.abandoned(probe=probe)

    def _circuit(self, workspace_id: UUID, target: Target) -> Circuit:
        key = (workspace_id, target.provider, target.model)
        circuit = self._circuits.get(key)
        if circuit is None:
            if len(self._circuits) >= _MOST_CIRCUITS:
                self._make_room()
            circuit = self._circuits[key] = Circuit(self._rules)
        return circuit

    def _make_room(self) -> None:
        """Forget what is as new, or else the oldest half: clients choose the names of models."""
        now = self._clock()
        self._circuits = {k: known for k, known in self._circuits.items() if not known.idle(now)}
        if len(self._circuits) > _MOST_CIRCUITS // 2:
            for key in list(self._circuits)[: -_MOST_CIRCUITS // 2]:
                del self._circuits[key]


_ANSWERED = {"request_not_valid", "request_too_large", "model_unknown"}
"""The provider is well: it was the request that it did not like."""
