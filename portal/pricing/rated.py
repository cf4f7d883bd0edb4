"""The price lists that a package is rated by, found for whoever shows or tries out its prices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from portal.infra.db import ResellerSession
from portal.pricing import price_lists
from portal.pricing.conditions import Route
from portal.pricing.coverage import Tables
from portal.pricing.models import PriceList
from portal.pricing.price_lists import WHOLESALE
from portal.pricing.rating import NO_RATES, RateTable


def tables(session: ResellerSession, *, package_id: int | None, currency: str) -> Tables:
    """Both wholesale lists and the package's own, in one currency; empty where there is none.

    A package that is not made yet has no list of its own.
    """
    return lists(session).tables(package_id=package_id, currency=currency)


@dataclass(frozen=True)
class Lists:
    """All lists of a reseller, for whoever asks of many packages; each is compiled when asked for.

    Good for as long as the session's transaction.
    """

    _session: ResellerSession
    _listed: Mapping[tuple[int, str, Route], tuple[int, int]]

    def tables(self, *, package_id: int | None, currency: str) -> Tables:
        """As `tables` does, without asking the database which lists there are."""
        return Tables(
            wholesale={route: self._table(WHOLESALE, currency, route) for route in Route},
            own=self._table(package_id, currency, Route.VALUE) if package_id else NO_RATES,
        )

    def _table(self, package_id: int, currency: str, route: Route) -> RateTable:
        list_id, version = self._listed.get((package_id, currency, route), (None, None))
        return price_lists.table(self._session, list_id, version)


def lists(session: ResellerSession) -> Lists:
    """Which lists there are at this moment, in one statement."""
    rows = session.execute(
        select(
            PriceList.package_id,
            PriceList.currency,
            PriceList.route,
            PriceList.id,
            PriceList.version,
        )
    )
    return Lists(
        session,
        {
            (package_id, currency, Route(route)): (list_id, version)
            for package_id, currency, route, list_id, version in rows
        },
    )
