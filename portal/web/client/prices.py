"""What a part costs to each country, and to one number with the reason; asking for a country."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug import Response
from wtforms import SearchField, SelectChoice, SelectField
from wtforms.validators import Length, Optional

from portal.accounts import access
from portal.accounts.actor import Actor
from portal.accounts.models import SubAccount
from portal.accounts.roles import Right
from portal.http.actor import offers, requires
from portal.http.language import locale, time_zone
from portal.http.unit_of_work import session
from portal.http.wiring import current
from portal.infra.errors import NotFound
from portal.messaging import country_requests, facts, numbers, price_table, simulating
from portal.messaging.country_requests import AlreadyOpen, Decision, TooManyRequests
from portal.messaging.facts import Facts
from portal.messaging.models import CountryRequest
from portal.messaging.simulating import Simulation
from portal.pricing import destinations
from portal.pricing.country_prices import CountryPrice
from portal.pricing.rating import Quote, Rule
from portal.tenancy import links
from portal.tenancy.display import Service
from portal.web.client import refusals
from portal.web.client.pages import blueprint, own_client
from portal.web.parts import receipts
from portal.web.parts.filters import Filters
from portal.web.parts.formats import money, number
from portal.web.parts.forms import legible
from portal.web.parts.pages import fragment, page

_NOTHING: Final[dict[str, Any]] = {"rows": [], "answer": None, "on_quota": False, "currency": ""}
_LIKE_A_NUMBER: Final = re.compile(r"[+(]?[0-9][0-9 ./()-]{4,}")
"""What somebody types who means a telephone number; a shorter one is the code of a country."""


class PriceFilters(Filters):
    """Which country or number, and for which sub-account."""

    q = SearchField(
        lazy_gettext("Country or number"),
        [Optional(), Length(max=40)],
        filters=[legible],
    )
    account = SelectField(lazy_gettext("Sub-account"), default="")


@dataclass(frozen=True, kw_only=True)
class Row:
    """What a part costs to a country, in millionths; `usual` is None where networks differ."""

    code: str
    name: str
    dial_code: str
    lowest_micros: int
    highest_micros: int
    usual_micros: int | None
    is_open: bool
    asked_on: date | None
    declined_on: date | None

    @property
    def differs(self) -> bool:
        """Whether networks of the country have prices of their own."""
        return self.lowest_micros != self.highest_micros


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the simulator says of one number: sentences, and the country to ask for, if any."""

    headline: str
    sentences: list[str]
    refused: bool
    country: str
    country_name: str
    can_ask: bool
    asked_on: date | None


@blueprint.get("/prices")
@offers(Service.PRICES)
@requires(Right.PRICES_READ)
def prices() -> Response:
    """All countries with their prices, narrowed by what the address says; or one number's price."""
    actor: Actor = g.actor
    form = PriceFilters()
    choices = _choices(actor)
    form.account.choices = [SelectChoice(str(each.id), each.name) for each in choices]
    if not choices:
        del form.account
    elif not form.account.data:
        form.account.data = str(choices[0].id)
    valid = form.validate()
    context = _context(actor, form) if valid else _NOTHING
    if "HX-Request" in request.headers:
        return fragment("client/prices.html", "found", form=form, **context)
    return page("client/prices.html", 200 if valid else 422, form=form, **context)


@blueprint.post("/prices/<string(length=2):country>/ask")
@offers(Service.PRICES)
@requires(Right.MESSAGES_SEND)
def ask_for_country(country: str) -> Response:
    """Ask for a country that is not open."""
    try:
        country_requests.ask(
            session(),
            client_id=own_client().id,
            country=country,
            by=g.actor,
            origin=links.origin_of(session(), current().settings),
        )
    except AlreadyOpen:
        flash(gettext("This country is open for you already."), "info")
    except TooManyRequests:
        flash(gettext("You have asked for many countries. Please wait for an answer."), "warning")
    else:
        name = _country_names().get(country, country)
        flash(
            gettext("We were told that you want to send to %(country)s.", country=name), "success"
        )
    return redirect(url_for("client.prices"), 303)


def _choices(actor: Actor) -> list[SubAccount]:
    """The sub-accounts to choose from, where it makes a difference: their packages are others."""
    own = access.own_sub_accounts(session(), actor=actor)
    kinds = {(each.package_id, each.quota_unlimited, each.quota_account_id) for each in own}
    return own if len(kinds) > 1 else []


def _context(actor: Actor, form: PriceFilters) -> dict[str, Any]:
    asked = form.q.data or ""
    chosen = int(form.account.data) if "account" in form else None
    try:
        found = facts.read(session(), actor=actor, sub_account_id=chosen)
    except NotFound:
        return _NOTHING
    requests = country_requests.latest_of(session(), found.client_id)
    answer = None
    if _LIKE_A_NUMBER.fullmatch(asked):
        simulation = simulating.simulate(
            session(), actor=actor, sub_account_id=found.sub_account_id, to=asked
        )
        answer = _answer(simulation, requests)
        asked = ""
    return {
        "rows": _rows(found, requests, asked=asked),
        "answer": answer,
        "on_quota": found.on_quota,
        "currency": found.currency,
    }


def _rows(found: Facts, requests: Mapping[str, CountryRequest], *, asked: str) -> list[Row]:
    names = _country_names()
    wanted = _plain(asked).lstrip("+")
    rows = [
        _row(price, found, requests.get(code), name=names.get(code, code))
        for code, price in price_table.prices(found).items()
    ]
    matching = [row for row in rows if not wanted or _matches(row, wanted)]
    return sorted(matching, key=lambda row: _plain(row.name))


def _matches(row: Row, wanted: str) -> bool:
    if wanted.isdigit():
        return row.dial_code.startswith(wanted) or wanted.startswith(row.dial_code)
    return wanted in _plain(row.name) or wanted == row.code.lower()


def _row(price: CountryPrice, found: Facts, asked: CountryRequest | None, *, name: str) -> Row:
    is_open = simulating.is_open_to(found, price.country)
    return Row(
        code=price.country,
        name=name,
        dial_code=destinations.dial_code(price.country) or "",
        lowest_micros=price.lowest,
        highest_micros=price.highest,
        usual_micros=price.usual,
        is_open=is_open,
        asked_on=_asked_on(asked),
        declined_on=_declined_on(asked),
    )


def _asked_on(asked: CountryRequest | None) -> date | None:
    """When it was asked for, if nobody has answered yet."""
    return None if asked is None or asked.decision else _day(asked.asked_at)


def _declined_on(asked: CountryRequest | None) -> date | None:
    if asked is None or asked.decided_at is None:
        return None
    return _day(asked.decided_at) if asked.decision == Decision.DECLINED else None


def _day(at: datetime) -> date:
    return at.astimezone(ZoneInfo(time_zone())).date()


def _answer(simulation: Simulation, requests: Mapping[str, CountryRequest]) -> Answer:
    recipient, quote = simulation.recipient, simulation.quote
    refusal, country = simulation.refusal, simulation.country
    if recipient is None:
        headline = gettext("This is no number to send to.")
    elif quote is None:
        headline = gettext(
            "A message to %(to)s cannot be sent.",
            to=numbers.formatted(recipient.e164, country=None),
        )
    else:
        headline = _headline(simulation, quote, to=numbers.formatted(recipient.e164, country=None))
    sentences = [] if quote is None else _sentences(simulation, quote)
    if refusal is not None:
        sentences.insert(0, refusals.words(refusal))
    return Answer(
        headline=headline,
        sentences=sentences,
        refused=refusal is not None,
        country=country,
        country_name=_country_names().get(country, country),
        can_ask=recipient is not None and not simulation.is_open,
        asked_on=_asked_on(requests.get(country)),
    )


def _headline(simulation: Simulation, quote: Quote, *, to: str) -> str:
    if quote.rule is Rule.QUOTA:
        return str(gettext("A part to %(to)s takes one prepaid part.", to=to))
    if quote.rule in receipts.FREE:
        return str(gettext("A part to %(to)s is free.", to=to))
    if quote.bundle_parts >= simulation.parts:
        return str(gettext("A part to %(to)s is free now, as you have free parts left.", to=to))
    price = money(quote.price, quote.currency)
    return str(gettext("A part to %(to)s costs %(price)s.", to=to, price=price))


def _sentences(simulation: Simulation, quote: Quote) -> list[str]:
    said = [
        receipts.rule_words(
            quote.rule,
            prefix=quote.prefix,
            unit_price=quote.unit_price,
            currency=quote.currency,
            pulse=quote.pulse,
        )
    ]
    if simulation.quota_left is not None:
        left = number(simulation.quota_left)
        said.append(str(gettext("Prepaid parts: %(left)s left.", left=left)))
    if quote.rule in receipts.FREE:
        return said
    if quote.addition:
        price = money(quote.addition, quote.currency)
        said.append(str(gettext("Each message costs %(price)s more.", price=price)))
    if simulation.free_size:
        said.append(
            str(
                gettext(
                    "Free parts: %(left)s of %(size)s left.",
                    left=number(simulation.free_left),
                    size=number(simulation.free_size),
                )
            )
        )
    return said


def _country_names() -> Mapping[str, str]:
    names: Mapping[str, str] = locale().territories
    return names


def _plain(text: str) -> str:
    """Letters without their accents, small: what is typed in a hurry finds its country."""
    split = unicodedata.normalize("NFD", text.strip())
    return "".join(each for each in split if not unicodedata.combining(each)).casefold()
