"""What can be wrong with a search."""

from __future__ import annotations

from codex32_server.kit.errors import NotFoundError


class GuideNotFoundError(NotFoundError):
    """There is no guide of this name."""

    code = "guide_not_found"
    title = "There is no such guide"
    next_step = "Search for one: codex32 search WORDS --kind guide"
