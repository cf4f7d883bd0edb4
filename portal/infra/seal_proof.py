"""Compare rows with their seals, and each seal with the one before it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Select, and_, func, or_, select, text
from sqlalchemy.orm import Session

from portal.infra.seals import HASH, Book, Head, Seal, covered, digest

_NO_HURRY: Final = text("SET LOCAL statement_timeout = 0")
_CHAIN: Final = text(
    f"""
    SELECT number, before, follows
      FROM (SELECT s.number, s.before, s.hash = {HASH} AS follows
              FROM (SELECT *, coalesce(lag(number) OVER (ORDER BY number), 0) AS before,
                           coalesce(lag(hash) OVER (ORDER BY number), CAST('' AS bytea)) AS previous
                      FROM seals WHERE book = :book) AS s) AS checked
     WHERE number <> before + 1 OR follows IS NOT TRUE
     ORDER BY number
    """  # noqa: S608 - put together from constants
)


def disagreements(session: Session, book: Book, *, known: Head | None = None) -> Iterator[str]:
    """A sentence for each seal or row that is not what was sealed, by its number or its id.

    `known` is a newest seal of an earlier time, which must still be there. A session of one
    reseller compares its own rows only, and the whole chain.
    """
    session.execute(_NO_HURRY)
    for found in session.execute(_CHAIN, {"book": book.name}):
        if found.number != found.before + 1:
            yield f"seals of {book.name}: {found.before + 1} to {found.number - 1} are missing"
        else:
            yield f"seal {found.number} of {book.name}: was changed, or the one before it was"
    if known is not None and known != _numbered(session, book, known.number):
        yield f"seal {known.number} of {book.name}: is not the one that was there before"
    for row in session.execute(_different(session, book)):
        name = f"reseller {row.reseller_id}, {book.row} {row.id}"
        if row.number is None:
            yield f"{name}: was added among what was sealed already"
        elif row.missing:
            yield f"{name}: is missing, it is in seal {row.number}"
        else:
            yield f"{name}: is not what it was in seal {row.number}"


def _numbered(session: Session, book: Book, number: int) -> Head | None:
    found = session.scalar(select(Seal.hash).where(Seal.book == book.name, Seal.number == number))
    return None if found is None else Head(number, found.hex())


def _different(session: Session, book: Book) -> Select[Any]:
    table = book.table
    # Row security hides the rows of others from a session of one reseller; they are not missing.
    reseller = session.info.get("reseller")
    own = reseller if isinstance(reseller, int) else None
    sealed = covered(book, reseller=own).subquery("sealed")
    rows = select(table.reseller_id, table.id, table.at, digest(book).label("digest")).subquery(
        "rows"
    )
    last = (
        select(Seal.open_since)
        .where(Seal.book == book.name)
        .order_by(Seal.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(
            func.coalesce(sealed.c.reseller_id, rows.c.reseller_id).label("reseller_id"),
            func.coalesce(sealed.c.id, rows.c.id).label("id"),
            sealed.c.number,
            rows.c.id.is_(None).label("missing"),
        )
        .select_from(
            sealed.join(
                rows,
                and_(sealed.c.reseller_id == rows.c.reseller_id, sealed.c.id == rows.c.id),
                full=True,
            )
        )
        .where(
            or_(
                rows.c.id.is_(None),
                and_(sealed.c.id.is_(None), rows.c.at < last),
                sealed.c.digest != rows.c.digest,
            )
        )
        .order_by("reseller_id", "id")
    )
