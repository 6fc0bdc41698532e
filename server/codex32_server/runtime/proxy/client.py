"""The worker's side of the egress proxy: starts it when the first run needs it, and again when it died.

A run that had a connection open when the proxy died has lost what it was doing and ends; others keep their
sockets, which the next process serves.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, replace
from pathlib import Path
from uuid import UUID, uuid4

import structlog

from codex32_server.kit.network.names import canonical_authority
from codex32_server.runtime.contract import RunSpec
from codex32_server.runtime.errors import EgressFailedError
from codex32_server.runtime.proxy import authority, child, inside
from codex32_server.runtime.proxy.child import Child
from codex32_server.runtime.proxy.control import Message
from codex32_server.runtime.proxy.grants import Grant, Identity, Outside, RunLimits, WireSecret
from codex32_server.runtime.proxy.lease import Lease, Window
from codex32_server.runtime.proxy.policy import HTTPS, AllowList

_log = structlog.stdlib.get_logger(__name__)
ANSWER_SECONDS = 5.0
"""In which the proxy opens or closes a gate; it needs less than a millisecond."""


class EgressProxy:
    """Gives runs their way out. One per worker process; `close` ends the child."""

    def __init__(
        self,
        outside: Outside | None = None,
        limits: RunLimits | None = None,
        extra_authorities: Path | None = None,
    ) -> None:
        self._outside = outside or Outside()
        self._limits = limits or RunLimits()
        self._extra = extra_authorities
        self._authorities: str | None = None
        self._child: Child | None = None
        self._hearing: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()
        self._leases: dict[str, Lease] = {}
        self._answers: dict[str, asyncio.Future[Message]] = {}
        self._closed = False

    @property
    def pid(self) -> int | None:
        """The child, once it runs."""
        return self._child.pid if self._child else None

    @property
    def leads_to_models(self) -> bool:
        """Whether runs that have a key get a door to a model gateway."""
        return self._outside.gateway is not None

    @asynccontextmanager
    async def lease(self, spec: RunSpec, serves: Sequence[int] = ()) -> AsyncGenerator[Lease]:
        """A way out for one run, to be opened with `Lease.open`; gone when the block is left. `serves` are
        ports that the bot wants for itself. Raises EgressFailedError.
        """
        lease = await self._prepared(spec, serves)
        lease.opening = self._open
        self._leases[lease.grant.run] = lease
        try:
            yield lease
        finally:
            await asyncio.shield(self.release(lease))
            lease.forget()

    async def release(self, lease: Lease) -> None:
        """Close the run's gate: its last records are in the lease when this returns. Idempotent."""
        if lease.grant.run not in self._leases:
            return
        try:
            if self._child is None:
                return
            answer = await self._ask(self._child, {"kind": "close", "run": lease.grant.run}, (), lease)
            lease.untold = lease.carried + answer["untold"]
        except (OSError, TimeoutError):
            _log.warning("the egress proxy did not close a gate", run=lease.grant.run)
        finally:
            self._leases.pop(lease.grant.run, None)

    async def renew(self, lease: Lease) -> Window | None:
        """Begin another window of a run that stays: its bytes count from nothing again. Gives what it did in
        the last one; None if the proxy does not answer, and then the last one goes on.
        """
        try:
            running = await self._running()
            answer = await self._ask(running, {"kind": "renew", "run": lease.grant.run}, (), lease)
        except (OSError, TimeoutError):
            _log.warning("the egress proxy did not begin another window", run=lease.grant.run)
            return None
        return lease.next_window(answer["untold"])

    def workspaces(self) -> set[UUID]:
        """Whose runs have a way out now."""
        return {lease.workspace_id for lease in self._leases.values() if lease.grant.network}

    async def bound(self, workspace_id: UUID, hosts: Sequence[str]) -> None:
        """The hosts of a workspace: its runs reach no other from now on, and what is open to another is cut
        off. Where the proxy does not answer, the next call tells it again.
        """
        wanted = tuple(hosts)
        for lease in list(self._leases.values()):
            if lease.workspace_id == workspace_id and lease.grant.network and lease.bounded != wanted:
                lease.grant = replace(lease.grant, bounds=wanted)  # a next process begins with them
                lease.bounded = None  # until it answers: what is not answered may have been done
                await self._tell_bounds(lease, wanted)

    async def _tell_bounds(self, lease: Lease, wanted: Sequence[str]) -> None:
        if self._child is None:
            return  # nothing is open, and the next process learns it with the grant
        try:
            message = {"kind": "bound", "run": lease.grant.run, "hosts": wanted}
            await self._ask(self._child, message, (), lease)
        except (OSError, TimeoutError):
            _log.warning("the egress proxy was not told the hosts of a workspace", run=lease.grant.run)
        else:
            lease.bounded = wanted

    async def close(self) -> None:
        """End the child."""
        self._closed = True
        if self._child:
            await self._child.end()
        if self._hearing:
            self._hearing.cancel()
            await asyncio.gather(self._hearing, return_exceptions=True)

    async def _prepared(self, spec: RunSpec, serves: Sequence[int]) -> Lease:
        allow = AllowList(spec.network)
        secrets = [
            WireSecret(
                *canonical_authority(one.host, HTTPS), one.header, spec.secrets.get(one.name, ""), one.value
            )
            for one in spec.injections
        ]
        return await asyncio.to_thread(self._make, spec, allow, secrets, serves)

    def _make(
        self, spec: RunSpec, allow: AllowList, secrets: list[WireSecret], serves: Sequence[int]
    ) -> Lease:
        try:
            if self._authorities is None:
                self._authorities = authority.trusted_authorities(self._extra)
            trusted = self._authorities
            identities: Mapping[str, Identity] = {}
            if secrets:
                own, identities = authority.identities(secret.host for secret in secrets)
                trusted = f"{trusted}\n{own}"
            key = spec.model_key if self.leads_to_models else None
            run = f"{spec.run_id.hex}-{spec.attempt}-{uuid4().hex[:8]}"
            hidden = _said_to_models(spec) if key is not None else {}
            grant = Grant(run, list(spec.network), self._limits, (), secrets, identities, key, hidden)
            within = inside.prepare(allow, trusted, serves, models=key is not None)
            return Lease(grant, within, spec.workspace_id)
        except OSError as error:
            raise EgressFailedError(f"The network of the run could not be prepared: {error}.") from error

    async def _open(self, lease: Lease, listeners: Sequence[socket.socket]) -> None:
        try:
            running = await self._running()
            message = {"kind": "open", "grant": asdict(lease.grant), "spent": lease.spent}
            await self._ask(running, message, [one.fileno() for one in listeners], lease)
        except (OSError, TimeoutError) as error:
            raise EgressFailedError(f"The egress proxy does not answer: {error or 'no word'}.") from error

    async def _running(self) -> Child:
        async with self._starting:
            if self._child is None:
                if self._closed:
                    raise OSError("the worker is closing")
                self._child = await child.start(replace(self._outside, authorities=self._authorities))
                self._hearing = asyncio.create_task(self._hear(self._child), name="codex32-egress")
            return self._child

    async def _ask(self, whom: Child, message: Message, descriptors: Sequence[int], lease: Lease) -> Message:
        answer: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        async with lease.asking, asyncio.timeout(ANSWER_SECONDS):
            self._answers[lease.grant.run] = answer
            try:
                await whom.channel.send(message, descriptors)
                return await answer
            finally:
                self._answers.pop(lease.grant.run, None)

    async def _hear(self, running: Child) -> None:
        """What the child tells, until it is gone; then another is started if a run needs it."""
        try:
            while (message := await running.channel.receive()) is not None:
                self._take(message)
        except (KeyError, TypeError, ValueError):  # it serves hostile clients, so it is not believed either
            _log.exception("the egress proxy broke its protocol")
        self._child = None
        await running.end()
        if self._closed:
            return
        _log.error("the egress proxy ended; it is started again when it is needed")
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(OSError("it ended"))
        idle: list[Lease] = []
        for lease in self._leases.values():
            if not lease.listeners:
                continue  # it is being prepared
            if lease.busy:
                lease.broken.set()
            else:
                idle.append(lease)
        for lease in idle:
            with contextlib.suppress(EgressFailedError):
                await self._reopened(lease)

    async def _reopened(self, lease: Lease) -> None:
        lease.carry_over()
        try:
            await self._open(lease, lease.listeners)
        except EgressFailedError:
            lease.broken.set()
            raise

    def _take(self, message: Message) -> None:
        kind, run = message["kind"], message["run"]
        if kind in ("opened", "renewed", "bounded", "closed"):
            answer = self._answers.get(run)
            if answer and not answer.done():
                answer.set_result(message)
        elif lease := self._leases.get(run):
            if kind == "busy":
                lease.is_busy(message)
            elif kind == "models":
                lease.take_models(message)
            elif kind == "redacted":
                lease.models.redacted += 1
            else:
                lease.take(message)


def _said_to_models(spec: RunSpec) -> dict[str, str]:
    """What no prompt may hold: the values, not the placeholders that stand for some of them."""
    return {**spec.secrets, **{one.name: one.value for one in spec.injections}}
