"""One client: its facts, its money, what was done, and the forms for what can be done about it."""

from __future__ import annotations

from typing import Any

from flask import Response, g

from portal.accounts import access, activity, directory, wallet
from portal.accounts.models import Client
from portal.accounts.roles import Right
from portal.http.actor import requires
from portal.http.unit_of_work import session
from portal.ledger import units
from portal.pricing import packages
from portal.pricing.models import Package
from portal.web.parts import activity_rows, client_rows, transfer_rows
from portal.web.parts.addresses import ID
from portal.web.parts.forms import Form
from portal.web.parts.pages import page
from portal.web.parts.sub_account_rows import shown as sub_accounts_shown
from portal.web.reseller import client_forms as forms
from portal.web.reseller.pages import blueprint

TRANSACTIONS_SHOWN = 50
ACTIVITY_SHOWN = 20


@blueprint.get(f"/clients/<{ID}:client_id>")
@requires(Right.CLIENTS_READ)
def client(client_id: int) -> Response:
    """The client's page."""
    return client_page(client_id)


def own_packages(found: Client) -> list[Package]:
    """The packages that have amounts in the client's currency."""
    return [each for each in packages.listed(session()) if each.currency == found.currency]


def found_client(client_id: int) -> Client:
    """The client of the address.

    Raises:
        NotFound: it is none of this reseller's.
    """
    return access.client_by_id(session(), actor=g.actor, client_id=client_id)


def client_page(
    client_id: int, *, status: int = 200, new_password: str | None = None, **submitted: Form
) -> Response:
    """The page of a client, with fresh forms but for the one that was just submitted."""
    found = found_client(client_id)
    offered = packages.listed(session())
    movements = wallet.movements(session(), found, limit=TRANSACTIONS_SHOWN)
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
        transactions=[transfer_rows.row(each, currency=found.currency) for each in movements],
        activity=activity_rows.shown(
            activity.latest(session(), client_id=found.id, limit=ACTIVITY_SHOWN),
            names={found.id: found.name},
        ),
        **{**_fresh_forms(found, offered), **submitted},
    )


def _fresh_forms(found: Client, offered: list[Package]) -> dict[str, Any]:
    fitting = [each for each in offered if each.currency == found.currency]
    limit = found.credit_limit
    return {
        "activate_form": forms.ActivateForm(fitting, formdata=None),
        "refuse_form": forms.RefuseForm(formdata=None),
        "suspend_form": forms.SuspendForm(formdata=None),
        "view_as_form": forms.ViewAsForm(formdata=None),
        "payment_form": forms.PaymentForm(formdata=None),
        "charge_form": forms.ChargeForm(formdata=None),
        "balance_form": forms.BalanceForm(
            formdata=None,
            management=found.balance_management.value,
            credit_limit="" if limit is None else units.decimal_string(limit, found.currency),
        ),
        "sub_account_form": forms.SubAccountForm(fitting, formdata=None),
    }
