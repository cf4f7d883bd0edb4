"""Price lists in the database, and the tables compiled from them in memory."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from threading import Lock
from typing import Any

from sqlalchemy import Row, select, text, update
from sqlalchemy.dialects.postgresql import insert

from portal.infra import ids
from portal.infra.db import ResellerSession
from portal.pricing import wholesale_changes
from portal.pricing.conditions import Route
from portal.pricing.models import ListedRate, PriceList
from portal.pricing.rating import NO_RATES, Rate, RateTable
from portal.pricing.wholesale_changes import Former

WHOLESALE = 0
"""The `package_id` of the list that says what the operator asks of the reseller."""

_TABLES_MAX = 2_000
_tables: dict[tuple[int, int], RateTable] = {}
_tables_lock = Lock()

_SET = text(
    """
    INSERT INTO rates (reseller_id, list_id, prefix, valid_from, price)
    SELECT :reseller, :list_id, r.prefix, r.valid_from, r.price
      FROM unnest(CAST(:prefixes AS text[]), CAST(:days AS date[]), CAST(:prices AS bigint[]))
        AS r(prefix, valid_from, price)
    ON CONFLICT (reseller_id, list_id, prefix, valid_from) DO UPDATE SET price = excluded.price
    """
)

_FORMER = text(
    """
    SELECT w.prefix, w.valid_from, r.price, r.prefix IS NOT NULL AS there
      FROM unnest(CAST(:prefixes AS text[]), CAST(:days AS date[]), CAST(:prices AS bigint[]))
        AS w(prefix, valid_from, price)
      LEFT JOIN rates r ON r.reseller_id = :reseller AND r.list_id = :list_id
       AND r.prefix = w.prefix AND r.valid_from = w.valid_from
     WHERE r.prefix IS NULL OR r.price IS DISTINCT FROM w.price
     ORDER BY w.prefix, w.valid_from
    """
)


def set_rates(
    session: ResellerSession,
    rates: Iterable[Rate],
    *,
    currency: str,
    package_id: int = WHOLESALE,
    route: Route = Route.VALUE,
) -> int:
    """Add rates to a list, made on first use; of one prefix and day the latest holds.

    Returns the list's id. Tables in memory know by its version that they are old. A reseller that
    wants it is told by mail of what a wholesale list makes it sell below cost.
    """
    list_id = _list_id(session, currency=currency, package_id=package_id, route=route)
    lines = list({(rate.prefix, rate.valid_from): rate for rate in rates}.values())
    written = {
        "reseller": session.reseller_id,
        "list_id": list_id,
        "prefixes": [line.prefix for line in lines],
        "days": [line.valid_from for line in lines],
        "prices": [line.price for line in lines],
    }
    if package_id == WHOLESALE:
        former = [_former(row) for row in session.execute(_FORMER, written)]
        wholesale_changes.note(session, former, currency=currency, route=route)
    session.execute(_SET, written)
    session.execute(
        update(PriceList)
        .where(PriceList.id == list_id)
        # Never a number that was there before: a table may be compiled, and kept in memory, in a
        # transaction that is rolled back.
        .values(version=ids.new())
        .execution_options(synchronize_session=False)
    )
    return list_id


def _former(row: Row[tuple[Any, ...]]) -> Former:
    day = row.valid_from.isoformat()
    return (row.prefix, day, row.price) if row.there else (row.prefix, day)


def _list_id(session: ResellerSession, *, currency: str, package_id: int, route: Route) -> int:
    session.execute(
        insert(PriceList)
        .values(
            reseller_id=session.reseller_id,
            id=ids.new(),
            package_id=package_id,
            currency=currency,
            route=route.value,
        )
        .on_conflict_do_nothing(index_elements=["reseller_id", "package_id", "currency", "route"])
    )
    return session.scalars(
        select(PriceList.id).where(
            PriceList.package_id == package_id,
            PriceList.currency == currency,
            PriceList.route == route.value,
        )
    ).one()


def table(session: ResellerSession, list_id: int | None, version: int | None) -> RateTable:
    """The compiled table of a list at a version; compiled once per process and version."""
    if list_id is None or version is None:
        return NO_RATES
    key = (list_id, version)
    found = _tables.get(key)
    if found is None:
        found = RateTable.compile(rates_of(session, list_id))
        with _tables_lock:
            if len(_tables) >= _TABLES_MAX:
                _tables.clear()
            _tables[key] = found
    return found


def rates_of(session: ResellerSession, list_id: int) -> list[Rate]:
    """All lines of a list, by prefix."""
    rows = session.execute(
        select(ListedRate.prefix, ListedRate.price, ListedRate.valid_from)
        .where(ListedRate.list_id == list_id)
        .order_by(ListedRate.prefix, ListedRate.valid_from)
    )
    return [_rate(prefix, price, valid_from) for prefix, price, valid_from in rows]


def wholesale_rates(
    session: ResellerSession, *, currency: str, route: Route = Route.VALUE
) -> list[Rate]:
    """What the operator asks of the reseller, by prefix."""
    return rates_in(session, currency=currency, route=route)


def wholesale_currencies(session: ResellerSession) -> list[str]:
    """The currencies that the operator asks prices of the reseller in, by their codes."""
    found = select(PriceList.currency).where(PriceList.package_id == WHOLESALE).distinct()
    return sorted(session.scalars(found))


def rates_in(
    session: ResellerSession,
    *,
    currency: str,
    package_id: int = WHOLESALE,
    route: Route = Route.VALUE,
) -> list[Rate]:
    """The lines of the wholesale list, or of a package's own, by prefix; none if there is none."""
    found = session.scalar(
        select(PriceList.id).where(
            PriceList.package_id == package_id,
            PriceList.currency == currency,
            PriceList.route == route.value,
        )
    )
    return [] if found is None else rates_of(session, found)


@lru_cache(maxsize=50_000)
def _rate(prefix: str, price: int | None, valid_from: date) -> Rate:
    """Resellers' lists are alike, so that equal lines share their memory."""
    return Rate(prefix, price, valid_from)
