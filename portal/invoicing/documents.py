"""An invoice as it is read: every word and every amount in the language of whom it is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from portal.infra import translation
from portal.infra.db import ResellerSession
from portal.invoicing import cover_months, month_words, paper_words
from portal.invoicing.models import Invoice
from portal.invoicing.paper_words import Named, Words
from portal.invoicing.statuses import Kind, Treatment
from portal.tenancy import branding
from portal.tenancy.invoice_rules import EXCHANGE_UNIT

EU_LAW: Final = "2006/112/EC"


@dataclass(frozen=True, kw_only=True)
class Document:
    """What stands on the paper, from its head to its foot."""

    language: str
    direction: str
    portal: str
    title: str
    seller: tuple[str, ...]
    seller_facts: tuple[Named, ...]
    buyer_title: str
    buyer: tuple[str, ...]
    facts: tuple[Named, ...]
    columns: tuple[str, ...]
    item: str
    item_about: str
    details: tuple[Named, ...]
    """How a month's sum comes about."""
    net: str
    sums: tuple[Named, ...]
    total: Named
    remarks: tuple[str, ...]


def of(session: ResellerSession, invoice: Invoice) -> Document:
    """The paper of an invoice, or of a credit note, in the language it was issued in.

    Raises:
        NotFound: the reseller has no brand yet.
    """
    say = Words(invoice.language)
    gettext = say.of.gettext
    is_invoice, is_month = invoice.kind is Kind.INVOICE, invoice.month is not None
    title = gettext("Invoice") if is_invoice else gettext("Credit note")
    vat = gettext("VAT %(rate)s") % {"rate": say.percent(invoice.rate)}
    return Document(
        language=say.language,
        direction=str(say.locale.text_direction),
        # Who pays the operator knows the firm on the invoice, and not what its console is called.
        portal=(
            invoice.seller.get("name", "")
            if invoice.payer_id is not None
            else branding.own(session).title
        ),
        title=f"{title} {invoice.label}",
        seller=paper_words.address(invoice.seller, say),
        seller_facts=_seller_facts(invoice.seller, say),
        buyer_title=gettext("For"),
        buyer=paper_words.address(invoice.buyer, say),
        facts=_facts(session, invoice, say),
        columns=(gettext("What"), gettext("Amount")),
        item=item(invoice),
        item_about=invoice.reason,
        details=month_words.details(cover_months.of(session, invoice), say) if is_month else (),
        net=say.money(invoice.net, invoice.currency),
        sums=(
            Named(name=gettext("Net"), text=say.money(invoice.net, invoice.currency)),
            *(
                [Named(name=vat, text=say.money(invoice.vat, invoice.currency))]
                if invoice.treatment is Treatment.STANDARD
                else []
            ),
        ),
        total=Named(
            name=gettext("Total") if is_invoice else gettext("Credited"),
            text=say.money(invoice.gross, invoice.currency),
        ),
        remarks=tuple(
            each
            for each in (
                exemption(invoice),
                _in_tax_currency(invoice, say),
                *_paid(session, invoice, say),
                invoice.payment_note,
                invoice.note,
            )
            if each
        ),
    )


def item(invoice: Invoice) -> str:
    """What was bought, in the language of the invoice."""
    gettext = translation.catalogue(invoice.language).gettext
    if invoice.month is not None:
        return month_words.item(invoice.month, Words(invoice.language))
    if invoice.kind is Kind.INVOICE:
        return str(gettext("Credit for messages"))
    return str(gettext("Credit for messages, taken back"))


def exemption(invoice: Invoice) -> str:
    """Why there is no VAT; empty where there is some."""
    gettext = translation.catalogue(invoice.language).gettext
    words = {
        Treatment.STANDARD: "",
        Treatment.REVERSE_CHARGE: gettext(
            "Reverse charge: the customer owes the VAT (article 196 of directive %(law)s)."
        )
        % {"law": EU_LAW},
        Treatment.ELSEWHERE: gettext("Not subject to VAT: the customer is in another country."),
        Treatment.NONE: gettext("No VAT is charged."),
    }
    return str(words[invoice.treatment])


def _facts(session: ResellerSession, invoice: Invoice, say: Words) -> tuple[Named, ...]:
    gettext = say.of.gettext
    found = [
        (gettext("Date"), say.day(invoice.issued_on)),
        *_dated(invoice, say),
        (gettext("Customer number"), invoice.buyer.get("number", "")),
        (gettext("Your tax id"), invoice.buyer.get("tax_id", "")),
    ]
    if invoice.corrects_id is not None:
        corrected = session.get_one(Invoice, (session.reseller_id, invoice.corrects_id))
        words = gettext("%(number)s of %(day)s")
        said = words % {"number": corrected.label, "day": say.day(corrected.issued_on)}
        found.insert(1, (gettext("For invoice"), said))
    return tuple(Named(name=str(name), text=text) for name, text in found if text)


def _dated(invoice: Invoice, say: Words) -> list[tuple[str, str]]:
    """When it was paid, or is to be."""
    gettext = say.of.gettext
    if invoice.due_on is not None:
        return [(gettext("To be paid by"), say.day(invoice.due_on))] if invoice.due else []
    is_invoice = invoice.kind is Kind.INVOICE
    return [
        (gettext("Paid on") if is_invoice else gettext("Given back on"), say.day(invoice.paid_on))
    ]


def _in_tax_currency(invoice: Invoice, say: Words) -> str:
    if not invoice.tax_currency or invoice.exchange_on is None:
        return ""
    words = say.of.gettext(
        "VAT in %(currency)s: %(amount)s, at %(rate)s %(currency)s for 1 %(from)s"
        " (rate of %(day)s)."
    )
    return str(words) % {
        "currency": invoice.tax_currency,
        "amount": say.money(invoice.tax_vat, invoice.tax_currency),
        "rate": say.decimal(Decimal(invoice.exchange_rate) / EXCHANGE_UNIT),
        "from": invoice.currency,
        "day": say.day(invoice.exchange_on),
    }


def _paid(session: ResellerSession, invoice: Invoice, say: Words) -> tuple[str, ...]:
    if invoice.kind is not Kind.INVOICE:
        return ()
    if invoice.month is not None:
        return month_words.settled(cover_months.of(session, invoice), invoice, say)
    if not invoice.method:
        return (str(say.of.gettext("This is paid already.")),)
    words = say.of.gettext("This is paid already (%(method)s).")
    return (str(words % {"method": invoice.method}),)


def _seller_facts(seller: Mapping[str, Any], say: Words) -> tuple[Named, ...]:
    gettext = say.of.gettext
    found = [
        (gettext("VAT id"), seller.get("vat_id", "")),
        (gettext("Tax number"), seller.get("tax_number", "")),
        (gettext("Register"), seller.get("register_number", "")),
        (gettext("E-mail"), seller.get("email", "")),
    ]
    return tuple(Named(name=str(name), text=text) for name, text in found if text)
