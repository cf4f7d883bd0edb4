"""One client: its facts, its money, what was done, and the forms for what can be done about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, g, request

from portal.accounts import access, activity, consents, debts, directory, wallet
from portal.accounts.models import Client
from portal.accounts.roles import Right
from portal.accounts.wallet import Wallet
from portal.http.actor import requires
from portal.http.unit_of_work import session
from portal.ledger import statements, units
from portal.pricing import currencies, packages, selling, shelf
from portal.web.parts import activity_rows, booked_rows, client_rows
from portal.web.parts.addresses import ID
from portal.web.parts.booked_rows import BookedRow
from portal.web.parts.forms import Form
from portal.web.parts.language_names import name_of
from portal.web.parts.page_names import TITLES
from portal.web.parts.pages import page
from portal.web.parts.sub_account_rows import shown as sub_accounts_shown
from portal.web.reseller import client_forms as forms
from portal.web.reseller.client_money_forms import LowBalanceForm
from portal.web.reseller.package_choices import PackageChoices
from portal.web.reseller.pages import blueprint

TRANSACTIONS_SHOWN = 50
ACTIVITY_SHOWN = 20


@blueprint.get(f"/clients/<{ID}:client_id>")
@requires(Right.CLIENTS_READ)
def client(client_id: int) -> Response:
    """The client's page."""
    return client_page(client_id)


def packages_for(found: Client) -> PackageChoices:
    """What a sub-account of the client may get: the packages with amounts in its currency."""
    return PackageChoices(
        amounts=shelf.priced_in(session(), found.currency, on=selling.today(session())),
        currency=found.currency,
        has_defaults=packages.default(session()) is not None,
    )


def found_client(client_id: int) -> Client:
    """The client of the address.

    Raises:
        NotFound: it is none of this reseller's.
    """
    return access.client_by_id(session(), actor=g.actor, client_id=client_id)


def shown_wallet(wallets: Sequence[Wallet]) -> Wallet | None:
    """The wallet that the address asks for, else the active one; None before the first."""
    asked = request.args.get("wallet")
    return next((each for each in wallets if each.currency == asked), next(iter(wallets), None))


def moved(shown: Wallet | None) -> list[BookedRow]:
    """What moved last on a wallet."""
    if shown is None:
        return []
    found = statements.movements(session(), shown.account_id, limit=TRANSACTIONS_SHOWN)
    return booked_rows.shown(session(), found, currency=shown.currency)


def currencies_of(found: Client) -> list[str]:
    """What a client can pay in: its own currency first, then those its packages have prices in."""
    others = currencies.priced(session(), client_id=found.id, on=selling.today(session()))
    return [found.currency, *sorted(others - {found.currency})]


def client_page(
    client_id: int, *, status: int = 200, new_password: str | None = None, **submitted: Form
) -> Response:
    """The page of a client, with fresh forms but for the one that was just submitted."""
    found = found_client(client_id)
    offered = packages.listed(session())
    wallets = wallet.wallets(session(), found)
    shown = shown_wallet(wallets)
    return page(
        "reseller/client.html",
        status,
        client=client_rows.shown(
            found,
            balance=wallet.balance(session(), found),
            last_login_at=directory.last_login(session(), client_id=found.id),
        ),
        sub_accounts=sub_accounts_shown(
            access.sub_accounts_of(session(), client_id=found.id), offered
        ),
        new_password=new_password,
        wallets=wallets,
        shown_currency=shown.currency if shown else found.currency,
        owed=debts.owed_by(session(), found),
        accepted=[
            (TITLES[each.page], each, name_of(each.language))
            for each in consents.of_client(session(), client_id=found.id)
        ],
        facts=found,
        transactions=moved(shown),
        activity=activity_rows.shown(
            activity.latest(session(), client_id=found.id, limit=ACTIVITY_SHOWN),
            names={found.id: found.name},
        ),
        **{**_fresh_forms(found), **submitted},
    )


def _fresh_forms(found: Client) -> dict[str, Any]:
    offered = packages_for(found)
    return {
        "activate_form": forms.ActivateForm(offered, formdata=None),
        "refuse_form": forms.RefuseForm(formdata=None),
        "suspend_form": forms.SuspendForm(formdata=None),
        "view_as_form": forms.ViewAsForm(formdata=None),
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
        "sub_account_form": forms.SubAccountForm(offered, formdata=None),
    }


def _decimal(micros: int | None, currency: str) -> str:
    return "" if micros is None else units.decimal_string(micros, currency)
