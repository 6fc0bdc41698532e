"""The layout of an installation on disk: what is private, what other accounts must reach, what homes share.

`path` is the home itself. As root, whatever an account without rights must enter (database, run folders,
dependency environments, sandbox files) lives below `data_root`: the home if others may traverse it, else
/var/lib/codex32/homes/<id>. Which of the two is decided once and then kept.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from codex32_server.kit.errors import UnavailableError
from codex32_server.storage.accounts import others_may_enter
from codex32_server.storage.keys import (
    MasterKey,
    MasterKeyError,
    create_master_key,
    parse_master_key,
    read_master_key,
    write_private_once,
)

SYSTEM_ROOT = Path("/var/lib/codex32")
_USER_HOME = Path(".local/share/codex32")


class HomeUnusableError(UnavailableError):
    """The home folder cannot be made or written."""

    code = "home_unusable"
    title = "The home folder cannot be used"
    next_step = "Choose a folder you may write to with --home or CODEX32_HOME."


@dataclass(frozen=True)
class Home:
    """Where everything of one installation is. All paths are absolute."""

    path: Path
    data_root: Path
    runtime_root: Path
    """Content-addressed files that several homes may share: `runtime_root/<digest>/…`."""

    @property
    def postgres(self) -> Path:
        """The folder that `storage.embedded` looks after."""
        return self.data_root / "postgres"

    @property
    def runs(self) -> Path:
        return self.data_root / "runs"

    @property
    def environments(self) -> Path:
        """Dependency sets of bots, by the digest of their lock."""
        return self.data_root / "environments"

    @property
    def logs(self) -> Path:
        return self.path / "log"

    @property
    def metrics(self) -> Path:
        """What processes without a port leave for /metrics."""
        return self.path / "metrics"

    @property
    def status_file(self) -> Path:
        """What `up` runs: pids, URL, start times."""
        return self.path / "up.json"

    @property
    def up_lock(self) -> Path:
        return self.path / "up.lock"

    @property
    def master_key_file(self) -> Path:
        return self.path / "master.key"

    @property
    def secret_keys_file(self) -> Path:
        """Key-encryption keys; made by the first rotation."""
        return self.path / "secrets.keys"

    def master_key(self, given: str | None = None) -> MasterKey:
        """`given` (CODEX32_MASTER_KEY), else the key in the home, which is made at the first start.

        Raises MasterKeyError; a missing key is not replaced once there are data it protects.
        """
        if given:
            return parse_master_key(given)
        if self.master_key_file.exists():
            return read_master_key(self.master_key_file)
        if (self.postgres / "data").exists():
            raise MasterKeyError(f"{self.master_key_file} is missing, and the data need it.")
        return create_master_key(self.master_key_file)


def default_home() -> Path:
    """/var/lib/codex32 as root, ~/.local/share/codex32 otherwise."""
    return SYSTEM_ROOT if os.geteuid() == 0 else Path.home() / _USER_HOME


def open_home(path: Path, *, system_root: Path = SYSTEM_ROOT) -> Home:
    """Make or find a home; its private files are 0600, its log folder 0700. Raises HomeUnusableError."""
    home = path.expanduser().absolute()
    try:
        return _layout(home, system_root)
    except OSError as error:
        where = "" if error.filename in {None, str(home)} else f"{error.filename}: "
        reason = where + (error.strerror or str(error))
        raise HomeUnusableError(f"{home} cannot be used as home: {reason}.") from error


def _layout(home: Path, system_root: Path) -> Home:
    root = os.geteuid() == 0
    _make(home, 0o711 if root else 0o700)
    _make(home / "log", 0o700)
    if not root:
        _make(home / "runtime", 0o700)
        return Home(home, data_root=home, runtime_root=home / "runtime")
    runtime_root = system_root / "runtime"
    _make(runtime_root, 0o711)
    if _data_stay_in(home):
        return Home(home, data_root=home, runtime_root=runtime_root)
    data_root = system_root / "homes" / _home_id(home)
    _make(data_root, 0o711)
    return Home(home, data_root=data_root, runtime_root=runtime_root)


def _data_stay_in(home: Path) -> bool:
    if (home / "home-id").exists():
        return False
    return (home / "postgres").exists() or others_may_enter(home)


def _home_id(home: Path) -> str:
    """A random name, so that nobody can make the folder before us; kept in the home."""
    file = home / "home-id"
    if not file.exists():
        write_private_once(file, secrets.token_hex(8) + "\n")
    return file.read_text().strip()


def _make(folder: Path, mode: int) -> None:
    """Make it and its missing parents with exactly this mode, whatever the umask; keep an existing one."""
    if folder.is_dir():
        return
    _make(folder.parent, mode)
    folder.mkdir(mode=mode, exist_ok=True)
    folder.chmod(mode)
