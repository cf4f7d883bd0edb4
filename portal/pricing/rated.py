"""The price lists that a package is rated by, found for whoever shows or tries out its prices."""

from __future__ import annotations

from sqlalchemy import or_, select

from portal.infra.db import ResellerSession
from portal.pricing import price_lists
from portal.pricing.conditions import Route
from portal.pricing.coverage import Tables
from portal.pricing.models import PriceList
from portal.pricing.price_lists import WHOLESALE
from portal.pricing.rating import NO_RATES


def tables(session: ResellerSession, *, package_id: int | None, currency: str) -> Tables:
    """Both wholesale lists and the package's own, in one currency; empty where there is none.

    A package that is not made yet has no list of its own.
    """
    rows = session.execute(
        select(PriceList.package_id, PriceList.route, PriceList.id, PriceList.version).where(
            or_(PriceList.package_id == WHOLESALE, PriceList.package_id == package_id),
            PriceList.currency == currency,
        )
    )
    found = {
        (owner, Route(route)): price_lists.table(session, list_id, version)
        for owner, route, list_id, version in rows
    }
    return Tables(
        wholesale={route: found.get((WHOLESALE, route), NO_RATES) for route in Route},
        own=found.get((package_id, Route.VALUE), NO_RATES) if package_id else NO_RATES,
    )


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
