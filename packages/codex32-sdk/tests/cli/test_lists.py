"""Commands that list, show and change one thing: the JSON, the table, the empty state."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest


def page(*items: Any) -> dict[str, Any]:
    return {"items": list(items), "next_cursor": None}


def test_bots(api: Any, kit: Any, codex32: Any) -> None:
    api.on("GET /bots", page())
    assert 'codex32 new "' in codex32("bots").err
    assert codex32("bots", "--json").json == codex32("bots", "list", "--json").json == page()
    api.on("GET /bots", {"items": [kit.bot(title="Watch prices")], "next_cursor": "next"})
    told = codex32("bots", "--query", "price", "--limit", "1")
    assert "price-watch" in told.out
    assert "dev → 1" in told.out
    assert "--cursor next" in told.err
    assert api.requests[-1].query == {"q": "price", "limit": "1"}
    api.on("GET /bots/price-watch", kit.bot(description="Watches."))
    assert "Watches." in codex32("bots", "show", "price-watch").out


def test_favourites(api: Any, kit: Any, codex32: Any) -> None:
    api.on("PUT /bots/x/favourite", kit.bot())
    api.on("DELETE /bots/x/favourite", kit.Answer(204))
    assert codex32("bots", "favourite", "x").out == "x is a favourite.\n"
    assert codex32("bots", "favourite", "x", "--remove", "--json").json["status"] == "no favourite any more"
    api.on("GET /bots", page())
    told = codex32("bots", "--favourite", "--env", "prod", "--sort", "name", "--limit", "5")
    assert "No bots match." in told.err
    wanted = {"favourite": "True", "environment": "prod", "sort": "name", "limit": "5"}
    assert api.requests[-1].query == wanted


def test_bots_are_put_away_and_back(api: Any, kit: Any, codex32: Any) -> None:
    api.on("POST /bots/x/archive", kit.bot())
    api.on("POST /bots/x/restore", kit.bot())
    api.on("DELETE /bots/x", kit.Answer(204))
    assert codex32("bots", "archive", "x").out == "x is archived.\n"
    assert codex32("bots", "restore", "x", "--json").json == {"bot": "x", "status": "restored"}
    assert codex32("bots", "delete", "x", "--yes").code == 0


def test_a_deleted_bot_is_brought_back_by_its_name(api: Any, kit: Any, codex32: Any) -> None:
    missing = kit.problem("bot_not_found", "There is no bot 'price-watch' in this workspace.", 404)
    api.on("POST /bots/price-watch/restore", missing)
    api.on("GET /bots", page(kit.bot(id="other", name="price-watch-2"), kit.bot(id="b7", name="price-watch")))
    api.on("POST /bots/b7/restore", kit.bot())
    assert codex32("bots", "restore", "price-watch").code == 0
    assert api.sent("GET /bots")[-1].query["status"] == "deleted"
    assert len(api.sent("POST /bots/b7/restore")) == 1
    api.on("GET /bots", page())
    assert codex32("bots", "restore", "price-watch").code == 5


def test_runs(api: Any, kit: Any, codex32: Any) -> None:
    api.on("GET /runs", page())
    assert "No runs yet" in codex32("runs").err
    api.on("GET /runs", page(kit.run(trigger={"kind": "schedule", "id": "s1"})))
    told = codex32("runs", "--bot", "price-watch", "--status", "succeeded")
    assert "schedule" in told.out
    assert "12 ms" in told.out
    assert codex32("runs", "--json").json["items"][0]["id"] == "r1"
    codex32("runs", "--error", "timeout", "-q", "price", "--since", "2026-11-26T09:00Z", "--limit", "3")
    asked = {"error": "timeout", "q": "price", "since": "2026-11-26T09:00Z", "limit": "3"}
    assert api.requests[-1].query == asked
    api.on("GET /runs/r1", kit.run("failed", error={"code": "timeout", "detail": "Took over 30 s."}))
    attempt = {"attempt": 1, "outcome": "timed_out", "peak_memory": 5 << 20, "cpu_seconds": 1.5}
    api.on("GET /runs/r1/attempts", page(attempt))
    told = codex32("runs", "r1")
    assert "Took over 30 s." in told.out
    assert "5.0 MiB" in told.out
    assert codex32("runs", "r1", "--json").json["attempt_history"][0]["attempt"] == 1


def test_logs(api: Any, kit: Any, codex32: Any) -> None:
    first, second = kit.line(1, "one")[2], kit.line(2, "two")[2] | {"level": "error"}
    api.on("GET /runs", page(kit.run()))
    api.on("GET /runs/r1/logs", {"items": [first], "next_cursor": "1:1"}, page(second))
    told = codex32("logs")
    assert told.out == "one\n[error] two\n"
    assert "Run r1" in told.err
    stream = kit.events(kit.line(1, "one"), kit.line(2, "two"), ("end", None, {"status": "succeeded"}))
    api.on("GET /runs/r1/logs/stream", kit.Answer(200, stream, {"Content-Type": "text/event-stream"}))
    assert codex32("logs", "r1", "--follow", "--times").out.startswith("09:00:00.000 one\n")
    assert [item["text"] for item in codex32("logs", "r1", "-f", "-q", "TWO", "--json").json["items"]] == [
        "two"
    ]


def test_logs_without_any_run(api: Any, codex32: Any) -> None:
    api.on("GET /runs", page())
    assert codex32("logs", "--json").json["next_step"] == "Start one with: codex32 run BOT"


def test_versions_promote_rollback(api: Any, kit: Any, codex32: Any) -> None:
    api.on("GET /bots/x/versions", page(kit.version(environments=["dev"])))
    assert "proven" in codex32("versions", "x").out
    changed = {"path": "network", "before": [], "after": ["api.example:443"], "widening": True}
    files = [{"path": "bot.py", "kind": "changed", "unified": "-a\n+b\n"}]
    api.on("GET /bots/x/diff", {"manifest": [changed], "files": files})
    told = codex32("versions", "x", "--diff", "1", "2")
    assert "manifest network: [] → ['api.example:443'] (asks for more)" in told.out
    assert "+b" in told.out
    assert api.requests[-1].query == {"from": "1", "to": "2"}
    api.on("POST /bots/x/promote", {"environment": "prod"})
    api.on("POST /bots/x/rollback", {"environment": "prod"})
    prod = {"prod": {"version_id": "v1", "number": 7, "digest": "d"}}
    api.on("GET /bots/x", kit.bot(environments=prod))
    assert "runs version 7" in codex32("promote", "x", "--to", "prod").out
    assert api.sent("POST /bots/x/promote")[0].json == {"to": "prod", "from": "dev"}
    codex32("promote", "x", "--to", "prod", "--version", "7")
    assert api.sent("POST /bots/x/promote")[1].json == {"to": "prod", "version": "7"}
    assert "version 7 again" in codex32("rollback", "x", "--env", "prod").out


def test_schedules(api: Any, kit: Any, codex32: Any, tmp_path: Path) -> None:
    api.on("GET /schedules", page())
    assert "No schedules yet" in codex32("schedules").err
    api.on("GET /schedules", page(kit.schedule()))
    told = codex32("schedules", "--json")
    assert told.json["items"][0]["timezone"] == "Europe/Madrid"
    assert "Europe/Madrid" in codex32("schedules", "list").out
    assert "Mon 2026-11-23 08:00" in codex32("schedules").out
    api.on("POST /schedules", kit.Answer(201, kit.schedule()))
    codex32("schedules", "add", "price-watch", "0 9 * * *", "-z", "Europe/Madrid", "--input", '{"a": 1}')
    body = {"bot": "price-watch", "cron": "0 9 * * *", "timezone": "Europe/Madrid", "input": {"a": 1}}
    assert api.requests[-1].json == body
    api.on("PUT /uploads", kit.Answer(201, {"id": "u1", "name": "c.csv", "size": 1}))
    api.on("PATCH /schedules/s1", kit.schedule())
    contacts = tmp_path / "c.csv"
    contacts.write_text("a")
    assert codex32("schedules", "attach", "s1", "--file", f"contacts.csv={contacts}").code == 0
    assert api.requests[-1].json == {"files": {"contacts.csv": "u1"}}
    assert codex32("schedules", "attach", "s1").code == 2


def test_schedules_are_paused_previewed_and_removed(api: Any, kit: Any, codex32: Any) -> None:
    api.on("POST /schedules/s1/pause", kit.schedule(paused=True, next_fire_at=None))
    api.on("POST /schedules/s1/resume", kit.schedule())
    api.on("DELETE /schedules/s1", kit.Answer(204))
    api.on("POST /schedules/preview", {"next_fires": ["2026-11-23T08:00:00Z"]})
    assert "(paused)" in codex32("schedules", "pause", "s1").out
    assert "next Mon 2026-11-23 08:00" in codex32("schedules", "resume", "s1").out
    assert codex32("schedules", "remove", "s1", "--json").json == {"id": "s1", "removed": True}
    assert codex32("schedules", "preview", "0 9 * * *").out == "Mon 2026-11-23 08:00\n"
    assert api.requests[-1].json == {"cron": "0 9 * * *", "timezone": "UTC"}


def test_keys_workspaces_and_the_sign_in_link(api: Any, kit: Any, codex32: Any) -> None:
    key = {"id": "k1", "name": "ci", "role": "editor", "hint": "x9f2"}
    api.on("GET /keys", page(key))
    api.on("POST /keys", kit.Answer(201, key | {"key": "c32_new"}))
    api.on("DELETE /keys/k1", kit.Answer(204))
    assert "never" in codex32("keys").out
    until = codex32("keys", "create", "ci", "--expires", "2027-01-31")
    assert until.code == 0
    assert api.requests[-1].json["expires_at"] == "2027-01-31T00:00:00+00:00"
    assert codex32("keys", "create", "ci", "--expires", "soon").code == 2
    assert codex32("keys", "create", "ci", "--role", "viewer").out == "c32_new\n"
    assert api.requests[-1].json == {"name": "ci", "role": "viewer"}
    assert codex32("keys", "revoke", "k1", "--json").json == {"id": "k1", "revoked": True}
    api.on("GET /workspaces", page({"id": "w1", "name": "Main", "slug": "main"}))
    made = {"workspace": {"id": "w2"}, "owner": {"id": "m"}, "key": "c32_owner"}
    api.on("POST /workspaces", kit.Answer(201, made))
    assert "Main" in codex32("workspaces").out
    assert codex32("workspaces", "create", "Sales").out == "c32_owner\n"
    link = {"url": f"{api.url}/sign-in#token=t", "expires_at": "2026-11-22T09:30:00Z"}
    api.on("POST /sign-in-links", kit.Answer(201, link))
    assert codex32("open").out == f"{api.url}/sign-in#token=t\n"


def test_download(api: Any, kit: Any, codex32: Any, tmp_path: Path) -> None:
    files = [{"name": "../evil/clean.csv", "size": 5}]
    api.on("GET /runs/r1", kit.run(files=files))
    api.on("GET /runs/r1/files/../evil/clean.csv", kit.Answer(200, b"whole"))
    told = codex32("download", "r1", "-o", str(tmp_path / "out"), "--json")
    assert told.code in {0, 5}
    assert not (tmp_path / "evil").exists()
    api.on("GET /runs/r1", kit.run(files=[]))
    assert codex32("download", "r1").code == 5


@pytest.mark.parametrize(
    ("status", "code"), [(401, 4), (403, 4), (404, 5), (409, 1), (422, 2), (429, 3), (500, 1), (503, 3)]
)
def test_exit_codes(api: Any, kit: Any, codex32: Any, status: int, code: int) -> None:
    api.on("POST /bots/x/archive", kit.problem("some_code", "No.", status))
    told = codex32("bots", "archive", "x", "--json")
    assert (told.code, told.json["code"], told.json["status"]) == (code, "some_code", status)
    assert told.err.startswith("No.\nNext: Do this.")


def test_status_over_http(api: Any, kit: Any) -> None:
    from codex32_sdk.cli.status import remote_status
    from codex32_sdk.client import Client

    api.on("GET /health", {"status": "ok"})
    workers = [{"name": "worker", "pid": 7, "healthy": True}]
    api.on("GET /system", {"processes": workers})
    with Client(api.url, "k") as client:
        answer = remote_status(client)
        assert answer["url"] == api.url
        assert answer["healthy"] is True
        assert answer["processes"] == [{"name": "api", "pid": None, "healthy": True}, *workers]
        api.on("GET /system", kit.problem("forbidden", "No.", 403))
        assert [item["name"] for item in remote_status(client)["processes"]] == ["api"]


QUESTION = {
    "id": "a1",
    "run_id": "r1",
    "bot_name": "letters",
    "name": "publish",
    "message": "Send 120 letters?",
    "requested_at": "2026-01-01T00:00:00Z",
    "expires_at": None,
    "decision": None,
}
WAITING = {
    "kind": "approval",
    "name": "publish",
    "detail": "Send 120 letters?",
    "until": None,
    "run_id": None,
}


def test_a_waiting_run_says_what_for(api: Any, kit: Any, codex32: Any) -> None:
    api.on("GET /runs/r1/attempts", page())
    for wait, said in (
        (WAITING, "an answer to publish (Send 120 letters?)"),
        (WAITING | {"kind": "sleep", "until": "2026-01-01T00:00:00Z"}, "the time until"),
        (WAITING | {"kind": "call", "run_id": "r2", "name": "other"}, "the end of run r2 of other"),
    ):
        api.on("GET /runs/r1", kit.run("waiting", waiting_for=wait, parent_run_id="r0"))
        told = codex32("runs", "r1").out
        assert said in told
        assert "r0" in told


def test_approvals(api: Any, codex32: Any) -> None:
    api.on("GET /approvals", page())
    assert "Nothing waits" in codex32("approvals").err
    api.on("GET /approvals", {"items": [QUESTION], "next_cursor": "next"})
    told = codex32("approvals", "--run", "r1")
    assert "Send 120 letters?" in told.out
    assert "--cursor next" in told.err
    assert api.requests[-1].query == {"run": "r1", "limit": "20"}
    assert codex32("approvals", "--json").json["items"][0]["name"] == "publish"


def test_approving(api: Any, kit: Any, codex32: Any) -> None:
    api.on("GET /runs/r1", kit.run("waiting", waiting_for=WAITING))
    api.on("POST /runs/r1/approvals/publish", QUESTION | {"decision": "approve"})
    assert codex32("approve", "r1").out == "publish of run r1 is approved.\n"
    assert api.requests[-1].json == {"decision": "approve"}
    api.on("POST /runs/r1/approvals/publish", QUESTION | {"decision": "reject"})
    told = codex32("approve", "r1", "publish", "--reject", "--comment", "Too many", "--json")
    assert told.json["decision"] == "reject"
    assert api.requests[-1].json == {"decision": "reject", "comment": "Too many"}


def test_there_is_nothing_to_approve(api: Any, kit: Any, codex32: Any) -> None:
    api.on("GET /runs/r1", kit.run("succeeded"))
    api.on("GET /approvals", page())
    told = codex32("approve", "r1")
    assert told.code == 1
    assert "Run r1 does not wait for an answer." in told.err


@pytest.mark.parametrize(
    ("decision", "said"),
    [
        ("approve", "does not wait for an answer any more: publish was approved by Ann, "),
        ("reject", "publish was rejected by Ann, "),
        ("expired", "does not wait for an answer: publish has expired."),
    ],
)
def test_who_answers_twice_is_told_so(api: Any, kit: Any, codex32: Any, decision: str, said: str) -> None:
    api.on("GET /runs/r1", kit.run("running"))
    earlier = {"name": "start", "decision": "approve", "decided_at": "2026-11-23T07:00:00Z"}
    last = {"decision": decision, "decided_by_name": "Ann", "decided_at": "2026-11-23T08:00:00Z"}
    api.on("GET /approvals", page(QUESTION | earlier, QUESTION | last))
    told = codex32("approve", "r1", "--json")
    assert (told.code, told.json["code"]) == (1, "nothing_asked")
    assert said in told.json["detail"]


def test_events(api: Any, codex32: Any) -> None:
    api.on("GET /events", page())
    assert "No events match" in codex32("events").err
    event = {"id": "e1", "type": "invoice.paid", "source": "/bots/b", "subject": "i/1", "data": {"n": 1}}
    api.on("GET /events", {"items": [event], "next_cursor": "next"})
    told = codex32("events", "--type", "invoice.paid", "--subject", "i/1", "--run", "r1", "-n", "5")
    assert "invoice.paid" in told.out
    assert "--cursor next" in told.err
    assert api.requests[-1].query == {"type": "invoice.paid", "subject": "i/1", "run": "r1", "limit": "5"}
    assert codex32("events", "--json").json["items"][0]["data"] == {"n": 1}


def test_the_hosts_of_a_workspace(api: Any, codex32: Any) -> None:
    main = {"id": "w1", "name": "Main"}
    api.on("GET /workspace", main)
    assert "manifests" in codex32("workspaces", "hosts").err
    api.on("PATCH /workspace", main | {"egress_hosts": ["*.example.org"]}, main)
    assert codex32("workspaces", "hosts", "*.example.org").out == "*.example.org\n"
    assert json.loads(api.requests[-1].body) == {"egress_hosts": ["*.example.org"]}
    codex32("workspaces", "hosts", "--manifests", "--json")
    assert json.loads(api.requests[-1].body) == {"egress_hosts": []}
