"""Seals over tables whose rows are only added, so that a row that was changed is found by its id.

A seal covers a batch of rows: their ids, a digest of each, and a hash over all of that and over the
seal before it. Whoever writes a row knows nothing of seals, and waits for none: a job comes after
them. So the order of a seal's rows is not that of any commit; what is sealed is a *set*, all that
is committed and not sealed yet, and a row that is committed late is simply in a later seal.

What is new is looked for from `open_since` of the latest seal on: no transaction that could still
add a row of an earlier moment was open when that seal was made (`infra.open_transactions`, less
`SKEW` for clocks that differ). A row of an earlier moment that is in no seal was therefore not
written by the portal, and is named. The row's own moment is compared, not a transaction number of
PostgreSQL's: those begin anew when a database is restored from a copy.

Seals show what was done to rows behind the portal's back; they cannot stop somebody who rewrites
all later seals too. For him the newest hash is printed and kept wherever a proof is (`heads`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    DateTime,
    Index,
    LargeBinary,
    Select,
    Text,
    and_,
    cast,
    column,
    extract,
    func,
    literal,
    select,
    text,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.infra import clock, ids, open_transactions
from portal.infra.columns import Base, Code, Moment, Ref

SKEW: Final = timedelta(minutes=5)
"""How much the clocks of two machines of one installation may differ."""

BATCH: Final = 10_000
"""How many rows a seal covers at most."""

_TAKE_TURNS: Final = text("SELECT pg_advisory_xact_lock(2024081504)")
_NO_HURRY: Final = text("SET LOCAL statement_timeout = 0")


class Seal(Base):
    """A batch of rows as they were: `ids[i]` of `reseller_ids[i]` had the digest `digests[i]`."""

    __tablename__ = "seals"

    book: Mapped[Code] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    id: Mapped[Ref] = mapped_column(default=ids.new)
    sealed_at: Mapped[Moment]
    open_since: Mapped[Moment]
    newest_at: Mapped[Moment]
    reseller_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    digests: Mapped[list[bytes]] = mapped_column(ARRAY(LargeBinary))
    hash: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (Index("ix_seals_newest_at", "book", "newest_at"),)


@dataclass(frozen=True, kw_only=True)
class Book:
    """A table to seal: of rows with `reseller_id`, `id` and `at` that are added and never changed.

    `columns` are what a digest covers, in this order; a column that comes later is not among them
    unless all seals are made anew.
    """

    name: str
    row: str
    """What a row is called in a sentence."""
    table: type[Any]
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Head:
    """The newest seal of a book, by which all before it can be proven; None before the first."""

    number: int
    hash: str


HASH: Final = """
    sha256(s.previous
           || convert_to(jsonb_build_array(
                  s.book, s.number, s.id,
                  CAST(extract(epoch FROM s.sealed_at) * 1000000 AS bigint),
                  CAST(extract(epoch FROM s.open_since) * 1000000 AS bigint),
                  CAST(extract(epoch FROM s.newest_at) * 1000000 AS bigint),
                  to_jsonb(s.reseller_ids), to_jsonb(s.ids))::text, 'UTF8')
           || (SELECT string_agg(u.digest, CAST('' AS bytea) ORDER BY u.n)
                 FROM unnest(s.digests) WITH ORDINALITY AS u(digest, n)))
"""
"""Over the seal before and all that a seal `s` says; it is written and checked in these words."""

_ADD: Final = text(
    f"""
    INSERT INTO seals (book, number, id, sealed_at, open_since, newest_at, reseller_ids, ids,
                       digests, hash)
    SELECT s.book, s.number, s.id, s.sealed_at, s.open_since, s.newest_at, s.reseller_ids, s.ids,
           s.digests, {HASH}
      FROM (SELECT CAST(:book AS text) AS book, CAST(:number AS bigint) AS number,
                   CAST(:id AS bigint) AS id, CAST(:sealed_at AS timestamptz) AS sealed_at,
                   CAST(:open_since AS timestamptz) AS open_since,
                   CAST(:newest_at AS timestamptz) AS newest_at,
                   CAST(:reseller_ids AS bigint[]) AS reseller_ids,
                   CAST(:ids AS bigint[]) AS ids, CAST(:digests AS bytea[]) AS digests,
                   CAST(:previous AS bytea) AS previous) AS s
    """  # noqa: S608 - put together from constants
)


def seal(session: Session, book: Book) -> int:
    """Seal what is committed and not sealed yet; how many rows that were.

    The session sees all resellers and reads what is committed. At most `BATCH` at once: whoever
    wants all of them asks until there are none.
    """
    session.execute(_TAKE_TURNS)
    session.execute(_NO_HURRY)
    settled = open_transactions.none_before(session) - SKEW
    last = session.execute(
        select(Seal.number, Seal.hash, Seal.open_since)
        .where(Seal.book == book.name)
        .order_by(Seal.number.desc())
        .limit(1)
    ).one_or_none()
    rows = session.execute(_unsealed(book, since=last.open_since if last else None)).all()
    if not rows:
        return 0
    if len(rows) == BATCH:  # there may be more of them: the next seal begins where this one ends
        settled = min(settled, rows[-1].at)
    session.execute(
        _ADD,
        {
            "book": book.name,
            "number": last.number + 1 if last else 1,
            "previous": last.hash if last else b"",
            "id": ids.new(),
            "sealed_at": clock.now(),
            "open_since": max(settled, last.open_since) if last else settled,
            "newest_at": max(row.at for row in rows),
            "reseller_ids": [row.reseller_id for row in rows],
            "ids": [row.id for row in rows],
            "digests": [row.digest for row in rows],
        },
    )
    return len(rows)


def head(session: Session, book: Book) -> Head | None:
    """The newest seal of a book."""
    found = session.execute(
        select(Seal.number, Seal.hash)
        .where(Seal.book == book.name)
        .order_by(Seal.number.desc())
        .limit(1)
    ).one_or_none()
    return None if found is None else Head(found.number, found.hash.hex())


def count(session: Session, book: Book) -> int:
    """How many rows of a book are sealed."""
    rows = select(func.coalesce(func.sum(func.cardinality(Seal.ids)), 0, type_=BigInteger))
    found: int = session.scalars(rows.where(Seal.book == book.name)).one()
    return found


def digest(book: Book) -> Any:
    """SHA-256 of the columns as a JSON list; moments are whole microseconds since 1970."""
    values = []
    for name in book.columns:
        value = getattr(book.table, name)
        if isinstance(value.type, DateTime):
            value = cast(extract("epoch", value) * literal(1_000_000), BigInteger)
        values.append(value)
    return func.sha256(
        func.convert_to(cast(func.jsonb_build_array(*values), Text), "UTF8"), type_=LargeBinary
    )


def covered(book: Book, *, reseller: int | None = None) -> Select[Any]:
    """Every row that is in a seal: `number` of the seal, `reseller_id`, `id` and `digest`."""
    rows = func.unnest(Seal.reseller_ids, Seal.ids, Seal.digests).table_valued(
        column("reseller_id", BigInteger),
        column("id", BigInteger),
        column("digest", LargeBinary),
        joins_implicitly=True,
    )
    rows = rows.render_derived(name="sealed_rows")
    query = select(Seal.number, rows.c.reseller_id, rows.c.id, rows.c.digest)
    query = query.where(Seal.book == book.name)
    return query if reseller is None else query.where(rows.c.reseller_id == reseller)


def _unsealed(book: Book, *, since: datetime | None) -> Select[Any]:
    """What is in no seal, oldest first, of this moment and later; of any if there is no seal."""
    table = book.table
    # Found first and digested then: a limit would not keep PostgreSQL from digesting all there are.
    new = select(table.reseller_id, table.id).order_by(table.at, table.id).limit(BATCH)
    if since is not None:
        recent = covered(book).where(Seal.newest_at >= since).subquery()
        new = new.outerjoin(
            recent, and_(recent.c.reseller_id == table.reseller_id, recent.c.id == table.id)
        ).where(table.at >= since, recent.c.id.is_(None))
    found = new.subquery()
    return (
        select(table.reseller_id, table.id, table.at, digest(book).label("digest"))
        .join(found, and_(found.c.reseller_id == table.reseller_id, found.c.id == table.id))
        .order_by(table.at, table.id)
    )
