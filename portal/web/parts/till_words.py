"""What the pages of payments say on the operator's console, where resellers pay and no clients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import g
from flask_babel import lazy_gettext

from portal.http.wiring import current
from portal.infra.db import ResellerSession
from portal.pricing import price_lists
from portal.tenancy import resellers
from portal.web.parts.forms import Form

RULES: Final = {
    "currencies": lazy_gettext(
        "None ticked: all that a reseller has prices or a cover in. Each currency has a cover of"
        " its own."
    ),
    "refund_text": lazy_gettext("Resellers read it before they pay. Plain text."),
}
BANK: Final = {
    "currency": lazy_gettext("Resellers can transfer in this currency and in no other."),
    "note": lazy_gettext("Resellers read it beside the account. Plain text."),
}
INVOICES: Final = {
    "other_rates": lazy_gettext(
        "A country and its rate in each line, as in AT 20. Inside the EU, resellers in a country"
        " that is not here pay the rate of yours. Resellers anywhere else pay none."
    ),
    "reverse_charge": lazy_gettext(
        "Reverse charge: for resellers whose invoice details have a good VAT id of their country."
    ),
}

UNDOING: Final = {"reason": lazy_gettext("The reseller reads it on its cover.")}


def fit(form: Form, descriptions: Mapping[str, str]) -> None:
    """Give the fields of a form what they say to the operator, on its console."""
    if g.tenant.is_operator:
        for name, said in descriptions.items():
            form[name].description = said


def fitting(of_clients: str, *, of_resellers: str) -> str:
    """The sentence for whoever pays on this portal."""
    return of_resellers if g.tenant.is_operator else of_clients


def currencies(session: ResellerSession) -> set[str]:
    """What can be paid in on this portal: the own currency and those with wholesale prices.

    The operator is paid in those of all its resellers.
    """
    known = {resellers.own(session).currency, *price_lists.wholesale_currencies(session)}
    if g.tenant.is_operator:
        with current().database.across_resellers() as everywhere:
            known |= {*price_lists.wholesale_currencies(everywhere)}
            known |= {each.currency for each in resellers.listed(everywhere)}
    return known
