"""Everything that can be wrong with a bot before it runs. An error lists all problems, with places."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import FieldProblem, InvalidInputError


class BotFileError(InvalidInputError):
    """Base of this room: `fields` name the places, `detail` is one sentence built from the first of them."""

    code = "bot_invalid"
    title = "The bot is not valid"
    next_step = "Correct the named place and deploy again."


class ManifestError(BotFileError):
    """The PEP 723 header or its [tool.codex32] table is missing or wrong."""

    code = "manifest_invalid"
    title = "The manifest is not valid"
    next_step = "Correct the named keys; docs/guides/bots.md lists every key with an example."


class SourceError(BotFileError):
    """A source file is not UTF-8, contains NUL or does not parse as Python."""

    code = "source_invalid"
    title = "The source cannot be read as Python"
    next_step = "Open the file at the named line, correct it and deploy again."


class MainMissingError(BotFileError):
    """The entry file defines no function `main` at its top level."""

    code = "main_missing"
    title = "The bot has no main"
    next_step = "Define `def main(...)` at the top level of the entry file; its parameters become the input."


class SignatureError(BotFileError):
    """`main` takes something that a JSON object of keyword arguments cannot give."""

    code = "signature_unsupported"
    title = "The signature of main is not supported"
    next_step = "Give `main` named parameters with types that JSON can carry."


class PackageError(BotFileError):
    """The set of files is not a bot: names, entry or kinds of files."""

    code = "package_invalid"
    title = "The files do not make a bot"
    next_step = "Rename, add or remove the named files and deploy again."


class PackageTooLargeError(BotFileError):
    """More bytes or more files than a bot may have."""

    code = "package_too_large"
    status = 413
    title = "The bot is too large"
    next_step = "Keep data out of the bot: give it with the run as input files."


def describe(problems: Sequence[FieldProblem], path: str | None = None) -> str:
    """One sentence for people from a list of problems: the first one with its place, and how many follow."""
    first = problems[0]
    place = ", ".join(
        part
        for part in (
            path,
            f"line {first.line}" if first.line else None,
            f"column {first.column}" if first.line and first.column else None,
        )
        if part
    )
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return f"{place}: {first.detail}{more}" if place else f"{first.detail}{more}"
