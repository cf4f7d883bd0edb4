"""What a reseller sells, and what the operator asks of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flask import Response

from portal.accounts import directory
from portal.accounts.roles import Right
from portal.http.actor import requires
from portal.http.language import locale
from portal.http.unit_of_work import session
from portal.ledger.units import MICROS
from portal.pricing import destinations, price_lists
from portal.pricing import packages as offered
from portal.pricing.models import Package
from portal.pricing.rating import Rate
from portal.tenancy import resellers
from portal.web.parts.pages import page
from portal.web.reseller.pages import blueprint


@dataclass(frozen=True, kw_only=True)
class PackageShown:
    """A package with its markup and fees, and how many sub-accounts have it."""

    name: str
    currency: str
    fixed_micros: int
    percent: Decimal
    monthly_fee_micros: int
    setup_fee_micros: int
    bundle_parts: int
    sub_accounts: int


@dataclass(frozen=True, kw_only=True)
class RateShown:
    """What a part to a prefix costs the reseller since a day."""

    destination: str
    prefix: str
    cost_micros: int
    currency: str
    valid_from: date


@blueprint.get("/packages")
@requires(Right.PRICES_READ)
def packages() -> Response:
    """All packages by name, and the wholesale rates in the reseller's currency by prefix."""
    currency = resellers.own(session()).currency
    held = directory.sub_accounts_by_package(session())
    rates = price_lists.wholesale_rates(session(), currency=currency)
    return page(
        "reseller/packages.html",
        packages=[
            _package(each, sub_accounts=held.get(each.id, 0)) for each in offered.listed(session())
        ],
        rates=[_rate(each, currency=currency) for each in rates],
    )


def _package(package: Package, *, sub_accounts: int) -> PackageShown:
    return PackageShown(
        name=package.name,
        currency=package.currency,
        fixed_micros=package.markup_fixed,
        percent=Decimal(package.markup_percent_millionths * 100) / MICROS,
        monthly_fee_micros=package.monthly_fee,
        setup_fee_micros=package.setup_fee,
        bundle_parts=package.bundle_parts,
        sub_accounts=sub_accounts,
    )


def _rate(rate: Rate, *, currency: str) -> RateShown:
    country = destinations.country_of(rate.prefix) or ""
    return RateShown(
        destination=locale().territories.get(country, country),
        prefix=rate.prefix,
        cost_micros=rate.price,
        currency=currency,
        valid_from=rate.valid_from,
    )
