"""The tests of a bot that watches one value: run after run, with values that make it speak and be silent."""

from __future__ import annotations

from typing import Any

from .blocks.watches import Watch
from .flow_values import alerts_of, value_main, watch_values
from .model import Understanding
from .rights import Code
from .staging import Stage, pretty


def value_trials(understood: Understanding, title: str, stage: Stage) -> list[str]:
    """Source of the tests, constants first."""
    watches = [block for block in understood.blocks("watch") if isinstance(block, Watch)]
    values = watch_values(watches)
    constants = [*stage.constants(), *_runs(watches, values)]
    if understood.sources:
        return ["\n".join(constants), *_fetched(understood, title, stage, values)]
    call = "main(value)"
    bench = stage.bench(" as bench:" if understood.deliveries else ":")
    return [
        "\n".join(constants),
        "\n".join(["def test_one_run_after_the_other() -> None:", *bench, *_loop(understood, call)]),
        "\n".join(
            [
                "def test_the_first_run_has_nothing_to_compare_with() -> None:",
                *stage.bench(),
                f"        report = main({pretty(values[0])})",
                '    assert report["previous"] is None',
                '    assert report["changed"] is False',
            ]
        ),
    ]


def _runs(watches: list[Watch], values: list[Any]) -> list[str]:
    runs: list[str] = []
    previous: Any = None
    for value in values:
        alerts = sum(alerts_of(watch, value, previous) for watch in watches)
        runs.append(f"    ({pretty(value)}, {alerts}, {value != previous and previous is not None}),")
        previous = value
    note = "# Value of each run, how many alerts it must give, and whether it is a change."
    return [note, "RUNS = [", *runs, "]"]


def _loop(understood: Understanding, call: str) -> list[str]:
    """The body of a bench on which one run follows the other."""
    lines = ["        previous = None", "        for value, alerts, changed in RUNS:"]
    if understood.deliveries:
        lines.append("            bench.next_run()")
    lines += [
        f"            report = {call}",
        '            assert (report["value"], report["previous"]) == (value, previous)',
        '            assert (len(report["alerts"]), report["alert"]) == (alerts, alerts > 0)',
        '            assert report["changed"] is changed',
        '            assert report["summary"]',
        "            previous = value",
    ]
    telling = any(isinstance(b, Watch) and b.kind != "remember" for b in understood.blocks("watch"))
    times = "sum(alerts > 0 for _, alerts, _ in RUNS)" if telling else "len(RUNS)"
    for delivery in understood.deliveries:
        lines += [f"    told = {delivery.sent()}", f"    assert len(told) == {times}"]
    return lines


def _fetched(understood: Understanding, title: str, stage: Stage, values: list[Any]) -> list[str]:
    """The source answers with one value after the other."""
    tail = " as bench:" if understood.deliveries else ":"
    call = stage.main()
    if stage.props.arguments:  # brought by a webhook
        lines: list[str] = []
        head = stage.bench(tail)
        call = stage.main(value_main(understood, title, Code("value")).draft.props)
    elif stage.props.sql:
        lines = _FOUND
        head = _with_answers(stage, "sql", tail)
    else:
        played = [value_main(understood, title, value).draft.props for value in values]
        turns = {url: [props.http[url] for props in played] for url in played[0].http}
        changing = {url: said for url, said in turns.items() if any(one != said[0] for one in said)}
        lines = [f"    answers = {pretty({'**HTTP': None, **changing}, 4, 10)}"]
        head = _with_answers(stage, "http", tail)
    return [
        "\n".join(["def test_one_run_after_the_other() -> None:", *lines, *head, *_loop(understood, call)]),
        "\n".join(
            [
                "def test_the_first_run_has_nothing_to_compare_with() -> None:",
                *stage.bench(),
                f"        report = {stage.main()}",
                '    assert report["previous"] is None',
                '    assert report["changed"] is False',
            ]
        ),
    ]


_FOUND = [
    "    values = iter(RUNS)",
    "",
    "    def found(_query: str) -> list[dict[str, float]]:",
    '        return [{"value": next(values)[0]}]',
    "",
    '    answers = {"*": found}',
]


def _with_answers(stage: Stage, keyword: str, tail: str) -> list[str]:
    """The bench of the ordinary run with other answers."""
    given = [f"{name}={'answers' if name == keyword else name.upper()}" for name in stage.props.keywords()]
    return [f"    with workbench({', '.join(given)}){tail}"]
