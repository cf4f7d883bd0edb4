"""A client's invoices and credit notes: to read, to print, and as PDF."""

from __future__ import annotations

from flask import Response, flash, redirect, url_for
from flask_babel import gettext
from werkzeug import Response as AnyResponse

from portal.accounts.roles import Right
from portal.http.actor import offers, requires
from portal.http.unit_of_work import session
from portal.invoicing import invoice_lists, printing
from portal.invoicing.invoice_lists import Chosen
from portal.invoicing.models import Invoice
from portal.tenancy.display import Service
from portal.web.client.pages import blueprint, own_client
from portal.web.parts import invoice_rows, paging
from portal.web.parts.addresses import ID
from portal.web.parts.pages import page


@blueprint.get("/invoices")
@offers(Service.DEPOSITS)
@requires(Right.PAYMENTS_READ)
def invoices() -> Response:
    """All of them, the newest first."""
    found = invoice_lists.listed(
        session(),
        Chosen(client_id=own_client().id),
        below_id=paging.below_id(),
        limit=paging.ASKED,
    )
    shown = paging.cut(found, id_of=lambda each: each.id)
    return page(
        "client/invoices.html",
        rows=[invoice_rows.shown(each) for each in shown.rows],
        prev_url=shown.prev_url,
        next_url=shown.next_url,
    )


@blueprint.get(f"/invoices/<{ID}:invoice_id>")
@offers(Service.DEPOSITS)
@requires(Right.PAYMENTS_READ)
def invoice(invoice_id: int) -> Response:
    """One, as it is on paper."""
    return invoice_rows.one("client/invoice.html", _own(invoice_id))


@blueprint.get(f"/invoices/<{ID}:invoice_id>.pdf")
@offers(Service.DEPOSITS)
@requires(Right.PAYMENTS_READ)
def invoice_pdf(invoice_id: int) -> AnyResponse:
    """Its PDF; while there is none, the page that says so."""
    found = _own(invoice_id)
    kept = printing.file_of(session(), found.id)
    if kept is None:
        flash(gettext("There is no PDF of it yet."), "info")
        return redirect(url_for("client.invoice", invoice_id=invoice_id), 303)
    return invoice_rows.file(found, kept)


def _own(invoice_id: int) -> Invoice:
    return invoice_lists.of_client(session(), invoice_id, client_id=own_client().id)
