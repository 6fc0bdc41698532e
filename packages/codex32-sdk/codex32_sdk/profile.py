"""Which server to talk to, with which key: the environment first, else the profile `codex32 up` wrote.

The file holds a key and is readable by its owner alone.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from codex32_sdk.errors import NoProfileError


@dataclass(frozen=True)
class Profile:
    """`home` is the folder of the server if it is one of this machine."""

    url: str
    api_key: str
    home: str | None = None

    def __repr__(self) -> str:
        return f"Profile(url={self.url!r}, home={self.home!r})"


def profile_path(environ: Mapping[str, str] = os.environ) -> Path:
    """CODEX32_PROFILE, else `codex32/profile.json` in XDG_CONFIG_HOME or ~/.config."""
    if named := environ.get("CODEX32_PROFILE"):
        return Path(named)
    base = environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(base) / "codex32" / "profile.json"


def load_profile(environ: Mapping[str, str] = os.environ) -> Profile:
    """The server to talk to. Raises NoProfileError when neither the environment nor a file names one."""
    url, key = environ.get("CODEX32_URL"), environ.get("CODEX32_API_KEY")
    saved = None if url and key else saved_profile(environ)
    if url:
        # A key in a file belongs to the server of that file; it is never sent to another one.
        trusted = saved.api_key if saved and saved.url.rstrip("/") == url.rstrip("/") else ""
        return Profile(url.rstrip("/"), key or trusted)
    if saved is None:
        raise NoProfileError(f"There is no profile at {profile_path(environ)}.")
    return Profile(saved.url.rstrip("/"), key or saved.api_key, saved.home)


def saved_profile(environ: Mapping[str, str] = os.environ) -> Profile | None:
    """What the file says; None if there is none. Raises NoProfileError if it cannot be understood."""
    path = profile_path(environ)
    try:
        content: dict[str, Any] = json.loads(path.read_text())
        return Profile(content["url"], content["api_key"], content.get("home"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NoProfileError(f"The profile {path} cannot be read ({error}).") from error


def save_profile(profile: Profile, path: Path) -> None:
    """Replace the file in one step; it is never readable by others, not for a moment."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".profile-")
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(json.dumps(asdict(profile), indent=2) + "\n")
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
