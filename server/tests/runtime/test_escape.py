"""Attempts to get out, as a stranger's bot would try them. The canary's own are in test_canary.py."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path
from typing import Any

import pytest
from codex32_server.runtime.contract import End, Limits

pytestmark = pytest.mark.sandbox


async def refused(bench: Any, body: str) -> str:
    """Run statements that must raise OSError; gives what the kernel said."""
    lines = "\n".join(f"        {line}" for line in body.splitlines())
    source = (
        f"import ctypes, os, socket\ndef main():\n    try:\n{lines}\n"
        f"    except OSError as error:\n        return str(error)\n    return 'ESCAPED'"
    )
    outcome = await bench.run(source)
    assert outcome.end is End.SUCCEEDED, outcome.error
    return json.loads(outcome.output)


@pytest.mark.parametrize(
    "body",
    [
        "os.listdir('/')",
        "open('/etc/shadow')",
        "os.listdir('/root')",
        "open('/proc/1/mem', 'rb')",
        "open('/proc/1/environ', 'rb').read(1)",
        "os.listdir('/proc/1/fd')",
        "open('/proc/1/root/etc/passwd')",
        "open('/proc/sysrq-trigger', 'w')",
        "open('/proc/self/oom_score_adj', 'w').write('-1000')",
        "open('/dev/kmsg')",
        "os.chmod('/opt/codex32/python/bin/python3', 0o777)",
        "open('/bot/bot.py', 'a')",
        "os.mkdir('/x')",
        "os.mknod('/tmp/disk', 0o60600, os.makedev(8, 0))",
        "os.setuid(0)",
        "os.chroot('/tmp')",
        "os.kill(1, 9)",
        "os.splice(0, 1, 1)",
        "socket.create_connection(('1.1.1.1', 53), 1)",
        "socket.create_connection(('127.0.0.1', 5432), 1)",
        "socket.create_connection(('169.254.169.254', 80), 1)",
        "socket.socket(38, socket.SOCK_SEQPACKET)",
        "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
        "socket.socket(socket.AF_PACKET, socket.SOCK_RAW)",
        "socket.socket(40, socket.SOCK_STREAM)",
        "socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)",
        "socket.socket().bind(('127.0.0.1', 8080))",
    ],
)
async def test_the_kernel_refuses(bench: Any, body: str) -> None:
    assert await refused(bench, body) != "ESCAPED"


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("unshare", "0x10000000"), ("unshare", "0x00020000"), ("setns", "0, 0"),
        ("mount", "0, b'/tmp', b'tmpfs', 0, 0"),
        ("umount2", "b'/proc', 2"), ("pivot_root", "b'/', b'/tmp'"), ("ptrace", "16, 1, 0, 0"),
        ("syscall", "310, 1, 0, 0, 0, 0, 0"),
        ("syscall", "425, 8, 0"), ("syscall", "323, 0"), ("syscall", "321, 0, 0, 0"),
        ("syscall", "298, 0, 0, 0, 0, 0"),
        ("syscall", "250, 0, 0"), ("syscall", "246, 0, 0, 0, 0"), ("syscall", "435, 0, 0"),
        ("syscall", "428, 0, 0, 0"),
        ("prctl", "22, 2, 0"), ("personality", "0x0008"), ("syscall", "56, 0x10000011, 0, 0, 0, 0"),
    ],
)  # fmt: skip
async def test_system_calls_that_are_not_allowed(bench: Any, name: str, arguments: str) -> None:
    body = (
        f"libc = ctypes.CDLL(None, use_errno=True)\n"
        f"if libc.{name}({arguments}) == -1: raise OSError(ctypes.get_errno(), 'refused')"
    )
    answer = await refused(bench, body)
    assert answer.startswith(("[Errno 1]", "[Errno 38]")), answer


async def test_foreign_system_call_numbers_kill(bench: Any) -> None:
    outcome = await bench.run("import ctypes\ndef main(): ctypes.CDLL(None).syscall(0x40000000 + 39)")
    assert (outcome.error.code, "SIGSYS" in outcome.error.detail) == ("killed_by_signal", True)


async def test_it_sees_only_itself(bench: Any) -> None:
    source = """
import os
def main():
    return {
        "pids": sorted(int(n) for n in os.listdir("/proc") if n.isdigit()),
        "uid": os.getuid(),
        "host": os.uname().nodename,
        "environment": sorted(os.environ),
        "interfaces": [line.split(":")[0].strip() for line in open("/proc/net/dev").readlines()[2:]],
    }
"""
    seen = json.loads((await bench.run(source)).output)
    assert seen["pids"] == [1, 2]
    assert (seen["uid"], seen["host"], seen["interfaces"]) == (1000, "codex32", ["lo"])
    assert seen["environment"] == ["HOME", "LANG", "LD_LIBRARY_PATH", "PATH", "PWD", "TMPDIR", "TZ", "USER"]


async def test_arguments_of_the_launcher_are_not_shown(bench: Any) -> None:
    outcome = await bench.run(
        "def main(): print(open('/proc/1/cmdline').read(), open('/proc/self/cmdline').read())"
    )
    seen = " ".join(bench.lines.texts("stdout"))
    assert outcome.end is End.SUCCEEDED or "Permission denied" in outcome.error.detail, outcome.error
    assert "bwrap" not in seen
    assert "--ro-bind" not in seen


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give each run a uid of its own")
async def test_each_run_has_a_uid_of_its_own_outside(bench: Any) -> None:
    async def note() -> None:
        for path in Path("/proc").glob("[0-9]*/status"):
            text = path.read_text()
            if (
                "NSpid" in text
                and "\t1\n" in text.split("NSpid:")[1].split("Kthread")[0]
                and str(os.getpid()) not in path.parts
            ):
                owners.add(text.split("Uid:\t")[1].split("\t")[0])

    owners: set[str] = set()
    async with bench.running("import time\ndef main(): time.sleep(0.2)", note):
        pass
    assert any(int(owner) >= 61_184 for owner in owners), owners


@pytest.mark.parametrize(
    "forged",
    [
        "b'garbage'",
        "(0xFFFFFFFF).to_bytes(4, 'big')",
        "(5).to_bytes(4, 'big') + b'hello'",
        "(12).to_bytes(4, 'big') + b'{\"v\": 1}\\nabc'",
        '(25).to_bytes(4, \'big\') + b\'{"v":1,"kind":"command"}\\n\'',
    ],
)
async def test_forged_frames_end_the_run_and_nothing_else(bench: Any, forged: str) -> None:
    source = f"""
import os, stat, time
def main():
    for fd in range(3, 1024):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode): os.write(fd, {forged})
        except OSError: pass
    os._exit(0)
"""
    outcome = await bench.run(source, limits=Limits(timeout=10))
    assert (outcome.end, outcome.error.code) == (End.FAILED, "protocol_error")
    assert (await bench.run("def main(): return 1")).output == b"1"


@pytest.mark.parametrize(
    ("document", "code"),
    [("b'{\"a\": NaN}'", "output_not_json"), ("b'[' * 90_000 + b']' * 90_000", "output_too_deep"),
     ("b'no'", "output_not_json"),
     ("b'1' * 2_000_000", "output_too_large"), ("b'\"' + b'x' * 9_000_000 + b'\"'", "protocol_error")],
)  # fmt: skip
async def test_a_forged_result_is_checked_like_any_other(bench: Any, document: str, code: str) -> None:
    source = f"""
import os, stat
def main():
    frame = b'{{"v":1,"kind":"result"}}\\n' + {document}
    for fd in range(3, 1024):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                view = memoryview(len(frame).to_bytes(4, "big") + frame)
                while view: view = view[os.write(fd, view):]
        except OSError: pass
    os._exit(0)
"""
    outcome = await bench.run(source)
    assert (outcome.end, outcome.error.code) == (End.FAILED, code)


async def test_a_bot_cannot_claim_the_platforms_own_reasons(bench: Any) -> None:
    source = """
import os, stat
def main():
    frame = b'{"v":1,"kind":"error","code":"worker_lost","detail":"x"}\\n'
    for fd in range(3, 1024):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode): os.write(fd, len(frame).to_bytes(4, "big") + frame)
        except OSError: pass
    os._exit(0)
"""
    assert (await bench.run(source)).error.code == "bot_error"


async def test_abstract_sockets_of_the_host_are_out_of_reach(bench: Any) -> None:
    name = f"codex32-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(f"\0{name}")
        server.listen()
        assert await refused(bench, f"socket.socket(socket.AF_UNIX).connect('\\0{name}')") != "ESCAPED"


async def test_a_torn_frame_is_only_the_end_of_a_bot(bench: Any) -> None:
    source = """
import os, stat
def main():
    for fd in range(3, 1024):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode): os.write(fd, (30).to_bytes(4, "big") + b'{"v":1')
        except OSError: pass
    os._exit(5)
"""
    assert (await bench.run(source)).error.code == "exit_code"
