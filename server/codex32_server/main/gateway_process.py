"""What stands around the gateway's endpoints: beside the API's application, or alone in a process."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from codex32_server.gateway.endpoints import Receive, Scope, SendMessage

Application = Callable[[Scope, Receive, SendMessage], Awaitable[None]]
_MOUNT = "/llm/"
_HEALTH = ("/health", "/health/alive", "/health/ready")


class Beside:
    """The API's application, and the gateway below /llm: calls of models pass none of the API's layers."""

    def __init__(self, api: Application, gateway: Application) -> None:
        self._api = api
        self._gateway = gateway

    async def __call__(self, scope: Scope, receive: Receive, send: SendMessage) -> None:
        if scope["type"] == "http" and scope["path"].startswith(_MOUNT):
            await self._gateway(scope, receive, send)
        else:
            await self._api(scope, receive, send)


class GatewayProcess:
    """The gateway alone: it also starts, ends and says that it is alive."""

    def __init__(
        self,
        gateway: Application,
        start: Callable[[], Awaitable[None]],
        close: Callable[[], Awaitable[None]],
    ) -> None:
        self._gateway = gateway
        self._start = start
        self._close = close

    async def __call__(self, scope: Scope, receive: Receive, send: SendMessage) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http" and scope["path"] in _HEALTH:
            headers = [(b"content-type", b"application/json")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": b'{"status":"ok"}'})
        elif scope["type"] == "http":
            await self._gateway(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1000})

    async def _live(self, receive: Receive, send: SendMessage) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await self._start()
                await send({"type": "lifespan.startup.complete"})
            else:
                await self._close()
                await send({"type": "lifespan.shutdown.complete"})
                return
