"""What was said on the command line, settings, and the home they name."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from codex32_server.settings.loading import load
from codex32_server.settings.model import Settings
from codex32_server.storage.homes import Home, default_home, open_home


@dataclass(frozen=True)
class Options:
    """What was said on the command line; None leaves it to the settings."""

    home: Path | None = None
    host: str | None = None
    port: int | None = None

    def settings(self, environ: Mapping[str, str] = os.environ) -> Settings:
        """Raises SettingsError."""
        home = str(self.home.expanduser().absolute()) if self.home else None
        return load(environ, {"CODEX32_HOME": home, "CODEX32_HOST": self.host, "CODEX32_PORT": self.port})


def home_of(settings: Settings) -> Home:
    """Make or find the home. Raises HomeUnusableError."""
    return open_home(settings.server.home or default_home())
