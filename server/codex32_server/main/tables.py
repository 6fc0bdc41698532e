"""Every module that maps a table. A process that writes any of them needs all of them: foreign keys name
tables of features that it does not import otherwise.
"""

from __future__ import annotations

from codex32_server.features.access import models as _access
from codex32_server.features.bots import models as _bots
from codex32_server.features.builder import models as _builder
from codex32_server.features.events import models as _events
from codex32_server.features.knowledge import models as _knowledge
from codex32_server.features.models import models as _models
from codex32_server.features.proposals import models as _proposals
from codex32_server.features.runs import models as _runs
from codex32_server.features.runs import rollup_models as _rollups
from codex32_server.features.secrets import models as _secrets
from codex32_server.features.services import models as _services
from codex32_server.features.triggers import models as _triggers
from codex32_server.features.usage import models as _usage
from codex32_server.features.workspaces import models as _workspaces
from codex32_server.queue import tables as _queue
from codex32_server.queue import wait_tables as _waits
from codex32_server.storage import models as _storage
from codex32_server.storage.base import Base

MAPPED = (
    _access,
    _bots,
    _builder,
    _events,
    _knowledge,
    _models,
    _proposals,
    _runs,
    _rollups,
    _secrets,
    _services,
    _triggers,
    _usage,
    _workspaces,
    _queue,
    _waits,
    _storage,
)
METADATA = Base.metadata
"""Complete, because everything above was imported."""
