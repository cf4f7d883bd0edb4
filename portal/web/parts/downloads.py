"""Tables as files that a browser saves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from flask import Response, stream_with_context

from portal.infra import sheets

_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def csv(name: str, rows: Iterable[Sequence[str | Decimal]]) -> Response:
    """Rows as a CSV file of this name, which is letters, digits and dashes."""
    return Response(
        sheets.to_csv(rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def long_csv(name: str, rows: Iterable[Sequence[str | Decimal]]) -> Response:
    """The same for a table that is too long to be held: it is sent while it is read."""
    return Response(
        stream_with_context(sheets.csv_lines(rows)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def xlsx(
    name: str, rows: Iterable[Sequence[str | Decimal | date | None]], *, title: str
) -> Response:
    """Rows as a spreadsheet of this name; `title` is what its one sheet is called."""
    return Response(
        sheets.to_xlsx(rows, title=title),
        content_type=_XLSX,
        headers={"Content-Disposition": f'attachment; filename="{name}.xlsx"'},
    )
