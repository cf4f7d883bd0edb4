"""Pay in online: choose an amount, pay on the provider's page, see what has become of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response as Answer
from flask import g, request, url_for
from werkzeug import Response

from portal.accounts import receivables
from portal.accounts.actor import Actor
from portal.accounts.models import Client
from portal.accounts.roles import Right
from portal.http import security, unit_of_work
from portal.http.actor import offers, requires
from portal.http.language import language, locale
from portal.http.unit_of_work import session
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound, PortalError
from portal.infra.throttle import TooOften
from portal.messaging import facts, price_table
from portal.payments import deposits, payable, saved_methods
from portal.payments.bank import accounts as bank
from portal.pricing import currencies as priced_currencies
from portal.tenancy import resellers, settings, site_pages
from portal.tenancy.display import Service
from portal.web.client.pages import blueprint, own_client, today_at
from portal.web.parts import paying
from portal.web.parts.deposit_forms import DepositForm, deposit_form
from portal.web.parts.pages import page


@dataclass(frozen=True, kw_only=True)
class _Offer:
    """What a client can pay in now."""

    client: Client
    priced: frozenset[str]
    currencies: list[str]
    currency: str
    amounts: list[int]
    terms: str
    ways: list[str]
    """The kinds of accounts that can be paid to."""
    keeps: bool
    """Whether a card can be kept with one of them."""


@blueprint.get("/deposit")
@offers(Service.DEPOSITS)
@requires(Right.WALLET_PAY)
def deposit() -> Answer:
    """What can be paid in, and what it buys."""
    offer = _offer(request.args.get("currency", ""))
    return _page(offer, _form(offer, formdata=None))


@blueprint.post("/deposit")
@offers(Service.DEPOSITS)
@requires(Right.WALLET_PAY)
def start_deposit() -> Response:
    """Begin a deposit and lead on to the provider's page; nothing is credited by that."""
    offer = _offer(request.form.get("currency", ""))
    form = _form(offer)
    valid = form.validate()
    amount = form.chosen(offer.amounts)
    if not valid or amount is None or not offer.ways:
        return _page(offer, form, status=422)
    unit_of_work.close()  # the provider is asked below, and no transaction may be open then
    way = paying.way(form, offer.ways)
    try:
        deposit_id = paying.made(
            lambda before: _made(before, offer, form, amount, way=way),
            paid_to=g.tenant.reseller_id,
            payer=str(offer.client.id),
            endpoint="web.deposit",
            key=form.key.data,
            asked={
                "amount": str(amount),
                "currency": form.currency.data,
                "way": way,
                "keep": str(form.keeps),
            },
        )
        is_started = paying.page_made(deposit_id, paid_to=g.tenant.reseller_id)
    except (TooOften, PortalError) as refused:
        return _page(offer, form, status=paying.say(form, refused))
    if not is_started:
        form.form_errors.append(paying.silent())
        return _page(offer, form, status=422)
    return _led_on(deposit_id)


def _offer(asked: str) -> _Offer:
    client = own_client()
    reseller = resellers.own(session())
    priced = priced_currencies.priced(
        session(), client_id=client.id, on=today_at(reseller.time_zone)
    )
    usable = [
        each
        for each in payable.currencies(session(), priced=priced, own=client.currency)
        if payable.taking(session(), each)
    ]
    chosen = asked if asked in usable else next(iter(usable), client.currency)
    terms = None
    if settings.read(session()).deposits.ask_terms:
        terms = site_pages.in_force(session(), "terms", language=language())
    return _Offer(
        client=client,
        priced=priced,
        currencies=usable,
        currency=chosen,
        amounts=payable.amounts(session(), chosen),
        terms="" if terms is None else f"{terms.language}-{terms.version}",
        ways=[each.provider for each in payable.taking(session(), chosen)] if usable else [],
        keeps=bool(usable) and bool(payable.keeping(session(), chosen)),
    )


def _form(offer: _Offer, **options: Any) -> DepositForm:
    return deposit_form(
        rules=settings.read(session()).deposits,
        currencies=offer.currencies,
        currency=offer.currency,
        amounts=offer.amounts,
        terms=offer.terms,
        ways=offer.ways,
        keeps=offer.keeps,
        **options,
    )


def _made(
    before: ResellerSession, offer: _Offer, form: DepositForm, amount: int, *, way: str
) -> int:
    return deposits.begin(
        before,
        client_id=offer.client.id,
        kind=way,
        amount=amount,
        currency=form.currency.data,
        priced=offer.priced,
        by=g.actor,
        terms=offer.terms,
        keeps=form.keeps,
    ).id


def _led_on(deposit_id: int) -> Response:
    """On to the provider's page, or to ours where that is somewhere that no form may lead to."""
    found = deposits.of_actor(session(), deposit_id, actor=g.actor)
    return paying.led_on(
        found.url,
        kind=deposits.account_of(session(), found).provider,
        otherwise=url_for("client.own_deposit", deposit_id=deposit_id),
    )


def _page(offer: _Offer, form: DepositForm, *, status: int = 200) -> Answer:
    rules = settings.read(session()).deposits
    country = _country(offer)
    owed = receivables.owed(session(), offer.client.id).get(offer.currency, 0)
    shown = page(
        "client/deposit_new.html",
        status,
        form=form,
        is_open=bool(offer.ways),
        by_transfer=bank.is_offered(session()),
        currency=offer.currency,
        currencies=offer.currencies,
        buttons=[
            (choice.value, choice.label, _parts(max(0, amount - owed), country["price"]))
            for choice, amount in zip(form.amount.choices, offer.amounts, strict=True)
        ],
        owed_micros=owed if g.actor.can(Right.WALLET_READ) else 0,
        country=country,
        refund_text=rules.refund_text_in(language()),
        has_card_page=rules.automatic or saved_methods.own(session(), offer.client.id) is not None,
    )
    return security.lead_forms_to(shown, paying.pages(offer.ways)) if offer.ways else shown


def _country(offer: _Offer) -> dict[str, Any]:
    """The country that is asked about, its price for a part, and all that can be chosen."""
    names = locale().territories
    nothing: dict[str, Any] = {"code": "", "name": "", "price": None, "choices": []}
    actor: Actor = g.actor
    if offer.currency != offer.client.currency or not actor.display.shows(Service.PRICES):
        return nothing
    try:
        found = facts.read(session(), actor=actor, sub_account_id=None)
    except NotFound:
        return nothing
    prices = price_table.prices(found)
    choices = sorted((names.get(code, code), code) for code in prices)
    asked = request.values.get("country", "")
    code = asked if asked in prices else offer.client.country
    price = prices.get(code)
    return {
        "code": code,
        "name": names.get(code, code),
        "price": None if price is None else (price.usual or price.highest),
        "choices": choices,
    }


def _parts(amount: int, price: int | None) -> int | None:
    """How many messages of one part an amount buys; None where that is not known, or no end."""
    return amount // price if price else None
