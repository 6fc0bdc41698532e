"""The tests of `main`: the sample with the numbers it must give, and the same sample written badly.

Values that are watched are `trials_values`; who is told is `trials_told`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from .blocks.sinks import SaveTable
from .blocks.watches import Watch
from .draft import LINE, Draft, literal
from .flow_tables import table_main, work_blocks
from .formats import given_file
from .mains import SAMPLE_TEXT, text_main
from .model import Block, Understanding
from .parts.tables import Table
from .rights import Code, Props
from .samples import sample_columns
from .staging import Stage, csv_text, pretty, text_constant
from .trials_files import output_checks
from .trials_told import told_trials
from .trials_values import value_trials
from .writing import Main


def trials(understood: Understanding, title: str, main: Main) -> str:
    """Source of the tests of `main` for this flow."""
    stage = Stage(main.draft.props)
    if understood.flow == "text":
        own = _text_trials(understood, title, main, stage)
    elif understood.flow == "value":
        own = value_trials(understood, title, stage)
    elif understood.flow == "message":
        own = _message_trials(main, stage)
    else:
        own = _table_trials(understood, title, main, stage)
    return "\n\n\n".join([*own, *told_trials(understood, title, main, stage)])


def source_of(value: Any, indent: str = "") -> str:
    """Python source of a JSON value; dicts and lists of dicts one entry a line."""
    inner = indent + "    "
    if isinstance(value, dict) and value:
        pairs = cast("dict[str, Any]", value).items()
        entries = [f"{inner}{source_of(key)}: {source_of(item, inner)},\n" for key, item in pairs]
        return "{\n" + "".join(entries) + indent + "}"
    if isinstance(value, str):
        return literal(value)
    if isinstance(value, list):
        return f"[{', '.join(source_of(item, inner) for item in cast('list[Any]', value))}]"
    return repr(cast(Any, value))


def _expected(draft: Draft) -> str:
    return f"EXPECTED: Report = {source_of(draft.expected)}"


def _table_trials(understood: Understanding, title: str, main: Main, stage: Stage) -> list[str]:
    constants = [*stage.constants(), _expected(main.draft)]
    tests = ["\n".join(constants), _asked(understood, main, stage)]
    if not understood.sources:
        tests += _badly_written(understood, stage)
    tests += _hollow(understood, title, main, stage)
    if missing := _missing_column(understood, stage):
        tests.append(missing)
    if not understood.sources:
        tests.append(_no_file())
    return tests


def _asked(understood: Understanding, main: Main, stage: Stage) -> str:
    tail = " as bench:" if main.draft.outputs or main.draft.checks or main.draft.again else ":"
    lines = [
        "def test_does_what_was_asked() -> None:",
        *stage.bench(tail),
        f"        report = {stage.main()}",
        "        assert {key: report[key] for key in EXPECTED} == EXPECTED",
        '        assert report["summary"]',
    ]
    lines += _left_files(understood, main)
    lines += [f"        {line}" for line in main.draft.checks]
    if main.draft.again and not understood.blocks("watch"):
        lines += ["        bench.next_run()", "        again = main()"]
        lines += [
            f"        assert again[{literal(key)}] == {source_of(value)}"
            for key, value in main.draft.again.items()
        ]
    return "\n".join(lines)


def _left_files(understood: Understanding, main: Main) -> list[str]:
    """Lines that look into every table that was left as a file."""
    lines: list[str] = []
    targets = {
        sink.file_name(main.draft.stem): sink.format
        for sink in understood.blocks("sink")
        if isinstance(sink, SaveTable)
    }
    outputs = {} if main.draft.measured else main.draft.outputs
    if main.draft.outputs and not outputs:
        lines.append(f"        assert bench.outputs() == {sorted(main.draft.outputs)}".replace("'", '"'))
    for name, table in outputs.items():
        if targets.get(name) == "json":
            lines.append(
                f"        assert json.loads(bench.output_text({literal(name)})) == {_json_rows(table)}"
            )
            continue
        if targets.get(name) not in (None, "csv"):
            checks = output_checks(name, targets[name], table, main.draft.stem)
            lines += [f"        {line}" for line in checks]
            continue
        lines.append(f"        assert bench.output_text({literal(name)}).splitlines() == [")
        lines += [f"            {pretty(line, 12, 1)}," for line in csv_text(table).splitlines()]
        lines.append("        ]")
    return lines


def _json_rows(table: Table) -> str:
    return "\n".join(["[", *(f"            {pretty(row, 12, 1)}," for row in table.rows), "        ]"])


def _badly_written(understood: Understanding, stage: Stage) -> list[str]:
    """Only where the report does not repeat the names of the columns."""
    names = [table.name for table in understood.tables]
    repeats = any(block.family == "report on a file" for block in understood.blocks("summary"))
    renames = any(block.family in ("rename a column", "save") for block in work_blocks(understood))
    if (
        names[0].endswith((".json", ".jsonl"))
        or repeats
        or renames
        or len(names) > 1
        or understood.deliveries
    ):
        return []
    return [
        "def test_header_in_capitals_windows_line_ends_and_another_file_name() -> None:\n"
        '    header, rows = SAMPLE.split("\\n", 1)\n'
        '    written = "\\ufeff" + f"{header.upper()}\\n{rows}".replace("\\n", "\\r\\n")\n'
        + "\n".join(stage.bench(props=replace(stage.props, inputs={"whatever.csv": Code("written")})))
        + "\n        report = main()\n"
        "    assert {key: report[key] for key in EXPECTED} == EXPECTED"
    ]


def _hollow(understood: Understanding, title: str, main: Main, stage: Stage) -> list[str]:
    """A header and no rows, and nothing at all."""
    if understood.blocks("watch"):
        return []
    other = main.other
    bare = table_main(understood, title, Table(main.table.columns, []), other).draft
    if understood.sources:
        return [_facts("test_nothing_to_work_on", stage, bare)]
    tests: list[str] = []
    if not understood.tables[0].name.endswith((".json", ".jsonl")):
        tests.append(_facts("test_a_header_without_rows", stage, bare))
    if len(understood.tables) == 1:
        nothing = table_main(understood, title, Table([], []), other).draft
        tests.append(_facts("test_an_empty_file", stage, nothing))
    return tests


def _facts(name: str, stage: Stage, draft: Draft) -> str:
    return "\n".join(
        [
            f"def {name}() -> None:",
            *stage.bench(props=draft.props),
            f"        report = {stage.main(draft.props)}",
            f"    expected: Report = {source_of(draft.expected, '    ')}",
            "    assert {key: report[key] for key in expected} == expected",
        ]
    )


def _missing_column(understood: Understanding, stage: Stage) -> str:
    blocks: list[Block] = [*understood.sources, *work_blocks(understood)]
    optional = {"clean", "report on a file", "stack"}
    needed = list(sample_columns([block for block in blocks if block.family not in optional]))
    named = [need.column for block in blocks if block.family not in optional for need in block.needs()]
    automatic = any(
        block.family == "drop rows without a value" and not getattr(block, "columns", ()) for block in blocks
    )
    whole_row = any(block.family == "deduplicate" and not getattr(block, "columns", ()) for block in blocks)
    watched = [
        watch.measure.name
        for watch in blocks
        if isinstance(watch, Watch) and watch.measure and watch.measure.source == "column"
    ]
    if automatic or whole_row or not ((needed and named) or watched):
        return ""
    props = _props_of_another_table(understood, stage.props)
    if props is None:
        return ""
    tail = ', pytest.raises(ValueError, match="There is no column"):'
    head = stage.bench(tail, props)
    if len(head) > 1 or len(head[0]) > LINE:
        bench = stage.bench("", props)
        bench = [bench[0].replace("with ", "bench = ", 1), *bench[1:]]
        head = [*bench, "    with bench" + tail]
    return "\n".join(["def test_a_missing_column_is_named() -> None:", *head, f"        {stage.main(props)}"])


def _props_of_another_table(understood: Understanding, usual: Props) -> Props | None:
    """Props of a run whose first table has none of the columns; None if its columns are always the same."""
    other = Table(["something", "else"], [{"something": "1", "else": "2"}])
    if not understood.sources:
        name = understood.tables[0].name
        return replace(usual, inputs={**usual.inputs, name: other})
    if understood.sources[0].base() is not None:
        return None
    draft = Draft("other", table=other)
    understood.sources[0].apply(draft)
    draft.props.inputs = {**usual.inputs, **draft.props.inputs}
    draft.props.secrets = {**usual.secrets}
    return draft.props


def _no_file() -> str:
    return (
        "def test_without_a_file_it_says_how_to_give_one() -> None:\n"
        '    with workbench(), pytest.raises(FileNotFoundError, match="--file"):\n'
        "        main()"
    )


def _text_trials(understood: Understanding, title: str, main: Main, stage: Stage) -> list[str]:
    if understood.sources:
        return _fetched_text_trials(understood, title, main, stage)
    name = understood.documents[0].name if understood.documents else "text.txt"
    constants = [text_constant("TEXT", SAMPLE_TEXT), *stage.constants(), _expected(main.draft)]
    blank = literal("  \n ")
    tests = [
        "\n".join(constants),
        "\n".join(
            [
                "def test_text_as_input() -> None:",
                *stage.bench(),
                "        report = main(text=TEXT)",
                "    assert {key: report[key] for key in EXPECTED} == EXPECTED",
                '    assert report["summary"]',
            ]
        ),
        "\n".join(
            [
                "def test_text_as_file() -> None:",
                *stage.bench(props=_with_file(stage.props, name)),
                "        report = main()",
                "    assert {key: report[key] for key in EXPECTED} == EXPECTED",
            ]
        ),
    ]
    if main.draft.expected and not understood.rights().budget:
        tests += [
            "\n".join(
                [
                    "def test_text_of_nothing_but_spaces() -> None:",
                    *stage.bench(),
                    f"        report = main(text={blank})",
                    "    assert not any(count for key in EXPECTED for count in counts_of(report[key]))",
                ]
            ),
            "def counts_of(value: int | dict[str, int]) -> list[int]:\n"
            "    return list(value.values()) if isinstance(value, dict) else [value]",
        ]
    return [*tests, _no_file()]


def _with_file(usual: Props, name: str) -> Props:
    given = given_file(name, "TEXT") if name.endswith(".pdf") else '"\\ufeff" + TEXT'
    return replace(usual, inputs={**usual.inputs, name: Code(given)})


def _fetched_text_trials(understood: Understanding, title: str, main: Main, stage: Stage) -> list[str]:
    tests = [
        "\n".join([*stage.constants(), _expected(main.draft)]),
        "\n".join(
            [
                "def test_does_what_was_asked() -> None:",
                *stage.bench(),
                f"        report = {stage.main()}",
                "    assert {key: report[key] for key in EXPECTED} == EXPECTED",
                '    assert report["summary"]',
            ]
        ),
    ]
    if not understood.rights().budget:
        tests.append(_facts("test_a_text_without_words", stage, text_main(understood, title, "").draft))
    return tests


def _message_trials(main: Main, stage: Stage) -> list[str]:
    said = literal(main.draft.expected["reminder"])
    constants = stage.constants()
    return [
        *(["\n".join(constants)] if constants else []),
        "\n".join(
            [
                "def test_says_what_was_asked() -> None:",
                *stage.bench(),
                "        report = main()",
                f'    assert report["reminder"] == {said}',
                '    assert report["reminder"] in report["summary"]',
            ]
        ),
        "\n".join(
            [
                "def test_another_message() -> None:",
                *stage.bench(),
                '        report = main(message="Zoë ✓")',
                '    assert report["reminder"] == "Zoë ✓"',
            ]
        ),
    ]
