"""The mail that tells a reseller what a change of its costs makes it sell at a loss."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal

from portal.infra import throttle, translation
from portal.infra.db import ResellerSession
from portal.ledger.units import MICROS
from portal.notifications import outbox
from portal.notifications.catalogue import WORST
from portal.pricing import rate_destinations, rate_lists, selling, wholesale_changes
from portal.pricing.margins import Loss
from portal.pricing.models import Package
from portal.pricing.rate_lists import ListName
from portal.tenancy import resellers, settings
from portal.tenancy.models import Reseller

NOTICE: Final = "sold_below_cost"
_BETWEEN_MAILS: Final = timedelta(days=1)


def tell(
    session: ResellerSession,
    name: ListName,
    former: Sequence[Sequence[str | int | None]],
    *,
    url: str,
) -> None:
    """Write to the reseller if a wholesale list makes it sell below cost what it did not before.

    `former` is what `wholesale_changes` noted of the list. There is at most one mail for a change,
    and one a day of the reseller's; none if it only wants to be warned on its pages.
    """
    chosen = settings.read(session).wholesale_rise
    if chosen == "warn":
        return
    today = selling.today(session)
    before = wholesale_changes.undone(rate_lists.rates(session, name), former)
    new = [
        (each.package, loss, each.on)
        for each in rate_lists.losses_since(session, name, before, today=today)
        for loss in each.losses
        if loss.prefix in each.new
    ]
    day = f"{NOTICE}/{session.reseller_id}/{today}"
    if not new or not throttle.first_in(session, day, _BETWEEN_MAILS):
        return
    firm = resellers.own(session)
    new.sort(key=lambda each: each[1].price - each[1].cost)
    count = format_decimal(len(new), locale=_locale(firm))
    lines = [_line(firm, *each, currency=name.currency) for each in new[: len(WORST)]]
    outbox.write(
        session,
        NOTICE,
        to=firm.email,
        language=firm.language,
        values={
            "count": count,
            "not_sent": count if chosen == "block" else "",
            **dict(zip(WORST, lines, strict=False)),
            "url": url,
        },
    )


def _line(firm: Reseller, package: Package, loss: Loss, on: date, *, currency: str) -> str:
    locale = _locale(firm)
    words = translation.catalogue(firm.language)
    named = words.gettext("Clients without a package") if package.is_default else package.name
    country = rate_destinations.country_of(loss.prefix)
    place = f"{locale.territories.get(country, country)} +{loss.prefix}".strip()
    amounts = (
        format_currency(
            Decimal(micros) / MICROS, currency, locale=locale, decimal_quantization=False
        )
        for micros in (loss.price, loss.cost)
    )
    return " · ".join([named, place, *amounts, format_date(on, "medium", locale)])


def _locale(firm: Reseller) -> Locale:
    return Locale.parse(firm.language.replace("-", "_"))
