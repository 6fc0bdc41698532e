"""Packages that are built from source with an administrator's consent: what the code that builds them can
reach.
"""

from __future__ import annotations

import ast
import json
import os
import shutil
import tempfile
import textwrap
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from codex32_server.runtime.backends.local import LocalBackend
from codex32_server.runtime.contract import MIB
from codex32_server.runtime.dependencies import confinement
from codex32_server.runtime.dependencies.policy import Policy
from codex32_server.runtime.environments import Environments
from codex32_server.runtime.errors import EnvironmentFailedError, IndexUnavailableError
from codex32_server.runtime.files import RuntimeFiles
from support.package_index import PackageIndex, make_sdist

pytestmark = pytest.mark.sandbox

PASSWORD = "kept-from-builds"
LOOK = """
global REPORT
import json, os, socket, urllib.request
def tried(work):
    try: return repr(work())
    except Exception as error: return type(error).__name__
def seen():
    for name in filter(str.isdigit, os.listdir("/proc")):
        for file in ("environ", "cmdline"):
            try: yield open(f"/proc/{{name}}/{{file}}").read()
            except OSError: pass
def readable():
    for folder, _, names in os.walk(os.environ["HOME"] + "/.."):
        for name in names:
            try: yield open(os.path.join(folder, name), errors="replace").read()
            except OSError: pass
door = os.environ["UV_DEFAULT_INDEX"].rpartition("/i/")[0]
fetch = lambda path: urllib.request.urlopen(door + path, timeout=5).status
REPORT = json.dumps({{"uid": os.getuid(), "pids": [int(n) for n in os.listdir("/proc") if n.isdigit()],
    "names": sorted(os.environ), "told": "".join(["kept-from-", "builds"]) in "".join([*seen(), *readable()]),
    "hosts": open("/etc/passwd").read().count("\\n"),
    "found": [p for p in {places} if os.path.exists(p)],
    "own": tried(lambda: fetch("/i/0/sourced/")), "further": tried(lambda: fetch("/i/1/")),
    "direct": tried(lambda: socket.create_connection(("127.0.0.1", {port}), 3)),
    "elsewhere": tried(lambda: fetch("/x/http/127.0.0.1:{port}/secrets")),
    "above": tried(lambda: fetch("/i/0/../secrets")),
    "above again": tried(lambda: fetch("/i/0/%2e%2e/secrets")),
    "posted": tried(lambda: urllib.request.urlopen(door + "/i/0/sourced/", b"x", 5)),
    "name": tried(lambda: socket.getaddrinfo("index.example", 443)),
    "written": [p for p in ("/usr/left", "/left", "/etc/left") if tried(lambda: open(p, "w")) != "OSError"],
    "namespace": tried(lambda: os.unshare(0x10000000)) if hasattr(os, "unshare") else "PermissionError",
}})
"""

Make = Callable[..., Environments]


@pytest.fixture
def place(shared: Path) -> Generator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="building-", dir=shared))
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def index() -> Generator[PackageIndex]:
    index = PackageIndex(password=PASSWORD)
    yield index
    index.close()


@pytest.fixture
def make(place: Path, index: PackageIndex, runtime_files: RuntimeFiles) -> Make:
    def make(backend: LocalBackend | None = None) -> Environments:
        environ = {**index.environ, "CODEX32_MASTER_KEY": "never"}
        cgroups = backend.means.cgroups if backend else None
        policy = Policy(allow_sdist=True)
        return Environments(
            runtime_files, folder=place / "made", policy=policy, environ=environ, cgroups=cgroups
        )

    return make


async def built(made: Environments) -> dict[str, Any]:
    """What the package `sourced` reported when it was built."""
    folder = await made.ensure(await made.lock(["sourced"]), uuid4())
    assert folder is not None
    last = (folder / "sourced.py").read_text().splitlines()[-1].removeprefix("REPORT = ")
    return json.loads(ast.literal_eval(last) or "{}")


async def test_what_a_build_can_reach(
    make: Make, index: PackageIndex, place: Path, backend: LocalBackend, tmp_path: Path
) -> None:
    other = PackageIndex()
    (place / "key").write_text("of the platform")
    places = [
        str(place / "key"),
        str(place / "made" / "builder"),
        str(tmp_path),
        "/etc/shadow",
        "/home",
        "/root",
    ]
    look = LOOK.format(places=repr(places), port=other.port).replace("{{", "{").replace("}}", "}")
    index.publish("sourced", "sourced-1.0.tar.gz", make_sdist("sourced", look))
    report = await built(make(backend))
    other.close()
    assert report["uid"] == 1000
    assert len(report["pids"]) < 10
    assert not report["told"], "the password of the index is nowhere inside"
    assert not [name for name in report["names"] if name.startswith(("CODEX32", "DATABASE", "PIP"))]
    assert report["found"] == [places[1]], "the way to its own folder, and nothing else"
    assert report["own"] == "200"
    assert {report[what] for what in ("further", "elsewhere", "above again", "posted")} == {"HTTPError"}
    assert report["above"] in ("HTTPError", "404")
    assert report["direct"] == "ConnectionRefusedError"
    assert report["name"] == "gaierror"
    assert report["written"] == []
    assert other.requests == []
    assert not [path for path in index.requests if "secrets" in path]


async def test_a_build_gets_what_it_needs_from_the_index(
    make: Make, index: PackageIndex, place: Path
) -> None:
    index.add(place, "part", "1.0", {"part.py": "WORD = 'of a part'\n"})
    look = "global REPORT\nimport json, part\nREPORT = json.dumps({'word': part.WORD})"
    index.publish("sourced", "sourced-1.0.tar.gz", make_sdist("sourced", look, "part"))
    assert await built(make()) == {"word": "of a part"}
    assert [*(place / "made" / "builder").iterdir()] == [], "nothing that a build wrote stays for another"


async def test_nothing_of_a_build_goes_on(make: Make, index: PackageIndex) -> None:
    leave = """
    import os, time
    if os.fork() == 0:
        os.closerange(0, 99)  # the installer waits for the end of what a build prints
        os.setsid()
        if os.fork() == 0:
            os.execv("/bin/sh", ["left-by-a-build", "-c", "sleep 600; :"])
        os._exit(0)
    """
    index.publish("sourced", "sourced-1.0.tar.gz", make_sdist("sourced", textwrap.dedent(leave).strip()))
    await built(make())
    assert not _running("left-by-a-build")
    assert not _running("codex32_server.runtime.dependencies.door")


async def test_a_build_that_takes_all_memory_fails_alone(
    make: Make, index: PackageIndex, backend: LocalBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confinement, "_MEMORY", 256 * MIB)
    bomb = "held = []\nwhile True: held.append(bytearray(1 << 27))"
    index.publish("sourced", "sourced-1.0.tar.gz", make_sdist("sourced", bomb))
    made = make(backend)
    with pytest.raises(EnvironmentFailedError):
        await built(made)
    index.published.clear()
    index.publish("sourced", "sourced-1.0.tar.gz", make_sdist("sourced"))
    assert await built(made) == {}


async def test_an_index_that_fails_is_no_verdict_on_a_source(make: Make, index: PackageIndex) -> None:
    index.publish("sourced", "sourced-1.0.tar.gz", make_sdist("sourced"))
    made = make()
    index.broken["/simple"] = 503
    with pytest.raises(IndexUnavailableError):
        await made.lock(["sourced"])
    index.broken.clear()
    index.password = "another"
    with pytest.raises(IndexUnavailableError):
        await made.lock(["sourced"])


def _running(word: str) -> list[str]:
    found: list[str] = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes()
        except OSError:
            continue
        if word.encode() in line and int(path.parent.name) != os.getpid():
            found.append(line.decode(errors="replace"))
    return found
