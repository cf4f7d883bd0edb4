"""One client: its facts, what is connected to it, and whether it may go on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response

from portal.accounts import consents, debts, phone_checks, wallet
from portal.accounts.models import Client
from portal.accounts.roles import Right
from portal.accounts.wallet import Wallet
from portal.http.actor import requires
from portal.http.unit_of_work import session
from portal.pricing import currencies, packages, selling, shelf
from portal.reports import connected
from portal.web.parts.addresses import ID
from portal.web.parts.forms import Form
from portal.web.parts.language_names import name_of
from portal.web.parts.page_names import TITLES
from portal.web.reseller import client_forms as forms
from portal.web.reseller.client_frame import client_view, found_client
from portal.web.reseller.package_choices import PackageChoices
from portal.web.reseller.pages import blueprint


@blueprint.get(f"/clients/<{ID}:client_id>")
@requires(Right.CLIENTS_READ)
def client(client_id: int) -> Response:
    """The client's page."""
    return client_page(client_id)


def packages_for(found: Client) -> PackageChoices:
    """What a sub-account of the client may get: the packages with amounts in its currency."""
    return packages_in(found.currency)


def packages_in(currency: str) -> PackageChoices:
    """The packages with amounts in a currency."""
    return PackageChoices(
        amounts=shelf.priced_in(session(), currency, on=selling.today(session())),
        currency=currency,
        has_defaults=packages.default(session()) is not None,
    )


def currencies_of(found: Client) -> list[str]:
    """What a client can pay in: its own currency first, then those its packages have prices in."""
    others = currencies.priced(session(), client_id=found.id, on=selling.today(session()))
    return [found.currency, *sorted(others - {found.currency})]


def other_wallets(found: Client) -> Sequence[Wallet]:
    """The wallets that are not in use, which keep what they hold."""
    return [each for each in wallet.wallets(session(), found) if not each.active]


def client_page(client_id: int, *, status: int = 200, **submitted: Form) -> Response:
    """The page of a client, with fresh forms but for the one that was just submitted."""
    found = found_client(client_id)
    return client_view(
        "reseller/client.html",
        found,
        "reseller.client",
        status=status,
        other_wallets=other_wallets(found),
        owed=debts.owed_by(session(), found),
        accepted=[
            (TITLES[each.page], each, name_of(each.language))
            for each in consents.of_client(session(), client_id=found.id)
        ],
        tree=connected.of_client(session(), client_id=found.id),
        speaks=name_of(found.language),
        proven_phone=phone_checks.proven(session(), client_id=found.id),
        **{**_fresh_forms(found), **submitted},
    )


def _fresh_forms(found: Client) -> dict[str, Any]:
    return {
        "activate_form": forms.ActivateForm(packages_for(found), formdata=None),
        "refuse_form": forms.RefuseForm(formdata=None),
        "suspend_form": forms.SuspendForm(formdata=None),
        "view_as_form": forms.ViewAsForm(formdata=None),
    }
