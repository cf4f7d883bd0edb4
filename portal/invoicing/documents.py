"""An invoice as it is read: every word and every amount in the language of whom it is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal

from portal.infra import translation
from portal.infra.db import ResellerSession
from portal.invoicing.models import Invoice
from portal.invoicing.statuses import Kind, Treatment
from portal.ledger.units import MICROS
from portal.tenancy import branding
from portal.tenancy.invoice_rules import RATE_UNIT

EU_LAW: Final = "2006/112/EC"


@dataclass(frozen=True, kw_only=True)
class Named:
    """A word and what it says, as in "Number: 17"."""

    name: str
    text: str


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
    net: str
    sums: tuple[Named, ...]
    total: Named
    remarks: tuple[str, ...]


class _Words:
    """Sentences, amounts and days of one language."""

    def __init__(self, language: str) -> None:
        self.language = translation.nearest(language)
        self.locale = Locale.parse(language, sep="-" if "-" in language else "_")
        self.of = translation.catalogue(language)

    def money(self, micros: int, currency: str) -> str:
        return format_currency(Decimal(micros) / MICROS, currency, locale=self.locale)

    def day(self, on: date) -> str:
        return format_date(on, "medium", locale=self.locale)

    def percent(self, rate: int) -> str:
        return f"{format_decimal(Decimal(rate) / RATE_UNIT, locale=self.locale)} %"

    def country(self, code: str) -> str:
        return str(self.locale.territories.get(code, code))


def of(session: ResellerSession, invoice: Invoice) -> Document:
    """The paper of an invoice, or of a credit note, in the language it was issued in.

    Raises:
        NotFound: the reseller has no brand yet.
    """
    say = _Words(invoice.language)
    gettext = say.of.gettext
    is_invoice = invoice.kind is Kind.INVOICE
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
        seller=_address(invoice.seller, say),
        seller_facts=_seller_facts(invoice.seller, say),
        buyer_title=gettext("For"),
        buyer=_address(invoice.buyer, say),
        facts=_facts(session, invoice, say),
        columns=(gettext("What"), gettext("Amount")),
        item=item(invoice),
        item_about=invoice.reason,
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
                _paid(invoice, say),
                invoice.payment_note,
                invoice.note,
            )
            if each
        ),
    )


def item(invoice: Invoice) -> str:
    """What was bought, in the language of the invoice."""
    gettext = translation.catalogue(invoice.language).gettext
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


def _facts(session: ResellerSession, invoice: Invoice, say: _Words) -> tuple[Named, ...]:
    gettext = say.of.gettext
    is_invoice = invoice.kind is Kind.INVOICE
    found = [
        (gettext("Date"), say.day(invoice.issued_on)),
        (gettext("Paid on") if is_invoice else gettext("Given back on"), say.day(invoice.paid_on)),
        (gettext("Customer number"), invoice.buyer.get("number", "")),
        (gettext("Your tax id"), invoice.buyer.get("tax_id", "")),
    ]
    if invoice.corrects_id is not None:
        corrected = session.get_one(Invoice, (session.reseller_id, invoice.corrects_id))
        words = gettext("%(number)s of %(day)s")
        said = words % {"number": corrected.label, "day": say.day(corrected.issued_on)}
        found.insert(1, (gettext("For invoice"), said))
    return tuple(Named(name=str(name), text=text) for name, text in found if text)


def _paid(invoice: Invoice, say: _Words) -> str:
    if invoice.kind is not Kind.INVOICE:
        return ""
    if not invoice.method:
        return str(say.of.gettext("This is paid already."))
    return str(say.of.gettext("This is paid already, by %(method)s.") % {"method": invoice.method})


def _address(party: Mapping[str, Any], say: _Words) -> tuple[str, ...]:
    town = " ".join(filter(None, [party.get("postal_code", ""), party.get("city", "")]))
    lines = [
        party.get("name", ""),
        party.get("person", ""),
        party.get("address", ""),
        town,
        party.get("state", ""),
        say.country(party.get("country", "")),
    ]
    return tuple(filter(None, lines))


def _seller_facts(seller: Mapping[str, Any], say: _Words) -> tuple[Named, ...]:
    gettext = say.of.gettext
    found = [
        (gettext("VAT id"), seller.get("vat_id", "")),
        (gettext("Tax number"), seller.get("tax_number", "")),
        (gettext("Register"), seller.get("register_number", "")),
        (gettext("E-mail"), seller.get("email", "")),
    ]
    return tuple(Named(name=str(name), text=text) for name, text in found if text)
