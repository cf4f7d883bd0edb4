"""Everything that it takes to recompute the books: one line of JSON for each row."""

from __future__ import annotations

import heapq
import json
from collections.abc import Generator
from contextlib import ExitStack, closing
from datetime import datetime
from typing import Any

from portal.infra import snapshot
from portal.infra.db import ResellerSession
from portal.infra.seals import Seal
from portal.ledger import export as books
from portal.messaging.inbound_models import InboundMessage
from portal.messaging.models import Message, MessageEvent


def lines(session: ResellerSession, *, since: int = 0) -> Generator[str, None, None]:
    """Accounts, transfers, messages of both ways, events, seals: ids above `since`, in order of id.

    A line is a JSON object with `type` and every column of the row's table under its own name.
    Ids are strings, amounts whole numbers in their unit, moments ISO 8601 in UTC, hashes
    hexadecimal digits. All of it is of the moment of the first line; `session` must not have read
    anything yet. Whoever stops early closes it, before the session.
    """
    snapshot.begin(session)
    tables = {
        "account": books.accounts(session, above_id=since),
        "transfer": books.transfers(session, above_id=since),
        "message": snapshot.rows(session, Message, above_id=since),
        "inbound_message": snapshot.rows(session, InboundMessage, above_id=since),
        "event": snapshot.rows(session, MessageEvent, above_id=since),
        "seal": snapshot.rows(session, Seal, above_id=since),
    }
    with ExitStack() as stack:
        streams = [
            stack.enter_context(closing(_typed(kind, rows))) for kind, rows in tables.items()
        ]
        for _, row in heapq.merge(*streams, key=lambda stamped: stamped[0]):
            yield json.dumps(row, separators=(",", ":")) + "\n"


def _typed(
    kind: str, rows: Generator[dict[str, Any], None, None]
) -> Generator[tuple[int, dict[str, Any]], None, None]:
    with closing(rows):
        for row in rows:
            plain = {column: _plain(column, value) for column, value in row.items()}
            yield row["id"], {"type": kind, **plain}


def _plain(column: str, value: object) -> object:
    if value is None:
        return None
    if isinstance(value, list):
        # The rows that a seal is about, and their digests; bundles, and the parts that each gave.
        return [_plain(column.removesuffix("s"), each) for each in value]
    if isinstance(value, bytes):
        return value.hex()
    if column == "id" or column.endswith("_id"):
        # Ids have more digits than the numbers of many JSON readers.
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value
