"""The runtime folder is made once, whoever asks and however often."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from codex32_server.runtime import files
from codex32_server.runtime.errors import SandboxUnavailableError
from codex32_server.runtime.files import RuntimeFiles

pytestmark = pytest.mark.sandbox


def test_what_is_in_it(runtime_files: RuntimeFiles) -> None:
    for path in (runtime_files.bwrap, runtime_files.uv, runtime_files.python):
        assert os.access(path, os.X_OK), path
    inside = runtime_files.inside
    assert (inside / "guest" / "codex32_guest" / "init.py").is_file()
    assert (inside / "guest" / "codex32_bot" / "state.py").is_file()
    assert (inside / "proof" / "pytest" / "__init__.py").is_file()
    assert not list(inside.glob("python/lib/python3*/site-packages/*"))
    assert list(inside.glob("python/lib/python3*/__pycache__/json*")) or list(
        inside.glob("python/lib/python3*/json/__pycache__/*.pyc")
    )


def test_everybody_may_read_and_nobody_else_may_write(runtime_files: RuntimeFiles) -> None:
    for path in runtime_files.root.rglob("*"):
        if not path.is_symlink():
            mode = path.stat().st_mode
            assert mode & 0o444 == 0o444, path
            assert not mode & 0o022, path


def test_the_second_time_is_fast(shared: Path, runtime_files: RuntimeFiles) -> None:
    began = time.monotonic()
    assert files.prepare(shared) == runtime_files
    assert time.monotonic() - began < 0.5


@pytest.mark.slow
def test_several_processes_at_once_make_one(tmp_path: Path) -> None:
    code = (
        "from pathlib import Path; from codex32_server.runtime import files; "
        f"print(files.prepare(Path({str(tmp_path)!r})).root)"
    )
    started = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) for _ in range(3)]
    roots = {process.communicate()[0] for process in started}
    assert len(roots) == 1
    assert [process.returncode for process in started] == [0, 0, 0]
    made = [path.name for path in (tmp_path / "runtime").iterdir() if path.is_dir()]
    assert made == [Path(roots.pop().decode().strip()).name]


def test_a_standard_library_with_links_is_copied_without_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Debian's is: links beside each other, one to /etc, and both names of it are the same folder."""
    library = tmp_path / "python3.11"
    library.mkdir()
    (library / "real.py").write_text("x = 1")
    (library / "linked.py").symlink_to("real.py")
    (library / "absolute.py").symlink_to(library / "real.py")
    (library / "dangling.py").symlink_to("/nonexistent/there.py")
    (library / "sitecustomize.py").symlink_to("/etc/hostname")
    monkeypatch.setattr("sysconfig.get_path", lambda *_, **__: str(library))
    target = RuntimeFiles(tmp_path / "made")
    files._copy_interpreter(target)
    copied = target.inside / "python" / "lib" / "python3.11"
    assert {path.name for path in copied.iterdir()} == {"real.py", "linked.py", "absolute.py"}
    assert not any(path.is_symlink() for path in copied.iterdir())


def test_a_folder_that_cannot_be_made_is_one_sentence_with_a_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise shutil.Error([("/usr/lib/a.py", "/b/a.py", "no space left"), ("c", "d", "e")])

    monkeypatch.setattr("shutil.copytree", refuse)
    with pytest.raises(SandboxUnavailableError, match="no space left") as refused:
        files.prepare(tmp_path)
    assert "c" not in refused.value.detail.partition("no space left")[2]
    assert "Free space" in refused.value.advice


def test_a_folder_that_others_may_write_is_refused(tmp_path: Path) -> None:
    (tmp_path / "runtime").mkdir()
    (tmp_path / "runtime").chmod(0o777)
    with pytest.raises(SandboxUnavailableError, match="writable by others"):
        files.prepare(tmp_path)
