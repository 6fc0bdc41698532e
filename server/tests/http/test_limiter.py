"""Failed sign-ins are shed per address, and forgotten in time."""

from __future__ import annotations

from codex32_server.http.limiter import FailureLimiter, GoodLately


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_is_free_and_then_one_every_interval() -> None:
    clock = Clock()
    limiter = FailureLimiter(burst=3, interval=2.0, clock=clock)
    for _ in range(3):
        assert limiter.wait_of("a") == 0
        limiter.note("a")
    assert limiter.wait_of("a") == 2.0
    clock.now = 2.0
    assert limiter.wait_of("a") == 0
    limiter.note("a")
    assert limiter.wait_of("a") == 2.0


def test_other_addresses_are_not_concerned() -> None:
    limiter = FailureLimiter(burst=1, interval=10.0, clock=Clock())
    limiter.note("a")
    assert limiter.wait_of("a") > 0
    assert limiter.wait_of("b") == 0


def test_memory_is_bounded() -> None:
    limiter = FailureLimiter(burst=1, interval=10.0, capacity=2, clock=Clock())
    for address in ("a", "b", "c"):
        limiter.note(address)
    assert limiter.wait_of("a") == 0
    assert limiter.wait_of("c") > 0


def test_good_credentials_are_remembered_within_bounds() -> None:
    known = GoodLately(capacity=2)
    for credential in ("a", "b", "\ud800"):
        known.remember(credential)
    assert not known.knows("a")
    assert known.knows("b")
    assert known.knows("\ud800")
    assert not GoodLately().knows("b")
