"""The door to the platform's model gateway: for one run, with its key, to paths below /llm/v1 only.

The run's secrets are taken out of what it says (`cleaning`). It has a socket of its own beside the way out,
so that neither can be used as the other. Whatever credentials a bot sends are dropped; the run's key, which
the bot never holds, takes their place. The address of the gateway is an administrator's and is not judged; a
bot cannot choose it.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from urllib.parse import unquote_to_bytes

import h11

from codex32_server.kit.network.gateway import PREFIX, GatewayAddress
from codex32_server.runtime.proxy.cleaning import Cleaner
from codex32_server.runtime.proxy.dialing import CONNECT_SECONDS, READ_AHEAD, Streams
from codex32_server.runtime.proxy.entrance import Entrance
from codex32_server.runtime.proxy.exchange import Headers, Side
from codex32_server.runtime.proxy.grants import Reason, RunLimits
from codex32_server.runtime.proxy.http import Requests, Route
from codex32_server.runtime.proxy.refusal import Refusal
from codex32_server.runtime.proxy.traffic import Meter, Tell, Traffic

NAME = "llm.codex32.internal"
"""What records and refusals call the gateway; it is no name of DNS."""

IDLE_SECONDS = 900.0
"""Without a byte: a model may think for long before its first word."""

_UNCOUNTED = 1 << 62
_METHODS = (b"GET", b"POST")
_DROPPED = {
    b"authorization", b"x-api-key", b"api-key", b"x-goog-api-key", b"cookie", b"forwarded", b"via",
    b"origin", b"referer",
}  # fmt: skip
_DROPPED_BEGINNINGS = (b"x-forwarded-", b"x-real-", b"x-original-", b"x-rewrite-", b"x-http-method")
_SEGMENT = re.compile(rb"[A-Za-z0-9._~:@+,=-]+(/[A-Za-z0-9._~:@+,=-]+)*\Z")
_QUERY = re.compile(rb"[A-Za-z0-9._~:@+,=&%/?\[\]-]*\Z")


class ModelDoor(Entrance):
    """Serves the clients of one run's `models.sock`. What passes is told as kind `models`, and is not
    counted with the run's bytes and connections on the network.
    """

    def __init__(
        self,
        run: str,
        key: str,
        gateway: GatewayAddress,
        connections: int,
        trust: ssl.SSLContext,
        tell: Tell,
        cleaner: Cleaner | None = None,
    ) -> None:
        def told(message: dict[str, object]) -> None:
            if message["kind"] == "record":
                tell({**message, "kind": "models"})

        self._run = run
        self._tell = tell
        self._cleaner = cleaner

        super().__init__(Meter(run, RunLimits(connections, _UNCOUNTED, IDLE_SECONDS), told))
        self._key = key
        self._gateway = gateway
        self._trust = trust
        self.idle = IDLE_SECONDS

    async def serve(self, streams: Streams) -> None:
        client = Side(streams, h11.SERVER)
        await Requests(self, client, self._route).serve(await client.request())

    async def dial(self, host: str, port: int, *, tls: bool = False) -> tuple[Streams, Traffic]:
        """Connect to the gateway, whatever is asked for. Raises Refusal."""
        del host, port, tls
        traffic = Traffic(self.meter, NAME, 0)
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                return await self._connected(), traffic
        except OSError as error:
            raise _refusal(
                Reason.UNREACHABLE, "the model gateway of the platform does not answer; try again in a moment"
            ) from error

    async def _connected(self) -> Streams:
        gateway = self._gateway
        if gateway.path:
            return await asyncio.open_unix_connection(gateway.path, limit=READ_AHEAD)
        tls = self._trust if gateway.tls else None
        return await asyncio.open_connection(
            gateway.host, gateway.port, limit=READ_AHEAD, ssl=tls, server_hostname=tls and gateway.host
        )

    def _route(self, request: h11.Request) -> Route:
        if request.method not in _METHODS or not is_allowed(request.target):
            raise _refusal(
                Reason.MODELS_ONLY, f"this address leads to the models below {PREFIX}, and nowhere else"
            )
        gateway = self._gateway
        return Route(
            gateway.host,
            gateway.port,
            gateway.tls,
            request.target,
            rewrite=self._with_key,
            switching=False,
            clean=self._clean if self._cleaner and request.method == b"POST" else None,
        )

    async def _clean(self, body: bytes) -> bytes:
        assert self._cleaner
        clean = await self._cleaner.clean(body)
        if clean is not body:
            self._tell({"kind": "redacted", "run": self._run})
        return clean

    def _with_key(self, headers: Headers) -> Headers:
        """One request for each connection: the gateway closes those that it thinks idle when it likes."""
        kept = [(name, value) for name, value in headers if not _is_dropped(name.lower())]
        return [*kept, (b"Authorization", b"Bearer " + self._key.encode()), (b"Connection", b"close")]


def is_allowed(target: bytes) -> bool:
    """Whether a request's target is a path below PREFIX in every reading: as it is, and decoded.

    Servers behind may decode and then normalise; what is left after decoding once is plain segments.
    """
    path, _, query = target.partition(b"?")
    plain = unquote_to_bytes(path)
    below = plain.removeprefix(PREFIX.encode() + b"/")
    if below == plain or not _SEGMENT.match(below) or not _QUERY.match(query):
        return False
    return path.startswith(PREFIX.encode() + b"/") and not {b".", b".."} & set(below.split(b"/"))


def _is_dropped(name: bytes) -> bool:
    return name in _DROPPED or name.startswith(_DROPPED_BEGINNINGS) or b"_" in name


def _refusal(reason: Reason, text: str) -> Refusal:
    return Refusal(reason, text, NAME, 0)
