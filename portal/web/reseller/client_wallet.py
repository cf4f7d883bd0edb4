"""A client's money: what moved, page by page, and the forms that move it or bound it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, request

from portal.accounts import debts, wallet
from portal.accounts.models import Client
from portal.accounts.roles import Right
from portal.accounts.wallet import Wallet
from portal.http.actor import requires
from portal.http.unit_of_work import session
from portal.ledger import statements, units
from portal.ledger.statements import Movement
from portal.web.parts import booked_rows, paging, top_up_words
from portal.web.parts.addresses import ID
from portal.web.parts.forms import Form
from portal.web.reseller import client_forms as forms
from portal.web.reseller.client import currencies_of
from portal.web.reseller.client_frame import client_view, found_client
from portal.web.reseller.client_money_forms import LowBalanceForm
from portal.web.reseller.pages import blueprint


@blueprint.get(f"/clients/<{ID}:client_id>/money")
@requires(Right.WALLET_READ)
def client_wallet(client_id: int) -> Response:
    """The page."""
    return money_page(client_id)


def money_page(client_id: int, *, status: int = 200, **submitted: Form) -> Response:
    """The client's money, with fresh forms but for the one that was just submitted."""
    found = found_client(client_id)
    wallets = wallet.wallets(session(), found)
    shown = _asked_for(wallets)
    moved = paging.cut(_moved(shown), id_of=lambda each: each.transfer_id)
    currency = shown.currency if shown else found.currency
    return client_view(
        "reseller/client_wallet.html",
        found,
        "reseller.client_wallet",
        status=status,
        wallets=wallets,
        shown_currency=currency,
        owed=debts.owed_by(session(), found),
        top_up=top_up_words.shown(session(), found),
        transactions=booked_rows.shown(session(), moved.rows, currency=currency),
        prev_url=moved.prev_url,
        next_url=moved.next_url,
        **{**_fresh_forms(found), **submitted},
    )


def _asked_for(wallets: Sequence[Wallet]) -> Wallet | None:
    """The wallet that the address asks for, else the active one; None before the first."""
    asked = request.args.get("wallet")
    return next((each for each in wallets if each.currency == asked), next(iter(wallets), None))


def _moved(shown: Wallet | None) -> list[Movement]:
    if shown is None:
        return []
    return statements.movements(
        session(), shown.account_id, below_id=paging.below_id(), limit=paging.ASKED
    )


def _fresh_forms(found: Client) -> dict[str, Any]:
    return {
        "payment_form": forms.PaymentForm(currencies_of(found), formdata=None),
        "charge_form": forms.ChargeForm(formdata=None),
        "balance_form": forms.BalanceForm(
            formdata=None,
            management=found.balance_management.value,
            credit_limit=_decimal(found.credit_limit, found.currency),
        ),
        "low_balance_form": LowBalanceForm(
            formdata=None,
            threshold=_decimal(found.low_balance_threshold, found.currency),
            email=found.low_balance_email,
        ),
    }


def _decimal(micros: int | None, currency: str) -> str:
    return "" if micros is None else units.decimal_string(micros, currency)
