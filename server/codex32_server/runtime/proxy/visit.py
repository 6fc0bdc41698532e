"""One client of a run's socket: it asks for a tunnel, or sends requests."""

from __future__ import annotations

import h11

from codex32_server.runtime.proxy.connect import tunnel
from codex32_server.runtime.proxy.dialing import Streams
from codex32_server.runtime.proxy.exchange import Side
from codex32_server.runtime.proxy.gate import Gate
from codex32_server.runtime.proxy.http import Requests, plain_router


async def visit(gate: Gate, streams: Streams) -> None:
    """Until the client is gone. Raises Refusal with what it is to be told."""
    client = Side(streams, h11.SERVER)
    request = await client.request()
    if request is not None and request.method == b"CONNECT":
        await tunnel(gate, client, request)
    else:
        await Requests(gate, client, plain_router(gate)).serve(request)
