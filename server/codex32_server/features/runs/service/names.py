"""Which names files may have: names come from strangers and must stay inside their folder."""

from __future__ import annotations

from codex32_server.features.runs.errors import BadFileNameError

MAX_NAME = 200


def input_name(name: str) -> str:
    """A plain file name, as it is kept. Raises BadFileNameError."""
    if "/" in name or "\\" in name or not _plain(name):
        raise BadFileNameError(f"{_shown(name)} is not a plain file name.")
    return name


def output_name(name: str) -> str:
    """A relative path with / between plain names. Raises BadFileNameError."""
    parts = name.split("/")
    if len(name) > MAX_NAME or "\\" in name or not all(_plain(part) for part in parts):
        raise BadFileNameError(f"{_shown(name)} is not the name of an output file.")
    return name


def _plain(name: str) -> bool:
    return 0 < len(name) <= MAX_NAME and name not in {".", ".."} and name.isprintable()


def _shown(name: str) -> str:
    return ascii(name[:MAX_NAME])
