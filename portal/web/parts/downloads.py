"""Tables as files that a browser saves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from flask import Response

from portal.infra import sheets


def csv(name: str, rows: Iterable[Sequence[str | Decimal]]) -> Response:
    """Rows as a CSV file of this name, which is letters, digits and dashes."""
    return Response(
        sheets.to_csv(rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )
