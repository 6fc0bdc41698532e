"""The server's name in a ClientHello, whole, in pieces, and torn."""

from __future__ import annotations

import ssl

import pytest
from codex32_server.runtime.proxy.hello import Hello, NotAHelloError, read_hello
from hypothesis import given
from hypothesis import strategies as st


def client_hello(name: str | None) -> bytes:
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    context = ssl.create_default_context()
    context.check_hostname = False
    connection = context.wrap_bio(incoming, outgoing, server_hostname=name)
    with pytest.raises(ssl.SSLWantReadError):
        connection.do_handshake()
    return outgoing.read()


WHOLE = client_hello("api.example.test")


def in_records(message: bytes, size: int) -> bytes:
    """The same handshake in records of `size` bytes."""
    body = message[5:]
    parts = [body[place : place + size] for place in range(0, len(body), size)]
    return b"".join(b"\x16\x03\x01" + len(part).to_bytes(2, "big") + part for part in parts)


def test_the_name() -> None:
    assert read_hello(WHOLE) == Hello("api.example.test")
    assert read_hello(client_hello(None)) == Hello(None)
    assert read_hello(WHOLE + b"more") == Hello("api.example.test")


@pytest.mark.parametrize("size", [1, 3, 100, 300])
def test_in_many_records(size: int) -> None:
    assert read_hello(in_records(WHOLE, size)) == Hello("api.example.test")


@given(st.integers(0, len(WHOLE) - 1))
def test_more_is_wanted_of_every_beginning(length: int) -> None:
    assert read_hello(WHOLE[:length]) is None


@given(st.integers(0, len(WHOLE) - 1), st.integers(0, 255))
def test_no_byte_breaks_it(place: int, value: int) -> None:
    changed = WHOLE[:place] + bytes([value]) + WHOLE[place + 1 :]
    try:
        hello = read_hello(changed)
    except NotAHelloError:
        return
    assert hello is None or isinstance(hello, Hello)


@given(st.binary(max_size=400))
def test_no_bytes_break_it(data: bytes) -> None:
    for bytes_seen in (data, b"\x16\x03\x01" + data, WHOLE[:43] + data):
        try:
            hello = read_hello(bytes_seen)
        except NotAHelloError:
            continue
        assert hello is None or isinstance(hello, Hello)


@pytest.mark.parametrize(
    "data",
    [b"\x16\x03\x01\x00\x00", b"\x17\x03\x03\x00\x01x", b"\x16\x03\x01\x00\x04\x02\x00\x00\x00",
     b"\x16\x03\x01\x40\x00\x01\xff\xff\xff" + bytes(16380)],
)  # fmt: skip
def test_other_records(data: bytes) -> None:
    with pytest.raises(NotAHelloError):
        read_hello(data)
