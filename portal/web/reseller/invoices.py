"""Every invoice and credit note, month by month, and as a file for the tax adviser."""

from __future__ import annotations

from flask import Response, flash, redirect, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug import Response as AnyResponse
from wtforms import SelectChoice, SelectField

from portal.accounts.roles import Right
from portal.http.actor import requires
from portal.http.unit_of_work import session
from portal.invoicing import exchanging, invoice_lists, printing
from portal.invoicing import invoices as verbs
from portal.invoicing.invoice_lists import Chosen
from portal.tenancy import settings
from portal.web.parts import downloads, invoice_rows, months, paging
from portal.web.parts.addresses import ID
from portal.web.parts.filters import Filters
from portal.web.parts.pages import page
from portal.web.reseller.pages import blueprint


class InvoiceFilters(Filters):
    """Which month."""

    month = SelectField(lazy_gettext("Month"), default="")

    def __init__(self) -> None:
        super().__init__()
        this = months.month_of(verbs.today(session()))
        first = months.month_of(invoice_lists.first_day(session()) or this.first)
        self.month.choices = [
            SelectChoice("", lazy_gettext("All")),
            *months.choices(months.latest(until=this, since=first)),
        ]

    def chosen(self) -> Chosen:
        """What was chosen."""
        if not self.month.data:
            return Chosen()
        month = months.read(self.month.data)
        return Chosen(since=month.first, until=month.last)


@blueprint.get("/invoices")
@requires(Right.WALLET_READ)
def invoices() -> Response:
    """The newest first, narrowed by what the address says."""
    form = InvoiceFilters()
    is_good = form.validate()
    chosen = form.chosen() if is_good else Chosen()
    found = invoice_lists.listed(session(), chosen, below_id=paging.below_id(), limit=paging.ASKED)
    shown = paging.cut(found if is_good else [], id_of=lambda each: each.id)
    return page(
        "reseller/invoices.html",
        200 if is_good else 422,
        rows=invoice_rows.listed(session(), shown.rows),
        form=form,
        is_narrowed=bool(form.month.data),
        is_open=settings.read(session()).invoices.is_open,
        csv_url=url_for(".invoices_csv", month=form.month.data) if shown.rows else None,
        prev_url=shown.prev_url,
        next_url=shown.next_url,
    )


@blueprint.get("/invoices.csv")
@requires(Right.WALLET_READ)
def invoices_csv() -> Response:
    """The same as a file, in the order of their numbers."""
    form = InvoiceFilters()
    if not form.validate():
        return page(
            "reseller/invoices.html", 422, rows=[], form=form, is_narrowed=True, is_open=True,
            csv_url=None, prev_url=None, next_url=None,
        )  # fmt: skip
    found = invoice_lists.in_order(session(), form.chosen())
    corrected = {each.corrects_id for each in found if each.corrects_id is not None}
    labels = invoice_lists.labels(session(), corrected)
    return downloads.csv(
        f"invoices-{form.month.data or 'all'}",
        [list(invoice_rows.HEADS), *(invoice_rows.line(each, labels=labels) for each in found)],
    )


@blueprint.get(f"/invoices/<{ID}:invoice_id>")
@requires(Right.WALLET_READ)
def invoice(invoice_id: int) -> Response:
    """One, as it is on paper."""
    found = invoice_lists.by_id(session(), invoice_id)
    rules = settings.read(session()).invoices
    return invoice_rows.one(
        "reseller/invoice.html", found, is_unrated=exchanging.is_missing(rules, found)
    )


@blueprint.get(f"/invoices/<{ID}:invoice_id>.pdf")
@requires(Right.WALLET_READ)
def invoice_pdf(invoice_id: int) -> AnyResponse:
    """Its PDF; while there is none, the page that says so."""
    found = invoice_lists.by_id(session(), invoice_id)
    kept = printing.file_of(session(), found.id)
    if kept is None:
        flash(gettext("There is no PDF of it yet."), "info")
        return redirect(url_for(".invoice", invoice_id=invoice_id), 303)
    return invoice_rows.file(found, kept)
