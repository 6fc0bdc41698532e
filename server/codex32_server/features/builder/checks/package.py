"""Whether the files are a bot at all: names, sizes, syntax, the manifest, and a `main` that can be called."""

from __future__ import annotations

from collections.abc import Mapping

from codex32_server.features.builder.documents import Told
from codex32_server.kit.manifest.errors import BotFileError, ManifestError, SourceError
from codex32_server.kit.manifest.limits import Ceilings
from codex32_server.kit.manifest.package import package_from_files


def check(files: Mapping[str, str], ceilings: Ceilings) -> list[Told]:
    """`syntax`, `manifest` or `package`; where there is one, nothing else can be said."""
    try:
        contents = {path: text.encode() for path, text in files.items()}
    except UnicodeEncodeError:
        return [Told(stage="checks", code="package", message="A text holds half a surrogate pair.")]
    try:
        package_from_files(contents, ceilings=ceilings)
    except BotFileError as error:
        code = _code(error)
        return [
            Told(
                stage="checks",
                code=code,
                file=field.field.removeprefix("files."),
                line=field.line or 0,
                message=field.detail,
            )
            for field in error.fields
        ] or [Told(stage="checks", code=code, message=error.detail)]
    return []


def _code(error: BotFileError) -> str:
    if isinstance(error, SourceError):
        return "syntax"
    return "manifest" if isinstance(error, ManifestError) else "package"
