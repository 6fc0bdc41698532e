"""The one way into the builder."""

from __future__ import annotations

from codex32_server.features.builder import service
from codex32_server.features.builder.attaching import ScheduleFiles as ScheduleFiles
from codex32_server.features.builder.schemas import BuildRequest as BuildRequest
from codex32_server.features.builder.schemas import BuildResult as BuildResult
from codex32_server.features.builder.schemas import FailedProof as FailedProof
from codex32_server.features.builder.schemas import PublishedVersion as PublishedVersion
from codex32_server.features.builder.schemas import RecipeView as RecipeView
from codex32_server.features.builder.service import Publisher as Publisher
from codex32_server.http.principal import Principal


class BuilderFacade:
    """From a sentence to a proven bot."""

    def __init__(self, publisher: Publisher) -> None:
        self._building = service.Building(publisher)

    async def build(self, principal: Principal, request: BuildRequest) -> BuildResult:
        """Takes as long as the proof of the bot; call it without a transaction.

        Raises UnknownZoneError, NameTakenError (only if a name was asked for), ProofOutstandingError.
        """
        return await self._building.build(principal, request)

    def recipes(self) -> list[RecipeView]:
        """What can be composed."""
        return service.recipes()


def warm() -> None:
    """Get ready for the first wish; takes up to a quarter of a second of one core. Call it in a thread."""
    service.warm()
