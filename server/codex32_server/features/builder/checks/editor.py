"""Files as they stand in an editor: everything that can be said of them while they are being written.

Nothing is stored and nothing of the bot is run. It reads what deploying reads, adds the checks of the builder
that look at syntax trees, and asks ruff in a child of its own with little time. Types are left to the
builder: they take longer than a keystroke.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

from codex32_server.features.builder.checks import hosts, imports, leaks, lint, size, trials
from codex32_server.features.builder.checks.editor_schemas import CheckedView, Diagnostic
from codex32_server.features.builder.checks.sources import bot_of
from codex32_server.features.builder.checks.tools import ToolFailedError, folder_of
from codex32_server.features.builder.documents import Severity, Told
from codex32_server.features.builder.explaining.facts import explanation_of
from codex32_server.kit.errors import FieldProblem
from codex32_server.kit.manifest.errors import BotFileError
from codex32_server.kit.manifest.filenames import name_problems
from codex32_server.kit.manifest.limits import Ceilings
from codex32_server.kit.manifest.package import BotPackage, package_from_files

MOST_CHARACTERS: Final = 1024 * 1024
_READ = (imports.check, hosts.check, leaks.check, trials.check, size.check)
_LINT_SECONDS: Final = 3.0
_AT_ONCE: Final = 2
"""Children of one API process; who comes later has no lint, which is told again at the next keystroke."""
_WAIT_SECONDS: Final = 0.5
_ONLY_WARNS: Final = frozenset({"tests-missing"})
"""A bot without tests is deployed, and runs in `dev`."""
_ORDER: Final[tuple[Severity, ...]] = ("error", "warning", "note")


class EditorChecks:
    """`ceilings` are the most that a manifest may ask for."""

    def __init__(self, ceilings: Ceilings) -> None:
        self._ceilings = ceilings
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def check(self, files: Mapping[str, str]) -> CheckedView:
        """Diagnostics, and what the bot is as far as it is sound."""
        contents = {path: text.encode() for path, text in files.items()}
        (package, found), linted = await asyncio.gather(
            asyncio.to_thread(self._read, files, contents), self._lint(files)
        )
        skipped = [linted] if isinstance(linted, str) else []
        if not isinstance(linted, str):
            found = _once([*found, *linted])
        found.sort(key=lambda one: (_ORDER.index(one.severity), one.file, one.line, one.column))
        return await asyncio.to_thread(_view, files, package, found, skipped)

    def _read(
        self, files: Mapping[str, str], contents: Mapping[str, bytes]
    ) -> tuple[BotPackage | None, list[Diagnostic]]:
        try:
            package = package_from_files(contents, ceilings=self._ceilings)
        except BotFileError as error:
            problems = error.fields or (FieldProblem("", error.detail),)
            return None, [_of_problem(files, error.code, one) for one in problems]
        bot = bot_of(package, files)
        return package, [_of_told(files, one) for check in _READ for one in check(bot)]

    async def _lint(self, files: Mapping[str, str]) -> list[Diagnostic] | str:
        """What ruff says, or why it was not asked."""
        if list(name_problems(set(files))):
            return "lint: the names of the files are not sound."
        try:
            async with asyncio.timeout(_WAIT_SECONDS):
                await self._turns.acquire()
        except TimeoutError:
            return "lint: others are being checked."
        try:
            async with folder_of(files) as folder:
                return [_of_linted(one) for one in await lint.places(folder, _LINT_SECONDS)]
        except (ToolFailedError, FileNotFoundError) as error:
            return f"lint: {error}"
        finally:
            self._turns.release()


def _view(
    files: Mapping[str, str], package: BotPackage | None, found: list[Diagnostic], skipped: list[str]
) -> CheckedView:
    return CheckedView(
        deployable=package is not None,
        diagnostics=found,
        skipped=skipped,
        manifest=None if package is None else package.manifest.model_dump(mode="json"),
        input_schema=None if package is None else dict(package.input_schema),
        dependencies=[] if package is None else list(package.dependencies),
        tests=[] if package is None else list(package.tests),
        explanation=None if package is None else explanation_of(files),
    )


def _of_problem(files: Mapping[str, str], code: str, problem: FieldProblem) -> Diagnostic:
    """A problem of deploying. Problems of the manifest name its key; the header is in the one file named."""
    path = problem.field.removeprefix("files.")
    name = path if path in files else _home(files)
    return _at(files, name, problem.line or 0, problem.column, "error", code, problem.detail)


def _home(files: Mapping[str, str]) -> str:
    """Where the header is, as far as that can be guessed of files that are not a bot."""
    if "bot.py" in files:
        return "bot.py"
    headed = [path for path, text in files.items() if path.endswith(".py") and "# /// script" in text]
    return headed[0] if headed else next(iter(files), "")


def _of_told(files: Mapping[str, str], told: Told) -> Diagnostic:
    severity: Severity = "warning" if told.code in _ONLY_WARNS else told.severity
    return _at(files, told.file, told.line, None, severity, told.code, told.message)


def _of_linted(linted: lint.Linted) -> Diagnostic:
    told = linted.told
    return Diagnostic(
        file=told.file,
        line=told.line,
        column=linted.column,
        end_line=linted.end_line,
        end_column=linted.end_column,
        severity=told.severity,
        code=told.code,
        message=told.message,
    )


def _at(
    files: Mapping[str, str],
    path: str,
    line: int,
    column: int | None,
    severity: Severity,
    code: str,
    message: str,
) -> Diagnostic:
    """To the end of the line, from its first letter if no column is known. Line 0: the file as a whole."""
    lines = files.get(path, "").split("\n")
    text = lines[line - 1].rstrip("\r") if 0 < line <= len(lines) else ""
    begin = column or len(text) - len(text.lstrip()) + 1
    return Diagnostic(
        file=path,
        line=line,
        column=begin,
        end_line=line,
        end_column=max(len(text) + 1, begin),
        severity=severity,
        code=code,
        message=message,
    )


def _once(found: Sequence[Diagnostic]) -> list[Diagnostic]:
    """What does not parse is told by whoever reads the bot; ruff would say it again in other words."""
    broken = any(one.code == "source_invalid" for one in found)
    return [one for one in found if not (broken and one.code == "lint" and "invalid-syntax" in one.message)]
