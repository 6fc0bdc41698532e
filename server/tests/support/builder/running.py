"""Builds bots and runs their tests in a process of their own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from codex32_server.features.builder.recipes.compose import compose
from codex32_server.features.builder.recipes.model import BuiltBot, Understanding
from codex32_server.features.builder.recipes.understand import understand

HIDDEN = """
from bot import main
from codex32_bot.testing import workbench


def run(**given):
    inputs = {name.replace("__", "."): text for name, text in given.items() if "__" in name}
    rest = {name: value for name, value in given.items() if "__" not in name}
    with workbench(inputs=inputs) as bench:
        return main(**rest), bench


def test_hidden():
"""
"""What stands before each hidden test: `run(**input_files)` calls main on a workbench of its own."""


def built(sentence: str) -> BuiltBot:
    meaning = understand(sentence, zone="Europe/Madrid", assume_defaults=True)
    assert isinstance(meaning, Understanding), meaning
    bot = compose(meaning)
    assert isinstance(bot, BuiltBot), bot
    return bot


def written(bot: BuiltBot, folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    for path, text in bot.files.items():
        (folder / path).write_text(text, encoding="utf-8")
    return folder


def pytest_in(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    plain = [f"-pno:{name}" for name in ("cacheprovider", "asyncio", "xdist", "hypothesispytest", "timeout")]
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-c",
        "/dev/null",
        "--rootdir",
        str(folder),
        *plain,
        *arguments,
    ]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)


def together(bots: dict[str, BuiltBot], folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The own tests of many bots in one process: each bot is a module of another name."""
    for name, bot in bots.items():
        (folder / f"bot_{name}.py").write_text(bot.files["bot.py"], encoding="utf-8")
        tests = bot.files["test_bot.py"].replace("from bot import", f"from bot_{name} import")
        (folder / f"test_{name}.py").write_text(tests, encoding="utf-8")
    return pytest_in(folder, *arguments)
