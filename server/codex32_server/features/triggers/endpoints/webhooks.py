"""/webhooks: URLs that start runs of bots: made, changed, rotated, tried out; and their deliveries."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import orjson
from fastapi import Path, Query, Request

from codex32_server.features.triggers.errors import (
    HookBotUnavailableError,
    NoSecretError,
    SecretShownError,
    TooManyWebhooksError,
    WebhookInManifestError,
    WebhookNameTakenError,
    WebhookNotFoundError,
)
from codex32_server.features.triggers.facade import (
    Delivery,
    DeliveryView,
    NewWebhook,
    RotateRequest,
    SecretView,
    WebhookChange,
    WebhooksFacade,
    WebhookView,
)
from codex32_server.features.triggers.schemas import DeliveryOutcome, TrialRequest, TrialView
from codex32_server.http.edge import Caller, DetachedCaller, edge_of, require, require_detached
from codex32_server.http.paging import Page, Paging
from codex32_server.http.problem import documented
from codex32_server.http.room import needs_room
from codex32_server.http.routing import api_router, provided

router = api_router("webhooks", prefix="/webhooks")

Webhooks = Annotated[WebhooksFacade, provided(WebhooksFacade)]
WebhookId = Annotated[UUID, Path(description="Id of the webhook.")]
Reader = Annotated[Caller, require("webhooks:read")]
Writer = Annotated[Caller, require("webhooks:write")]
DetachedWriter = Annotated[DetachedCaller, require_detached("webhooks:write")]


def _base(request: Request) -> str:
    """Where senders reach the server: as configured, else wherever this request came in."""
    return edge_of(request).public_url or str(request.base_url).rstrip("/")


@router.get("")
async def list_webhooks(
    caller: Reader,
    webhooks: Webhooks,
    paging: Paging,
    http: Request,
    bot: Annotated[str | None, Query(max_length=100, description="Id or name of a bot.")] = None,
) -> Page[WebhookView]:
    """Webhooks with their URLs, newest first."""
    return await webhooks.list(caller.tx, caller.principal.workspace_id, bot, paging, _base(http))


@router.post("", status_code=201, responses=documented(TooManyWebhooksError, WebhookNameTakenError))
async def create_webhook(
    caller: Writer, webhooks: Webhooks, http: Request, request: NewWebhook
) -> SecretView:
    """A URL that starts runs of a bot. Its secret is in this answer and in no other."""
    principal = caller.principal
    return await webhooks.create(caller.tx, principal.workspace_id, request, _base(http), principal.member_id)


@router.get("/{webhook_id}", responses=documented(WebhookNotFoundError))
async def get_webhook(
    caller: Reader, webhooks: Webhooks, http: Request, webhook_id: WebhookId
) -> WebhookView:
    """One webhook."""
    return await webhooks.get(caller.tx, caller.principal.workspace_id, webhook_id, _base(http))


@router.patch(
    "/{webhook_id}",
    responses=documented(WebhookNotFoundError, WebhookInManifestError, WebhookNameTakenError),
)
async def update_webhook(
    caller: Writer, webhooks: Webhooks, http: Request, webhook_id: WebhookId, request: WebhookChange
) -> WebhookView:
    """Change what is named. Of a webhook that a manifest declares: only whether it is paused."""
    workspace_id = caller.principal.workspace_id
    return await webhooks.change(caller.tx, workspace_id, webhook_id, request, _base(http))


@router.delete(
    "/{webhook_id}", status_code=204, responses=documented(WebhookNotFoundError, WebhookInManifestError)
)
async def delete_webhook(caller: Writer, webhooks: Webhooks, webhook_id: WebhookId) -> None:
    """Delete a webhook that was made by hand; one of a manifest is deleted there."""
    await webhooks.delete(caller.tx, caller.principal.workspace_id, webhook_id)


@router.post("/{webhook_id}/pause", responses=documented(WebhookNotFoundError))
async def pause_webhook(
    caller: Writer, webhooks: Webhooks, http: Request, webhook_id: WebhookId
) -> WebhookView:
    """Answer 503 to every delivery until it is resumed; most senders try again later."""
    workspace_id, change = caller.principal.workspace_id, WebhookChange(paused=True)
    return await webhooks.change(caller.tx, workspace_id, webhook_id, change, _base(http))


@router.post("/{webhook_id}/resume", responses=documented(WebhookNotFoundError))
async def resume_webhook(
    caller: Writer, webhooks: Webhooks, http: Request, webhook_id: WebhookId
) -> WebhookView:
    """Take deliveries again."""
    workspace_id, change = caller.principal.workspace_id, WebhookChange(paused=False)
    return await webhooks.change(caller.tx, workspace_id, webhook_id, change, _base(http))


@router.post("/{webhook_id}/rotate", responses=documented(WebhookNotFoundError, NoSecretError))
async def rotate_webhook(
    caller: Writer,
    webhooks: Webhooks,
    http: Request,
    webhook_id: WebhookId,
    request: RotateRequest | None = None,
) -> SecretView:
    """Another secret; the old one stays valid for `grace` seconds. With `url`, another URL as well, at once;
    with `keep_secret`, only that.
    """
    workspace_id = caller.principal.workspace_id
    asked = request or RotateRequest.model_validate({})
    return await webhooks.rotate(caller.tx, workspace_id, webhook_id, asked, _base(http))


@router.post(
    "/{webhook_id}/secret", responses=documented(WebhookNotFoundError, NoSecretError, SecretShownError)
)
async def reveal_webhook_secret(
    caller: Writer, webhooks: Webhooks, http: Request, webhook_id: WebhookId
) -> SecretView:
    """The secret of a webhook that a manifest declared, once; after that it can only be rotated."""
    return await webhooks.reveal(caller.tx, caller.principal.workspace_id, webhook_id, _base(http))


@router.post(
    "/{webhook_id}/test",
    status_code=202,
    dependencies=[needs_room()],
    responses=documented(WebhookNotFoundError, HookBotUnavailableError),
)
async def try_webhook(
    caller: DetachedWriter,
    webhooks: Webhooks,
    http: Request,
    webhook_id: WebhookId,
    request: TrialRequest | None = None,
) -> TrialView:
    """Start a run as a delivery would, without a signature; it is listed among the deliveries as a test."""
    asked = request or TrialRequest.model_validate({})
    async with caller.transaction() as tx:
        found = await webhooks.get(tx, caller.principal.workspace_id, webhook_id, _base(http))
    empty = "body" not in asked.model_fields_set
    headers = {"content-type": "application/json"} | {
        name.lower(): value for name, value in asked.headers.items()
    }
    body = b"" if empty else orjson.dumps(asked.body)
    delivery = Delivery(found.methods[0], headers, asked.query, body)
    return TrialView(run_id=await webhooks.try_out(caller.lean, webhook_id, delivery))


@router.get("/{webhook_id}/deliveries", responses=documented(WebhookNotFoundError))
async def list_deliveries(
    caller: Reader,
    webhooks: Webhooks,
    paging: Paging,
    webhook_id: WebhookId,
    outcome: Annotated[DeliveryOutcome | None, Query(description="Only those that ended so.")] = None,
) -> Page[DeliveryView]:
    """The last deliveries, newest first: accepted, repeated and refused ones, with the reason."""
    workspace_id = caller.principal.workspace_id
    return await webhooks.deliveries(caller.tx, workspace_id, webhook_id, paging, outcome)
