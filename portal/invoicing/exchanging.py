"""VAT in the currency that the seller's tax office counts in, beside that of the invoice.

The law of the EU lets invoices be in any currency as long as VAT is in the country's own, too
(article 230 of directive 2006/112/EC). A credit note takes the rate of the invoice that it takes
from, so that both together leave nothing.
"""

from __future__ import annotations

from datetime import date

from babel.numbers import get_currency_precision

from portal.invoicing import vat
from portal.invoicing.models import Invoice
from portal.ledger.units import MICROS, MICROS_DIGITS, half_up
from portal.tenancy.invoice_rules import EXCHANGE_UNIT, InvoiceRules


def is_missing(rules: InvoiceRules, invoice: Invoice) -> bool:
    """Whether VAT should be in another currency too, and no rate was there for it."""
    wanted = rules.tax_currency not in {"", invoice.currency}
    return wanted and invoice.vat > 0 and not invoice.tax_currency


def is_unrated(rules: InvoiceRules, currency: str, *, on: date) -> bool:
    """Whether VAT of invoices in a currency cannot be said in the tax office's on this day."""
    if not rules.charges_vat or rules.tax_currency in {"", currency}:
        return False
    return rules.exchange(currency, on=on) is None


def apply(rules: InvoiceRules, invoice: Invoice) -> None:
    """Write VAT in the tax office's currency on a new invoice, as far as a rate was entered."""
    if not is_missing(rules, invoice):
        return
    found = rules.exchange(invoice.currency, on=invoice.paid_on)
    if found is not None:
        invoice.tax_currency, invoice.exchange_on = rules.tax_currency, found.on
        invoice.exchange_rate = found.rate
        invoice.tax_vat = exchanged(invoice.vat, rate=found.rate, currency=rules.tax_currency)


def take_back(note: Invoice, *, corrects: Invoice, before: int) -> None:
    """The same on a credit note, after so much of the invoice was taken back before.

    Counted so that all credit notes of an invoice add up to its own.
    """
    if not corrects.tax_currency:
        return
    note.tax_currency, note.exchange_on = corrects.tax_currency, corrects.exchange_on
    note.exchange_rate = corrects.exchange_rate
    note.tax_vat = _taken(corrects, before + note.gross) - _taken(corrects, before)


def _taken(invoice: Invoice, gross: int) -> int:
    digits = get_currency_precision(invoice.currency)
    part = vat.parts(gross, rate=invoice.rate, digits=digits).vat
    return exchanged(part, rate=invoice.exchange_rate, currency=invoice.tax_currency)


def exchanged(amount: int, *, rate: int, currency: str) -> int:
    """An amount at a rate in billionths, rounded half up to the other currency's smallest coin."""
    digits: int = min(get_currency_precision(currency), MICROS_DIGITS)
    coin: int = MICROS // 10**digits
    return half_up(amount * rate, EXCHANGE_UNIT * coin) * coin
