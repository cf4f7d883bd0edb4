"""Workbooks of spreadsheet programs (XLSX): rows out of one and into one."""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final

import openpyxl
from defusedxml import DefusedXmlException
from openpyxl.cell import Cell as ExcelCell
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from portal.infra.sheets import (
    COLUMNS_MAX,
    ROWS_MAX,
    Cell,
    Formula,
    Row,
    Unreadable,
    UnreadableSheet,
    harmless,
)

# A workbook of 20,000 rows takes some 6 MB unpacked; a bomb of 5 MB takes gigabytes.
_UNPACKED_BYTES_MAX: Final = 64 * 1024 * 1024
_PACKED_FILES_MAX: Final = 500
_TEXT: Final = "@"
"""The format of a spreadsheet's cell that is never read as a number."""


def rows(data: bytes) -> Iterator[Row]:
    """The rows of the first sheet of a workbook, with those that are empty; see `sheets.read`.

    Raises:
        UnreadableSheet: it is none, or too large when it is unpacked.
    """
    _refuse_bomb(data)
    try:
        # With formulas instead of what they last came to: a price that moves is none.
        book = openpyxl.load_workbook(
            io.BytesIO(data), read_only=True, data_only=False, keep_links=False
        )
        sheet = book.worksheets[0]
        # What the file says of its own size is not believed.
        sheet.reset_dimensions()
        lines = sheet.iter_rows(max_row=2 * ROWS_MAX, max_col=COLUMNS_MAX + 1)
        width = 0
        for line, cells in enumerate(lines, start=1):
            found = _trimmed([_cell(cell.value, cell.data_type) for cell in cells])
            width = width or len(found)
            # A spreadsheet stores no empty cells at the end of a line.
            yield Row(line, (*found, *[None] * (width - len(found))))
        book.close()
    except (
        InvalidFileException,
        zipfile.BadZipFile,
        DefusedXmlException,
        # openpyxl lets a file that it cannot make sense of fail wherever it happens to.
        ArithmeticError,
        AttributeError,
        LookupError,
        OSError,
        SyntaxError,
        TypeError,
        ValueError,
    ):
        raise UnreadableSheet(Unreadable.BROKEN) from None


def _refuse_bomb(data: bytes) -> None:
    """Refuse what would fill the memory; a packed file is unpacked no further than it says."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            files = packed.infolist()
    except (zipfile.BadZipFile, ValueError, OSError):
        raise UnreadableSheet(Unreadable.BROKEN) from None
    if len(files) > _PACKED_FILES_MAX or sum(file.file_size for file in files) > (
        _UNPACKED_BYTES_MAX
    ):
        raise UnreadableSheet(Unreadable.TOO_LARGE)


def _cell(value: object, kind: str) -> Cell | Formula:
    if kind == "f":
        return Formula(str(value))
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        return value.date()
    if isinstance(value, float):
        # The shortest decimal that is this binary number: what was typed, and not a digit more.
        return Decimal(repr(value)) if math.isfinite(value) else repr(value)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    return str(value).strip()


def _trimmed(cells: list[Cell | Formula]) -> tuple[Cell | Formula, ...]:
    while cells and cells[-1] in {None, ""}:
        cells.pop()
    return tuple(cells)


def written(rows: Iterable[Sequence[str | Decimal | date | None]], *, title: str) -> bytes:
    """Rows as a workbook of one sheet; see `sheets.to_xlsx`."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(title)
    assert isinstance(sheet, WriteOnlyWorksheet)
    for row in rows:
        sheet.append([_text_cell(sheet, cell) if isinstance(cell, str) else cell for cell in row])
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def _text_cell(sheet: WriteOnlyWorksheet, text: str) -> ExcelCell:
    cell = WriteOnlyCell(sheet, value=harmless(text))
    cell.data_type = "s"
    cell.number_format = _TEXT
    return cell
