"""Layer 5 alone: an ordinary process of this machine puts it on itself and tries what it forbids."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from codex32_server.runtime.guest import confine
from codex32_server.runtime.sandbox import landlock

ABI = confine.landlock_abi()
offered = pytest.mark.skipif(ABI < 1, reason="this kernel has no Landlock")
TRIES = """
import errno, json, os, socket, sys, tempfile
sys.path.insert(0, os.environ["GUEST"])
import confine
def outcome(action):
    try:
        action()
        return "done"
    except OSError as error:
        return errno.errorcode[error.errno]
def connect(family, address):
    with socket.socket(family, socket.SOCK_STREAM) as s:
        s.connect(address)
def bind():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
def device():
    with open("/dev/null", "wb") as f:
        f.write(b"x")
before = open(os.environ["KEPT"])
abstract = socket.socket(socket.AF_UNIX)
abstract.bind("\\0" + os.environ["NAME"])
abstract.listen()
end, alive = os.pipe()
child = os.fork()
if not child:
    os.close(alive)
    os.read(end, 1)
    os._exit(0)
abi = confine.landlock(tcp="tcp" in sys.argv)
found = {
    "abi": abi,
    "read host": outcome(lambda: open(os.environ["KEPT"])),
    "list root": outcome(lambda: os.listdir("/")),
    "read usr": outcome(lambda: os.listdir("/usr")),
    "write usr": outcome(lambda: open("/usr/codex32-landlock", "w")),
    "open descriptor": outcome(lambda: before.read()),
    "make in tmp": outcome(lambda: tempfile.TemporaryFile(dir="/tmp")),
    "null": outcome(device),
    "bind": outcome(bind),
    "connect": outcome(lambda: connect(socket.AF_INET, ("127.0.0.1", 9))),
    "signal before": outcome(lambda: os.kill(child, 0)),
    "signal parent": outcome(lambda: os.kill(os.getppid(), 0)),
    "abstract": outcome(lambda: connect(socket.AF_UNIX, "\\0" + os.environ["NAME"])),
}
print(json.dumps(found))
"""


def tried(*arguments: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(
        dir="/var/tmp"
    ) as folder:  # where the sandbox has nothing; /tmp is its own
        kept = Path(folder, "kept")
        kept.write_text("secret")
        environment = {
            "GUEST": str(Path(confine.__file__).parent),
            "KEPT": str(kept),
            "NAME": f"codex32-landlock-{kept.parent.name}",
            "LD_LIBRARY_PATH": os.environ.get("LD_LIBRARY_PATH", ""),
        }
        ended = subprocess.run(
            [sys.executable, "-S", "-c", TRIES, *arguments],
            env=environment, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


@offered
def test_what_it_forbids() -> None:
    found = tried()
    assert found.pop("abi") == ABI
    expected = {
        **{"read host": "EACCES", "list root": "EACCES", "write usr": "EACCES"},
        **{"read usr": "done", "open descriptor": "done", "make in tmp": "done", "null": "done"},
    }
    if ABI >= 4:
        expected |= {"bind": "EACCES", "connect": "EACCES"}
    if ABI >= 6:
        expected |= {"signal before": "EPERM", "signal parent": "EPERM", "abstract": "EPERM"}
    assert {name: found[name] for name in expected} == expected


@offered
def test_ports_are_left_to_the_namespace_where_there_is_a_network() -> None:
    found = tried("tcp")
    assert (found["bind"], found["connect"]) == ("done", "ECONNREFUSED")
    assert found["read host"] == "EACCES"


@pytest.mark.parametrize(
    ("abi", "named", "missing"),
    [
        (7, "signals and abstract sockets", "nothing"),
        (5, "device ioctl", "abstract sockets"),
        (3, "truncation", "TCP"),
        (1, "files", "renames"),
    ],
)
def test_what_this_kernel_has_is_said(
    monkeypatch: pytest.MonkeyPatch, abi: int, named: str, missing: str
) -> None:
    monkeypatch.setattr(confine, "landlock_abi", lambda: abi)
    report = landlock.explain()
    assert named in report.detail
    assert missing not in report.detail
    assert (report.ok, report.required) == (abi >= landlock.FULL_ABI, False)
    assert report.ok == (report.remedy is None)


def test_a_kernel_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confine, "landlock_abi", lambda: 0)
    assert confine.landlock() == 0
    report = landlock.explain()
    assert (report.ok, report.required, report.detail) == (False, False, "not offered by this kernel")
    assert "lsm=" in (report.remedy or "")
