"""The OpenAPI document without a server: for the reference page and the web page's types. Opens nothing."""

from __future__ import annotations

from typing import Any

from codex32_server.main.api import build_app
from codex32_server.main.gateway import Gateway
from codex32_server.queue.notify import LOGS, RUN, Listener
from codex32_server.settings.model import Settings
from codex32_server.storage.session import Database
from codex32_server.storage.wrapping import GivenRing, RingEncryption

_NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"


def openapi_document() -> dict[str, Any]:
    """What /api/openapi.json answers."""
    no_keys = RingEncryption(GivenRing(""))
    settings, listener = Settings(), Listener(_NOWHERE, [RUN, LOGS])
    gateway = Gateway(settings, _NOWHERE, _NOWHERE, no_keys, b"")
    app = build_app(settings, Database(_NOWHERE), listener, b"", no_keys, gateway)
    return app.openapi()
