"""Whether the files are a bot at all: names, sizes, syntax, the manifest, and a `main` that can be called."""

from __future__ import annotations

from collections.abc import Mapping

from codex32_server.features.builder.checks.sources import told
from codex32_server.features.builder.documents import Told
from codex32_server.kit.manifest.errors import BotFileError, ManifestError, SourceError
from codex32_server.kit.manifest.limits import Ceilings
from codex32_server.kit.manifest.package import BotPackage, package_from_files


def check(files: Mapping[str, str], ceilings: Ceilings) -> BotPackage | list[Told]:
    """The package, or `syntax`, `manifest` or `package`: then nothing else can be said."""
    try:
        contents = {path: text.encode() for path, text in files.items()}
    except UnicodeEncodeError:
        return [told("package", "", 0, "A text holds half a surrogate pair.")]
    try:
        return package_from_files(contents, ceilings=ceilings)
    except BotFileError as error:
        code = _code(error)
        return [
            told(code, field.field.removeprefix("files."), field.line or 0, field.detail)
            for field in error.fields
        ] or [told(code, "", 0, error.detail)]


def _code(error: BotFileError) -> str:
    if isinstance(error, SourceError):
        return "syntax"
    return "manifest" if isinstance(error, ManifestError) else "package"
