"""Tests that travel with `sheets`, `documents`, `collecting`, `exporting` and `charting`."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from codex32_bot.testing import workbench
from openpyxl import Workbook, load_workbook

from .charting import (
    axis_scale,
    bar_chart,
    chart_points,
    height_of,
    line_chart,
    pie_chart,
    svg_page,
    svg_text,
)
from .collecting import read_all_tables, read_members
from .documents import read_pdf
from .exporting import excel_value, html_table, markdown_table, write_archive, write_json_lines, write_text
from .reading import read_json_lines
from .sheets import read_excel, sheet_table, sheet_text, write_excel
from .tables import Table


def excel_of(content: str, sheet: str = "data") -> bytes:
    """A workbook with the cells of CSV text."""
    book = Workbook()
    book.worksheets[0].title = sheet
    for line in csv.reader(io.StringIO(content)):
        book.worksheets[0].append(line)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def sheet_rows(data: bytes) -> list[list[Any]]:
    """The cells of the first sheet of a workbook."""
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    return [list(line) for line in sheet.iter_rows(values_only=True)]


def pdf_of(content: str) -> bytes:
    """A small PDF that shows the lines of the text."""
    lines = [line.translate({ord(sign): f"\\{sign}" for sign in "\\()"}) for line in content.splitlines()]
    shown = " ".join(f"({line}) Tj T*" for line in lines)
    stream = f"BT /F1 12 Tf 14 TL 40 800 Td {shown} ET".encode("cp1252", "replace")
    page = b"/MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >>"
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R %s >>" % page,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        font,
    ]
    data, places = b"%PDF-1.4\n", list[int]()
    for number, body in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(data)
    return data + b"xref\n0 6\n0000000000 65535 f \n" + table + end


def zip_names(data: bytes) -> list[str]:
    """What is in an archive."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.namelist()


def zip_of(members: dict[str, str]) -> bytes:
    """An archive with these files."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


def test_a_workbook_is_a_table(tmp_path: Path) -> None:
    book = Workbook()
    book.worksheets[0].append(["name", "on", "n", None])
    book.worksheets[0].append(["Ann", datetime(2026, 3, 5), 7, None])
    book.worksheets[0].append([None, None, None, None])
    book.create_sheet("Two").append(["x"])
    path = tmp_path / "book.xlsx"
    book.save(path)
    with workbench():
        assert read_excel(path, "") == Table(
            ["name", "on", "n"], [{"name": "Ann", "on": "2026-03-05", "n": 7}]
        )
        assert read_excel(path, "two") == Table(["x"], [])
        with pytest.raises(ValueError, match="There is no sheet 'three'"):
            read_excel(path, "three")


def test_text_with_the_name_of_a_workbook_is_read_as_text(tmp_path: Path) -> None:
    (tmp_path / "book.xlsx").write_text("a;b\n1;2\n", encoding="utf-8")
    with workbench() as bench:
        assert read_excel(tmp_path / "book.xlsx", "").rows == [{"a": "1", "b": "2"}]
    assert bench.log_texts("warning") == ["book.xlsx is no Excel workbook; reading it as text"]


def test_the_header_of_a_sheet() -> None:
    assert sheet_table([["a", "", ""], ["1", "", "x"]]) == Table(
        ["a", "column 3"], [{"a": "1", "column 3": "x"}]
    )
    assert sheet_table([]) == Table([], [])
    with pytest.raises(ValueError, match="more than once: a"):
        sheet_table([["a", "a"], ["1", "2"]])


def test_cells_of_a_sheet() -> None:
    assert [sheet_text(cell) for cell in (None, 1.5, datetime(2026, 1, 2, 3, 4))] == [
        "",
        1.5,
        "2026-01-02 03:04:00",
    ]


def test_plain_numbers_are_numbers_in_a_workbook_and_nothing_is_a_formula() -> None:
    assert [excel_value(cell) for cell in ("12", "-1.5", "007", "", "a\x00b", None)] == [
        12,
        -1.5,
        "007",
        None,
        "ab",
        None,
    ]
    with workbench() as bench:
        write_excel(Table(["a"], [{"a": "=1+1"}, {"a": "3"}]), "out.xlsx")
    sheet = load_workbook(bench.output_path("out.xlsx")).worksheets[0]
    assert [(cell.value, cell.data_type) for (cell,) in sheet.iter_rows()] == [
        ("a", "s"),
        ("=1+1", "s"),
        (3, "n"),
    ]


def test_the_text_of_a_pdf(tmp_path: Path) -> None:
    path = tmp_path / "letter.pdf"
    path.write_bytes(pdf_of("Dear (Ann),\n\nthis is \\ it."))
    with workbench():
        assert read_pdf(path).split() == ["Dear", "(Ann),", "this", "is", "\\", "it."]


def test_a_scan_and_a_text_called_pdf(tmp_path: Path) -> None:
    path = tmp_path / "letter.pdf"
    path.write_bytes(pdf_of(""))
    with workbench():
        with pytest.raises(ValueError, match="There is no text in letter"):
            read_pdf(path)
        path.write_text("plain", encoding="utf-8")
        assert read_pdf(path) == "plain"


def test_json_on_each_line(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"a": 1}\n\n{"b": "x"}\n', encoding="utf-8")
    with workbench():
        assert read_json_lines(path) == Table(["a", "b"], [{"a": 1, "b": None}, {"a": None, "b": "x"}])
        for bad in ("{", "[1]"):
            path.write_text('{"a": 1}\n' + bad, encoding="utf-8")
            with pytest.raises(ValueError, match="Line 2 of rows"):
                read_json_lines(path)


def test_a_row_on_each_line() -> None:
    with workbench() as bench:
        write_json_lines(Table(["a"], [{"a": "é"}, {"a": 2}]), "out.jsonl")
    assert [json.loads(line) for line in bench.output_text("out.jsonl").splitlines()] == [
        {"a": "é"},
        {"a": 2},
    ]


def test_all_files_become_one_table() -> None:
    members = {"2.csv": "a;b\n3;4\n", "notes.txt": "no table", "x/.hidden.csv": "a\n9\n"}
    given: dict[str, str | bytes] = {"1.csv": "a,b\n1,2\n", "more.zip": zip_of(members), "e.csv": ""}
    with workbench(inputs=given):
        table = read_all_tables()
    assert table.rows == [{"a": "1", "b": "2", "file": "1.csv"}, {"a": "3", "b": "4", "file": "2.csv"}]
    with workbench(), pytest.raises(FileNotFoundError, match="--file"):
        read_all_tables()


def test_members_of_an_archive_are_not_unpacked_without_limit(tmp_path: Path) -> None:
    path = tmp_path / "one.zip"
    path.write_bytes(zip_of({"a.csv": "a\n1\n"}))
    assert list(read_members(path)) == [("a.csv", "a\n1\n")]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a.csv", "w") as member:
        for _ in range(51):
            member.write(bytes(1_000_000))
    with pytest.raises(ValueError, match="are larger than"):
        list(read_members(path))


def test_a_table_in_markdown() -> None:
    table = Table(["a", "b"], [{"a": "x|y", "b": "1\n2"}])
    assert markdown_table(table) == "| a | b |\n| --- | --- |\n| x\\|y | 1 2 |\n"
    assert markdown_table(Table([], [])) == ""


def test_a_page_shows_what_is_in_the_cells() -> None:
    page = html_table(Table(["a"], [{"a": "<script>&"}]), "T<")
    assert "<td>&lt;script&gt;&amp;</td>" in page
    assert "<title>T&lt;</title>" in page


def test_text_is_left_as_a_file() -> None:
    with workbench() as bench:
        write_text("é\n", "a.txt")
    assert bench.output_text("a.txt") == "é\n"


def test_files_are_packed_the_same_way_every_time() -> None:
    packed: list[bytes] = []
    for _ in range(2):
        with workbench() as bench:
            write_text("1", "a.txt")
            write_text("2", "b.txt")
            write_archive(["a.txt", "b.txt"], "all.zip")
            packed.append(bench.output_bytes("all.zip"))
    assert packed[0] == packed[1]
    with zipfile.ZipFile(io.BytesIO(packed[0])) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {"a.txt": b"1", "b.txt": b"2"}


def test_points_of_a_chart_are_in_their_order() -> None:
    figures = {"10": {"n": 1}, "9": {"n": 2}, "x": {"n": None}}
    assert chart_points(figures, "n") == [("9", 2), ("10", 1)]
    months = {"2026-02": {"n": 1}, "2026-01": {"n": 2}}
    assert [label for label, _ in chart_points(months, "n")] == ["2026-01", "2026-02"]
    days = {"5/3/2026": {"n": 1}, "6/2/2026": {"n": 2}}
    assert [label for label, _ in chart_points(days, "n")] == ["6/2/2026", "5/3/2026"]
    assert chart_points({"b": {"n": 1}, "a": {"n": 2}}, "n") == [("b", 1), ("a", 2)]


def test_words_of_a_chart_are_only_words() -> None:
    assert ">&lt;b&gt;</text>" in svg_text(1, 2, "<b>")
    assert "x" * 23 + "…<" in svg_text(1, 2, "x" * 30)
    assert svg_page("A & B", ["<g/>"]).count("A &amp; B") == 2


def test_an_axis_has_round_figures_and_zero() -> None:
    low, high, lines = axis_scale([("a", 7.0), ("b", -12.0)])
    assert (low, high, len(lines)) == (-15, 10, 12)
    assert axis_scale([])[:2] == (0, 1)
    assert axis_scale([("a", 950.0)])[:2] == (0, 1000)
    assert height_of(high, low, high) < height_of(0, low, high) < height_of(low, low, high)


def test_bars_also_below_zero() -> None:
    drawn = bar_chart("T", [("a", 10.0), ("b", -5.0)])
    assert drawn.count('class="bar"') == 2
    assert 'height="-' not in drawn
    assert bar_chart("T", []).startswith("<svg")


def test_a_line_through_the_points() -> None:
    drawn = line_chart("T", [(f"d{at}", float(at)) for at in range(30)])
    assert (drawn.count("<circle"), drawn.count(">d")) == (30, 10)
    assert "<polyline" in line_chart("T", [])


def test_slices_with_their_share() -> None:
    drawn = pie_chart("T", [("a", 3.0), ("b", 1.0), ("c", 0.0), ("d", -1.0)])
    assert drawn.count("<path") == 2
    assert "a: 75.0 %" in drawn
    assert pie_chart("T", [("a", 1.0)]).count("<circle") == 1
    assert pie_chart("T", []).startswith("<svg")
