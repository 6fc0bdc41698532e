"""The network of the workbench, under the libraries that bots use."""

from __future__ import annotations

import asyncio
import http.client
import json
import smtplib
import socket
import ssl
import urllib.error
import urllib.request
from email.message import EmailMessage

import httpx
import psycopg
import pytest
import requests
from codex32_bot import secrets
from codex32_bot.testing import Request, Response, workbench

PRICES = "https://api.example.com/prices"


def read(url: str, body: bytes | None = None, **headers: str) -> bytes:
    with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=5) as answer:
        return answer.read()


def test_a_document_is_answered_and_the_request_is_kept() -> None:
    with workbench(http={PRICES: {"eur": 1.5}, "POST https://hooks.example.com/a": "ok"}) as bench:
        assert json.loads(read(f"{PRICES}?day=1")) == {"eur": 1.5}
        assert read("https://hooks.example.com/a", b'{"a": 1}', Authorization="t") == b"ok"
    assert [(sent.method, sent.url) for sent in bench.requests] == [
        ("GET", f"{PRICES}?day=1"),
        ("POST", "https://hooks.example.com/a"),
    ]
    assert bench.requests[1].json() == {"a": 1}
    assert bench.requests[1].headers["authorization"] == "t"


def test_answers_in_turn_with_status_headers_and_functions() -> None:
    def echo(request: Request) -> Response:
        return Response(201, {"was": request.text}, {"X-Kind": "echo"})

    answers = {PRICES: [Response(503), {"n": 1}, echo]}
    with workbench(http=answers):
        with pytest.raises(urllib.error.HTTPError, match="503"):
            read(PRICES)
        assert read(PRICES) == b'{"n": 1}'
        with urllib.request.urlopen(PRICES, b"hi") as answer:
            assert (answer.status, answer.headers["X-Kind"]) == (201, "echo")
        assert read(PRICES, b"again") == b'{"was": "again"}'


def test_prefixes_and_methods_the_nearest_one_counts() -> None:
    answers = {
        "https://a.example/*": "far",
        "https://a.example/b/*": "near",
        "PUT https://a.example/*": "put",
    }
    with workbench(http=answers):
        assert read("https://a.example/x") == b"far"
        assert read("https://a.example/b/c?d=1") == b"near"
        assert httpx.put("https://a.example/x").text == "put"


@pytest.mark.parametrize("error", [TimeoutError("slow"), ConnectionResetError("gone")])
def test_an_exception_is_raised_in_the_bot(error: OSError) -> None:
    with workbench(http={PRICES: [error, "fine"]}):
        with pytest.raises(type(error)):
            read(PRICES)
        assert read(PRICES) == b"fine"


def test_an_address_that_is_not_named_says_which_line_to_add() -> None:
    with pytest.raises(AssertionError, match=r'http=\{"https://other.example/"'), workbench(http={PRICES: 1}):
        read("https://other.example/x")
    with pytest.raises(urllib.error.HTTPError) as caught, workbench(http={PRICES: 1}):
        read("https://api.example.com/else", b"")
    assert "POST https://api.example.com/else" in caught.value.__notes__[0]


def test_what_the_bot_hides_is_raised_at_the_end() -> None:
    with pytest.raises(AssertionError, match=r"no answer for https://api.example.com/else"):  # noqa: SIM117
        with workbench(http={PRICES: 1}):
            assert httpx.get("https://api.example.com/else").status_code == 421


def test_httpx_requests_and_plain_http() -> None:
    answers = {PRICES: {"n": 2}, "http://plain.example:8080/a": "text"}
    with workbench(http=answers):
        assert httpx.get(PRICES).json() == {"n": 2}
        session = requests.Session()
        assert [session.get(PRICES, timeout=5).json() for _ in range(2)] == [{"n": 2}] * 2
        connection = http.client.HTTPConnection("plain.example", 8080)
        connection.request("GET", "/a")
        assert connection.getresponse().read() == b"text"


def test_asyncio() -> None:
    async def both() -> list[str]:
        async with httpx.AsyncClient() as client:
            answers = await asyncio.gather(client.get(PRICES), client.post(PRICES, json={"a": 1}))
        return [answer.text for answer in answers]

    with workbench(http={PRICES: "a", f"POST {PRICES}": lambda request: request.json()}):
        assert asyncio.run(both()) == ["a", '{"a": 1}']


def test_mail_with_an_attachment() -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "bot@example.com", "ann@example.com", "Zoë’s report"
    message.set_content("Hello.\n.\nBye.")
    message.add_attachment("a,b\n1,2\n", filename="t.csv", subtype="csv")
    with workbench() as bench:
        with smtplib.SMTP("smtp.example.com", 587, timeout=5) as server:
            server.starttls()
            server.login("bot", "secret")
            server.send_message(message)
        with smtplib.SMTP_SSL("smtp.example.com", timeout=5) as server:
            server.send_message(message, to_addrs=["bob@example.com", "eve@example.com"])
    first, second = bench.mails
    assert (first.sender, first.recipients, first.login) == ("bot@example.com", ["ann@example.com"], "bot")
    assert (first.subject, first.text) == ("Zoë’s report", "Hello.\n.\nBye.\n")
    assert first.attachments == {"t.csv": b"a,b\n1,2\n"}
    assert second.recipients == ["bob@example.com", "eve@example.com"]


def test_a_mail_server_that_is_down() -> None:
    down = workbench(http={"smtp://mail.example.com:587": ConnectionRefusedError()})
    with down, pytest.raises(ConnectionRefusedError):
        smtplib.SMTP("mail.example.com", 587, timeout=5)


def test_the_certificate_of_a_host() -> None:
    with workbench(http={PRICES: 1}, certificates={"api.example.com": "2026-01-31"}):
        sock = socket.create_connection(("api.example.com", 443), 5)
        secure = ssl.create_default_context().wrap_socket(sock, server_hostname="api.example.com")
        certificate = secure.getpeercert()
        secure.close()
    assert certificate is not None
    assert certificate["notAfter"] == "Jan 31 00:00:00 2026 GMT"


def test_a_database() -> None:
    rows = [
        {"id": 1, "name": "Zoë", "ok": True, "price": 1.5},
        {"id": 2, "name": None, "ok": False, "price": 2.0},
    ]
    found = workbench(sql={"SELECT * FROM t": rows, "select 1": []})
    with found as bench, psycopg.connect(secrets["DATABASE_URL"]) as connection:
        cursor = connection.execute("select *  from t;")
        assert [column.name for column in cursor.description or []] == ["id", "name", "ok", "price"]
        assert cursor.fetchall() == [(1, "Zoë", True, 1.5), (2, None, False, 2.0)]
        assert connection.execute("SELECT 1").fetchall() == []
        with pytest.raises(psycopg.Error, match=r"the bench has no rows for 'select 2'"):
            connection.execute("select 2")
    assert bench.queries == ["select *  from t;", "SELECT 1", "select 2"]


def test_a_database_that_is_out_of_order() -> None:
    out_of_order = workbench(sql={"*": RuntimeError("disk full")})
    with out_of_order, psycopg.connect(secrets["DATABASE_URL"]) as connection, pytest.raises(psycopg.Error):
        connection.execute("select * from t where a = %s", ["b"])


def test_nothing_outside_of_the_block_is_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    before = (socket.getaddrinfo, socket.socket.connect, ssl.SSLContext.wrap_socket, ssl.SSLContext.wrap_bio)
    with workbench(http={PRICES: "a"}):
        assert read(PRICES) == b"a"
    after = (socket.getaddrinfo, socket.socket.connect, ssl.SSLContext.wrap_socket, ssl.SSLContext.wrap_bio)
    assert before == after
    assert "connect" not in vars(socket.socket)


def test_servers_of_the_test_itself_are_left_alone() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    with workbench(http={PRICES: "a"}):
        client = socket.create_connection(listener.getsockname(), 5)
        server, _ = listener.accept()
        client.sendall(b"hi")
        assert server.recv(2) == b"hi"
    for sock in (client, server, listener):
        sock.close()


@pytest.mark.parametrize("name", ["api.example.com/x", "FETCH https://a.example/"])
def test_a_name_that_is_no_url_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="write for example"), workbench(http={name: 1}):
        pass
