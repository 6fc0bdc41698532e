"""What can go wrong with services and with requests to them. Codes are part of the API."""

from __future__ import annotations

from codex32_server.kit.errors import Codex32Error, ConflictError, InvalidInputError, NotFoundError


class ServiceNotFoundError(NotFoundError):
    """No such service here: no bot of that name, or none of kind `service` in that environment."""

    code = "service_not_found"
    next_step = "List what there is: `codex32 services`."


class IncidentNotFoundError(NotFoundError):
    """No such incident here."""

    code = "incident_not_found"
    next_step = "List the incidents: `codex32 services incidents`."


class ServiceStoppedError(ConflictError):
    """The bot is archived or deleted, or its environment points at a version that is a job."""

    code = "service_stopped"
    next_step = "Restore the bot, or deploy a version of kind `service`."


class TooManyReplicasError(InvalidInputError):
    """More replicas than a service may have."""

    code = "too_many_replicas"


class IllegalReplicaChangeError(ConflictError):
    """A replica is not in a state in which that may happen."""

    code = "illegal_replica_change"
    title = "That cannot happen in its present state"
    next_step = "Read the service's state and decide again."


class NoPortError(NotFoundError):
    """The service has no port: it takes no requests."""

    code = "service_has_no_port"
    next_step = "Add `port` to the manifest's `service` table, and listen there on 127.0.0.1."


class ServiceUnreachableError(Codex32Error):
    """No replica is ready. Try again after Retry-After."""

    code = "service_unavailable"
    status = 503
    title = "The service is not ready"
    next_step = "Look at its replicas: `codex32 services show NAME`."


class ServiceBusyError(ServiceUnreachableError):
    """As many requests as may be are under way."""

    title = "The service has enough to do"
    next_step = "Try again a little later, or give the service more replicas."


class ServicePausedError(ServiceUnreachableError):
    """Somebody paused it."""

    wanted = True
    title = "The service is paused"
    next_step = "Let it go on: `codex32 services resume NAME`."


class BadGatewayError(Codex32Error):
    """The bot closed the connection or answered something that is no HTTP."""

    code = "bad_gateway"
    status = 502
    title = "The service answered badly"
    next_step = "Look at the replica's log: `codex32 services logs NAME`."


class GatewayTimeoutError(Codex32Error):
    """The bot did not begin to answer in time."""

    code = "gateway_timeout"
    status = 504
    title = "The service did not answer in time"
    next_step = "Answer sooner, or work in the background and let the caller ask again."
