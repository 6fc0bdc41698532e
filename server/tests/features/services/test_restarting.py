"""What follows from an end: backoff, forgetting, quarantine, and what is no fault."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from codex32_server.features.services.errors import IllegalReplicaChangeError
from codex32_server.features.services.service.restarting import FAULTS, ExitKind, after_exit, backoff
from codex32_server.features.services.service.transitions import ALLOWED, HELD, Event, State, guard
from codex32_server.kit.manifest.services import Service
from hypothesis import given
from hypothesis import strategies as st

SPEC = Service()


def after(kind: ExitKind, spec: Service = SPEC, **more: Any) -> Any:
    given_ = {"wanted": True, "failures": 0, "lived": 1.0, "chance": 0.5} | more
    return after_exit(spec, kind, **given_)


def test_the_waits_double_up_to_a_minute() -> None:
    waits = [backoff(SPEC, failures, 0.5) for failures in range(1, 9)]
    assert waits == [2, 4, 8, 16, 32, 60, 60, 60]


def test_the_sixth_failure_is_the_last() -> None:
    assert after("failed", failures=4).state is State.PENDING
    assert after("failed", failures=5).state is State.QUARANTINED


def test_a_healthy_period_forgets_failures() -> None:
    sequel = after("failed", failures=5, lived=SPEC.reset_after)
    assert (sequel.state, sequel.failures, sequel.delay) == (State.PENDING, 1, 2.0)


@pytest.mark.parametrize("kind", ["lost", "released", "stopped"])
def test_what_is_not_the_bots_fault_costs_nothing(kind: ExitKind) -> None:
    sequel = after(kind, failures=5)
    assert (sequel.state, sequel.failures, sequel.delay) == (State.PENDING, 5, 0.0)


@pytest.mark.parametrize(
    ("restart", "kind", "state"),
    [
        ("always", "completed", State.PENDING),
        ("on-failure", "completed", State.EXITED),
        ("never", "completed", State.EXITED),
        ("on-failure", "failed", State.PENDING),
        ("never", "failed", State.EXITED),
        ("never", "unhealthy", State.EXITED),
    ],
)
def test_the_restart_policy(restart: Any, kind: ExitKind, state: State) -> None:
    sequel = after(kind, Service(restart=restart))
    assert sequel.state is state
    assert sequel.failures == (kind in FAULTS)


def test_a_natural_end_never_quarantines() -> None:
    for failures in range(10):
        assert after("completed", failures=failures).state is State.PENDING


@given(
    st.sampled_from(get_args(ExitKind)),
    st.booleans(),
    st.integers(0, 1000),
    st.floats(0, 1e6),
    st.floats(0, 1),
    st.sampled_from(["always", "on-failure", "never"]),
    st.sampled_from(sorted(HELD)),
)
def test_every_sequel_is_allowed_and_bounded(
    kind: ExitKind, wanted: bool, failures: int, lived: float, chance: float, restart: Any, state: State
) -> None:
    spec = Service(restart=restart)
    sequel = after_exit(spec, kind, wanted=wanted, failures=failures, lived=lived, chance=chance)
    guard(state, sequel.event, sequel.state)
    assert 0 <= sequel.delay <= spec.max_backoff
    assert (sequel.state is State.GONE) is not wanted


@given(st.sampled_from(list(State)), st.sampled_from(list(Event)), st.sampled_from(list(State)))
def test_the_guard_is_the_table(state: State, event: Event, target: State) -> None:
    if target in ALLOWED.get((state, event), frozenset()):
        guard(state, event, target)
    else:
        with pytest.raises(IllegalReplicaChangeError):
            guard(state, event, target)


def test_nothing_comes_back_from_gone() -> None:
    assert not [key for key in ALLOWED if key[0] is State.GONE]
