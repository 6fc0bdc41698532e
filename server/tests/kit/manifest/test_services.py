"""The `service` table: defaults, bounds, and what a wrong one is told."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from codex32_server.kit.manifest.diff import diff_manifests
from codex32_server.kit.manifest.errors import ManifestError
from codex32_server.kit.manifest.manifest import parse_manifest
from codex32_server.kit.manifest.schema import Manifest
from codex32_server.kit.manifest.services import Probe, Service
from hypothesis import given
from hypothesis import strategies as st


def parsed(table: str, kind: str = "service") -> Manifest:
    lines = f'name = "up"\nkind = "{kind}"\n{table}'.splitlines()
    header = "".join(f"# {line}\n" for line in lines)
    return parse_manifest(f"# /// script\n# [tool.codex32]\n{header}# ///\ndef main(): pass\n")


def refused(table: str, kind: str = "service") -> tuple[str, str]:
    with pytest.raises(ManifestError) as error:
        parsed(table, kind)
    (problem, *_) = error.value.fields
    return problem.field, problem.detail


def test_a_service_needs_no_table() -> None:
    manifest = parsed("")
    assert manifest.service is None
    assert manifest.standing == Service()
    assert manifest.standing.restart == "always"


def test_everything_can_be_said() -> None:
    service = parsed(
        'service = { port = 8080, replicas = 2, readiness = { http = "/health", interval = "1s" }, '
        'liveness = { command = ["python", "check.py"] }, restart = "on-failure", stop_grace = "5s" }'
    ).standing
    assert service.port == 8080
    assert service.readiness == Probe(http="/health", interval="1s")  # type: ignore[arg-type]
    assert service.liveness is not None
    assert service.liveness.command == ("python", "check.py")
    assert Service.model_validate(service.as_dict()) == service


@pytest.mark.parametrize(
    ("table", "field", "words"),
    [
        ("service = { port = 80 }", "manifest.service.port", "1024"),
        ('service = { readiness = { http = "/" } }', "manifest.service.readiness.http", "needs a port"),
        ("service = { public = true }", "manifest.service.public", "without a port"),
        (
            'service = { port = 8080, readiness = { http = "/", heartbeat = "1s" } }',
            "manifest.service.readiness.heartbeat",
            "exactly one",
        ),
        ("service = { port = 8080, readiness = {} }", "manifest.service.readiness", "exactly one"),
        (
            'service = { port = 8080, readiness = { http = "health" } }',
            "manifest.service.readiness.http",
            "begins with /",
        ),
        ('service = { backoff = "9s", max_backoff = "3s" }', "manifest.service.max_backoff", "shorter"),
        ('service = { restart = "often" }', "manifest.service.restart", "often"),
        ("service = { prot = 8080 }", "manifest.service.prot", "did you mean 'port'"),
        (
            'service = { liveness = { heartbaet = "3s" } }',
            "manifest.service.liveness.heartbaet",
            "did you mean 'heartbeat'",
        ),
        ('triggers = [{ schedule = "0 9 * * *" }]', "manifest.triggers", "stays up by itself"),
    ],
)
def test_what_is_refused(table: str, field: str, words: str) -> None:
    found, detail = refused(table)
    assert found == field
    assert words in detail


def test_a_job_has_no_service_table() -> None:
    assert refused("service = { port = 8080 }", "job") == (
        "manifest.service",
        'the table `service` needs kind = "service"',
    )


def test_old_manifests_stay_readable() -> None:
    stored = {key: value for key, value in parsed("").as_dict().items() if key != "service"}
    assert Manifest.from_dict(stored) == parsed("")


@pytest.mark.parametrize(
    ("before", "after", "widening"),
    [
        ("service = { port = 8080 }", "service = { port = 8080, public = true }", True),
        ("service = { port = 8080, public = true }", "service = { port = 8080 }", False),
        ("", "service = { replicas = 3 }", True),
        ('service = { stop_grace = "1s" }', 'service = { stop_grace = "2s" }', False),
    ],
)
def test_what_asks_for_more(before: str, after: str, widening: bool) -> None:
    (change,) = diff_manifests(parsed(before), parsed(after))
    assert change.path.startswith("service.")
    assert change.widening is widening


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "port": st.integers(1024, 65535),
            "replicas": st.integers(0, 32),
            "restart": st.sampled_from(["always", "on-failure", "never"]),
            "stop_grace": st.integers(0, 300).map(lambda seconds: f"{seconds}s"),
            "readiness": st.builds(
                lambda seconds, failures: {"heartbeat": f"{seconds}s", "failures": failures},
                st.integers(1, 86400),
                st.integers(1, 100),
            ),
        },
    )
)
def test_a_service_survives_the_database(table: dict[str, Any]) -> None:
    service = Service.model_validate(table)
    assert Service.model_validate(service.as_dict()) == service


GUIDE = (Path(__file__).parents[4] / "docs" / "guides" / "services.md").read_text()


def test_the_guide_shows_every_key_and_true_defaults() -> None:
    (table,) = re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL)
    shown = tomllib.loads(table)
    assert set(shown["service"]) == set(Service.model_fields)
    assert Service.model_validate(shown["service"]).port == 8080
    probes = {"port", "readiness", "liveness"}
    given = {key: value for key, value in shown["service"].items() if key not in probes}
    assert Service.model_validate(given) == Service()
    (liveness,) = [shown["service"]["liveness"]]
    assert set(liveness) - {"command"} == {"interval", "timeout", "failures"}
    assert Probe.model_validate(liveness) == Probe(command=("python", "check.py"))


def test_the_bot_of_the_guide() -> None:
    source = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)[0]
    assert parse_manifest(source).standing.readiness == Probe(http="/health")
