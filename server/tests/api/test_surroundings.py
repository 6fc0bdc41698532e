"""What comes with every answer: headers, ids, problems, health, metrics, the page and the reference."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from codex32_server.api.docs import render
from codex32_server.api.web import WebApp
from sqlalchemy import text
from starlette.exceptions import HTTPException
from structlog.testing import capture_logs
from support.api import Api, Tenant
from support.hooks import create, deliver, deploy

UNSAFE = ("unsafe-inline", "unsafe-eval", "http:", "*")


async def test_every_answer_carries_the_headers(api: Api, one: Tenant) -> None:
    for path in ("/api/v1/me", "/api/v1/nowhere", "/health", "/api/docs", "/"):
        answer = await api.http.get(path, headers={"Authorization": f"Bearer {one.keys['viewer']}"})
        headers = answer.headers
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["referrer-policy"] == "no-referrer", path
        assert "frame-ancestors 'none'" in headers["content-security-policy"], path
        assert not any(word in headers["content-security-policy"] for word in UNSAFE), path
        assert headers["x-request-id"], path


async def test_a_request_keeps_the_id_it_came_with(api: Api) -> None:
    given = await api.http.get("/api/v1/me", headers={"X-Request-Id": "from-the-client-1"})
    assert given.headers["x-request-id"] == given.json()["request_id"] == "from-the-client-1"
    odd = await api.http.get("/api/v1/me", headers={"X-Request-Id": "a b\tc"})
    assert odd.headers["x-request-id"] != "a b\tc"


async def test_problems_say_what_to_do(api: Api, one: Tenant) -> None:
    missing = await api.call(one.keys["viewer"], "GET", "/nowhere")
    assert (missing.status_code, missing.json()["code"]) == (404, "no_such_path")
    method = await api.call(one.keys["viewer"], "DELETE", "/bots")
    assert (method.status_code, method.json()["code"]) == (405, "method_not_allowed")
    assert "GET" in method.headers["allow"]
    assert "WWW-Authenticate" in (await api.call(None, "GET", "/me")).headers


async def test_health(api: Api) -> None:
    health = (await api.call(None, "GET", "/health")).json()
    assert health["status"] == "healthy"
    assert set(health["checks"]) == {"database", "schema", "workers"}
    assert (await api.call(None, "GET", "/health/ready")).json() == {"status": "ready"}
    assert (await api.call(None, "GET", "/health/alive")).json() == {"status": "alive"}


async def test_health_says_that_no_worker_can_run_bots(api: Api, one: Tenant) -> None:
    async with api.under_test.owner.transaction(None) as tx:
        await tx.execute(
            text(
                "insert into workers (id, name, slots, state, detail)"
                " values (gen_random_uuid(), 'here:1', 2, 'refusing', 'no user namespaces')"
            )
        )
    answer = await api.call(None, "GET", "/health")
    assert answer.status_code == 503
    assert answer.json()["checks"]["workers"]["status"] == "failed"
    assert "namespaces" not in answer.text, "what a machine lacks is for those who may look at it"
    workers = (await api.call(one.keys["viewer"], "GET", "/system")).json()["workers"]
    assert [(worker["state"], worker["detail"]) for worker in workers] == [("refusing", "no user namespaces")]
    async with api.under_test.owner.transaction(None) as tx:
        await tx.execute(
            text(
                "insert into workers (id, name, slots, state, detail)"
                " values (gen_random_uuid(), 'there:1', 2, 'ready', '')"
            )
        )
    assert (await api.call(None, "GET", "/health")).status_code == 200


async def test_a_database_that_is_away_is_503(api: Api, one: Tenant) -> None:
    key = one.keys["viewer"]
    assert (await api.call(key, "GET", "/bots")).status_code == 200
    url = api.under_test.app_url.replace(api.under_test.name, "no_such_database")
    edge = api.app.state.edge
    kept = edge.lean
    edge.lean = type(kept)(url)
    answer = await api.call(key, "GET", "/bots")
    edge.lean = kept
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert int(answer.headers["retry-after"]) >= 1


async def test_connections_that_the_database_closed_are_replaced(api: Api, one: Tenant) -> None:
    key = one.keys["viewer"]
    assert (await api.call(key, "GET", "/bots")).status_code == 200
    async with api.under_test.owner.transaction(None) as tx:
        connection = await tx.connection()
        await connection.exec_driver_sql(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where application_name = 'codex32-lean' and datname = current_database()"
        )
    assert (await api.call(key, "GET", "/bots")).status_code == 200


async def test_metrics_are_for_this_machine_or_a_scope(api: Api, one: Tenant) -> None:
    local = await api.call(None, "GET", "/metrics")
    assert local.status_code == 200
    assert 'route="/metrics"' in (await api.call(None, "GET", "/metrics")).text
    relayed = await api.call(None, "GET", "/metrics", headers={"X-Forwarded-For": "1.2.3.4"})
    assert relayed.status_code == 401
    allowed = await api.call(one.keys["viewer"], "GET", "/metrics", headers={"X-Forwarded-For": "1.2.3.4"})
    assert allowed.status_code == 200


async def test_the_document_describes_errors_scopes_and_examples(api: Api) -> None:
    document = (await api.call(None, "GET", "/api/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    create = document["paths"]["/api/v1/bots"]["post"]
    assert create["operationId"] == "create_bot"
    assert create["x-codex32-scope"] == "bots:write"
    assert create["security"] == [{"key": []}, {"session": []}]
    conflict = create["responses"]["409"]["content"]["application/problem+json"]["examples"]
    assert "bot_exists" in conflict
    assert document["paths"]["/health"]["get"]["security"] == []
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation.get("description") or operation.get("summary"), f"{method} {path}"


async def test_the_reference_needs_nothing_from_elsewhere(api: Api) -> None:
    page = await api.http.get("/api/docs")
    assert page.status_code == 200
    assert "<script" not in page.text
    assert "style=" not in page.text
    assert "//" not in page.text.replace("https://json-schema.org", "").split("</head>")[0]
    assert (await api.http.get("/api/docs.css")).headers["content-type"].startswith("text/css")
    assert 'id="list_bots"' in page.text


def test_the_reference_escapes_what_it_shows() -> None:
    document = {
        "info": {"title": "<t>", "version": "1", "description": "<script>x</script>"},
        "paths": {"/<p>": {"get": {"operationId": "<o>", "summary": "<s>", "responses": {}}}},
        "components": {"schemas": {"<n>": {"description": "<d>"}}},
    }
    page = render(document)
    assert "<script>" not in page
    assert "<d>" not in page


async def _get(app: WebApp, path: str) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as client:
        return await client.get(path)


@pytest.fixture
def built(tmp_path: Path) -> Path:
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html>the app")
    (folder / "assets" / "app-1234.js").write_text("1")
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    return folder


async def test_the_web_app_and_its_assets(built: Path) -> None:
    app = WebApp(built)
    assert "immutable" in (await _get(app, "/assets/app-1234.js")).headers["cache-control"]
    for page in ("/", "/bots/some-bot", "/sign-in"):
        answer = await _get(app, page)
        assert answer.text.endswith("the app")
        assert answer.headers["cache-control"] == "no-cache"


async def test_every_page_has_a_nonce_of_its_own(built: Path) -> None:
    """Style elements that libraries make carry it; neither inline scripts nor inline styles are allowed."""
    (built / "index.html").write_text('<meta property="csp-nonce" nonce="__CODEX32_NONCE__">')
    app = WebApp(built)
    nonces: set[str] = set()
    for path in ("/", "/index.html", "/runs"):
        answer = await _get(app, path)
        (nonce,) = re.findall(r'nonce="([\w-]{20,})"', answer.text)
        policy = answer.headers["content-security-policy"]
        assert f"style-src 'self' 'nonce-{nonce}'" in policy
        assert "unsafe" not in policy
        nonces.add(nonce)
    assert len(nonces) == 3


async def test_assets_come_packed_to_those_who_can_unpack_them(built: Path) -> None:
    (built / "assets" / "app-1234.js.br").write_bytes(b"packed by brotli")
    (built / "assets" / "app-1234.js.gz").write_bytes(b"packed by gzip")
    transport = httpx.ASGITransport(WebApp(built))
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
        for accepted, encoding in (
            ("gzip, br", "br"),
            ("gzip", "gzip"),
            ("br;q=0, gzip", "gzip"),
            ("identity", None),
        ):
            async with client.stream(
                "GET", "/assets/app-1234.js", headers={"Accept-Encoding": accepted}
            ) as answer:
                assert answer.headers.get("content-encoding") == encoding
                assert answer.headers["content-type"].startswith("text/javascript")
                assert "immutable" in answer.headers["cache-control"]


async def test_nothing_outside_the_folder_is_served(built: Path) -> None:
    app = WebApp(built)
    for path in (
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/link.txt",
        "/assets/../../secret.txt",
        "//etc/passwd",
    ):
        with suppress(HTTPException):
            answer = await _get(app, path)
            assert "secret" not in answer.text
            assert "root:" not in answer.text


async def test_without_a_build_a_page_says_how(tmp_path: Path) -> None:
    answer = await _get(WebApp(tmp_path), "/")
    assert "make web" in answer.text


async def test_what_is_paused_on_purpose_is_no_fault(api: Api, one: Tenant) -> None:
    """503 tells a sender to come again; the log of the server tells of no error."""
    await deploy(api, one)
    made = await create(api, one, auth="none")
    paused = await api.call(one.keys["editor"], "POST", f"/webhooks/{made['webhook']['id']}/pause")
    assert paused.status_code == 200
    with capture_logs() as lines:
        assert (await deliver(api, made)).status_code == 503
    (line,) = [line for line in lines if line["event"] == "request"]
    assert (line["status"], line["log_level"]) == (503, "info")
