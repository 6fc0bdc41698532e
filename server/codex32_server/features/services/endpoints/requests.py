"""/s/{workspace}/{bot}/…: requests to a service, passed on to a ready replica. Not a part of API v1.

Who may: a key or session with `services:call` in that workspace; anybody, if the manifest says `public`. What
is let through is decided in `service.headers`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Annotated, Any, cast
from urllib.parse import quote

import httpcore
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from starlette.requests import ClientDisconnect
from starlette.responses import RedirectResponse
from starlette.types import Receive, Scope, Send

from codex32_server.features.services.endpoints.lasting import Permit
from codex32_server.features.services.errors import (
    BadGatewayError,
    ServiceBusyError,
    ServiceNotFoundError,
    ServiceUnreachableError,
)
from codex32_server.features.services.facade import Reaching, Route, ServicesFacade, Visit, headers
from codex32_server.http.edge import (
    PEEK_NOTHING,
    Peeker,
    address_of,
    edge_of,
    marked,
    refuse_without_credential,
)
from codex32_server.http.problem import REQUEST_ID
from codex32_server.http.routing import UPLOAD_LIMIT, provided
from codex32_server.kit.errors import Codex32Error

SCOPE = "services:call"
PREFIX = "/s"
_GONE = 499
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_READING = ("GET", "HEAD")

_What = tuple[str, bytes, list[tuple[bytes, bytes]], AsyncIterator[bytes] | None]
"""Method, target, headers, body: not read yet as long as nobody took it."""

router = APIRouter(prefix=PREFIX, include_in_schema=False)


class Passenger:
    """A request that may pass: where to, and who asks (None for anybody)."""

    def __init__(self, route: Route, member: str | None) -> None:
        self.route = route
        self.member = member


Readmit = Callable[[], Awaitable[Passenger]]


async def admit(request: Request, services: ServicesFacade, workspace: str, bot: str) -> Passenger:
    """Raises UnauthenticatedError, ForbiddenError, ServiceNotFoundError, NoPortError."""
    edge = edge_of(request)
    name, _, environment = bot.partition("@")
    found: Route | Codex32Error = ServiceNotFoundError(f"There is no service {name[:100]!r} here.")
    async with edge.database.transaction(None) as tx:
        workspace_id = await services.workspace_called(tx, workspace)
    if workspace_id is not None:
        async with edge.database.transaction(workspace_id) as tx:
            try:
                found = await services.route(tx, workspace_id, name, environment or None)
            except Codex32Error as error:
                found = error
    if isinstance(found, Route) and found.public:
        return Passenger(found, None)
    refuse_without_credential(request)
    principal, _ = await Peeker(request, SCOPE).look(PEEK_NOTHING)
    if principal.workspace_id != workspace_id:
        raise ServiceNotFoundError(f"There is no service {name[:100]!r} in your workspace.")
    if isinstance(found, Codex32Error):
        raise found
    return Passenger(found, str(principal.member_id))


async def _passenger(
    request: Request,
    services: Annotated[ServicesFacade, provided(ServicesFacade)],
    workspace: str,
    bot: str,
) -> Passenger:
    return await admit(request, services, workspace, bot)


Admitted = Annotated[Passenger, Depends(marked(_passenger, SCOPE))]


@router.api_route("/{workspace}/{bot}", methods=["GET", "HEAD"])
async def enter_service(request: Request, passenger: Admitted) -> Response:
    """The address of a service ends with a slash, so that relative links work."""
    del passenger
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"{prefix_of(request)}/{query}", status_code=308)


@router.api_route("/{workspace}/{bot}/{path:path}", methods=_METHODS, max_body_size=UPLOAD_LIMIT)
async def call_service(
    request: Request,
    passenger: Admitted,
    reaching: Annotated[Reaching, provided(Reaching)],
    services: Annotated[ServicesFacade, provided(ServicesFacade)],
) -> Response:
    """Pass a request on and stream the answer back.

    It is asked again if its replica was replaced meanwhile, as in a rollout: whatever it is where nobody was
    there to take it, and what only reads also where it was taken and not answered.
    """
    prefix = prefix_of(request)
    visit = Visit(
        prefix=prefix,
        scheme=request.url.scheme,
        address=address_of(request),
        request_id=request.scope.get(REQUEST_ID, ""),
        member=passenger.member,
    )
    public = passenger.route.public
    told = headers.to_bot(request.headers.raw, visit, public=public)
    body = _body(request)
    if body is not None and "content-length" not in request.headers:
        told.append((b"transfer-encoding", b"chunked"))
    where = request.path_params
    readmit = partial(admit, request, services, where["workspace"], where["bot"])
    reads = request.method in _READING and body is None
    what = request.method, target_of(request), told, body
    try:
        try:
            passed, answer = await _asked(reaching, passenger.route, what)
        except (BadGatewayError, ServiceUnreachableError) as error:
            now = await _replaced(error, passenger.route, readmit, reads=reads)
            try:
                passed, answer = await _asked(reaching, now, what)
            except ServiceUnreachableError:
                raise error from None  # what became of the request says more than what is there now
    except ClientDisconnect:
        return Response(status_code=_GONE)  # for the log: nobody reads it
    told_back = headers.from_bot(answer.headers, prefix, public=public)
    return _Streamed(answer, passed, told_back, Permit(readmit))


async def _asked(reaching: Reaching, route: Route, what: _What) -> tuple[Any, httpcore.Response]:
    """The answer, and the block to leave when it was read. Raises as `Reaching.request`."""
    passed = reaching.request(route, *what)
    return passed, await passed.__aenter__()


async def _replaced(error: Codex32Error, route: Route, readmit: Readmit, *, reads: bool) -> Route:
    """Where to ask again. Raises the error where that cannot help, or might do something twice: what was
    taken and not answered may have been done.
    """
    if isinstance(error, ServiceBusyError) or (isinstance(error, BadGatewayError) and not reads):
        raise error
    try:
        now = (await readmit()).route
    except ServiceUnreachableError:
        raise error from None
    if now.backends == route.backends:
        raise error
    return now


class _Streamed(Response):
    """The bot's answer, part by part; the connection is given back at the end, whatever happens."""

    def __init__(
        self, answer: httpcore.Response, passed: Any, pairs: list[tuple[bytes, bytes]], permit: Permit
    ) -> None:
        self.status_code = answer.status
        self.background = None
        self.raw_headers = pairs
        self._answer = answer
        self._passed = passed
        self._permit = permit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del receive
        try:
            start = {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
            await send(start)
            if scope["method"] != "HEAD":
                async for part in self._answer.aiter_stream():
                    if code := await self._permit.lost():
                        raise ConnectionAbortedError(f"the caller may not read on: {code}")
                    await send({"type": "http.response.body", "body": part, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException) as error:
            # The answer is under way: cutting it off is all that tells the caller.
            raise ConnectionAbortedError("the service broke off its answer") from error
        finally:
            await self._passed.__aexit__(None, None, None)


def prefix_of(request: Request) -> str:
    """Where the service is mounted, without the last slash."""
    parameters = request.path_params
    return f"{PREFIX}/{quote(parameters['workspace'])}/{quote(parameters['bot'], safe='@')}"


def target_of(request: Request) -> bytes:
    """The path below the prefix as it was sent, with its query."""
    raw = cast("bytes", request.scope.get("raw_path") or request.url.path.encode())
    path = raw.split(b"?", 1)[0]
    parts = path.split(b"/", 4)
    below = b"/" + (parts[4] if len(parts) > 4 else b"")
    query = cast("bytes", request.scope.get("query_string", b""))
    return below + (b"?" + query if query else b"")


def _body(request: Request) -> AsyncIterator[bytes] | None:
    names = request.headers
    if "content-length" not in names and "transfer-encoding" not in names:
        return None
    return request.stream()
