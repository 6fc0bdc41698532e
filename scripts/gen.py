"""Writes the files that are made from code: reference pages, the OpenAPI document, the web page's types.

With `--check` they are made in a temporary folder and compared; a difference is an error.
"""

from __future__ import annotations

import difflib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from codex32_sdk.cli.reference import reference
from codex32_server.kit.manifest.published import manifest_schema
from codex32_server.main.openapi import openapi_document
from codex32_server.settings.describing import settings_markdown
from codex32_server.telemetry.metrics import metrics_markdown

ROOT = Path(__file__).parents[1]
_TYPES = "web/src/api/schema.gen.ts"
_OPENAPI = "docs/reference/openapi.json"


def main(arguments: list[str]) -> int:
    made = {path: make() for path, make in _generators().items()}
    if types := _web_types(made[_OPENAPI]):
        made[_TYPES] = types
    if "--check" not in arguments:
        for path, text in made.items():
            (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / path).write_text(text)
        return 0
    stale = [path for path, text in made.items() if not _same(path, text)]
    if stale:
        sys.stdout.write("Next: run `make gen` and commit what it wrote.\n")
    return 1 if stale else 0


def _generators() -> dict[str, Callable[[], str]]:
    return {
        "docs/reference/cli.md": reference,
        "docs/reference/settings.md": settings_markdown,
        "docs/reference/metrics.md": metrics_markdown,
        "docs/reference/manifest.schema.json": lambda: json.dumps(manifest_schema(), indent=2) + "\n",
        _OPENAPI: lambda: json.dumps(openapi_document(), indent=1, sort_keys=True) + "\n",
    }


def _web_types(openapi: str) -> str | None:
    """None where the web page's tools are not installed."""
    program = ROOT / "web/node_modules/.bin/openapi-typescript"
    if not program.exists() or shutil.which("node") is None:
        sys.stderr.write("The web page's types are left as they are: its tools are not installed.\n")
        return None
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "openapi.json"), Path(folder, "schema.gen.ts")
        source.write_text(openapi)
        subprocess.run([program, source, "-o", target], cwd=ROOT / "web", check=True, capture_output=True)
        return target.read_text()


def _same(path: str, text: str) -> bool:
    file = ROOT / path
    present = file.read_text() if file.exists() else ""
    difference = list(
        difflib.unified_diff(present.splitlines(), text.splitlines(), path, "made now", lineterm="")
    )
    sys.stdout.write("\n".join(difference[:40]) + "\n" if difference else "")
    return present == text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
