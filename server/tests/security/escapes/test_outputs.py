"""What a bot leaves in its output folder to trick whoever collects it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from codex32_server.runtime.contract import MIB, Limits
from support.escapes import Arena

pytestmark = pytest.mark.sandbox

LIMITS = Limits(memory=96 * MIB, timeout=10.0, files=4 * MIB, disk=16 * MIB)


@dataclass(frozen=True)
class Trick:
    """Statements in /output; then which files are kept, or the code of the run's end."""

    name: str
    body: str
    kept: tuple[str, ...] = ()
    code: str = ""

    def __str__(self) -> str:
        return self.name


TRICKS = [
    Trick("link to a file of the host", "os.symlink('/etc/passwd', 'x')"),
    Trick("link to a folder of the host", "os.symlink('/root', 'x')"),
    Trick("link to a descriptor", "os.symlink('/proc/self/fd/3', 'x')"),
    Trick("link to itself", "os.symlink('x', 'x')"),
    Trick("hard link to a file of the bot", "os.link('/bot/bot.py', 'x')", code="bot_error"),
    Trick("hard link to another output", "open('a', 'w').write('1'); os.link('a', 'b')", ("a", "b")),
    Trick("hard links beyond the limit", """
open('a', 'wb').write(bytes(3 << 20))
for n in range(20): os.link('a', f'b{n}')
""", code="files_too_large"),
    Trick("pipe with a name", "os.mkfifo('x')"),
    Trick("socket with a name", "import socket; socket.socket(socket.AF_UNIX).bind('x')"),
    Trick("block device", "os.mknod('x', 0o60600, os.makedev(8, 0))", code="bot_error"),
    Trick("character device", "os.mknod('x', 0o20600, os.makedev(1, 3))", code="bot_error"),
    Trick("sparse file within what is allowed to be written", "os.truncate(os.open('x', 66), 15 << 20)", code="files_too_large"),
    Trick("sparse file that nobody could keep", "os.truncate(os.open('x', 66), 1 << 45)", ("x",), "disk_full"),
    Trick("too many files", "for n in range(300): open(str(n), 'w')", code="files_too_large"),
    Trick("file in a folder", "os.mkdir('d'); open('d/x', 'w').write('1')"),
    Trick("file that climbs", "open('../tmp/x', 'w').write('1')"),
    Trick("name with NUL", "open('a\\0b', 'w')", code="bot_error"),
    Trick("name with a new line", "open('a\\nb', 'w')"),
    Trick("name with a terminal's commands", "open('\\x1b[2J', 'w')"),
    Trick("name of broken bytes", "open(b'\\xff\\xfe', 'w')"),
    Trick("name that turns around", "open('gpj.\\u202eexe', 'w')"),
    Trick("name of spaces and quotes", "open('a \\'b\\' \"c\".txt', 'w')", ("a 'b' \"c\".txt",)),
    Trick("name like an option", "open('--help', 'w')", ("--help",)),
    Trick("name that is hidden", "open('.bashrc', 'w')", (".bashrc",)),
    Trick("name as long as can be", "open('x' * 255, 'w')", ("x" * 255,)),
    Trick("name that climbs when joined", "open('..\\\\..\\\\x', 'w')", ("..\\..\\x",)),
    Trick("file that nobody may read", "os.chmod(os.open('x', 66), 0)", ("x",)),
    Trick("set-uid file", "os.chmod(os.open('x', 66), 0o6777)", ("x",)),
    Trick("folder that nobody may enter", "open('x', 'w'); os.chmod('/output', 0)", ("x",)),
    Trick("folder that is gone", "os.rmdir('/output')", code="bot_error"),
    Trick("folder that is replaced", "os.rename('/output', '/tmp/x')", code="bot_error"),
    Trick("file that goes on growing", """
if os.fork() == 0:
    while True:
        try: open('x', 'a').write('y' * 1000)
        except OSError: pass
time.sleep(0.1)
""", ("x",)),
    Trick("file that changes into a link", """
if os.fork() == 0:
    while True:
        try: open('x', 'w').write('1'); os.unlink('x'); os.symlink('/etc/passwd', 'x'); os.unlink('x')
        except OSError: pass
time.sleep(0.1)
""", ("?",)),
    Trick("file that is leased", "import fcntl; fcntl.fcntl(os.open('x', 66), fcntl.F_SETLEASE, fcntl.F_WRLCK)", ("x",), "bot_error"),
    Trick("file that is locked", "import fcntl; fcntl.lockf(os.open('x', 66), fcntl.LOCK_EX)", ("x",)),
]  # fmt: skip


@pytest.mark.parametrize("trick", TRICKS, ids=str)
async def test_tricks_with_output_files(strict_arena: Arena, trick: Trick) -> None:
    body = "".join(f"    {line}\n" for line in trick.body.strip().splitlines())
    source = f"import os, time\nos.umask(0)\ndef main():\n    os.chdir('/output')\n{body}"
    found = await strict_arena.beside(source, limits=LIMITS)
    outcome = found.outcome
    assert (outcome.error.code if outcome.error else "") == trick.code, outcome.error
    names = tuple(file.name for file in outcome.files)
    assert names == trick.kept or (trick.kept == ("?",) and set(names) <= {"x"})
    assert sum(file.size for file in outcome.files) <= LIMITS.files
    assert all(mode & 0o7000 == 0 for mode in strict_arena.modes)
    assert found.noticed() == []
