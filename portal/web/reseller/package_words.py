"""What a package says, in sentences that a shop owner understands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from babel.numbers import format_decimal
from flask_babel import gettext, ngettext

from portal.http.language import locale
from portal.ledger.units import MICROS
from portal.pricing import ways
from portal.pricing.conditions import Amounts, Conditions, Route
from portal.pricing.coverage import Reached
from portal.pricing.free_parts import Counts, Offer
from portal.pricing.rating import FreeZone, Pulse, Quote, Rule
from portal.web.parts.formats import money, number


def sentences(conditions: Conditions, currency: str) -> list[str]:
    """Everything that holds in one currency, the prices first."""
    amounts = conditions.amounts.get(currency)
    if amounts is None:
        return [gettext("It has no prices in %(currency)s.", currency=currency)]
    return [
        *_prices(conditions, amounts, currency),
        *_free(conditions, amounts, currency),
        *(offer_words(each) for each in conditions.bundles),
        *_fees(amounts, currency),
        *_destinations(conditions),
    ]


def priced(reached: Reached, currency: str) -> str:
    """Why a part to a country costs what it does."""
    where = country(reached.country)
    quote = reached.quote
    if reached.refused:
        return str(gettext("Nothing is sent to %(country)s.", country=where))
    if quote is None:
        return str(gettext("Nothing can be sent to %(country)s: there is no rate.", country=where))
    price = money(quote.price, currency)
    if quote.rule is Rule.FREE_ZONE:
        return str(gettext("A part to %(country)s is free.", country=where))
    if quote.rule is Rule.OWN_RATE:
        return str(
            gettext(
                "A part to %(country)s costs %(price)s: the package's own rate to +%(prefix)s.",
                country=where,
                price=price,
                prefix=quote.prefix,
            )
        )
    if quote.rule is Rule.FLAT:
        return str(
            gettext(
                "A part to %(country)s costs %(price)s: one price for all countries.",
                country=where,
                price=price,
            )
        )
    return str(
        gettext(
            "A part to %(country)s costs %(price)s: %(sum)s.",
            country=where,
            price=price,
            sum=_sum(quote, currency),
        )
    )


def country(code: str) -> str:
    """A country's name in the reader's language."""
    return str(locale().territories.get(code, code))


def countries(codes: Iterable[str]) -> str:
    """Their names in order, with commas."""
    return ", ".join(sorted(country(code) for code in codes))


def prefixes(each: Iterable[str]) -> str:
    """Prefixes with their plus, and with commas."""
    return ", ".join(f"+{prefix}" for prefix in each)


def percent_words(millionths: int) -> str:
    """A percentage with its sign, as the reader's language writes it."""
    return f"{decimal_words(millionths * 100)} %"


def decimal_words(micros: int) -> str:
    """A number of millionths with as many digits as it has."""
    return str(format_decimal(Decimal(micros) / MICROS, format="#,##0.######", locale=locale()))


def offer_words(offer: Offer) -> str:
    """A bundle."""
    kinds = {
        Counts.BOTH: gettext("sent or received"),
        Counts.SENT: gettext("sent"),
        Counts.RECEIVED: gettext("received"),
    }
    where = [countries(offer.countries), prefixes(offer.prefixes)]
    words = gettext(
        "%(parts)s parts a month are free, %(kind)s, to %(where)s.",
        parts=number(offer.parts),
        kind=kinds[offer.counts],
        where=", ".join(each for each in where if each) or gettext("all countries"),
    )
    if offer.rollover_max:
        words += " " + gettext(
            "Up to %(parts)s of them are carried into the next month.",
            parts=number(offer.rollover_max),
        )
    if offer.pooled:
        words += " " + gettext("A client's sub-accounts share them.")
    return str(words)


def zone_words(zone: FreeZone, currency: str) -> str:
    """A free zone."""
    found = []
    if zone.country:
        found.append(country(zone.country))
    if zone.prefix:
        found.append(f"+{zone.prefix}")
    if zone.cost_max is not None:
        found.append(gettext("a cost of at most %(cost)s", cost=money(zone.cost_max, currency)))
    return ", ".join(found)


def _sum(quote: Quote, currency: str) -> str:
    said = gettext("%(cost)s cost", cost=money(quote.unit_cost, currency))
    if quote.fixed:
        said += _signed(money(abs(quote.fixed), currency), below=quote.fixed < 0)
    if quote.percent_millionths:
        said += _signed(
            percent_words(abs(quote.percent_millionths)), below=quote.percent_millionths < 0
        )
    if quote.addition:
        said += _signed(
            gettext("%(amount)s a message", amount=money(quote.addition, currency)), below=False
        )
    return str(said)


def _signed(amount: str, *, below: bool) -> str:
    return f" − {amount}" if below else f" + {amount}"


def _prices(conditions: Conditions, amounts: Amounts, currency: str) -> Iterator[str]:
    if amounts.flat_fee is not None:
        yield gettext(
            "A part costs %(price)s, wherever it goes.", price=money(amounts.flat_fee, currency)
        )
    else:
        markups = []
        if amounts.markup_fixed:
            markups.append(
                _signed(money(abs(amounts.markup_fixed), currency), below=amounts.markup_fixed < 0)
            )
        if millionths := conditions.markup_percent_millionths:
            markups.append(_signed(percent_words(abs(millionths)), below=millionths < 0))
        yield (
            gettext("A part costs what you pay for it%(markup)s.", markup="".join(markups))
            if markups
            else gettext("A part costs what you pay for it, and nothing is added.")
        )
    if amounts.addition_per_message:
        yield gettext(
            "Each message costs %(amount)s more, whatever its parts.",
            amount=money(amounts.addition_per_message, currency),
        )
    if conditions.pulse is Pulse.MESSAGE:
        yield gettext("A message of several parts costs as much as one part.")


def _free(conditions: Conditions, amounts: Amounts, currency: str) -> Iterator[str]:
    if conditions.on_net_free:
        yield gettext("Messages to inbound numbers of this portal are free.")
    for zone in amounts.free_zones:
        yield gettext("Free zone: %(zone)s.", zone=zone_words(zone, currency))


def _fees(amounts: Amounts, currency: str) -> Iterator[str]:
    words = (
        (amounts.monthly_fee, gettext("a month for each sub-account")),
        (amounts.setup_fee, gettext("once for the set-up")),
        (amounts.incoming_fee, gettext("for a message received")),
        (amounts.outgoing_mms_fee, gettext("for an MMS sent")),
        (amounts.incoming_mms_fee, gettext("for an MMS received")),
    )
    for fee, what in words:
        if fee:
            yield gettext("%(fee)s %(what)s.", fee=money(fee, currency), what=what)


def _destinations(conditions: Conditions) -> Iterator[str]:
    known = ways.ways(conditions.routes)
    if known.usual is Route.PREMIUM and known.exceptions:
        yield gettext(
            "All countries are reached by the premium route, but %(countries)s by the value route.",
            countries=countries(known.exceptions),
        )
    elif known.usual is Route.PREMIUM:
        yield gettext("All countries are reached by the premium route.")
    elif known.exceptions:
        yield gettext(
            "Reached by the premium route: %(countries)s.", countries=countries(known.exceptions)
        )
    if conditions.refused_countries:
        count = len(conditions.refused_countries)
        yield ngettext(
            "Nothing is sent to this country: %(countries)s.",
            "Nothing is sent to these %(num)s countries: %(countries)s.",
            count,
            countries=countries(conditions.refused_countries),
        )
    if conditions.refused_prefixes:
        yield gettext(
            "Nothing is sent to numbers that begin with %(prefixes)s.",
            prefixes=prefixes(conditions.refused_prefixes),
        )
