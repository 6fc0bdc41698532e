"""The web app's files: long-lived assets, the page behind every other address, a word if unbuilt."""

from __future__ import annotations

import gzip
import mimetypes
import secrets
import stat
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from codex32_server.api.ahead import Pages
from codex32_server.api.middleware import PAGE_POLICY
from codex32_server.http.edge import SESSION_COOKIE

_RESERVED = ("/api", "/health", "/metrics", "/hooks", "/s")
_FOREVER = "public, max-age=31536000, immutable"
_HEADERS = {"Content-Security-Policy": PAGE_POLICY, "Cache-Control": "no-cache"}
_NONCE = "__CODEX32_NONCE__"
"""Stands in the built page wherever the nonce of one answer belongs."""
_PACKED = (("br", ".br"), ("gzip", ".gz"))
"""Encodings that the build left beside a file, the smallest first."""
_NOT_BUILT = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Codex-32</title></head>
<body><h1>Codex-32 is running</h1>
<p>The web pages are not built: run <code>make web</code> and reload this page.</p>
<p><a href="/api/docs">API reference</a> · <a href="/health">Health</a></p>
</body></html>
"""


class WebApp:
    """ASGI application for everything that no route answers. `folder` is `web/dist` or None."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder.resolve() if folder and (folder / "index.html").is_file() else None
        self._pages = Pages(self._folder) if self._folder else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise HTTPException(404)
        response = self._answer(Request(scope))
        await response(scope, receive, send)

    def _answer(self, request: Request) -> Response:
        """Raises 404 for the API's own paths and 405 for anything but reading."""
        path = request.scope["path"]
        if any(path == name or path.startswith(name + "/") for name in _RESERVED):
            raise HTTPException(404)
        if request.method not in ("GET", "HEAD"):
            raise HTTPException(405, headers={"Allow": "GET, HEAD"})
        if self._folder is None:
            if path != "/":
                raise HTTPException(404)
            return self._the_page(request)
        found = self._find(self._folder, path)
        if found is not None and found.name != "index.html":
            return _file(found, _accepted(request), _HEADERS | _lifetime(path))
        if found is None and "." in path.rpartition("/")[2]:
            raise HTTPException(404)  # a file that does not exist; a page of the app has no dot
        return self._the_page(request)

    def _the_page(self, request: Request) -> Response:
        """With a nonce that no other answer has; the style elements that libraries make carry it."""
        # Read anew each time: a page that was built again names other assets.
        page = (self._folder / "index.html").read_text() if self._folder else _NOT_BUILT
        if self._pages is not None:
            signed_in = SESSION_COOKIE in request.cookies
            path = request.scope["path"]
            page = self._pages.complete(page, path, signed_in=signed_in, plain=not request.url.query)
        nonce = secrets.token_urlsafe(16)
        policy = PAGE_POLICY.replace("style-src 'self'", f"style-src 'self' 'nonce-{nonce}'")
        headers = _HEADERS | {"Content-Security-Policy": policy, "Vary": "Accept-Encoding, Cookie"}
        body = page.replace(_NONCE, nonce).encode()
        if "gzip" in _accepted(request):
            body, headers = gzip.compress(body, 5), headers | {"Content-Encoding": "gzip"}
        return HTMLResponse(body, headers=headers)

    @staticmethod
    def _find(folder: Path, path: str) -> Path | None:
        """The file of that path, if it is a regular one inside the folder, links followed."""
        try:
            wanted = (folder / path.lstrip("/")).resolve()
            inside = wanted.is_relative_to(folder) and stat.S_ISREG(wanted.stat().st_mode)
        except (OSError, ValueError):
            return None
        return wanted if inside else None


def _accepted(request: Request) -> set[str]:
    """Encodings that the client can unpack (RFC 9110, section 12.5.3)."""
    accepted = request.headers.get("accept-encoding", "")
    return {
        one.partition(";")[0].strip()
        for one in accepted.split(",")
        if not one.replace(" ", "").endswith(";q=0")
    }


def _file(found: Path, accepted: set[str], headers: dict[str, str]) -> Response:
    """The file, packed as the client accepts it if the build left it so."""
    for encoding, suffix in _PACKED:
        packed = found.with_name(found.name + suffix)
        if encoding in accepted and packed.is_file():
            kind = mimetypes.guess_type(found.name)[0] or "application/octet-stream"
            return FileResponse(
                packed,
                media_type=kind,
                headers=headers | {"Content-Encoding": encoding, "Vary": "Accept-Encoding"},
            )
    return FileResponse(found, headers=headers)


def _lifetime(path: str) -> dict[str, str]:
    """Files below /assets/ have a digest in their name."""
    return {"Cache-Control": _FOREVER} if path.startswith("/assets/") else {}
