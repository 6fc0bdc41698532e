"""The tests of a bot that watches one value: run after run, with values that make it speak and be silent."""

from __future__ import annotations

from typing import Any

from .blocks.watches import Watch
from .flow_values import alerts_of, value_main, watch_values
from .model import Understanding
from .rights import Code, Props
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
    if stage.props.arguments:
        return _brought(understood, title, stage)
    played = [value_main(understood, title, value).draft.props for value in values]
    turns = {url: [props.http[url] for props in played] for url in played[0].http}
    changing = {url: answers for url, answers in turns.items() if any(one != answers[0] for one in answers)}
    props = Props(**{**vars(stage.props), "http": {**stage.props.http, **changing}})
    answers = {"**HTTP": None, **changing}
    lines = [f"    answers = {pretty(answers, 4, 10)}"]
    bench = stage.bench(" as bench:" if understood.deliveries else ":", props)
    head = [line.replace(stage.source("http", props.http), "answers") for line in bench]
    if len(bench) > 1:
        head = _short_bench(stage, " as bench:" if understood.deliveries else ":")
    call = stage.main()
    return [
        "\n".join(["def test_one_run_after_the_other() -> None:", *lines, *head, *_loop(understood, call)]),
        "\n".join(
            [
                "def test_the_first_run_has_nothing_to_compare_with() -> None:",
                *stage.bench(),
                f"        report = {call}",
                '    assert report["previous"] is None',
                '    assert report["changed"] is False',
            ]
        ),
    ]


def _brought(understood: Understanding, title: str, stage: Stage) -> list[str]:
    """The value comes as an argument, with a webhook."""
    call = stage.main(value_main(understood, title, Code("value")).draft.props)
    bench = stage.bench(" as bench:" if understood.deliveries else ":")
    return [
        "\n".join(["def test_one_run_after_the_other() -> None:", *bench, *_loop(understood, call)]),
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


def _short_bench(stage: Stage, tail: str) -> list[str]:
    keywords = [f"{name}={'answers' if name == 'http' else name.upper()}" for name in stage.props.keywords()]
    return [f"    with workbench({', '.join(keywords)}){tail}"]
