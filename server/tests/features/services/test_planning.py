"""Rolling replacement on paper: whatever happens, the plan leads to what is wanted and never overdoes it."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from codex32_server.features.services.service.planning import GIVE_UP_AFTER, Have, Wanted, plan
from codex32_server.features.services.service.transitions import HELD, State
from codex32_server.kit.ids import new_id
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

_STANDING = [State.PENDING, State.STARTING, State.READY, State.UNREADY, State.EXITED, State.QUARANTINED]


def have(state: State = State.READY, slot: int = 0, generation: int = 1, **more: object) -> Have:
    return Have(new_id(), slot, generation, state, **more)  # type: ignore[arg-type]


def test_the_first_replicas_come_all_at_once() -> None:
    assert plan(Wanted(3, 1), []).create == (0, 1, 2)


def test_a_new_generation_comes_one_at_a_time_and_lets_one_go() -> None:
    old = [have(slot=slot) for slot in range(2)]
    first = plan(Wanted(2, 2, can_go_back=True), old)
    assert (first.create, first.retire) == ((0,), ())
    starting = plan(Wanted(2, 2, can_go_back=True), [*old, have(State.STARTING, 0, 2)])
    assert (starting.create, starting.retire) == ((), ())
    ready = plan(Wanted(2, 2, can_go_back=True), [*old, have(State.READY, 0, 2)])
    assert ready.retire == (old[1].id,)
    assert ready.create == (1,)


def test_done_when_all_are_ready_and_the_former_ones_may_go() -> None:
    former = have()
    found = plan(Wanted(1, 2, can_go_back=True), [have(generation=2), former])
    assert (found.verdict, found.retire) == ("done", (former.id,))
    assert plan(Wanted(2, 2, can_go_back=True), [have(generation=2), former]).verdict == "rolling"


@pytest.mark.parametrize(
    "broken",
    [
        have(State.QUARANTINED, 0, 2),
        have(State.PENDING, 0, 2, failures=GIVE_UP_AFTER),
        have(State.EXITED, 0, 2, failures=1),
    ],
)
def test_a_rollout_that_fails_is_given_up(broken: Have) -> None:
    assert plan(Wanted(1, 2, can_go_back=True), [have(), broken]).verdict == "failed"
    assert plan(Wanted(1, 2), [have(), broken]).verdict != "failed"


def test_one_that_was_ready_before_is_not_given_up_for_two_failures() -> None:
    replica = have(State.PENDING, 0, 2, failures=GIVE_UP_AFTER, was_ready=True)
    assert plan(Wanted(1, 2, can_go_back=True), [have(), replica]).verdict == "rolling"


def test_useless_former_ones_go_at_once() -> None:
    broken = have(State.QUARANTINED)
    found = plan(Wanted(1, 2), [broken])
    assert found.retire == (broken.id,)
    assert found.create == (0,)


def test_fewer_are_wanted() -> None:
    replicas = [have(slot=slot) for slot in range(3)]
    assert plan(Wanted(1, 1), replicas).retire == (replicas[1].id, replicas[2].id)
    waiting = have(State.PENDING, slot=0)
    assert plan(Wanted(1, 1), [waiting, have(slot=1)]).retire == (waiting.id,)


def test_none_are_wanted() -> None:
    replicas = [have(state, slot) for slot, state in enumerate(_STANDING)]
    found = plan(Wanted(0, 1), replicas)
    assert set(found.retire) == {replica.id for replica in replicas}
    assert found.verdict == "done"


def test_one_that_ended_well_is_not_replaced() -> None:
    found = plan(Wanted(1, 1), [have(State.EXITED)])
    assert (found.create, found.retire, found.verdict) == ((), (), "done")


@given(
    st.integers(0, 5),
    st.integers(1, 3),
    st.booleans(),
    st.lists(
        st.builds(
            Have,
            id=st.uuids(),
            slot=st.integers(0, 4),
            generation=st.integers(1, 3),
            state=st.sampled_from([*_STANDING, State.STOPPING]),
            wanted=st.booleans(),
            failures=st.integers(0, 7),
            was_ready=st.booleans(),
        ),
        unique_by=lambda replica: replica.id,
    ),
)
def test_a_plan_is_sound(wanted: int, generation: int, back: bool, replicas: list[Have]) -> None:
    found = plan(Wanted(wanted, generation, back), replicas)
    known = {replica.id: replica for replica in replicas}
    assert len(set(found.retire)) == len(found.retire)
    assert all(known[replica_id].wanted for replica_id in found.retire)
    taken = [
        replica.slot
        for replica in replicas
        if replica.wanted and replica.generation == generation and replica.id not in found.retire
    ]
    assert not set(found.create) & set(taken)
    assert len(set(found.create)) == len(found.create)
    if found.verdict != "failed":
        assert len(taken) + len(found.create) <= max(wanted, len(taken))


class Rollouts(RuleBasedStateMachine):
    """A service of which versions are rolled out, whose processes live and die, as the database plays it."""

    def __init__(self) -> None:
        super().__init__()
        self.wanted = Wanted(2, 1)
        self.stable: int | None = None
        self.newest = 1
        self.replicas: dict[UUID, Have] = {}
        self.apply()

    def apply(self) -> None:
        for _ in range(2):
            found = plan(self.wanted, list(self.replicas.values()))
            if found.verdict == "failed":
                assert self.stable is not None
                self.want(generation=self.stable)
                continue
            for replica_id in found.retire:
                replica = replace(self.replicas[replica_id], wanted=False)
                if replica.state in HELD:
                    self.replicas[replica_id] = replace(replica, state=State.STOPPING)
                else:
                    del self.replicas[replica_id]
            for slot in found.create:
                made = Have(new_id(), slot, self.wanted.generation, State.PENDING)
                self.replicas[made.id] = made
            if found.verdict == "done" and self.wanted.replicas:
                self.stable = self.wanted.generation
                self.want()
            return
        raise AssertionError("a rollback failed at once")

    def want(self, **changes: int) -> None:
        generation = changes.get("generation", self.wanted.generation)
        count = changes.get("replicas", self.wanted.replicas)
        self.wanted = Wanted(count, generation, self.stable not in (None, generation))

    def change(self, position: int, states: tuple[State, ...], **values: object) -> None:
        found = [replica for replica in self.replicas.values() if replica.state in states]
        if found:
            replica = found[position % len(found)]
            self.replicas[replica.id] = replace(replica, **values)  # type: ignore[arg-type]
            self.apply()

    @rule()
    def deploy(self) -> None:
        self.newest += 1
        self.want(generation=self.newest)
        self.apply()

    @rule(count=st.integers(0, 4))
    def scale(self, count: int) -> None:
        self.want(replicas=count)
        self.apply()

    @rule(position=st.integers(0, 9))
    def start(self, position: int) -> None:
        self.change(position, (State.PENDING,), state=State.STARTING)

    @rule(position=st.integers(0, 9))
    def become_ready(self, position: int) -> None:
        self.change(position, (State.STARTING, State.UNREADY), state=State.READY, was_ready=True)

    @rule(position=st.integers(0, 9))
    def lose_readiness(self, position: int) -> None:
        self.change(position, (State.READY,), state=State.UNREADY)

    @rule(position=st.integers(0, 9), failures=st.integers(1, 7))
    def fail(self, position: int, failures: int) -> None:
        state = State.QUARANTINED if failures > 5 else State.PENDING
        self.change(position, (State.STARTING, State.READY, State.UNREADY), state=state, failures=failures)

    @rule()
    def stopped(self) -> None:
        for replica in list(self.replicas.values()):
            if replica.state is State.STOPPING:
                del self.replicas[replica.id]
        self.apply()

    @precondition(lambda self: not any(r.state is State.QUARANTINED for r in self.replicas.values()))
    @rule()
    def everything_goes_well(self) -> None:
        """From anywhere, once all starts succeed, what is wanted is there."""
        for _ in range(60):
            for replica in list(self.replicas.values()):
                if replica.state is State.STOPPING:
                    del self.replicas[replica.id]
                elif replica.state is not State.QUARANTINED:
                    self.replicas[replica.id] = replace(
                        replica, state=State.READY, was_ready=True, failures=0
                    )
            self.apply()
        standing = [replica for replica in self.replicas.values() if replica.wanted]
        assert len(standing) == self.wanted.replicas
        assert {replica.generation for replica in standing} <= {self.wanted.generation}

    @invariant()
    def never_more_than_one_too_many(self) -> None:
        """Of what is not on its way out, beside what a smaller wish has just made too many."""
        standing = [replica for replica in self.replicas.values() if replica.wanted]
        assert len(standing) <= self.wanted.replicas + 1
        places = [(replica.generation, replica.slot) for replica in standing]
        assert len(set(places)) == len(places)


TestRollouts = Rollouts.TestCase
