"""Pay in by bank transfer: choose an amount, and read where to transfer it and with which words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from flask import Response as Answer
from flask import g, redirect, url_for
from flask_babel import gettext
from werkzeug import Response

from portal.accounts import attempts
from portal.accounts.actor import Actor
from portal.accounts.models import Client
from portal.accounts.roles import Right
from portal.http.actor import offers, requires
from portal.http.language import language
from portal.http.unit_of_work import own_transaction, session
from portal.infra.db import ResellerSession
from portal.infra.errors import PortalError
from portal.infra.kept_answers import KeyReused, StillInProgress
from portal.infra.throttle import Limit, TooOften
from portal.payments import payable
from portal.payments.bank import accounts, transfers
from portal.payments.bank.errors import TooManyWaiting
from portal.payments.errors import AmountNotOffered
from portal.pricing import currencies as priced_currencies
from portal.tenancy import resellers, settings, site_pages
from portal.tenancy.display import Service
from portal.web.client.pages import blueprint, own_client, today_at
from portal.web.parts import once
from portal.web.parts.deposit_forms import DepositForm, deposit_form
from portal.web.parts.pages import page

_TRIES: Final = Limit(count_max=20, window=attempts.PER_ACCOUNT.window)


@dataclass(frozen=True, kw_only=True)
class _Offer:
    """What a client can transfer now: in the currency of the reseller's account."""

    client: Client
    priced: frozenset[str]
    currency: str
    amounts: list[int]
    terms: str
    is_open: bool


@blueprint.get("/deposit/transfer")
@offers(Service.DEPOSITS)
@requires(Right.WALLET_PAY)
def bank_transfer() -> Answer:
    """What can be transferred."""
    offer = _offer()
    return _page(offer, _form(offer, formdata=None))


@blueprint.post("/deposit/transfer")
@offers(Service.DEPOSITS)
@requires(Right.WALLET_PAY)
def start_transfer() -> Response:
    """Begin a deposit that waits for a transfer, and lead on to where to transfer it."""
    offer = _offer()
    form = _form(offer)
    valid = form.validate()
    amount = form.chosen(offer.amounts)
    if not valid or amount is None or not offer.is_open:
        return _page(offer, form, status=422)
    actor: Actor = g.actor
    assert actor.person_id is not None
    try:
        with own_transaction() as beside:
            attempts.count_for_account(
                beside, "deposit", account=str(offer.client.id), limit=_TRIES
            )
        with own_transaction() as within:
            deposit_id = once.act(
                within,
                owner_id=actor.person_id,
                endpoint="web.transfer",
                key=form.key.data,
                asked={"amount": str(amount), "currency": offer.currency},
                verb=lambda: _begun(within, offer, amount),
            )
    except (TooOften, PortalError) as refused:
        return _page(offer, form, status=_say(form, refused))
    return redirect(url_for("client.own_deposit", deposit_id=deposit_id), 303)


def _begun(within: ResellerSession, offer: _Offer, amount: int) -> int:
    return transfers.begin(
        within,
        client_id=offer.client.id,
        amount=amount,
        currency=offer.currency,
        priced=offer.priced,
        by=g.actor,
        terms=offer.terms,
    ).id


def _say(form: DepositForm, refused: Exception) -> int:
    """Write on the form why nothing has begun; the status of the answer.

    Raises:
        PortalError: what no form can mend.
    """
    match refused:
        case TooOften():
            form.form_errors.append(gettext("Too many tries. Please wait a few minutes."))
            return 429
        case AmountNotOffered():
            form.refuse_amount()
        case TooManyWaiting():
            form.form_errors.append(
                gettext(
                    "Ten of your transfers are still waited for. You find them under your deposits."
                )
            )
        case KeyReused():
            form.key.data = once.new_key()
            form.form_errors.append(
                gettext("This form was sent before. Send it again if it is meant once more.")
            )
        case StillInProgress():
            form.form_errors.append(gettext("This is being done already."))
        case _:
            raise refused
    return 422


def _offer() -> _Offer:
    client = own_client()
    own = accounts.own(session())
    currency = client.currency if own is None else own.currency
    priced = priced_currencies.priced(
        session(), client_id=client.id, on=today_at(resellers.own(session()).time_zone)
    )
    usable = payable.currencies(session(), priced=priced, own=client.currency)
    terms = None
    if settings.read(session()).deposits.ask_terms:
        terms = site_pages.in_force(session(), "terms", language=language())
    return _Offer(
        client=client,
        priced=priced,
        currency=currency,
        amounts=payable.amounts(session(), currency),
        terms="" if terms is None else f"{terms.language}-{terms.version}",
        is_open=currency in usable and accounts.is_offered(session()),
    )


def _form(offer: _Offer, **options: Any) -> DepositForm:
    return deposit_form(
        rules=settings.read(session()).deposits,
        currencies=[offer.currency],
        currency=offer.currency,
        amounts=offer.amounts,
        terms=offer.terms,
        ways=(),
        **options,
    )


def _page(offer: _Offer, form: DepositForm, *, status: int = 200) -> Answer:
    return page(
        "client/transfer_new.html",
        status,
        form=form,
        is_open=offer.is_open,
        currency=offer.currency,
        buttons=[(choice.value, choice.label) for choice in form.amount.choices],
        waiting=transfers.waiting(session(), client_id=offer.client.id),
        refund_text=settings.read(session()).deposits.refund_text_in(language()),
    )
