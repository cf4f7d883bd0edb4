"""Top up the cover: choose an amount, and pay the operator online or by bank transfer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response as Answer
from flask import g, redirect, request, url_for
from werkzeug import Response

from portal.accounts.roles import Right
from portal.http import security, unit_of_work
from portal.http.actor import personally, requires
from portal.http.unit_of_work import at_operator, own_transaction, session
from portal.infra.db import ResellerSession
from portal.infra.errors import PortalError
from portal.infra.throttle import TooOften
from portal.invoicing import cover_months
from portal.payments import cover_deposits, payable
from portal.payments.bank import accounts as bank
from portal.payments.cover_deposits import Payer
from portal.tenancy import settings
from portal.tenancy.deposit_rules import DepositRules
from portal.tenancy.resellers import OPERATOR_ID
from portal.web.parts import paying, paying_resellers
from portal.web.parts.deposit_forms import DepositForm, deposit_form
from portal.web.parts.pages import page
from portal.web.reseller.pages import blueprint


@dataclass(frozen=True, kw_only=True)
class _Offer:
    """What the reseller can pay now, as the operator has settled it."""

    payer: Payer
    rules: DepositRules
    currencies: list[str]
    currency: str
    amounts: list[int]
    """First what is to be paid of invoices, then those of the operator's list."""
    ways: list[str]
    """The kinds of accounts that can be paid to on this page."""
    by_transfer: bool
    waiting: int
    """How many of its transfers are waited for."""
    unpaid: int
    """What of the operator's invoices for months is still to be paid, in millionths."""
    lacks_address: bool
    """Whether invoices are made, and the reseller has not written what they need of it."""


@blueprint.get("/cover/top-up")
@requires(Right.MONEY_POST)
def cover_top_up() -> Answer:
    """What can be paid online."""
    offer = _offer(request.args.get("currency", ""))
    return _page("reseller/cover_top_up.html", offer, _form(offer, formdata=None))


@blueprint.post("/cover/top-up")
@personally
@requires(Right.MONEY_POST)
def start_cover_top_up() -> Response:
    """Begin a payment and lead on to the provider's page; nothing is credited by that."""
    offer = _offer(request.form.get("currency", ""))
    form = _form(offer)
    valid = form.validate()
    amount = form.chosen(offer.amounts)
    if not valid or amount is None or not offer.ways:
        return _page("reseller/cover_top_up.html", offer, form, status=422)
    unit_of_work.close()  # the provider is asked below, and no transaction may be open then
    way = paying.way(form, offer.ways)
    try:
        deposit_id = _begun(offer, form, amount, way=way)
        is_started = paying.page_made(deposit_id, paid_to=OPERATOR_ID)
    except (TooOften, PortalError) as refused:
        status = paying.say(form, refused)
        return _page("reseller/cover_top_up.html", offer, form, status=status)
    if not is_started:
        form.form_errors.append(paying.silent())
        return _page("reseller/cover_top_up.html", offer, form, status=422)
    with own_transaction(OPERATOR_ID) as provider:
        url = cover_deposits.of_payer(provider, deposit_id, payer_id=offer.payer.id).url
    return paying.led_on(url, kind=way, otherwise=_address(deposit_id))


@blueprint.get("/cover/transfer")
@requires(Right.MONEY_POST)
def cover_transfer() -> Answer:
    """What can be transferred."""
    offer = _transfer_offer()
    return _page("reseller/cover_transfer.html", offer, _form(offer, formdata=None))


@blueprint.post("/cover/transfer")
@personally
@requires(Right.MONEY_POST)
def start_cover_transfer() -> Response:
    """Begin a payment that waits for a transfer, and lead on to where to transfer it."""
    offer = _transfer_offer()
    form = _form(offer)
    valid = form.validate()
    amount = form.chosen(offer.amounts)
    if not valid or amount is None or not offer.by_transfer:
        return _page("reseller/cover_transfer.html", offer, form, status=422)
    try:
        deposit_id = _begun(offer, form, amount, way=bank.KIND)
    except (TooOften, PortalError) as refused:
        status = paying.say(form, refused)
        return _page("reseller/cover_transfer.html", offer, form, status=status)
    return redirect(_address(deposit_id), 303)


def _begun(offer: _Offer, form: DepositForm, amount: int, *, way: str) -> int:
    """The deposit, committed; its way decides whether a provider is asked or a transfer awaited."""
    begin = cover_deposits.begin_transfer if way == bank.KIND else _begin_at(way)
    currency = form.currency.data
    return paying.made(
        lambda provider: (
            begin(
                provider,
                offer.payer,
                amount=amount,
                currency=currency,
                by=g.actor,
                owed=cover_months.unpaid(provider, offer.payer.id, currency),
            ).id
        ),
        paid_to=OPERATOR_ID,
        payer=str(offer.payer.id),
        endpoint="web.cover_top_up",
        key=form.key.data,
        asked={"amount": str(amount), "currency": currency, "way": way},
    )


def _begin_at(way: str) -> Any:
    return lambda *args, **said: cover_deposits.begin(*args, kind=way, **said)


def _address(deposit_id: int) -> str:
    return url_for("reseller.cover_payment", deposit_id=deposit_id)


def _offer(asked: str) -> _Offer:
    """What can be paid online, in the currency that was asked for if it is one of those."""
    payer = paying_resellers.payer(session())
    with at_operator() as provider:
        usable = [
            each
            for each in cover_deposits.usable(provider, payer)
            if payable.taking(provider, each)
        ]
        chosen = asked if asked in usable else next(iter(usable), payer.currency)
        ways = [each.provider for each in payable.taking(provider, chosen)] if usable else []
        unpaid = cover_months.unpaid(provider, payer.id, chosen)
        return _Offer(
            payer=payer,
            rules=settings.read(provider).deposits,
            currencies=usable,
            currency=chosen,
            amounts=_amounts(provider, chosen, unpaid=unpaid),
            ways=ways,
            by_transfer=bank.is_offered(provider),
            waiting=0,
            unpaid=unpaid,
            lacks_address=_lacks_address(is_invoiced=settings.read(provider).invoices.is_open),
        )


def _transfer_offer() -> _Offer:
    """What can be transferred: in the currency of the operator's account."""
    payer = paying_resellers.payer(session())
    with at_operator() as provider:
        own = bank.own(provider)
        currency = payer.currency if own is None else own.currency
        unpaid = cover_months.unpaid(provider, payer.id, currency)
        is_open = bank.is_offered(provider) and currency in cover_deposits.usable(provider, payer)
        return _Offer(
            payer=payer,
            rules=settings.read(provider).deposits,
            currencies=[currency],
            currency=currency,
            amounts=_amounts(provider, currency, unpaid=unpaid),
            ways=[],
            by_transfer=is_open,
            waiting=cover_deposits.waiting(provider, payer_id=payer.id),
            unpaid=unpaid,
            lacks_address=_lacks_address(is_invoiced=settings.read(provider).invoices.is_open),
        )


def _amounts(provider: ResellerSession, currency: str, *, unpaid: int) -> list[int]:
    listed = payable.amounts(provider, currency)
    return [unpaid, *(each for each in listed if each != unpaid)] if unpaid else listed


def _lacks_address(*, is_invoiced: bool) -> bool:
    own = g.tenant.settings.invoices
    return is_invoiced and not (own.name and own.address and own.city)


def _form(offer: _Offer, **options: Any) -> DepositForm:
    return deposit_form(
        rules=offer.rules,
        currencies=offer.currencies,
        currency=offer.currency,
        amounts=offer.amounts,
        terms="",
        ways=offer.ways,
        **options,
    )


def _page(template: str, offer: _Offer, form: DepositForm, *, status: int = 200) -> Answer:
    shown = page(
        template,
        status,
        form=form,
        is_open=bool(offer.ways),
        by_transfer=offer.by_transfer,
        currency=offer.currency,
        currencies=offer.currencies,
        buttons=[(choice.value, choice.label) for choice in form.amount.choices],
        waiting=offer.waiting,
        unpaid=offer.unpaid,
        lacks_address=offer.lacks_address,
        refund_text=offer.rules.refund_text,
    )
    return security.lead_forms_to(shown, paying.pages(offer.ways)) if offer.ways else shown
