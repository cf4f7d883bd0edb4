"""Who owes the reseller, how much and since when."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Response
from flask_babel import gettext

from portal.accounts import debts
from portal.accounts.debts import Debt
from portal.accounts.roles import Right
from portal.http.actor import requires
from portal.http.unit_of_work import session
from portal.ledger.units import decimal_string
from portal.reports import balances
from portal.web.parts import downloads, numbered_pages
from portal.web.parts.pages import page
from portal.web.reseller.pages import blueprint


@blueprint.get("/receivables")
@requires(Right.WALLET_READ)
def receivables() -> Response:
    """All clients that owe, the longest first, and the sums."""
    found = sorted(debts.owed_by_clients(session()), key=_age)
    shown = numbered_pages.cut(found)
    return page(
        "reseller/receivables.html",
        shown=shown,
        rows=shown.rows,
        sums=balances.owed_in_all(found),
    )


@blueprint.get("/receivables.csv")
@requires(Right.WALLET_READ)
def receivables_csv() -> Response:
    """The same as a file, amounts as decimal numbers."""
    heads = [
        gettext("Number"),
        gettext("Client"),
        gettext("E-mail"),
        gettext("Currency"),
        gettext("Below zero"),
        gettext("Owed beside the balance"),
        gettext("Together"),
        gettext("Since"),
        gettext("Reminders"),
    ]
    rows = [
        [
            str(each.client.number),
            each.client.name,
            each.client.email,
            each.currency,
            decimal_string(each.wallet, each.currency),
            decimal_string(each.beside, each.currency),
            decimal_string(each.total, each.currency),
            each.client.debt_since.date().isoformat() if each.client.debt_since else "",
            str(each.client.debt_reminders),
        ]
        for each in sorted(debts.owed_by_clients(session()), key=_age)
    ]
    return downloads.csv("receivables", [heads, *rows])


def _age(debt: Debt) -> datetime:
    """Since when it is owed: what is not known yet is the youngest."""
    return debt.client.debt_since or datetime.max.replace(tzinfo=UTC)
