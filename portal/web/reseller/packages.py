"""What a reseller sells, and what the operator asks of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import Response
from flask_babel import lazy_gettext

from portal.accounts import directory
from portal.accounts.roles import Right
from portal.http.actor import requires
from portal.http.unit_of_work import session
from portal.pricing import packages as offered
from portal.pricing import rate_destinations, rate_lists, selling, shelf, sold_below_cost
from portal.pricing.conditions import Amounts
from portal.pricing.rate_lists import ListName, PrefixRates
from portal.pricing.shelf import Shelved
from portal.reports import sub_accounts
from portal.tenancy import resellers
from portal.web.parts.filters import Filters
from portal.web.parts.forms import text
from portal.web.parts.pages import page
from portal.web.parts.rate_forms import countries_named
from portal.web.reseller.package_words import country, sentences
from portal.web.reseller.pages import blueprint

RATES_SHOWN = 50


@dataclass(frozen=True, kw_only=True)
class PackageShown:
    """A package in one line; `prices` is a sentence, `changes_on` the next planned day."""

    id: int
    name: str
    prices: str
    currency: str
    monthly_fee_micros: int
    free_parts: int
    sub_accounts: int
    changes_on: date | None


@dataclass(frozen=True, kw_only=True)
class DefaultShown:
    """What clients without a package pay, in a sentence."""

    id: int
    prices: str


@dataclass(frozen=True, kw_only=True)
class RateShown:
    """What a part to a prefix costs the reseller since a day; None: nothing can be sent there."""

    destination: str
    prefix: str
    cost_micros: int | None
    currency: str
    valid_from: date


class CostFilters(Filters):
    """For which destinations."""

    to = text(lazy_gettext("Country or first digits"), length_max=60)


@blueprint.get("/packages")
@requires(Right.PRICES_READ)
def packages() -> Response:
    """All packages by name, and the wholesale rates in the reseller's currency by prefix."""
    today = selling.today(session())
    currency = resellers.own(session()).currency
    held = directory.sub_accounts_by_package(session())
    form = CostFilters()
    valid = form.validate()
    rates = _found(form.to.data or "", currency=currency, on=today) if valid else []
    return page(
        "reseller/packages.html",
        200 if valid else 422,
        packages=[
            _package(each, sub_accounts=held.get(each.package.id, 0), currency=currency)
            for each in shelf.sold(session(), on=today)
        ],
        default=_default(currency, on=today),
        below_cost=sold_below_cost.count(session(), on=today),
        without_package=sub_accounts.without_package(session()),
        form=form,
        rates=[_rate(each, currency=currency) for each in rates[:RATES_SHOWN]],
        more_rates=max(len(rates) - RATES_SHOWN, 0),
    )


def _found(wanted: str, *, currency: str, on: date) -> list[PrefixRates]:
    """The wholesale rates to digits, or to the countries that are called so; all for nothing."""
    digits = wanted.removeprefix("+").replace(" ", "")
    name = ListName(currency=currency)
    if not digits or digits.isdecimal():
        return rate_lists.search(session(), name, on=on, digits=digits)
    return rate_lists.search(session(), name, on=on, countries=countries_named(wanted))


def _package(each: Shelved, *, sub_accounts: int, currency: str) -> PackageShown:
    amounts = each.conditions.amounts.get(currency, Amounts())
    return PackageShown(
        id=each.package.id,
        name=each.package.name,
        prices=sentences(each.conditions, currency)[0],
        currency=currency,
        monthly_fee_micros=amounts.monthly_fee,
        free_parts=sum(offer.parts for offer in each.conditions.bundles),
        sub_accounts=sub_accounts,
        changes_on=each.changes_on,
    )


def _default(currency: str, *, on: date) -> DefaultShown | None:
    found = offered.default(session())
    if found is None:
        return None
    holding = offered.holding(session(), found.id, on=on)
    return DefaultShown(id=found.id, prices=sentences(holding.conditions, currency)[0])


def _rate(each: PrefixRates, *, currency: str) -> RateShown:
    line = each.holding or each.coming[0]
    return RateShown(
        destination=country(rate_destinations.country_of(each.prefix)),
        prefix=each.prefix,
        cost_micros=line.price,
        currency=currency,
        valid_from=line.valid_from,
    )
