"""`codex32 services` and `--resources` against a server that answers as it is told."""

from __future__ import annotations

from typing import Any

VERSION = {"id": "v2", "number": 2}
REPLICA = {
    "id": "p1",
    "slot": 0,
    "state": "ready",
    "version": VERSION,
    "ready": True,
    "run_id": "r1",
    "restarts": 3,
    "probes": {"readiness": {"ok": True, "detail": "HTTP 200"}},
}
SERVICE: dict[str, Any] = {
    "id": "s1",
    "bot_id": "b1",
    "bot_name": "echo",
    "environment": "dev",
    "status": "running",
    "desired": {"replicas": 1, "version": VERSION, "paused": False},
    "actual": {"replicas": 1, "ready": 1, "version": VERSION, "restarts": 3},
    "path": "/s/main/echo@dev/",
}
SHOWN = SERVICE | {"replicas": [REPLICA]}
EVENT = {"id": "e1", "kind": "ready", "message": "Replica 0 is ready.", "at": "2026-11-25T10:00:00Z"}
SAMPLE = {
    "at": "2026-11-25T10:00:00Z",
    "seconds": 10,
    "cpu_seconds": 2.5,
    "cpu": 0.25,
    "memory": 5 << 20,
    "processes": 3,
    "bytes_in": 2048,
    "bytes_out": 0,
}
INCIDENT = {
    "id": "i1",
    "kind": "quarantined",
    "bot_name": "echo",
    "message": "It failed 6 times.",
    "opened_at": "2026-11-25T10:00:00Z",
}


def page(*items: Any) -> dict[str, Any]:
    return {"items": list(items), "next_cursor": None}


def test_the_list(api: Any, codex32: Any) -> None:
    api.on("GET /services", page())
    assert 'kind = "service"' in codex32("services").err
    api.on("GET /services", page(SERVICE))
    told = codex32("services")
    assert "/s/main/echo@dev/" in told.out
    assert "1/1" in told.out
    assert codex32("services", "list", "--json").json["items"][0]["id"] == "s1"


def test_one_in_full(api: Any, codex32: Any) -> None:
    api.on("GET /services/echo", SHOWN | {"failed_version": {"id": "v3", "number": 3}})
    api.on("GET /services/s1/events", page(EVENT))
    told = codex32("services", "show", "echo", "-e", "dev")
    assert api.requests[-2].query == {"environment": "dev"}
    for words in ("readiness: HTTP 200", "Replica 0 is ready.", "version 3", "callers with a key"):
        assert words in told.out
    assert codex32("services", "show", "echo", "--json").json["events"][0]["id"] == "e1"
    api.on("GET /services/echo/events", page(EVENT))
    assert "Replica 0 is ready." in codex32("services", "events", "echo").out


def test_changes(api: Any, codex32: Any) -> None:
    for verb in ("pause", "resume", "restart"):
        api.on(f"POST /services/echo/{verb}", SHOWN)
        assert codex32("services", verb, "echo").out == "echo in dev: running, 1 of 1 ready\n"
    api.on("POST /services/echo/scale", SHOWN)
    assert codex32("services", "scale", "echo", "3", "--json").json["id"] == "s1"
    assert api.requests[-1].json == {"replicas": 3}
    codex32("services", "scale", "echo", "manifest")
    assert api.requests[-1].json == {"replicas": None}
    refused = codex32("services", "scale", "echo", "many")
    assert refused.code == 2
    assert "no number of replicas" in refused.err


def test_logs(api: Any, kit: Any, codex32: Any) -> None:
    api.on("GET /services/echo", SHOWN)
    api.on("GET /runs/r1/logs", page(kit.line(1, "serving")[2]))
    assert codex32("services", "logs", "echo").out == "serving\n"
    assert codex32("services", "logs", "echo", "--replica", "0", "--json").json["run"] == "r1"
    missing = codex32("services", "logs", "echo", "--replica", "7")
    assert missing.code == 2
    assert "No replica 7" in missing.err


def test_incidents(api: Any, codex32: Any) -> None:
    api.on("GET /incidents", page())
    assert "No open incidents" in codex32("services", "incidents").err
    assert api.requests[-1].query == {"open": "true"}
    api.on("GET /incidents", page(INCIDENT))
    assert "It failed 6 times." in codex32("services", "incidents", "--all").out
    api.on("POST /incidents/i1/resolve", INCIDENT | {"resolved_at": "2026-11-25T11:00:00Z"})
    assert "i1 is resolved" in codex32("services", "resolve", "i1", "--note", "fixed").out
    assert api.requests[-1].json == {"resolution": "fixed"}


def test_resources(api: Any, codex32: Any) -> None:
    api.on("GET /services/echo/resources", {"items": [SAMPLE], "more": False})
    told = codex32("services", "show", "echo", "--resources", "--hours", "2")
    assert api.requests[-1].query == {"hours": "2.0"}
    for words in ("0.25", "5.0 MiB", "2.0 KiB", "10 s"):
        assert words in told.out
    api.on(
        "GET /runs/r1/resources", {"items": [SAMPLE | {"processes": None, "bytes_in": None}], "more": True}
    )
    told = codex32("runs", "r1", "--resources")
    assert "There are more" in told.err
    assert codex32("runs", "r1", "--resources", "--json").json["items"][0]["cpu"] == 0.25
    api.on("GET /runs/r1/resources", {"items": [], "more": False})
    assert "Nothing was measured" in codex32("runs", "r1", "--resources").err
    assert codex32("runs", "--resources").code == 2


def test_a_service_is_deployed_and_not_run(api: Any, kit: Any, codex32: Any, tmp_path: Any) -> None:
    bot = kit.bot(kind="service")
    path = tmp_path / "bot.py"
    path.write_text(
        '# /// script\n# [tool.codex32]\n# name = "price-watch"\n# kind = "service"\n# ///\ndef main(): ...\n'
    )
    made = {"bot": bot, "version": kit.version(), "created": True, "unchanged": False}
    api.on("PUT /bots/by-name/price-watch", made)
    api.on(f"GET /bots/{bot['id']}", bot)
    assert "codex32 services show price-watch" in codex32("deploy", str(path)).err
