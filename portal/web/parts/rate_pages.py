"""The pages of a price list, the same for the operator and for a reseller: show, change, export."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response, flash, g, redirect, request, url_for
from flask_babel import gettext
from werkzeug import Response as Answer
from werkzeug.datastructures import Headers

from portal.http.language import locale
from portal.infra import sheets
from portal.infra.db import ResellerSession
from portal.ledger import units
from portal.pricing import rate_destinations, rate_lists, rate_sheets
from portal.pricing.conditions import Route
from portal.pricing.price_lists import WHOLESALE
from portal.pricing.rate_lists import ListName, PackageLosses, PrefixRates
from portal.pricing.rating import Rate
from portal.web.parts import numbered_pages
from portal.web.parts.pages import page
from portal.web.parts.rate_forms import (
    ROUTES,
    ExportFilters,
    RateFilters,
    RateForm,
    countries_named,
    usual_decimals,
)

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a price list is in the pages, and whose it is.

    `owner` is what its addresses have in them; `back_url` and `back_label` lead to the page above.
    """

    session: ResellerSession
    name: ListName
    heading: str
    back_url: str
    back_label: str
    blueprint: str
    owner: dict[str, int]
    currencies: Sequence[str]
    today: date
    may_change: bool

    @property
    def is_own(self) -> bool:
        """Whether it is a package's own list, and not what the operator asks."""
        return self.name.package_id != WHOLESALE

    @property
    def route_label(self) -> str:
        """The route, where lists differ by it."""
        return "" if self.is_own else str(ROUTES[self.name.route])

    def url(self, act: str, **values: str | int) -> str:
        """The address of one of the list's pages."""
        asked: dict[str, Any] = {**self.owner, "currency": self.name.currency, **values}
        if not self.is_own:
            asked["route"] = self.name.route.value
        return url_for(f"{self.blueprint}.{act}", **asked)


@dataclass(frozen=True, kw_only=True)
class RateShown:
    """A prefix in the list; amounts are in its currency, None where there is no rate."""

    destination: str
    prefix: str
    price_micros: int | None
    since: date | None
    coming: tuple[Rate, ...]
    below_cost: bool
    edit_url: str


def name_from_address(*, currency: str, package_id: int = WHOLESALE) -> ListName:
    """The list that the address asks for; in this currency and by value where it does not say."""
    asked = request.args.get("currency", "")
    route = request.args.get("route", "")
    return ListName(
        currency=asked if asked in units.CURRENCIES_IN_USE else currency,
        package_id=package_id,
        route=Route(route) if route in set(Route) and package_id == WHOLESALE else Route.VALUE,
    )


def show(place: Place) -> Response:
    """The list by prefix, narrowed by what the address says."""
    form = RateFilters(place.currencies, with_routes=not place.is_own)
    if not form.validate():
        empty = numbered_pages.cut(list[RateShown]())
        return page("rates/list.html", 422, place=place, form=form, shown=empty, losses=[])
    asked = (form.q.data or "").removeprefix("+").replace(" ", "")
    digits = asked if asked.isascii() and asked.isdigit() else ""
    found = rate_lists.search(
        place.session,
        place.name,
        on=place.today,
        digits=digits,
        countries=None if digits or not form.q.data else countries_named(form.q.data),
    )
    # Of the wholesale list, it is seen when a sheet is about to change it.
    losses = rate_lists.losses(place.session, place.name, (), today=place.today)
    below = {loss.prefix for each in losses for loss in each.losses} if place.is_own else set()
    cut = numbered_pages.cut(found)
    rows = [_shown(place, each, below=below) for each in cut.rows]
    return page(
        "rates/list.html",
        place=place,
        form=form,
        shown=cut,
        rows=rows,
        losses=losses if place.is_own else [],
    )


def edit(place: Place) -> Answer:
    """Write one line of the list, after its lines so far have been shown."""
    prefix = request.args.get("prefix", "")
    lines = rate_lists.lines_of(place.session, place.name, prefix)
    holding = [rate for rate in lines if rate.valid_from <= place.today][-1:]
    price = next((rate.price for rate in holding), None)
    form = RateForm(
        data={  # not by name: WTForms has a parameter `prefix` of its own
            "prefix": prefix if lines else "",
            "price": None if price is None else units.decimal_string(price, place.name.currency),
            "valid_from": place.today,
        }
    )
    if form.validate_on_submit():
        rate = form.rate()
        losses = rate_lists.losses(place.session, place.name, [rate], today=place.today)
        rate_lists.change(place.session, place.name, rate, by=g.actor)
        flash(gettext("The rate is saved."), "success")
        _warn(losses)
        return redirect(place.url("rates"), 303)
    return page(
        "rates/edit.html",
        422 if form.is_submitted() else 200,
        place=place,
        form=form,
        lines=lines,
        holding=holding[0] if holding else None,
        destination=destination(prefix) if lines else "",
    )


def export(place: Place) -> Response:
    """The whole list as a file that can be imported again."""
    form = ExportFilters()
    kind = "xlsx" if form.validate() and form.format.data == "xlsx" else "csv"
    rows = rate_sheets.rows_of(rate_lists.rates(place.session, place.name), name=destination)
    if kind == "xlsx":
        body, content_type = sheets.to_xlsx([rate_sheets.HEADS, *rows], title="rates"), _XLSX
    else:
        as_text = (rate_sheets.as_text(row, decimals=usual_decimals()) for row in rows)
        body, content_type = sheets.to_csv([rate_sheets.HEADS, *as_text]), "text/csv; charset=utf-8"
    name = f"rates-{place.name.currency}-{place.name.route.value}-{place.today}.{kind}"
    headers = Headers({"Content-Disposition": f'attachment; filename="{name}"'})
    return Response(body, content_type=content_type, headers=headers)


def destination(prefix: str) -> str:
    """What the reader's language calls the country of a prefix, with the prefix."""
    country = rate_destinations.country_of(prefix)
    name = locale().territories.get(country, country)
    return f"{name} +{prefix}" if name else f"(+{prefix})"


def country_name(prefix: str) -> str:
    """What the reader's language calls the country of a prefix."""
    country = rate_destinations.country_of(prefix)
    return locale().territories.get(country, country) or "–"


def _shown(place: Place, found: PrefixRates, *, below: set[str]) -> RateShown:
    holding = found.holding
    return RateShown(
        destination=country_name(found.prefix),
        prefix=found.prefix,
        price_micros=holding.price if holding else None,
        since=holding.valid_from if holding else None,
        coming=found.coming,
        below_cost=found.prefix in below,
        edit_url=place.url("edit_rate", prefix=found.prefix),
    )


def _warn(losses: Sequence[PackageLosses]) -> None:
    for each in losses:
        if each.new:
            prefixes = ", ".join(f"+{prefix}" for prefix in sorted(each.new)[:5])
            said = gettext(
                "“%(package)s” sells below cost now: %(prefixes)s.",
                package=each.package.name,
                prefixes=prefixes,
            )
            flash(said, "warning")
