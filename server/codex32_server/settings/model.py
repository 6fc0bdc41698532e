"""Every setting of the server, by area (`groups`). Nothing is read here."""

from __future__ import annotations

from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, PrivateAttr

from codex32_server.settings.declaring import PREFIX as PREFIX
from codex32_server.settings.declaring import Group as Group
from codex32_server.settings.declaring import Source as Source
from codex32_server.settings.declaring import Variable as Variable
from codex32_server.settings.declaring import setting as setting
from codex32_server.settings.groups.access import AccessSettings as AccessSettings
from codex32_server.settings.groups.builder import BuilderSettings as BuilderSettings
from codex32_server.settings.groups.database import DatabaseSettings as DatabaseSettings
from codex32_server.settings.groups.dependencies import DependencySettings as DependencySettings
from codex32_server.settings.groups.egress import EgressSettings as EgressSettings
from codex32_server.settings.groups.gateway import GatewaySettings as GatewaySettings
from codex32_server.settings.groups.keys import KeySettings as KeySettings
from codex32_server.settings.groups.knowledge import KnowledgeSettings as KnowledgeSettings
from codex32_server.settings.groups.llm import LlmSettings as LlmSettings
from codex32_server.settings.groups.local_model import LocalModelSettings as LocalModelSettings
from codex32_server.settings.groups.log import LogSettings as LogSettings
from codex32_server.settings.groups.runs import RunSettings as RunSettings
from codex32_server.settings.groups.scheduler import SchedulerSettings as SchedulerSettings
from codex32_server.settings.groups.server import ServerSettings as ServerSettings
from codex32_server.settings.groups.traces import TraceSettings as TraceSettings
from codex32_server.settings.groups.worker import WorkerSettings as WorkerSettings
from codex32_server.settings.groups.zygote import ZygoteSettings as ZygoteSettings


class Settings(BaseModel):
    """All settings, validated and immutable."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    server: ServerSettings = ServerSettings()
    database: DatabaseSettings = DatabaseSettings()
    worker: WorkerSettings = WorkerSettings()
    zygote: ZygoteSettings = ZygoteSettings()
    scheduler: SchedulerSettings = SchedulerSettings()
    runs: RunSettings = RunSettings()
    dependencies: DependencySettings = DependencySettings()
    egress: EgressSettings = EgressSettings()
    knowledge: KnowledgeSettings = KnowledgeSettings()
    access: AccessSettings = AccessSettings()
    builder: BuilderSettings = BuilderSettings()
    keys: KeySettings = KeySettings()
    llm: LlmSettings = LlmSettings()
    local_model: LocalModelSettings = LocalModelSettings()
    gateway: GatewaySettings = GatewaySettings()
    traces: TraceSettings = TraceSettings()
    log: LogSettings = LogSettings()

    _sources: dict[str, Source] = PrivateAttr(default_factory=dict[str, Source])

    def source_of(self, variable: str) -> Source:
        """Where the value of a variable came from."""
        return self._sources.get(variable, "default")

    def with_sources(self, sources: dict[str, Source]) -> Settings:
        self._sources.update(sources)
        return self


class Declared(NamedTuple):
    """One setting as it was declared."""

    group: str
    field: str
    variable: Variable
    meaning: str
    default: object


def groups() -> list[tuple[str, type[Group]]]:
    """The name of each group in `Settings`, and its class."""
    found: list[tuple[str, type[Group]]] = []
    for name, info in Settings.model_fields.items():
        default: object = info.default
        assert isinstance(default, Group)
        found.append((name, type(default)))
    return found


def declared() -> list[Declared]:
    """Every setting, in the order of the groups above."""
    found: list[Declared] = []
    for group, kind in groups():
        for name, field in kind.model_fields.items():
            extra: Any = field.json_schema_extra or {}
            found.append(
                Declared(group, name, Variable(*extra["variable"]), field.description or "", field.default)
            )
    return found
