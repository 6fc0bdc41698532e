"""Settings of the area `server`."""

from __future__ import annotations

from pathlib import Path

from codex32_server.settings.declaring import Group, setting


class ServerSettings(Group):
    """Where the platform lives and how it is reached."""

    title = "Server"
    home: Path | None = setting(
        "HOME", None, "Folder of the installation (/var/lib/codex32 as root, else ~/.local/share/codex32)."
    )
    host: str = setting("HOST", "127.0.0.1", "Address to listen on; 0.0.0.0 for every network.", min_length=1)
    port: int = setting("PORT", 8032, "TCP port of the API and the web pages.", ge=1, le=65535)
    public_url: str | None = setting(
        "PUBLIC_URL",
        None,
        "Address under which people reach the server, for links; http://HOST:PORT if not set.",
        pattern=r"^https?://[^/]+$",
    )

    reserve_mib: int = setting(
        "DISK_RESERVE_MIB",
        128,
        "MiB of the disk that are kept free: with less, new work is refused until there is space again.",
        ge=0,
    )

    @property
    def url(self) -> str:
        """Without a slash at the end. A server that listens everywhere is reached at the loopback address."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)  # noqa: S104 - compared only
        return self.public_url or f"http://{host}:{self.port}"
