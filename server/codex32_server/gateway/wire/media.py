"""Images and files as the formats say them: data URLs taken apart and put together, names of media types."""

from __future__ import annotations

import re

from .neutral import Document, Image

_DATA_URL = re.compile(
    r"data:([A-Za-z0-9.+-]+/[A-Za-z0-9.+-]+)?((?:;[A-Za-z0-9=._+-]+)*?)(;base64)?,(.*)", re.DOTALL
)


def image(url: str, detail: str | None = None) -> Image:
    """From an address or a data URL."""
    taken = taken_apart(url)
    if taken is None:
        return Image(url=url, detail=detail)
    return Image(media_type=taken[0], data=taken[1], detail=detail)


def document(url: str, name: str | None = None) -> Document:
    """From an address or a data URL."""
    taken = taken_apart(url)
    if taken is None:
        return Document(url=url, name=name)
    return Document(media_type=taken[0], data=taken[1], name=name)


def taken_apart(url: str) -> tuple[str, str] | None:
    """Media type and base64 of a data URL; None for any other."""
    if not url.startswith("data:"):
        return None
    match = _DATA_URL.fullmatch(url)
    if match is None or match.group(3) is None:
        return None
    return match.group(1) or "application/octet-stream", match.group(4)


def address(part: Image | Document) -> str:
    """The part as one URL, a data URL if it is kept inline."""
    return part.url or f"data:{part.media_type or 'image/png'};base64,{part.data or ''}"
