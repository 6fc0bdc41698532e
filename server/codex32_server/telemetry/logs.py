"""What the platform writes about itself: text for people, ECS JSON (Elastic Common Schema) for machines.

Our own code logs with `structlog.get_logger()`; libraries that use `logging` go through the same chain. Ids
of the request, run and workspace are bound once (`about`) and are on every line below. Output of bots is
elsewhere.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Generator, MutableMapping
from contextlib import contextmanager
from typing import Any, Literal, TextIO, cast
from uuid import UUID

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from codex32_server.telemetry.redaction import Redactor

LogFormat = Literal["auto", "text", "json"]
ECS_VERSION = "8.17"
_LABELS = ("request_id", "run_id", "workspace_id")
_NOISY = {"httpx": "WARNING", "httpcore": "WARNING", "asyncio": "WARNING", "uvicorn.access": "WARNING"}


def configure_logs(
    *,
    service: str,
    level: str = "info",
    style: LogFormat = "auto",
    redactor: Redactor | None = None,
    stream: TextIO | None = None,
) -> None:
    """Set up logging of this process; may be repeated. `auto` is text on a terminal, else JSON."""
    target = stream or sys.stderr
    as_text = style == "text" or (style == "auto" and target.isatty())
    shared = _shared(redactor or Redactor())
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(target)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *(_text_end(target.isatty()) if as_text else _json_end(service)),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name, quieter in _NOISY.items():
        logging.getLogger(name).setLevel(quieter)


@contextmanager
def about(
    *, request_id: str | None = None, run_id: UUID | str | None = None, workspace_id: UUID | str | None = None
) -> Generator[None]:
    """Every line written inside the block carries these ids."""
    given = {"request_id": request_id, "run_id": run_id, "workspace_id": workspace_id}
    with structlog.contextvars.bound_contextvars(
        **{name: str(value) for name, value in given.items() if value is not None}
    ):
        yield


def _shared(redactor: Redactor) -> list[Processor]:
    """Redaction comes last, when tracebacks are text already."""

    def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        # Keys with an underscore are structlog's own, on their way to the formatter.
        own = {name: value for name, value in event.items() if name.startswith("_")}
        shown = {name: value for name, value in event.items() if not name.startswith("_")}
        return {**redactor.fields(shown), **own}

    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        _error_fields,
        structlog.processors.format_exc_info,
        structlog.processors.UnicodeDecoder(),
        redact,
    ]


def _error_fields(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Name the exception in fields of its own before it becomes text."""
    given = event.get("exc_info")
    if given is True:
        given = sys.exc_info()
    error: object = cast(tuple[object, ...], given)[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        event["error_type"] = type(error).__name__
        event["error_message"] = str(error)
    return event


def _text_end(colours: bool) -> list[Processor]:
    def drop_error_fields(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event.pop("error_type", None)
        event.pop("error_message", None)
        return event

    # The plain formatter: others show local variables, and those hold secrets.
    renderer = structlog.dev.ConsoleRenderer(
        colors=colours, exception_formatter=structlog.dev.plain_traceback, pad_event_to=0
    )
    return [drop_error_fields, renderer]


def _json_end(service: str) -> list[Processor]:
    def to_ecs(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        return _ecs(event, service)

    return [to_ecs, structlog.processors.JSONRenderer(default=str)]


def _ecs(event: MutableMapping[str, Any], service: str) -> dict[str, Any]:
    """Fields that ECS knows under their ECS names, ids as labels, the rest in a namespace of our own."""
    document: dict[str, Any] = {
        "@timestamp": event.pop("timestamp", None),
        "log.level": event.pop("level", None),
        "message": event.pop("event", ""),
        "ecs.version": ECS_VERSION,
        "service.name": service,
        "log.logger": event.pop("logger", None),
        "error.type": event.pop("error_type", None),
        "error.message": event.pop("error_message", None),
        "error.stack_trace": event.pop("exception", None),
        "labels": {name: event.pop(name) for name in _LABELS if name in event} or None,
    }
    document["codex32"] = dict(event) or None
    return {name: value for name, value in document.items() if value is not None}
