"""Advice from how the runs went: attempts, time, memory, failures of one kind."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterator

from codex32_server.kit.manifest.quantities import format_duration, format_size

from .first_tests import TESTS, first_tests, shows
from .model import Evidence, RunSeen, Suggestion

NO_TESTS = "no-tests"
"""Comes before everything else: without it nothing else can be proven."""

_ENOUGH_RUNS = 5
_PASSING = (
    "network",
    "unavailable",
    "timeout",
    "connection",
    "temporar",
    "http 5",
    "503",
    "502",
    "504",
    "reset",
)
"""Words of errors that may be gone the next time."""
_MIB = 1024 * 1024


def advise(seen: Evidence) -> Iterator[Suggestion]:
    yield from _attempts(seen)
    yield from _time(seen)
    yield from _memory(seen)
    yield from _failures(seen)
    yield from _proof(seen)


def _failed(seen: Evidence) -> list[RunSeen]:
    return [run for run in seen.runs if run.status in ("failed", "timed_out")]


def _attempts(seen: Evidence) -> Iterator[Suggestion]:
    if not seen.manifest.network or seen.manifest.retries.attempts > 1 or seen.manifest.kind == "service":
        return
    passing = [run for run in _failed(seen) if any(word in run.error.casefold() for word in _PASSING)]
    told = (
        f"{len(passing)} of the last {len(seen.runs)} runs failed in a way that is often gone a moment later"
    )
    yield Suggestion(
        id="retries",
        kind="optimisation",
        title="Try again when the other side does not answer",
        why=f"It asks {', '.join(seen.manifest.network[:3])} and gives up after one attempt"
        + (f"; {told}." if passing else "."),
        impact="high" if passing else "medium",
        effort="small",
        change={"retries": {"attempts": 3, "backoff": "exponential"}},
    )


def _time(seen: Evidence) -> Iterator[Suggestion]:
    limit = seen.manifest.limits.timeout
    took = sorted(run.seconds for run in seen.runs if run.seconds is not None and run.status == "succeeded")
    ended = sum(run.status == "timed_out" for run in seen.runs)
    longest = took[-1] if took else 0.0
    if not ended and (len(took) < _ENOUGH_RUNS or longest < 0.8 * limit):
        return
    wanted = format_duration(float(round(max(2 * limit, 2 * longest))))
    counted = f"{ended} of the last {len(seen.runs)} runs were stopped at {format_duration(limit)}"
    near = f"The longest of the last runs took {longest:.1f} s of at most {format_duration(limit)}"
    yield Suggestion(
        id="timeout",
        kind="optimisation",
        title=f"Give it {wanted} a run",
        why=(counted if ended else near) + f"; the median took {statistics.median(took):.1f} s."
        if took
        else counted + ".",
        impact="high" if ended else "medium",
        effort="small",
        change={"limits.timeout": wanted},
    )


def _memory(seen: Evidence) -> Iterator[Suggestion]:
    limit, most = seen.manifest.limits.memory, seen.most_memory
    killed = sum(run.error_code == "out_of_memory" for run in seen.runs)
    if killed or (most is not None and most > 0.85 * limit):
        wanted = format_size(2 * limit)
        why = (
            f"{killed} of the last {len(seen.runs)} runs used up their {format_size(limit)}."
            if killed
            else f"It used {format_size(most or 0)} of at most {format_size(limit)}."
        )
        yield Suggestion(
            id="memory",
            kind="optimisation",
            title=f"Give it {wanted} of memory",
            why=why,
            impact="high" if killed else "medium",
            effort="small",
            change={"limits.memory": wanted},
        )
    elif most is not None and len(seen.runs) >= _ENOUGH_RUNS and limit >= 512 * _MIB and most < limit / 8:
        wanted = format_size(max(64 * _MIB, _whole_mib(3 * most)))
        yield Suggestion(
            id="less-memory",
            kind="saving",
            title=f"{wanted} of memory are enough",
            why=f"It never used more than {format_size(most)} of its {format_size(limit)}, "
            "so other bots wait for nothing.",
            impact="low",
            effort="small",
            change={"limits.memory": wanted},
        )


def _whole_mib(size: int) -> int:
    return -(-size // _MIB) * _MIB


def _failures(seen: Evidence) -> Iterator[Suggestion]:
    failed = _failed(seen)
    if len(failed) < 3:
        return
    (code, detail), times = Counter((run.error_code, run.error) for run in failed).most_common(1)[0]
    if times * 2 < len(failed):
        return
    yield Suggestion(
        id="failing",
        kind="repair",
        title="Mend what fails again and again",
        why=f"{times} of the last {len(seen.runs)} runs failed with {code}: {detail[:300]}",
        impact="high",
        effort="medium",
        wish=f"It fails with “{detail[:300]}”. Mend it.",
    )


def _proof(seen: Evidence) -> Iterator[Suggestion]:
    """Written here where that can be; what a model writes instead says more."""
    if seen.proof != "unproven":
        return
    tests = first_tests(seen)
    why = "There are no tests beside the bot: it runs in dev and nowhere else, and no change can be proven."
    yield Suggestion(
        id=NO_TESTS,
        kind="test",
        title="Write tests, so that it can be promoted",
        why=f"{why} {shows(seen)}" if tests else why,
        impact="high",
        effort="small" if tests else "medium",
        files={TESTS: tests} if tests else None,
        wish=None if tests else "Write tests for it: success, failure, empty and broken input.",
    )
