"""The attacker: runs in the sandbox as a bot, tries one attack after the other, tells what became of each.

Each attack is a text of statements that runs in a forked process of its own, so that one that kills itself
does not hide the next. Standard library only; never imported by a test.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import select
import signal
import sys
import time
from collections.abc import Callable

PATIENCE = 20.0
"""Seconds for one attack: enough on a machine that has much else to do, because one that hangs counts as held
by nothing."""

LONGEST_DETAIL = 2000
"""Characters: a machine may have many processes and mounts to name, and a pipe takes 64 KiB at once."""

LIBC = ctypes.CDLL(None, use_errno=True)


class Contained(Exception):
    """Raised by an attack that the kernel let happen, but only to itself."""


def main(attacks: dict[str, str], numbers: dict[str, int]) -> dict[str, list[str]]:
    """Attack → [verdict, detail]; verdicts are denied, contained, died, hung, escaped and broken."""
    return {name: attempt(code, numbers) for name, code in attacks.items()}


def attempt(code: str, numbers: dict[str, int]) -> list[str]:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os.setpgid(0, 0)
        verdict, detail = played(code, numbers)
        os.write(writing, json.dumps([verdict, detail[:LONGEST_DETAIL]]).encode())
        os._exit(0)
    os.close(writing)
    told = listened(reading)
    ended, status = os.waitpid(child, os.WNOHANG if told is None else 0)
    if told is None and not ended:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return ["hung", f"{PATIENCE} seconds"]
    if told:
        return json.loads(told)
    return ["died", signal.Signals(os.WTERMSIG(status)).name if os.WIFSIGNALED(status) else str(status)]


def listened(reading: int) -> bytes | None:
    """What the attack told, empty if it died first, None if it said nothing in time."""
    heard, until = b"", time.monotonic() + PATIENCE
    while True:
        if not select.select([reading], [], [], max(0.0, until - time.monotonic()))[0]:
            heard = None
            break
        part = os.read(reading, 8000)
        if not part:
            break
        heard += part
    os.close(reading)
    return heard


def played(code: str, numbers: dict[str, int]) -> list[str]:
    def call(name: str, *arguments: object) -> int:
        """A system call by its name; raises OSError for -1."""
        given = LIBC.syscall(ctypes.c_long(numbers[name]), *map(_word, arguments))
        if given == -1:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        return given

    def contained(why: str) -> None:
        raise Contained(why)

    known = {
        "call": call,
        "contained": contained,
        "search": search,
        "put": put,
        "libc": LIBC,
        "ctypes": ctypes,
        "os": os,
    }
    try:
        exec(code, known)
    except Contained as limits:
        return ["contained", str(limits)]
    except OSError as error:
        return ["denied", errno.errorcode.get(error.errno or 0, type(error).__name__)]
    except MemoryError:
        return ["denied", "ENOMEM"]
    except BaseException as error:
        return ["broken", f"{type(error).__name__}: {error}"]
    return ["escaped", "it was allowed"]


def put(path: str, text: str) -> None:
    """Write to a file of the kernel and hear at once what it says."""
    place = os.open(path, os.O_WRONLY)
    try:
        os.write(place, text.encode())
    finally:
        os.close(place)


def search(test: Callable[[str, os.stat_result], bool]) -> list[str]:
    """Every reachable path for which `test` is true. The root cannot be listed, but mounts are known."""
    mounts = {line.split()[4] for line in open("/proc/self/mountinfo")}
    tops = {"/", "/lib", "/lib64", "/usr", "/opt", "/etc", "/dev"} | mounts
    seen: set[str] = set()
    for top in tops - {"/proc"}:
        walked = (
            os.path.join(folder, name)
            for folder, names, files in os.walk(top)
            for name in (*names, *files)
            if not folder.startswith("/proc")
        )
        for path in (top, *walked):
            try:
                if test(path, os.lstat(path)):
                    seen.add(path)
            except OSError:
                continue
    return sorted(seen)


def _word(value: object) -> object:
    """Whole words, so that negative and large numbers arrive as they are meant."""
    return ctypes.c_long(value) if isinstance(value, int) else value


if __name__ == "__main__":  # outside of any sandbox: proves that an attack is one
    given = json.load(sys.stdin)
    print(json.dumps(main(given["attacks"], given["numbers"])))
