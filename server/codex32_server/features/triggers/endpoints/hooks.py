"""The URLs of webhooks themselves, outside the API: whoever holds one is checked by the webhook's own rules.

The body is read as bytes, because it is the bytes that are signed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Annotated

import structlog
from fastapi import APIRouter, Path, Request, Response
from starlette.background import BackgroundTask

from codex32_server.features.triggers.errors import (
    DeliveryIdError,
    HookBotUnavailableError,
    HookMethodError,
    HookNotFoundError,
    HookPausedError,
    HookRateError,
    HookUnauthenticatedError,
    RunFailedError,
    RunTimedOutError,
    WebhookBodyError,
)
from codex32_server.features.triggers.facade import Delivery, Reply, WebhooksFacade
from codex32_server.http.edge import edge_of, public
from codex32_server.http.errors import BodyTooLargeError, StorageFullError
from codex32_server.http.problem import documented, problem_response, request_id_of
from codex32_server.http.room import needs_room
from codex32_server.http.routing import UPLOAD_LIMIT, operation_id, provided
from codex32_server.kit.manifest.webhook import METHODS
from codex32_server.queue.notify import Listener
from codex32_server.storage.failures import DATABASE_ERRORS

router = APIRouter(prefix="/hooks", tags=["hooks"], generate_unique_id_function=operation_id)

Webhooks = Annotated[WebhooksFacade, provided(WebhooksFacade)]
Changes = Annotated[Listener, provided(Listener)]
Address = Annotated[str, Path(max_length=100, description="From the webhook's URL.")]

_log = structlog.stdlib.get_logger(__name__)


@router.post(
    "/{address}",
    status_code=202,
    dependencies=[public(), needs_room()],
    max_body_size=UPLOAD_LIMIT,
    responses={
        200: {"description": "The bot's output, where `answer` is sync."},
        **documented(
            HookNotFoundError,
            HookUnauthenticatedError,
            HookMethodError,
            DeliveryIdError,
            WebhookBodyError,
            BodyTooLargeError,
            HookRateError,
            HookPausedError,
            HookBotUnavailableError,
            StorageFullError,
            RunFailedError,
            RunTimedOutError,
        ),
    },
    openapi_extra={"requestBody": {"content": {"*/*": {"schema": {}}}}},
)
async def receive_delivery(
    request: Request, webhooks: Webhooks, changes: Changes, address: Address
) -> Response:
    """A delivery: 202 with the run's id, or the bot's output. It takes the methods that the webhook names."""
    began = perf_counter()
    webhooks.check_address(address)  # before a stranger's body is read
    body = await _body(request, webhooks.body_limit)
    headers: dict[str, str] = {}
    for name, value in request.headers.items():
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    delivery = Delivery(request.method, headers, request.url.query, body)
    edge = edge_of(request)
    try:
        reply = await webhooks.receive(edge.lean, changes, address, delivery, began)
    except HookMethodError as error:
        answer = problem_response(error, request_id_of(request))
        answer.headers["Allow"] = ", ".join(error.allowed)
        return answer
    return _respond(request, webhooks, reply, began)


for _method in METHODS:
    if _method != "POST":
        router.add_api_route(
            "/{address}",
            receive_delivery,
            methods=[_method],
            dependencies=[public(), needs_room()],
            max_body_size=UPLOAD_LIMIT,
            include_in_schema=False,
        )


def _respond(request: Request, webhooks: WebhooksFacade, reply: Reply, began: float) -> Response:
    """The answer; how it went is written down after it was sent, so that nobody waits for that."""
    if reply.error is not None:
        answer = problem_response(reply.error, request_id_of(request))
    else:
        given = reply.answer
        answer = Response(given.body, given.status, given.headers)
    if answer.status_code != 202 and not reply.accepted.repeated:
        note = _noting(request, webhooks, reply, answer.status_code, began)
        answer.background = BackgroundTask(note)
    return answer


def _noting(
    request: Request, webhooks: WebhooksFacade, reply: Reply, status: int, began: float
) -> Callable[[], Awaitable[None]]:
    latency = (perf_counter() - began) * 1000
    code = reply.error.code if reply.error is not None else None

    async def note() -> None:
        try:
            await webhooks.note_answer(edge_of(request).database, reply.accepted, status, code, latency)
        except DATABASE_ERRORS:
            # The answer is out, and that the delivery was accepted is recorded.
            _log.warning("an answer could not be written down", run_id=str(reply.accepted.run_id))

    return note


async def _body(request: Request, limit: int) -> bytes:
    """Raises BodyTooLargeError."""
    pieces: list[bytes] = []
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > limit:
            raise BodyTooLargeError(
                f"A delivery has at most {limit} bytes.", next_step="Send less, or a link to the data."
            )
        pieces.append(piece)
    return b"".join(pieces)
