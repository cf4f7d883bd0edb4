"""The operator's invoices for what the reseller has paid: to read, to print, and as PDF."""

from __future__ import annotations

from flask import Response, flash, g, redirect, url_for
from flask_babel import gettext
from werkzeug import Response as AnyResponse

from portal.accounts.roles import Right
from portal.http.actor import requires
from portal.http.unit_of_work import at_operator
from portal.invoicing import invoice_lists, printing
from portal.invoicing.invoice_lists import Chosen
from portal.tenancy import settings
from portal.web.parts import invoice_rows, paging
from portal.web.parts.addresses import ID
from portal.web.parts.pages import page
from portal.web.reseller.pages import blueprint


@blueprint.get("/cover/invoices")
@requires(Right.WALLET_READ)
def cover_invoices() -> Response:
    """All of them, the newest first."""
    with at_operator() as provider:
        found = invoice_lists.listed(
            provider,
            Chosen(payer_id=g.tenant.reseller_id),
            below_id=paging.below_id(),
            limit=paging.ASKED,
        )
        rules = settings.read(provider).invoices
        shown = paging.cut(found, id_of=lambda each: each.id)
        rows = invoice_rows.listed(provider, shown.rows)
    return page(
        "reseller/cover_invoices.html",
        rows=rows,
        provider_name=rules.name,
        is_open=rules.is_open,
        prev_url=shown.prev_url,
        next_url=shown.next_url,
    )


@blueprint.get(f"/cover/invoices/<{ID}:invoice_id>")
@requires(Right.WALLET_READ)
def cover_invoice(invoice_id: int) -> Response:
    """One, as it is on paper."""
    with at_operator() as provider:
        found = invoice_lists.of_payer(provider, invoice_id, payer_id=g.tenant.reseller_id)
        drawn = invoice_rows.drawn(provider, found)
    return page("reseller/cover_invoice.html", **drawn)


@blueprint.get(f"/cover/invoices/<{ID}:invoice_id>.pdf")
@requires(Right.WALLET_READ)
def cover_invoice_pdf(invoice_id: int) -> AnyResponse:
    """Its PDF; while there is none, the page that says so."""
    with at_operator() as provider:
        found = invoice_lists.of_payer(provider, invoice_id, payer_id=g.tenant.reseller_id)
        kept = printing.file_of(provider, found.id)
    if kept is None:
        flash(gettext("There is no PDF of it yet."), "info")
        return redirect(url_for("reseller.cover_invoice", invoice_id=invoice_id), 303)
    return invoice_rows.file(found, kept)
