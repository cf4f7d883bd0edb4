"""Write the copy of a client's data: a ZIP that is stored piece by piece while it grows."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select, text

from portal.accounts.models import Client
from portal.infra import clock, ids, sheets
from portal.infra.db import ResellerSession
from portal.messaging.inbound_models import InboundMessage
from portal.messaging.models import Message
from portal.reports import archive_readme, archives
from portal.reports.archive_models import ClientArchive, ClientArchivePiece
from portal.reports.archive_sheets import SHEETS, Row, Subject

PIECE_BYTES: Final = 1024 * 1024

_NO_HURRY: Final = text("SET LOCAL statement_timeout = 0")


class _Pieces:
    """A file that can only be added to, and holds no more than a piece in memory."""

    def __init__(self, session: ResellerSession, archive_id: int) -> None:
        self._session = session
        self._archive_id = archive_id
        self._waiting = bytearray()
        self._count = 0
        self.size = 0

    def write(self, content: bytes, /) -> int:
        """Add some bytes."""
        self._waiting += content
        self.size += len(content)
        while len(self._waiting) >= PIECE_BYTES:
            self._put(PIECE_BYTES)
        return len(content)

    def flush(self) -> None:
        """Nothing to do: pieces are stored when they are full."""

    def close(self) -> None:
        """Store what is left."""
        if self._waiting:
            self._put(len(self._waiting))

    def _put(self, length: int) -> None:
        piece = {
            "reseller_id": self._session.reseller_id,
            "archive_id": self._archive_id,
            "n": self._count,
            "content": bytes(self._waiting[:length]),
        }
        self._session.execute(insert(ClientArchivePiece).values(piece))
        del self._waiting[:length]
        self._count += 1


def make(session: ResellerSession, *, archive_id: int) -> bool:
    """Make a copy that was asked for; False if it is made already, or nobody waits for it.

    All of it is of one moment. The session must not have read anything yet, and its transaction
    lasts as long as it takes.
    """
    session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    session.execute(_NO_HURRY)
    asked = session.scalars(
        select(ClientArchive).where(ClientArchive.id == archive_id).with_for_update()
    ).one_or_none()
    if asked is None or asked.made_at is not None or asked.failed_at is not None:
        return False
    client = session.get_one(Client, (session.reseller_id, asked.client_id))
    subject = Subject(session, client, ZoneInfo(asked.time_zone), asked.with_amounts)
    pieces = _Pieces(session, asked.id)
    with zipfile.ZipFile(pieces, mode="w", compression=zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "README.txt", archive_readme.words(subject, language=asked.language).encode()
        )
        for sheet in SHEETS:
            _write(archive, f"{sheet.name}.csv", sheet.rows(subject))
    pieces.close()
    expires_at = archives.expiry(session, oldest=_oldest_readable(session, client.id))
    asked.bytes, asked.made_at, asked.expires_at = pieces.size, clock.now(), expires_at
    return True


def _write(archive: zipfile.ZipFile, name: str, rows: Iterator[Row]) -> None:
    with (
        archive.open(name, "w", force_zip64=True) as raw,
        io.TextIOWrapper(raw, encoding="utf-8-sig", newline="") as file,
    ):
        written = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        for row in rows:
            written.writerow([_cell(each) for each in row])


def _cell(cell: str) -> str:
    """Text that is no formula; an amount below zero may begin with a minus."""
    return cell if _is_number(cell) else sheets.harmless(cell)


def _is_number(cell: str) -> bool:
    return cell.isascii() and cell.removeprefix("-").replace(".", "", 1).isdigit()


def _oldest_readable(session: ResellerSession, client_id: int) -> datetime | None:
    """When the oldest message that can be read was accepted or came in."""
    moments = [
        session.scalar(
            select(table.id)
            .where(table.client_id == client_id, table.redacted_at.is_(None))
            .order_by(table.id)
            .limit(1)
        )
        for table in (Message, InboundMessage)
    ]
    found = [ids.moment_of(each) for each in moments if each is not None]
    return min(found, default=None)
