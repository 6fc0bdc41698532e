"""Every check, in the order in which a reader wants to hear of them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from codex32_server.features.builder.checks import package
from codex32_server.features.builder.contract import Thinking
from codex32_server.features.builder.documents import Checked
from codex32_server.kit.manifest.limits import Ceilings


@dataclass(frozen=True)
class StaticChecks:
    """The `Check` of the product."""

    ceilings: Ceilings

    async def __call__(self, files: Mapping[str, str], thinking: Thinking) -> Checked:
        await thinking.tell("looking at the files")
        found = await asyncio.to_thread(package.check, files, self.ceilings)
        return Checked(findings=found)
