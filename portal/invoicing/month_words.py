"""What the invoice for a month says: what was used, what is settled, and what is to be paid."""

from __future__ import annotations

from datetime import date

from portal.infra.months import month_of
from portal.invoicing import cover_months
from portal.invoicing.cover_month_models import CoverMonth
from portal.invoicing.models import Invoice
from portal.invoicing.paper_words import Named, Words


def item(month: date, say: Words) -> str:
    """What it is for."""
    return str(say.of.gettext("Messages and fees of %(month)s") % {"month": say.month(month)})


def details(month: CoverMonth, say: Words) -> tuple[Named, ...]:
    """How the sum comes about; VAT is in all of it, as it went through the cover."""
    gettext = say.of.gettext
    earlier = month.gross - month.ahead - month.messages - month.fees
    rounding = month.ahead
    if not cover_months.coins(earlier, month.currency):
        # What the month before was rounded by.
        rounding, earlier = rounding + earlier, 0
    found = [
        (gettext("Messages of the month"), month.messages),
        (gettext("Fees of the month"), month.fees),
        (
            gettext("From before, not invoiced yet")
            if earlier > 0
            else gettext("Paid before, so not in this invoice"),
            earlier,
        ),
        (gettext("Rounding"), rounding),
    ]
    return tuple(
        Named(name=str(name), text=say.exact(amount, month.currency))
        for name, amount in found
        if amount
    )


def settled(month: CoverMonth, invoice: Invoice, say: Words) -> tuple[str, ...]:
    """What of it the cover has paid, what is due, and what the cover held."""
    gettext = say.of.gettext
    last = month_of(month.month).last
    said = {
        "settled": say.money(invoice.gross - invoice.due, invoice.currency),
        "due": say.money(invoice.due, invoice.currency),
        "day": say.day(invoice.due_on or invoice.issued_on),
    }
    if not invoice.due:
        first = gettext("This is paid already, from your cover.")
    elif invoice.due == invoice.gross:
        first = gettext("Please pay %(due)s by %(day)s: top up your cover by at least that.")
    else:
        first = gettext(
            "%(settled)s of it are paid already, from your cover. Please pay the other %(due)s by"
            " %(day)s: top up your cover by at least that."
        )
    held = gettext("At the end of %(day)s your cover was %(balance)s.")
    vat = gettext("VAT is included in the amounts of the month.")
    return (
        *([str(vat)] if invoice.vat else []),
        str(first % said),
        str(held % {"day": say.day(last), "balance": say.exact(month.held, month.currency)}),
    )
