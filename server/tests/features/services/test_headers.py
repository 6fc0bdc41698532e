"""What passes between a caller and a bot: no credential of ours in, nothing that acts as the platform out."""

from __future__ import annotations

import pytest
from codex32_server.features.services.service.headers import SANDBOX, Visit, from_bot, to_bot
from hypothesis import given
from hypothesis import strategies as st

VISIT = Visit("/s/main/echo", "https", "10.0.0.9", "request-1", "member-1")
TOKEN = st.from_regex(rb"[A-Za-z0-9-]{1,30}", fullmatch=True)
FIELDS = st.lists(st.tuples(TOKEN, st.binary(max_size=50)), max_size=20)


def inward(*headers: tuple[bytes, bytes], public: bool = False) -> dict[bytes, bytes]:
    return dict(to_bot(headers, VISIT, public=public))


def outward(*headers: tuple[bytes, bytes], public: bool = False) -> dict[bytes, bytes]:
    return dict(from_bot(headers, VISIT.prefix, public=public))


def test_credentials_stay_here() -> None:
    seen = inward(
        (b"Authorization", b"Bearer c32_x"), (b"Cookie", b"codex32_session=x; a=b"), (b"Accept", b"*/*")
    )
    assert b"authorization" not in seen
    assert b"cookie" not in seen
    assert seen[b"accept"] == b"*/*"


@pytest.mark.parametrize("value", [b"Bearer c32_x", b"bearer  c32_x", b" BEARER C32_x"])
def test_a_key_of_ours_never_reaches_a_public_bot(value: bytes) -> None:
    assert b"authorization" not in inward((b"Authorization", value), public=True)


def test_a_public_bot_may_have_keys_of_its_own() -> None:
    assert inward((b"Authorization", b"Bearer mine"), public=True)[b"authorization"] == b"Bearer mine"


def test_where_a_request_came_from_cannot_be_forged() -> None:
    seen = inward(
        (b"X-Forwarded-For", b"1.2.3.4"),
        (b"X-Forwarded-Anything", b"x"),
        (b"X-Codex32-Member", b"somebody"),
        (b"Forwarded", b"for=1.2.3.4"),
        (b"Host", b"bots.example"),
    )
    assert seen[b"x-forwarded-for"] == b"10.0.0.9"
    assert seen[b"x-forwarded-host"] == b"bots.example"
    assert seen[b"x-forwarded-prefix"] == b"/s/main/echo"
    assert seen[b"x-codex32-member"] == b"member-1"
    assert b"forwarded" not in seen
    assert b"x-forwarded-anything" not in seen


def test_hop_by_hop_fields_end_here() -> None:
    seen = inward(
        (b"Connection", b"close, X-Hop"), (b"X-Hop", b"1"), (b"TE", b"trailers"), (b"Upgrade", b"h2c")
    )
    assert not {b"connection", b"x-hop", b"te", b"upgrade"} & set(seen)
    back = outward((b"Connection", b"x-mine"), (b"X-Mine", b"1"), (b"Transfer-Encoding", b"chunked"))
    assert not {b"connection", b"x-mine", b"transfer-encoding"} & set(back)


def test_a_bot_sets_nothing_on_our_origin() -> None:
    seen = outward(
        (b"Set-Cookie", b"codex32_session=evil"),
        (b"Clear-Site-Data", b'"*"'),
        (b"Service-Worker-Allowed", b"/"),
        (b"Content-Type", b"text/html"),
    )
    assert set(seen) == {b"content-type", b"content-security-policy"}
    assert seen[b"content-security-policy"] == SANDBOX
    assert b"allow-same-origin" not in SANDBOX


@pytest.mark.parametrize(
    "name",
    [b"X-Accel-Redirect", b"X-Sendfile", b"X-Forwarded-Host", b"X-Codex32-Member", b"X-Original-URL",
     b"X-Lighttpd-Send-File", b"WWW-Authenticate", b"Content-Security-Policy-Report-Only"],
)  # fmt: skip
def test_a_bot_commands_no_proxy_in_front_and_asks_for_no_password(name: bytes) -> None:
    assert name.lower() not in dict(from_bot([(name, b"/internal")], VISIT.prefix, public=True))
    assert (b"x-page-count", b"3") in from_bot([(b"X-Page-Count", b"3")], VISIT.prefix, public=True)


def test_a_bots_own_policy_stays_and_ours_is_added() -> None:
    seen = outward((b"Content-Security-Policy", b"sandbox allow-same-origin"))
    assert seen[b"content-security-policy"] == b"sandbox allow-same-origin, " + SANDBOX


@pytest.mark.parametrize(
    ("location", "seen"),
    [
        (b"/login", b"/s/main/echo/login"),
        (b"/s/main/echo/login", b"/s/main/echo/login"),
        (b"/s/main/echoes", b"/s/main/echo/s/main/echoes"),
        (b"login", b"login"),
        (b"//evil.example/", b"//evil.example/"),
        (b"https://a.example/", b"https://a.example/"),
    ],
)
def test_redirects_stay_below_the_service(location: bytes, seen: bytes) -> None:
    assert outward((b"Location", location))[b"location"] == seen


def test_a_public_page_may_load_its_files() -> None:
    assert outward(public=True)[b"cross-origin-resource-policy"] == b"cross-origin"
    assert b"cross-origin-resource-policy" not in outward((b"Cross-Origin-Resource-Policy", b"cross-origin"))


@given(FIELDS, st.booleans())
def test_whatever_is_sent(headers: list[tuple[bytes, bytes]], public: bool) -> None:
    seen = to_bot(headers, VISIT, public=public)
    names = [name for name, _ in seen]
    assert b"cookie" not in names
    assert names.count(b"x-codex32-member") == 1
    assert names.count(b"x-forwarded-for") == 1
    back = from_bot(headers, VISIT.prefix, public=public)
    assert b"set-cookie" not in [name for name, _ in back]
    assert dict(back)[b"content-security-policy"].endswith(SANDBOX)
