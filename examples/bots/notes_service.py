# /// script
# requires-python = ">=3.11"
#
# [tool.codex32]
# name = "notes-service"
# title = "Notes over HTTP"
# kind = "service"
# service = { port = 8080, readiness = { http = "/health" }, liveness = { http = "/health" } }
# limits = { memory = "128MiB" }
# ///
"""Keep short notes over HTTP: GET / lists them, POST / adds one, DELETE /NUMBER removes it."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from codex32_bot import log, service, state

PORT = 8080
LONGEST = 1000
KEY = "notes"
_lock = threading.Lock()


def answer(method: str, path: str, body: bytes) -> tuple[int, Any]:
    """The status and the JSON document for a request. Needs no server, so it is easy to test."""
    if path == "/health":
        return 200, {"ok": True}
    with _lock:
        notes: list[str] = state.get(KEY) or []
        if method == "GET" and path == "/":
            return 200, {"notes": notes}
        if method == "POST" and path == "/":
            text = body.decode("utf-8", "replace").strip()
            if not 0 < len(text) <= LONGEST:
                return 422, {"error": f"A note has 1 to {LONGEST} characters."}
            state.set(KEY, [*notes, text])
            log.info("note added", count=len(notes) + 1)
            return 201, {"number": len(notes)}
        number = path.removeprefix("/")
        if method == "DELETE" and number.isdecimal() and int(number) < len(notes):
            state.set(KEY, [note for index, note in enumerate(notes) if index != int(number)])
            return 200, {"removed": int(number)}
    return 404, {"error": f"There is no {method} {path} here."}


class Handler(BaseHTTPRequestHandler):
    """Reads a request and writes the answer."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        status, document = answer(self.command, self.path.partition("?")[0], self.rfile.read(length))
        content = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_DELETE = do_GET

    def log_message(self, *_: Any) -> None:
        """Requests are not logged one by one."""


def main() -> None:
    """Serve until the platform says stop; requests under way are finished."""
    server = ThreadingHTTPServer(("127.0.0.1", PORT), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    while not service.wait(60):
        pass
    server.shutdown()
    server.server_close()


if __name__ == "__main__":
    main()
