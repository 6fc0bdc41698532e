"""The database under a role: the configured one, or the embedded one of a home."""

from __future__ import annotations

from urllib.parse import urlsplit

from codex32_server.main.derived import role_url
from codex32_server.settings.model import Settings
from codex32_server.storage.cluster import Cluster
from codex32_server.storage.embedded import ConnectionInfo
from codex32_server.storage.homes import Home
from codex32_server.storage.keys import MasterKey


def database_url(settings: Settings, home: Home, master: MasterKey, role: str) -> str:
    """A libpq URL."""
    if settings.database.url is not None:
        url = settings.database.url.get_secret_value()
        return url if urlsplit(url).username == role else role_url(url, role, master)
    socket_dir = Cluster(home.postgres.absolute(), None).socket_dir()
    return ConnectionInfo(socket_dir, 0, master.role_password).url(role)
