"""Stream the books to the operator, so that anybody can recompute them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from flask import Response

from portal.accounts.roles import Right
from portal.api.v1.operations import Operation, Operations
from portal.api.v1.schemas import LedgerAsked
from portal.http import wiring
from portal.infra.db import Database
from portal.reports import export

MEDIA_TYPE = "application/x-ndjson"
# Lines are gathered, since each piece that is sent costs more than a line.
_LINES_AT_ONCE = 200

operations = Operations()


@operations.add(
    Operation(
        method="GET",
        rule="/operator/ledger",
        right=Right.LEDGER_READ,
        query=LedgerAsked,
        media_type=MEDIA_TYPE,
    )
)
def export_ledger(query: LedgerAsked) -> Response:
    """Export the books. One JSON object a line: accounts, transfers, messages and their events."""
    return Response(
        _pieces(wiring.current().database, since=query.since or 0), content_type=MEDIA_TYPE
    )


def _pieces(database: Database, *, since: int) -> Iterator[str]:
    """The export in pieces of many lines, in a session of its own that lasts as long as it."""
    gathered: list[str] = []
    with (
        database.across_resellers() as session,
        closing(export.lines(session, since=since)) as lines,
    ):
        for line in lines:
            gathered.append(line)
            if len(gathered) == _LINES_AT_ONCE:
                yield "".join(gathered)
                gathered.clear()
    yield "".join(gathered)
