"""The gateway to models: builds the chain from its ports, inside the API's process or as one of its own.

On one machine `api` serves it below /llm; a cluster starts it as `python -m codex32_server.main.gateway`.
"""

from __future__ import annotations

from codex32_server.features.models.facade import Installed, ModelRoutes, ProviderProbe, Stored
from codex32_server.features.secrets.facade import SecretsFacade
from codex32_server.gateway.providers.presets import PRESETS
from codex32_server.gateway.providers.transport.client import HttpClient
from codex32_server.gateway.providers.transport.dialing import Dialer, tls_context
from codex32_server.kit.network.addresses import AddressRule, parse_networks
from codex32_server.kit.network.resolving import SystemResolver
from codex32_server.settings.model import EgressSettings, LlmSettings, Settings
from codex32_server.storage.crypto import KeyEncryption
from codex32_server.storage.lean import LeanConnections
from codex32_server.storage.session import Database

ROLE = "codex32_gateway"
_NAME = "codex32-gateway"


class Gateway:
    """Everything of the gateway around a database; opens nothing before the first request.

    `url` is the database's under ROLE, which alone may read the keys of providers.
    """

    def __init__(self, settings: Settings, url: str, keys: KeyEncryption) -> None:
        self.lean = LeanConnections(url, size=settings.llm.connections, application_name=_NAME)
        self.database = Database(url, pool_size=1, overflow=4, application_name=_NAME)
        self.secrets = SecretsFacade(keys)
        self.client = http_client(settings.egress)
        self.installed = installed_of(settings.llm)
        self.routes = ModelRoutes(self.lean, self.secrets, self.installed)
        self.probe = ProviderProbe(self.client)

    async def close(self) -> None:
        """After the last answer."""
        self.client.close()
        await self.lean.close()
        await self.database.close()


def http_client(egress: EgressSettings) -> HttpClient:
    """Connections to providers, by the rules that hold for everything that the platform dials for others."""
    rule = AddressRule(parse_networks(egress.allow_private))
    return HttpClient(Dialer(SystemResolver(egress.addresses), rule, tls_context(egress.ca_file)))


def installed_of(llm: LlmSettings) -> Installed:
    """The providers whose keys an administrator set for all workspaces."""
    given = {"openai": llm.openai_key, "anthropic": llm.anthropic_key, "google": llm.google_key}
    made: list[tuple[Stored, str | None]] = []
    for name, key in given.items():
        preset = PRESETS[name]
        if key is not None and preset.base_url is not None:
            stored = Stored(name, preset.kind, preset.base_url, None, catalogue=preset.catalogue)
            made.append((stored, key.get_secret_value().strip()))
    return Installed(made)
