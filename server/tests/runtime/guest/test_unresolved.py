"""Which name did not resolve, from a traceback."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from codex32_server.runtime.guest.unresolved import advice

NAME = "no-such-name.invalid"


def _failed(host: Any = NAME, port: Any = 587) -> BaseException:
    try:
        socket.getaddrinfo(host, port)
    except OSError as error:
        return error
    raise AssertionError("it resolved")


def test_the_line_to_add() -> None:
    assert f'network = ["{NAME}:587"] is missing in the manifest' in advice(_failed(), ["api.example.com"])
    assert f'network = ["{NAME}"] is missing' in advice(_failed(port="https"), [])
    assert f'network = ["{NAME}"] is missing' in advice(_failed(host=NAME.encode(), port=443), [])


def test_a_library_that_wraps_the_error() -> None:
    wrapped = RuntimeError("cannot connect")
    wrapped.__cause__ = ValueError("inner")
    wrapped.__cause__.__context__ = _failed()
    assert NAME in advice(wrapped, [])


def test_a_pattern_that_covers_the_name() -> None:
    assert "HTTPS_PROXY" in advice(_failed(), ["*.invalid"])
    assert "is missing" in advice(_failed(), ["*.other.invalid"])


@pytest.mark.parametrize(
    "error", [ValueError("x"), socket.gaierror(-2, "made by hand"), OSError(111, "refused")]
)
def test_nothing_is_said_where_nothing_is_known(error: BaseException) -> None:
    assert advice(error, []) == ""


def test_a_chain_without_an_end() -> None:
    one, two = ValueError("1"), ValueError("2")
    one.__context__, two.__context__ = two, one
    assert advice(one, []) == ""
