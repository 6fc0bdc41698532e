"""/bots/check: what an editor shows while somebody writes."""

from __future__ import annotations

from typing import Annotated

from codex32_server.features.builder.checks.editor import MOST_CHARACTERS, EditorChecks
from codex32_server.features.builder.checks.editor_schemas import CheckedView, CheckRequest
from codex32_server.http.edge import DetachedCaller, require_detached
from codex32_server.http.problem import documented
from codex32_server.http.routing import api_router, provided
from codex32_server.kit.errors import FieldProblem
from codex32_server.kit.manifest.errors import PackageTooLargeError

router = api_router("bots", prefix="/bots")


@router.post("/check", responses=documented(PackageTooLargeError))
async def check_bot_files(
    caller: Annotated[DetachedCaller, require_detached("bots:write")],
    checks: Annotated[EditorChecks, provided(EditorChecks)],
    request: CheckRequest,
) -> CheckedView:
    """What is wrong with files, with places, and what bot they are. Stores nothing and runs nothing."""
    del caller
    if (size := sum(map(len, request.files.values()))) > MOST_CHARACTERS:
        detail = f"The files have {size} characters; {MOST_CHARACTERS} are checked."
        raise PackageTooLargeError(detail, fields=[FieldProblem("body.files", detail)])
    return await checks.check(request.files)
