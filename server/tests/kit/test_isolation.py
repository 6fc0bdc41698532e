"""Who may run at which level: never by default, never silently, and the setting is named."""

from __future__ import annotations

from uuid import uuid4

import pytest
from codex32_server.kit.isolation import LEVELS, IsolationConsent, IsolationRefusedError

TRUSTED, OTHER = uuid4(), uuid4()
OPENED = IsolationConsent("minimal", frozenset({TRUSTED}))


@pytest.mark.parametrize("asked", ["strict", "standard"])
def test_without_settings_strict_and_standard_are_allowed(asked: str) -> None:
    IsolationConsent().check(asked, OTHER)  # type: ignore[arg-type]
    assert not IsolationConsent().opened


def test_without_settings_minimal_is_refused_with_the_setting_named() -> None:
    with pytest.raises(IsolationRefusedError) as caught:
        IsolationConsent().check("minimal", TRUSTED)
    assert "CODEX32_ISOLATION_MINIMUM=minimal" in caught.value.advice
    assert [problem.field for problem in caught.value.fields] == ["manifest.isolation"]


def test_minimal_is_for_trusted_workspaces_only() -> None:
    OPENED.check("minimal", TRUSTED)
    with pytest.raises(IsolationRefusedError, match="trusted workspaces") as caught:
        OPENED.check("minimal", OTHER)
    assert f"add {OTHER} to CODEX32_TRUSTED_WORKSPACES" in caught.value.advice
    assert (OPENED.minimal_in(TRUSTED), OPENED.minimal_in(OTHER)) == (True, False)


def test_an_administrator_can_insist_on_strict() -> None:
    consent = IsolationConsent("strict", frozenset({TRUSTED}))
    for asked in LEVELS[1:]:
        with pytest.raises(IsolationRefusedError):
            consent.check(asked, TRUSTED)
    assert not consent.opened
