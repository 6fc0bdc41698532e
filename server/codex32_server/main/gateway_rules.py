"""The gateway's settings as the rules that its wrappers take."""

from __future__ import annotations

from codex32_server.gateway.chain import Rules
from codex32_server.gateway.wrappers.circuit import CircuitRules
from codex32_server.gateway.wrappers.limits import Caps, LimitRules
from codex32_server.gateway.wrappers.redaction import MIB, Sizes
from codex32_server.gateway.wrappers.retry import RetryRules
from codex32_server.gateway.wrappers.timeouts import Patience
from codex32_server.settings.model import GatewaySettings

_KIB = 1024


def gateway_rules(settings: GatewaySettings) -> Rules:
    """For `gateway.chain.build`."""
    return Rules(
        patience=Patience(
            settings.first_token_seconds,
            settings.attempt_seconds,
            settings.idle_seconds,
            settings.total_seconds,
            settings.longest_seconds,
        ),
        retry=RetryRules(settings.retries, most=settings.retry_seconds),
        circuit=CircuitRules(in_a_row=settings.breaker_failures, rest=settings.breaker_seconds),
        limits=_limits(settings),
        sizes=Sizes(settings.request_mib * MIB, settings.answer_mib * MIB),
        unknown_output=settings.unknown_output_tokens,
        cached_bytes=settings.cached_kib * _KIB,
    )


def _limits(settings: GatewaySettings) -> LimitRules:
    return LimitRules(
        key=Caps(settings.key_concurrency),
        person=Caps(settings.person_concurrency, settings.person_requests, settings.person_tokens),
        workspace=Caps(
            settings.workspace_concurrency, settings.workspace_requests, settings.workspace_tokens
        ),
        target=Caps(settings.target_concurrency),
        wait=settings.wait_seconds,
        processes=settings.processes,
    )
