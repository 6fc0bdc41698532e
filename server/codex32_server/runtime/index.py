"""The environment of uv: where packages come from, which certificates count, which proxy to use, and nothing
else.

The server's own settings and secrets never reach a build. What the machine says for pip counts for uv too,
because most organisations configure only pip.
"""

from __future__ import annotations

import configparser
from collections.abc import Mapping
from pathlib import Path

_KEPT_PREFIXES = ("UV_", "PIP_")
_KEPT = {
    "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE",
    "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy",
    "no_proxy",
}  # fmt: skip
_OURS = {
    "UV_CACHE_DIR",
    "UV_TARGET",
    "UV_PYTHON",
    "UV_LINK_MODE",
    "UV_PROJECT",
    "UV_WORKING_DIR",
    "UV_CONSTRAINT",
}
_FROM_PIP = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "cert": "SSL_CERT_FILE",
}
_SAME_MEANING = {"UV_DEFAULT_INDEX": "UV_INDEX_URL", "UV_INDEX": "UV_EXTRA_INDEX_URL"}


def uv_environment(environ: Mapping[str, str], folder: Path) -> dict[str, str]:
    """The whole environment of a uv process; `folder` is its home."""
    clean = {
        name: value
        for name, value in environ.items()
        if (name in _KEPT or name.startswith(_KEPT_PREFIXES)) and name not in _OURS
    }
    for name, value in _pip_settings(environ).items():
        if name not in clean and _SAME_MEANING.get(name) not in clean and _reachable(name, value):
            clean[name] = value
    return {
        **clean,
        "HOME": str(folder),
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "UV_CACHE_DIR": str(folder / "cache"),
        "UV_LINK_MODE": "copy",
        "UV_NO_PROGRESS": "1",
        "UV_PYTHON_DOWNLOADS": "never",
    }


def config_file(environ: Mapping[str, str]) -> Path | None:
    """uv's own configuration of this user, which an unprivileged uid may not be able to read in place."""
    named = environ.get("UV_CONFIG_FILE")
    home = environ.get("XDG_CONFIG_HOME") or f"{environ.get('HOME', '/nonexistent')}/.config"
    candidates = [Path(named)] if named else [Path(home, "uv", "uv.toml")]
    return next((path for path in candidates if _is_file(path)), None)


def _pip_settings(environ: Mapping[str, str]) -> dict[str, str]:
    """pip's variables, then its files (later files of pip's own order win)."""
    found: dict[str, str] = {}
    for path in _pip_files(environ):
        reader = configparser.RawConfigParser()
        try:
            reader.read(path, encoding="utf-8")
        except (configparser.Error, UnicodeDecodeError):
            continue
        for option, name in _FROM_PIP.items():
            value = reader.get("global", option, fallback="")
            if value.strip():
                found[name] = " ".join(value.split())
    for option, name in _FROM_PIP.items():
        value = environ.get(f"PIP_{option.upper().replace('-', '_')}")
        if value:
            found[name] = value
    return found


def _pip_files(environ: Mapping[str, str]) -> list[Path]:
    home = environ.get("HOME", "/nonexistent")
    config = environ.get("XDG_CONFIG_HOME") or f"{home}/.config"
    paths = [Path("/etc/pip.conf"), Path(config, "pip", "pip.conf"), Path(home, ".pip", "pip.conf")]
    if "PIP_CONFIG_FILE" in environ:
        paths.append(Path(environ["PIP_CONFIG_FILE"]))
    return [path for path in paths if _is_file(path)]


def _reachable(name: str, value: str) -> bool:
    """A folder of wheels that is not there is an error for uv and none for pip."""
    return name != "UV_FIND_LINKS" or "://" in value or Path(value).is_dir()


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False
