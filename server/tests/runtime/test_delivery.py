"""What is kept of a run's network is free of its secrets."""

from __future__ import annotations

from datetime import UTC, datetime

from codex32_server.kit.redaction import Redactor
from codex32_server.runtime.contract import EgressRecord
from codex32_server.runtime.delivery import hosts_without_secrets


def record(host: str) -> EgressRecord:
    return EgressRecord(datetime.now(UTC), host, 443, False, "not_in_manifest", 0, 0, 0.1)


def test_a_host_that_says_a_secret_is_kept_without_it() -> None:
    redactor = Redactor({"KEY": "SK-Live-42", "ZONE": "intranet"})
    network = ("api.intranet:8443", "*.example.com")
    asked = ["sk-live-42.evil.example", "api.intranet", "x.intranet", "plain.example.com", ""]
    kept = hosts_without_secrets(redactor, network, [record(host) for host in asked])
    assert [one.host for one in kept] == [
        "[secret KEY].evil.example",
        "api.intranet",
        "x.[secret ZONE]",
        "plain.example.com",
        "",
    ]
    assert all(one.reason == "not_in_manifest" for one in kept)
