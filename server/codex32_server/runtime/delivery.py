"""A run's secrets on their way to the driver, and out of what the run says. Where they are kept is elsewhere.

A secret that is injected reaches the bot as a placeholder, random for each run: only the egress proxy knows
the value, and puts it in place of the placeholder on the wire to the one host.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from codex32_server.kit.errors import ConflictError
from codex32_server.kit.manifest.schema import InjectedSecret, secret_name
from codex32_server.kit.redaction import NOTHING, Redactor
from codex32_server.runtime.contract import EgressRecord, Injection, RunError, RunSpec

PLACEHOLDER = "c32-secret-"
"""Followed by 32 hexadecimal digits."""
MODEL_KEY = "MODEL_KEY"
"""What stands in place of a run's virtual key, should it appear anywhere."""
_PLACEHOLDER_BYTES = 16


class SecretUnusableError(ConflictError):
    """The value cannot be what the manifest wants it to be: a header holds no line breaks."""

    code = "secret_unusable"
    title = "A secret cannot be used as it is"
    next_step = "Set it again without line breaks and control characters."


@dataclass(frozen=True)
class Delivery:
    """What `RunSpec.secrets` and `RunSpec.injections` hold for one attempt. Forget it with the attempt."""

    secrets: Mapping[str, str] = field(repr=False, default_factory=dict[str, str])
    injections: Sequence[Injection] = ()


def deliver(wanted: Sequence[str | InjectedSecret], values: Mapping[str, str]) -> Delivery:
    """The manifest's secrets with their values, every name of which is there. Raises SecretUnusableError."""
    given: dict[str, str] = {}
    injections: list[Injection] = []
    for secret in wanted:
        name = secret_name(secret)
        if isinstance(secret, str):
            given[name] = values[name]
        else:
            given[name] = PLACEHOLDER + secrets.token_hex(_PLACEHOLDER_BYTES)
            injections.append(Injection(name, secret.host, secret.header, _header_value(name, values[name])))
    return Delivery(given, injections)


async def redactor_of(spec: RunSpec) -> Redactor:
    """Knows every secret that the run could say, whether the bot holds it or a host tells it."""
    known = {**spec.secrets, **{injection.name: injection.value for injection in spec.injections}}
    if spec.model_key:
        known[MODEL_KEY] = spec.model_key
    return await asyncio.to_thread(Redactor, known) if known else NOTHING


def without_secrets(
    redactor: Redactor, output: bytes | None, error: RunError | None
) -> tuple[bytes | None, RunError | None]:
    """The end of a run as it may be kept and shown."""
    if error is not None:
        # The guest cuts long texts, so a value may have lost its beginning or its end.
        traceback = redactor.torn(error.traceback) if error.traceback else error.traceback
        error = replace(error, detail=redactor.torn(error.detail), traceback=traceback)
    return (redactor.document(output) if output is not None else None), error


def hosts_without_secrets(
    redactor: Redactor, network: Sequence[str], records: Sequence[EgressRecord]
) -> Sequence[EgressRecord]:
    """What the run did on the network, as it may be kept: what a bot asks for by name may say a secret. The
    hosts of its manifest say none.
    """
    listed = {entry.partition(":")[0] for entry in network}
    return [
        record if record.host in listed else replace(record, host=redactor.text(record.host))
        for record in records
    ]


def _header_value(name: str, value: str) -> str:
    """Without the line break that files end with; anything else would end the header (RFC 9110, 5.5)."""
    text = value.strip("\r\n \t")
    if not text or any(char < " " or char == "\x7f" for char in text):
        raise SecretUnusableError(f"The value of {name} cannot be a header: it holds control characters.")
    return text
