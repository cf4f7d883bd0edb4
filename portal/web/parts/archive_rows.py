"""Copies of a client's data, as pages offer them; the same for the client and for staff."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from babel.units import format_unit
from flask import Response

from portal.accounts.actor import Actor
from portal.http import wiring
from portal.http.language import locale
from portal.infra.db import Database, ResellerSession
from portal.reports import archives

_BYTES_OF: Final = (("gigabyte", 10**9), ("megabyte", 10**6), ("kilobyte", 10**3))


@dataclass(frozen=True, kw_only=True)
class ArchiveShown:
    """A copy: `state` is `waits`, `ready` or `failed`."""

    id: int
    asked_at: datetime
    state: str
    size: str
    expires_at: datetime | None


def shown(session: ResellerSession, *, client_id: int, by: Actor) -> list[ArchiveShown]:
    """What somebody can fetch, or waits for, newest first."""
    return [
        ArchiveShown(
            id=each.id,
            asked_at=each.asked_at,
            state="failed" if each.failed_at else "ready" if each.made_at else "waits",
            size=_size(each.bytes),
            expires_at=each.expires_at,
        )
        for each in archives.listed(session, client_id=client_id, by=by)
    ]


def download(*, reseller_id: int, archive_id: int, length: int, name: str) -> Response:
    """A copy as a file, read from the database a piece at a time while it is sent."""
    return Response(
        _pieces(wiring.current().database, reseller_id, archive_id),
        content_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="{name}.zip"',
            "Content-Length": str(length),
        },
    )


def _pieces(database: Database, reseller_id: int, archive_id: int) -> Iterator[bytes]:
    """Each in a session of its own: the reader may be slow, and no transaction waits for it."""
    for n in itertools.count():
        with database.session(reseller_id) as session:
            piece = archives.piece(session, archive_id, n)
        if piece is None:
            return
        yield piece


def _size(size: int) -> str:
    name, unit = next((each for each in _BYTES_OF if size >= each[1]), _BYTES_OF[-1])
    number = max(1, (size + unit // 2) // unit)
    return str(format_unit(number, f"digital-{name}", length="short", locale=locale()))
