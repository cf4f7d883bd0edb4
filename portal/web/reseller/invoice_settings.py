"""What a reseller settles about its invoices."""

from __future__ import annotations

from flask import flash, g, redirect, url_for
from flask_babel import gettext
from werkzeug import Response

from portal.accounts.roles import Right
from portal.http.actor import requires
from portal.http.unit_of_work import session
from portal.invoicing import exchanging, invoice_lists, invoices, numbering, printing
from portal.provisioning import settling
from portal.tenancy import resellers
from portal.tenancy import settings as settled
from portal.web.parts import till_words
from portal.web.parts.pages import page
from portal.web.reseller.invoice_forms import InvoiceForm
from portal.web.reseller.pages import blueprint


@blueprint.route("/invoice-settings", methods=["GET", "POST"])
@requires(Right.SETTINGS_MANAGE)
def invoice_settings() -> Response:
    """Whether invoices are made, and everything that stands on them."""
    before = settled.read(session()).invoices
    form = InvoiceForm(before, country=resellers.own(session()).country)
    till_words.fit(form, till_words.INVOICES)
    if form.validate_on_submit():
        rules = form.rules()
        if rules is not None:
            settling.change(session(), by=g.actor, invoices=rules.model_dump(mode="json"))
            if rules.issuing:
                flash(gettext("Saved. Each deposit gets an invoice from now on."), "success")
            else:
                flash(gettext("Saved. No invoices are made."), "success")
            return redirect(url_for(".invoice_settings"), 303)
    return page(
        "reseller/invoice_settings.html",
        422 if form.is_submitted() else 200,
        form=form,
        is_open=before.is_open,
        missing=[form[name].label.text for name in before.missing],
        unrated=[
            each
            for each in invoice_lists.currencies(session())
            if exchanging.is_unrated(before, each, on=invoices.today(session()))
        ],
        sample=f"{numbering.series_of(before.prefix, invoices.today(session()))}00001",
        can_print=printing.can_print(),
    )
