"""The price lists that a package is rated by, found for whoever shows or tries out its prices."""

from __future__ import annotations

from typing import Protocol

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
    return every_table(session)(package_id=package_id, currency=currency)


class Asked(Protocol):
    """Finds the lists of one package in one currency, as `tables` does, without a query."""

    def __call__(self, *, package_id: int | None, currency: str) -> Tables: ...


def every_table(session: ResellerSession) -> Asked:
    """The same for whoever asks of many packages: a list is compiled once it is asked for."""
    lists = {
        (row.package_id, row.currency, Route(row.route)): (row.id, row.version)
        for row in session.execute(
            select(
                PriceList.package_id,
                PriceList.currency,
                PriceList.route,
                PriceList.id,
                PriceList.version,
            )
        )
    }

    def found(owner: int, currency: str, route: Route) -> RateTable:
        return price_lists.table(session, *lists.get((owner, currency, route), (None, None)))

    def asked(*, package_id: int | None, currency: str) -> Tables:
        return Tables(
            wholesale={route: found(WHOLESALE, currency, route) for route in Route},
            own=found(package_id, currency, Route.VALUE) if package_id else NO_RATES,
        )

    return asked


def currencies(session: ResellerSession) -> list[str]:
    """The currencies in which the operator has a price for the reseller, by code."""
    return list(
        session.scalars(
            select(PriceList.currency)
            .where(PriceList.package_id == WHOLESALE)
            .distinct()
            .order_by(PriceList.currency)
        )
    )
