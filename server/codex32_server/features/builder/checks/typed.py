"""Types by ty, which reads the source and runs nothing. Dependencies it does not see."""

from __future__ import annotations

import json
import sys
from typing import Any, Final

from ty import find_ty_bin

from codex32_server.features.builder.checks.tools import Folder, ToolFailedError
from codex32_server.features.builder.documents import Told
from codex32_server.kit.manifest.package import is_test

_NOT_ITS_MATTER: Final = frozenset({"import-not-found", "unresolved-import"})
"""What may be imported is what the manifest says: `checks.imports`."""
_MOST: Final = 100


async def check(folder: Folder) -> list[Told]:
    """`type`; in tests it only warns. Raises ToolFailedError."""
    printed = await folder.run(
        *(find_ty_bin(), "check", "--project", str(folder.path), "--python", sys.prefix),
        *("--python-version", "3.11", "--output-format", "gitlab", *folder.files),
        TY_MAX_PARALLELISM="1",
    )
    try:
        found: list[dict[str, Any]] = json.loads(printed or b"[]")
    except ValueError:
        raise ToolFailedError("ty did not answer in JSON.") from None
    return [_told(one) for one in found[:_MOST] if one.get("check_name") not in _NOT_ITS_MATTER]


def _told(found: dict[str, Any]) -> Told:
    place: Any = found.get("location") or {}
    path = str(place.get("path", ""))
    rule = str(found.get("check_name", ""))
    blames = found.get("severity") in ("major", "critical", "blocker") and not is_test(path)
    return Told(
        stage="checks",
        code="syntax" if rule == "invalid-syntax" else "type",
        file=path,
        line=int(place.get("positions", {}).get("begin", {}).get("line", 0)),
        message=f"{str(found.get('description', '')).removeprefix(f'{rule}: ')} ({rule})",
        severity="error" if blames else "warning",
    )
