"""The tests of `main`: the sample with the numbers it must give, and the same sample written badly."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Any, cast

from .blocks.sinks import SaveTable
from .blocks.watches import Watch
from .draft import INDENT, LINE, Draft, literal
from .mains import SAMPLE_TEXT, Main, alerts_of, table_main, watch_values, work_blocks
from .model import Understanding
from .parts.tables import Table
from .samples import sample_columns


def trials(understood: Understanding, title: str, main: Main) -> str:
    """Source of the tests of `main` for this flow."""
    if understood.flow == "text":
        return _text_trials(understood, main)
    if understood.flow == "value":
        return _value_trials(understood)
    if understood.flow == "message":
        return _message_trials(main)
    return _table_trials(understood, title, main)


def csv_text(table: Table) -> str:
    """The table as the bot writes it."""
    target = io.StringIO()
    writer = csv.DictWriter(target, table.columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(table.rows)
    return target.getvalue()


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


def _constant(name: str, text: str) -> str:
    """A text over several lines; written so that spaces at the ends of lines can be seen."""
    whole = f"{name} = {literal(text)}"
    if len(whole) <= LINE:
        return whole
    if len(literal(text)) <= LINE - INDENT:
        return f"{name} = (\n    {literal(text)}\n)"
    lines = "\n".join(f"    {literal(line)}" for line in text.splitlines(keepends=True))
    return f"{name} = (\n{lines}\n)"


def _files(understood: Understanding, first: str, second: str = "OTHER") -> str:
    names = [table.name for table in understood.tables]
    pairs = [f"{literal(names[0])}: {first}"] + ([f"{literal(names[1])}: {second}"] if len(names) > 1 else [])
    return f"{{{', '.join(pairs)}}}"


def _sample_text(name: str, table: Table) -> str:
    if name.endswith(".json"):
        return json.dumps(table.rows, ensure_ascii=False, indent=1) + "\n"
    return csv_text(table)


def _expected(draft: Draft) -> str:
    return source_of(draft.expected)


def _table_trials(understood: Understanding, title: str, main: Main) -> str:
    names = [table.name for table in understood.tables]
    constants = [_constant("SAMPLE", _sample_text(names[0], main.table))]
    if len(names) > 1:
        constants.append(_constant("OTHER", _sample_text(names[1], main.other)))
    constants.append(f"EXPECTED: Report = {_expected(main.draft)}")
    tests = [
        _asked(understood, main),
        *_badly_written(understood, names),
        *_hollow(understood, title, main),
    ]
    if missing := _missing_column(understood):
        tests.append(missing)
    tests.append(_no_file())
    return "\n".join(constants) + "\n\n\n" + "\n\n\n".join(tests)


def _asked(understood: Understanding, main: Main) -> str:
    bench = " as bench" if main.draft.outputs else ""
    lines = [
        "def test_does_what_was_asked() -> None:",
        f"    with workbench(inputs={_files(understood, 'SAMPLE')}){bench}:",
        "        report = main()",
        "        assert {key: report[key] for key in EXPECTED} == EXPECTED",
        '        assert report["summary"]',
    ]
    targets = {
        sink.file_name(main.draft.stem): sink.format
        for sink in understood.blocks("sink")
        if isinstance(sink, SaveTable)
    }
    for name, table in main.draft.outputs.items():
        if targets.get(name) == "json":
            lines.append(
                f"        assert json.loads(bench.output_text({literal(name)})) == {_json_rows(table)}"
            )
            continue
        lines.append(f"        assert bench.output_text({literal(name)}).splitlines() == [")
        lines += [f"            {literal(line)}," for line in csv_text(table).splitlines()]
        lines.append("        ]")
    if main.draft.again and not understood.blocks("watch"):
        lines.append("        again = main()")
        lines += [
            f"        assert again[{literal(key)}] == {source_of(value)}"
            for key, value in main.draft.again.items()
        ]
    return "\n".join(lines)


def _json_rows(table: Table) -> str:
    rows = [
        f"            {{{', '.join(f'{literal(key)}: {source_of(cell)}' for key, cell in row.items())}}},"
        for row in table.rows
    ]
    return "\n".join(["[", *rows, "        ]"])


def _badly_written(understood: Understanding, names: Sequence[str]) -> list[str]:
    """Only where the report does not repeat the names of the columns."""
    repeats = any(block.family == "report on a file" for block in understood.blocks("summary"))
    renames = any(block.family in ("rename a column", "save") for block in work_blocks(understood))
    if names[0].endswith(".json") or repeats or renames or len(names) > 1:
        return []
    return [
        "def test_header_in_capitals_windows_line_ends_and_another_file_name() -> None:\n"
        '    header, rows = SAMPLE.split("\\n", 1)\n'
        '    written = "\\ufeff" + f"{header.upper()}\\n{rows}".replace("\\n", "\\r\\n")\n'
        '    with workbench(inputs={"whatever.csv": written}):\n'
        "        report = main()\n"
        "    assert {key: report[key] for key in EXPECTED} == EXPECTED"
    ]


def _hollow(understood: Understanding, title: str, main: Main) -> list[str]:
    """A file with a header and no rows, and a file with nothing at all."""
    if understood.blocks("watch"):
        return []
    other = main.other
    bare = table_main(understood, title, Table(main.table.columns, []), other).draft
    tests: list[str] = []
    if not understood.tables[0].name.endswith(".json"):
        header = literal(csv_text(Table(main.table.columns, [])))
        tests.append(_facts("test_a_header_without_rows", _files(understood, header), bare))
    if len(understood.tables) == 1:
        nothing = table_main(understood, title, Table([], []), other).draft
        tests.append(_facts("test_an_empty_file", _files(understood, '""'), nothing))
    return tests


def _facts(name: str, files: str, draft: Draft) -> str:
    head = f"    with workbench(inputs={files}):"
    if len(head) > 110:
        head = f"    with workbench(\n        inputs={files},\n    ):"
    facts = source_of(draft.expected, "    ")
    return (
        f"def {name}() -> None:\n{head}\n        report = main()\n    expected: Report = {facts}\n"
        "    assert {key: report[key] for key in expected} == expected"
    )


def _missing_column(understood: Understanding) -> str:
    blocks = work_blocks(understood)
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
    content = literal("something,else\n1,2\n")
    if understood.tables[0].name.endswith(".json"):
        content = "'[{\"something\": 1}]'"
    return (
        "def test_a_missing_column_is_named() -> None:\n"
        f"    given = {_files(understood, content)}\n"
        "    with workbench(inputs=given), "
        'pytest.raises(ValueError, match="There is no column"):\n'
        "        main()"
    )


def _no_file() -> str:
    return (
        "def test_without_a_file_it_says_how_to_give_one() -> None:\n"
        '    with workbench(), pytest.raises(FileNotFoundError, match="--file"):\n'
        "        main()"
    )


def _text_trials(understood: Understanding, main: Main) -> str:
    name = understood.documents[0].name if understood.documents else "text.txt"
    return "\n\n\n".join(
        [
            f"{_constant('TEXT', SAMPLE_TEXT)}\nEXPECTED: Report = {_expected(main.draft)}",
            "def test_text_as_input() -> None:\n"
            "    with workbench():\n"
            "        report = main(text=TEXT)\n"
            "    assert {key: report[key] for key in EXPECTED} == EXPECTED\n"
            '    assert report["summary"]',
            "def test_text_as_file() -> None:\n"
            f'    with workbench(inputs={{{literal(name)}: "\\ufeff" + TEXT}}):\n'
            "        report = main()\n"
            "    assert {key: report[key] for key in EXPECTED} == EXPECTED",
            "def test_text_of_nothing_but_spaces() -> None:\n"
            "    with workbench():\n"
            '        report = main(text="  \\n ")\n'
            "    assert not any(count for key in EXPECTED for count in counts_of(report[key]))",
            "def counts_of(value: int | dict[str, int]) -> list[int]:\n"
            "    return list(value.values()) if isinstance(value, dict) else [value]",
            _no_file(),
        ]
    )


def _message_trials(main: Main) -> str:
    return (
        "def test_says_what_was_asked() -> None:\n"
        "    with workbench():\n"
        "        report = main()\n"
        f'    assert report["reminder"] == {literal(main.draft.expected["reminder"])}\n'
        '    assert report["summary"] == f"Reminder: {report[\'reminder\']}"\n\n\n'
        "def test_another_message() -> None:\n"
        "    with workbench():\n"
        '        report = main(message="Zoë ✓")\n'
        '    assert report["reminder"] == "Zoë ✓"'
    )


def _value_trials(understood: Understanding) -> str:
    watches = [block for block in understood.blocks("watch") if isinstance(block, Watch)]
    values = watch_values(watches)
    runs: list[str] = []
    previous: Any = None
    for value in values:
        alerts = sum(alerts_of(watch, value, previous) for watch in watches)
        runs.append(f"    ({source_of(value)}, {alerts}, {value != previous and previous is not None}),")
        previous = value
    return "\n".join(
        [
            "# Value of each run, how many alerts it must give, and whether it is a change.",
            "RUNS = [",
            *runs,
            "]",
            "",
            "",
            "def test_one_run_after_the_other() -> None:",
            "    with workbench():",
            "        previous = None",
            "        for value, alerts, changed in RUNS:",
            "            report = main(value)",
            '            assert (report["value"], report["previous"]) == (value, previous)',
            '            assert (len(report["alerts"]), report["alert"]) == (alerts, alerts > 0)',
            '            assert report["changed"] is changed',
            '            assert report["summary"]',
            "            previous = value",
            "",
            "",
            "def test_the_first_run_has_nothing_to_compare_with() -> None:",
            "    with workbench():",
            f"        report = main({source_of(values[0])})",
            '    assert report["previous"] is None',
            '    assert report["changed"] is False',
        ]
    )
