"""The tests of what a run leaves: lines that look into Excel, Markdown, HTML and JSON lines files."""

from __future__ import annotations

from .draft import literal
from .parts.exporting import excel_value, html_table, markdown_table
from .parts.tables import Table
from .staging import pretty

_DEPTH = 12
"""Where an item of a list in a `with` of a test begins."""


def output_checks(name: str, kind: str, table: Table, title: str) -> list[str]:
    """For the tests: lines that compare a file that was left with what it must hold (not CSV and JSON)."""
    content = f"bench.output_text({literal(name)})"
    match kind:
        case "md":
            lines = markdown_table(table).splitlines()
            shown = [f"    {pretty(line, _DEPTH, 1)}," for line in lines]
            return (
                [f"assert {content}.splitlines() == [", *shown, "]"] if lines else [f'assert {content} == ""']
            )
        case "html":
            page = html_table(table, title)
            heads = [
                f"assert {literal(line)} in page" for line in page.splitlines() if line.startswith("<thead>")
            ]
            return [f"page = {content}", *heads, f'assert page.count("<tr>") == {page.count("<tr>")}']
        case "xlsx":
            lines = [
                table.columns,
                *([excel_value(row[column]) for column in table.columns] for row in table.rows),
            ]
            shown = [f"    {pretty(line, _DEPTH, 1)}," for line in lines]
            return [f"assert sheet_rows(bench.output_bytes({literal(name)})) == [", *shown, "]"]
        case _:
            rows = [f"    {pretty(row, _DEPTH, 1)}," for row in table.rows]
            return [f"assert [json.loads(line) for line in {content}.splitlines()] == [", *rows, "]"]
