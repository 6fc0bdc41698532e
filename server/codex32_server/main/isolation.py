"""What the settings say about isolation, in the words of the rooms that keep to it."""

from __future__ import annotations

from codex32_server.kit.isolation import IsolationConsent
from codex32_server.settings.model import Settings


def consent_of(settings: Settings) -> IsolationConsent:
    """Who may run at which level."""
    return IsolationConsent(settings.worker.isolation_minimum, settings.worker.trusted)
