"""Tables as files: what is read, what is refused, and what no spreadsheet program may compute."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.infra import sheets
from portal.infra.sheets import Formula, Row, Unreadable, UnreadableSheet


def workbook(*rows: list[object]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def repacked(data: bytes, name: str, content: bytes) -> bytes:
    """A workbook with other content in one of its files."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(written, "w", 8) as new:
        for file in old.infolist():
            new.writestr(file.filename, content if file.filename == name else old.read(file))
    return written.getvalue()


SMALL = workbook(["a"], [1])
BILLION_LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    b'<row r="1"><c t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>'
)
WIDE = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    b'<row r="1"><c r="XFD1"><v>1</v></c><c r="A1"><v>1</v></c></row></sheetData></worksheet>'
)


@pytest.mark.parametrize(
    ("data", "why", "line"),
    [
        (b"", Unreadable.EMPTY, 0),
        (b" \r\n\t\n", Unreadable.EMPTY, 0),
        (b"\xef\xbb\xbf,,\n,,\n", Unreadable.EMPTY, 0),
        (b"a" * (sheets.BYTES_MAX + 1), Unreadable.TOO_LARGE, 0),
        ("a,ü\n".encode("latin-1"), Unreadable.NOT_UTF8, 0),
        ("a,b\n".encode("utf-16"), Unreadable.NOT_UTF8, 0),
        (b"a,b\n1,\0\n", Unreadable.NO_TABLE, 0),
        (b'a,b\n1,"2\n', Unreadable.BROKEN, 2),
        (b'a,b\n1,"2"3\n', Unreadable.BROKEN, 2),
        (b"a\n" + b"1\n" * (sheets.ROWS_MAX + 1), Unreadable.TOO_MANY_ROWS, sheets.ROWS_MAX + 2),
        (b"a" + b"," * sheets.COLUMNS_MAX + b"\n", Unreadable.TOO_MANY_COLUMNS, 1),
        (b"a\n" + b"1" * (sheets.CELL_LENGTH_MAX + 1), Unreadable.CELL_TOO_LONG, 2),
        (b"PK\x03\x04 and then nothing", Unreadable.BROKEN, 0),
        (repacked(SMALL, "[Content_Types].xml", b"<x/>"), Unreadable.BROKEN, 0),
        (repacked(SMALL, "xl/worksheets/sheet1.xml", b"<worksheet><row"), Unreadable.BROKEN, 0),
        (repacked(SMALL, "xl/worksheets/sheet1.xml", BILLION_LAUGHS), Unreadable.BROKEN, 0),
        (repacked(SMALL, "xl/styles.xml", b"\0" * (70 << 20)), Unreadable.TOO_LARGE, 0),
        (workbook(["a"] * (sheets.COLUMNS_MAX + 1)), Unreadable.TOO_MANY_COLUMNS, 1),
    ],
)
def test_what_is_no_sheet_is_refused_with_its_reason(
    data: bytes, why: Unreadable, line: int
) -> None:
    with pytest.raises(UnreadableSheet) as refused:
        sheets.read(data)
    assert (refused.value.why, refused.value.line) == (why, line)


def test_a_packed_file_of_many_files_is_refused() -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as packed:
        for number in range(501):
            packed.writestr(str(number), "")
    with pytest.raises(UnreadableSheet) as refused:
        sheets.read(written.getvalue())
    assert refused.value.why is Unreadable.TOO_LARGE


def test_a_cell_far_to_the_right_takes_no_memory() -> None:
    sheets.read(repacked(SMALL, "xl/worksheets/sheet1.xml", WIDE))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_csv_is_read_with_its_lines(delimiter: str, mark: bytes) -> None:
    text = 'a,b\r\n\r\n 1 ,"x\r\ny"\r\n2,"1,5;0"\r\n'.replace(",", delimiter)
    text = text.replace(f"1{delimiter}5", "1,5")
    assert sheets.read(mark + text.encode()) == [
        Row(1, ("a", "b")),
        Row(3, ("1", "x\r\ny")),
        Row(5, ("2", "1,5;0")),
    ]


def test_a_workbook_is_read_as_it_is_shown() -> None:
    data = workbook(
        ["a", "b", "c"],
        [1, 0.1, "ü "],
        [],
        [date(2026, 7, 1), datetime(2026, 7, 1, 12), True],  # noqa: DTZ001 - spreadsheets have no time zones
        ["=1+1", None, None],
        [1e-05, 123456789012345, -0.5],
    )
    assert sheets.read(data) == [
        Row(1, ("a", "b", "c")),
        Row(2, (1, Decimal("0.1"), "ü")),
        Row(4, (date(2026, 7, 1), "2026-07-01 12:00:00", True)),
        Row(5, (Formula("=1+1"), None, None)),
        Row(6, (Decimal("0.00001"), 123456789012345, Decimal("-0.5"))),
    ]


def test_what_is_no_number_breaks_a_workbook() -> None:
    xml = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1"><v>NaN</v></c><c r="B1"><v>INF</v></c></row></sheetData></worksheet>'
    )
    with pytest.raises(UnreadableSheet) as refused:
        sheets.read(repacked(SMALL, "xl/worksheets/sheet1.xml", xml))
    assert refused.value.why is Unreadable.BROKEN
    (row,) = sheets.read(
        repacked(
            SMALL, "xl/worksheets/sheet1.xml", xml.replace(b"NaN", b"1e999").replace(b"INF", b"7")
        )
    )
    assert row.cells == ("inf", 7)


DANGEROUS = ["=1+1", "+49", "-1", "@x", "\tx", "\rx", "\0x", "＝1", "＋1", "－1", "＠1"]


@pytest.mark.parametrize("cell", DANGEROUS)
def test_what_is_written_is_never_a_formula(cell: str) -> None:
    assert sheets.harmless(cell) == f"'{cell}"
    assert f"\"'{cell}" in sheets.to_csv([[cell]]).decode("utf-8-sig")


def test_a_workbook_that_is_written_has_text_and_exact_numbers() -> None:
    data = sheets.to_xlsx(
        [["49", Decimal("999999999.999999"), date(2026, 7, 1), "=1+1", None]], title="rates"
    )
    cells = openpyxl.load_workbook(io.BytesIO(data)).active[1]
    assert [(cell.value, cell.data_type) for cell in cells[:2]] == [
        ("49", "s"),
        (999999999.999999, "n"),
    ]
    assert (cells[0].number_format, cells[3].value, cells[3].data_type) == ("@", "'=1+1", "s")
    assert sheets.read(data) == [
        Row(1, ("49", Decimal("999999999.999999"), date(2026, 7, 1), "'=1+1"))
    ]


@given(
    st.lists(
        st.lists(
            st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=20)
            .map(str.strip)
            .filter(bool),
            min_size=2,
            max_size=3,
        ),
        min_size=1,
        max_size=5,
    )
)
def test_csv_is_read_back_as_it_was_written(rows: list[list[str]]) -> None:
    read = sheets.read(sheets.to_csv([["a", "b", "c"], *rows]))
    assert [list(row.cells) for row in read[1:]] == [
        [sheets.harmless(cell) for cell in row] for row in rows
    ]
