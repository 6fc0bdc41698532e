"""The circuit against its table: whatever happens in whatever order, it keeps its promises."""

from __future__ import annotations

from codex32_server.gateway.wrappers.circuit import TRANSITIONS, Circuit, CircuitRules, Event, State
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

RULES = CircuitRules(in_a_row=3, share=0.5, least=8, window=60, rest=5, longest_rest=20)


def test_failures_in_a_row_open_it() -> None:
    circuit = Circuit(RULES)
    for _ in range(2):
        circuit.failed(0, probe=False)
    circuit.succeeded(0, probe=False)
    for _ in range(2):
        circuit.failed(0, probe=False)
    assert circuit.state is State.CLOSED
    circuit.failed(0, probe=False)
    assert circuit.state is State.OPEN
    assert circuit.admit(4.9) is None
    assert circuit.retry_after(1) == 4


def test_a_share_of_failures_opens_it() -> None:
    circuit = Circuit(RULES)
    for _ in range(4):
        circuit.succeeded(0, probe=False)
        circuit.failed(0, probe=False)
    assert circuit.state is State.OPEN


def test_old_failures_are_forgotten() -> None:
    circuit = Circuit(RULES)
    for moment in range(0, 800, 100):
        circuit.failed(moment, probe=False)
        circuit.succeeded(moment, probe=False)
    assert circuit.state is State.CLOSED
    assert not circuit.idle(700)
    assert circuit.idle(800)


def opened(now: float = 0, retry_after: float | None = None) -> Circuit:
    circuit = Circuit(RULES)
    for _ in range(3):
        circuit.failed(now, probe=False, retry_after=retry_after)
    return circuit


def test_one_probe_goes_through_and_closes_it() -> None:
    circuit = opened()
    assert circuit.admit(5) is True
    assert circuit.admit(5) is None
    circuit.succeeded(6, probe=True)
    assert (circuit.state, circuit.admit(6)) == (State.CLOSED, False)


def test_a_failed_probe_doubles_the_rest_up_to_a_ceiling() -> None:
    circuit, now, rests = opened(), 0.0, list[float]()
    for _ in range(4):
        rests.append(circuit.retry_after(now))
        now += rests[-1]
        assert circuit.admit(now) is True
        circuit.failed(now, probe=True)
    assert rests == [5, 10, 20, 20]


def test_an_abandoned_probe_lets_the_next_one_through() -> None:
    circuit = opened()
    assert circuit.admit(5) is True
    circuit.abandoned(probe=True)
    assert circuit.admit(5) is True


def test_retry_after_lengthens_the_rest_within_reason() -> None:
    assert opened(retry_after=12).retry_after(0) == 12
    assert opened(retry_after=3600).retry_after(0) == 20


def test_late_answers_of_calls_that_were_admitted_before_change_nothing() -> None:
    circuit = opened()
    circuit.succeeded(1, probe=False)
    circuit.failed(1, probe=False)
    assert (circuit.state, circuit.retry_after(1)) == (State.OPEN, 4)


class Circuits(RuleBasedStateMachine):
    """Calls begin and end in any order while time goes on."""

    def __init__(self) -> None:
        super().__init__()
        self.circuit = Circuit(RULES)
        self.now = 0.0
        self.under_way: list[bool] = []

    @rule(seconds=st.floats(0, 30))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def begin(self) -> None:
        before = self.circuit.state
        probe = self.circuit.admit(self.now)
        if probe is None:
            assert before is not State.CLOSED
            assert self.circuit.retry_after(self.now) > 0
        else:
            assert probe is (before is State.OPEN)
            self.under_way.append(probe)

    @precondition(lambda self: self.under_way)
    @rule(which=st.integers(0, 1000), end=st.sampled_from(["succeeded", "failed", "abandoned"]))
    def end(self, which: int, end: str) -> None:
        probe = self.under_way.pop(which % len(self.under_way))
        before = self.circuit.state
        if end == "succeeded":
            self.circuit.succeeded(self.now, probe=probe)
        elif end == "failed":
            self.circuit.failed(self.now, probe=probe)
        else:
            self.circuit.abandoned(probe=probe)
        after = self.circuit.state
        assert before is after or after in [TRANSITIONS.get((before, event)) for event in Event]
        if before is State.OPEN:
            assert after is State.OPEN

    @invariant()
    def one_probe_at_most(self) -> None:
        probes = self.under_way.count(True)
        assert probes == (1 if self.circuit.state is State.HALF_OPEN else 0)

    @invariant()
    def rests_are_bounded(self) -> None:
        assert self.circuit.retry_after(self.now) <= RULES.longest_rest


Circuits.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestCircuits = Circuits.TestCase
