"""Where packages come from, taken out of uv's settings: indexes, pages of links, folders.

For a build that executes code of strangers: it is told none of the addresses, which may hold passwords, only
what stands for them at the door (`dependencies.door`).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote, urlsplit, urlunsplit

from codex32_server.runtime.errors import EnvironmentFailedError

_HARMLESS = frozenset(
    {
        "UV_INDEX_STRATEGY", "UV_PRERELEASE", "UV_RESOLUTION", "UV_HTTP_TIMEOUT", "UV_HTTP_RETRIES",
        "UV_CONCURRENT_DOWNLOADS", "UV_CONCURRENT_BUILDS", "UV_CONCURRENT_INSTALLS", "UV_LINK_MODE",
        "UV_NO_PROGRESS", "UV_PYTHON_DOWNLOADS", "PATH", "LANG", "LD_LIBRARY_PATH",
    }
)  # fmt: skip
"""Variables of uv that a build may see: they hold no address and no secret."""


@dataclass(frozen=True)
class Sources:
    """Addresses as they are asked, with credentials. `indexes`: the default is the last."""

    indexes: tuple[str, ...]
    pages: tuple[str, ...]
    folders: tuple[str, ...]
    insecure: frozenset[str]
    """Hosts whose certificates an administrator said not to check."""

    @property
    def addresses(self) -> tuple[str, ...]:
        """Whatever the door leads to, in the order of its numbers."""
        return (*self.indexes, *self.pages)

    def environment(self, told: Mapping[str, str], door: str) -> dict[str, str]:
        """What a build is told instead of `told`; `door` is the address of the door."""
        behind = [f"{door}/i/{number}" for number in range(len(self.addresses))]
        *first, default = behind[: len(self.indexes)]
        links = [*self.folders, *behind[len(self.indexes) :]]
        return {
            **{name: value for name, value in told.items() if name in _HARMLESS},
            "UV_DEFAULT_INDEX": default,
            **({"UV_INDEX": " ".join(first)} if first else {}),
            **({"UV_FIND_LINKS": " ".join(links)} if links else {}),
        }


def sources_of(told: Mapping[str, str], config: Path | None) -> Sources:
    """From uv's environment and its configuration file; the first wins, as it does for uv.

    Raises EnvironmentFailedError where none names an index: uv knows one by itself, the door does not.
    """
    written = _written(config)
    default = told.get("UV_DEFAULT_INDEX") or told.get("UV_INDEX_URL") or written["index-url"]
    further = told.get("UV_INDEX") or told.get("UV_EXTRA_INDEX_URL") or written["extra-index-url"]
    if not default:
        raise EnvironmentFailedError(
            "Packages may be built from source, but no package index is named for that.",
            next_step="Ask an administrator to set UV_DEFAULT_INDEX, or `index-url` in uv.toml.",
        )
    links = (told.get("UV_FIND_LINKS") or written["find-links"]).replace(",", " ").split()
    return Sources(
        tuple(_with_credentials(one, told) for one in [*further.split(), default]),
        tuple(one for one in links if "://" in one),
        tuple(one for one in links if "://" not in one and Path(one).is_dir()),
        frozenset((told.get("UV_INSECURE_HOST") or "").split()),
    )


def _written(config: Path | None) -> dict[str, str]:
    """Of a file of uv's settings; whatever cannot be read counts as not written."""
    found: dict[str, Any] = {}
    if config is not None:
        with suppress(OSError, ValueError):
            found = tomllib.loads(config.read_text(encoding="utf-8"))
    found = {**found, **_table(found.get("pip"))}
    named = [one for one in map(_table, _list(found.get("index"))) if isinstance(one.get("url"), str)]
    defaults = [str(one["url"]) for one in named if one.get("default")]
    further = [str(one["url"]) for one in named if not one.get("default")]
    return {
        "index-url": next(iter(defaults), str(found.get("index-url", ""))),
        "extra-index-url": " ".join([*further, *map(str, _list(found.get("extra-index-url")))]),
        "find-links": " ".join(map(str, _list(found.get("find-links")))),
    }


def _with_credentials(address: str, told: Mapping[str, str]) -> str:
    """uv has the user of a named index in variables with its name."""
    name, named, url = address.partition("=")
    if not named or "://" in name:
        return address
    variable = "UV_INDEX_" + re.sub(r"[^A-Z0-9]", "_", name.upper())
    user, password = (told.get(f"{variable}_{part}", "") for part in ("USERNAME", "PASSWORD"))
    if not user and not password:
        return url
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{quote(user, safe='')}:{quote(password, safe='')}@{host}"))


def _table(value: object) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else []
