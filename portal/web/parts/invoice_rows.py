"""Invoices in the words of pages and files: what they are, why there is no VAT, where they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from flask import Response, make_response
from flask_babel import lazy_gettext

from portal.http.unit_of_work import session
from portal.infra.db import ResellerSession
from portal.invoicing import cover_months, documents, invoices, printing
from portal.invoicing.models import Invoice, InvoiceFile
from portal.invoicing.statuses import Kind, Treatment
from portal.ledger import units
from portal.tenancy.invoice_rules import RATE_UNIT
from portal.web.parts import exchange_rates, payer_links
from portal.web.parts.pages import page

KINDS: Final[Mapping[Kind, str]] = {
    Kind.INVOICE: lazy_gettext("Invoice"),
    Kind.CREDIT_NOTE: lazy_gettext("Credit note"),
}
TREATMENTS: Final[Mapping[Treatment, str]] = {
    Treatment.STANDARD: lazy_gettext("VAT"),
    Treatment.REVERSE_CHARGE: lazy_gettext("Reverse charge"),
    Treatment.ELSEWHERE: lazy_gettext("Not subject to VAT"),
    Treatment.NONE: lazy_gettext("No VAT"),
}
HEADS: Final = (
    "number", "kind", "date", "paid_on", "client_number", "client", "country", "tax_id",
    "treatment", "currency", "net", "vat_percent", "vat", "gross", "for_invoice", "deposit",
    "tax_currency", "vat_in_tax_currency", "exchange_rate", "used_in", "due_on", "due",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class InvoiceShown:
    """An invoice or a credit note in a list; of credit notes, amounts are below zero."""

    id: int
    label: str
    kind: str
    on: date
    client_id: int | None
    payer_id: int | None
    """The reseller that the operator's invoice is for."""
    buyer: str
    payer_url: str
    currency: str
    net_micros: int
    vat_micros: int
    gross_micros: int
    treatment: str
    open_micros: int
    """What is still to be paid of what was used in a month."""
    due_on: date | None
    """Until when, as long as something is."""
    is_overdue: bool


def listed(of: ResellerSession, found: Sequence[Invoice]) -> list[InvoiceShown]:
    """Invoices in words, in a session of whoever has issued them."""
    opened, today = cover_months.open_of(of, found), invoices.today(of)
    return [shown(each, left=opened.get(each.id, 0), today=today) for each in found]


def shown(invoice: Invoice, *, left: int = 0, today: date | None = None) -> InvoiceShown:
    """An invoice in words; `left` is what is still to be paid of it."""
    sign = 1 if invoice.kind is Kind.INVOICE else -1
    return InvoiceShown(
        id=invoice.id,
        label=invoice.label,
        kind=str(KINDS[invoice.kind]),
        on=invoice.issued_on,
        client_id=invoice.client_id,
        payer_id=invoice.payer_id,
        buyer=invoice.buyer.get("name", ""),
        payer_url=payer_links.url(client_id=invoice.client_id, payer_id=invoice.payer_id),
        currency=invoice.currency,
        net_micros=sign * invoice.net,
        vat_micros=sign * invoice.vat,
        gross_micros=sign * invoice.gross,
        treatment=str(TREATMENTS[invoice.treatment]),
        open_micros=left,
        due_on=invoice.due_on if left else None,
        is_overdue=bool(left and today and invoice.due_on and invoice.due_on < today),
    )


def of_deposit(found: Sequence[Invoice]) -> list[InvoiceShown]:
    """What was issued for one deposit."""
    return [shown(each) for each in found]


def line(invoice: Invoice, *, labels: Mapping[int, str]) -> list[str | Decimal]:
    """An invoice for programs, in the order of `HEADS`; `labels` are those of what is corrected."""
    sign = 1 if invoice.kind is Kind.INVOICE else -1
    net, vat, gross = (
        Decimal(units.decimal_string(sign * each, invoice.currency))
        for each in (invoice.net, invoice.vat, invoice.gross)
    )
    return [
        invoice.label,
        invoice.kind.value,
        invoice.issued_on.isoformat(),
        "" if invoice.month else invoice.paid_on.isoformat(),
        invoice.buyer.get("number", ""),
        invoice.buyer.get("name", ""),
        invoice.buyer.get("country", ""),
        invoice.buyer.get("tax_id", ""),
        invoice.treatment.value,
        invoice.currency,
        net,
        Decimal(invoice.rate) / RATE_UNIT,
        vat,
        gross,
        labels.get(invoice.corrects_id or 0, ""),
        str(invoice.deposit_id or ""),
        invoice.tax_currency,
        *_exchanged(invoice, sign),
        invoice.month.isoformat()[:7] if invoice.month else "",
        invoice.due_on.isoformat() if invoice.due_on else "",
        Decimal(units.decimal_string(invoice.due, invoice.currency)),
    ]


def _exchanged(invoice: Invoice, sign: int) -> list[str | Decimal]:
    if not invoice.tax_currency:
        return ["", ""]
    return [
        Decimal(units.decimal_string(sign * invoice.tax_vat, invoice.tax_currency)),
        Decimal(exchange_rates.written(invoice.exchange_rate)),
    ]


def one(template: str, invoice: Invoice, **more: Any) -> Response:
    """The page of an invoice, as it is on paper."""
    return page(template, **drawn(session(), invoice), **more)


def drawn(of: ResellerSession, invoice: Invoice) -> dict[str, Any]:
    """What the page of an invoice is drawn with, in a session of whoever has issued it."""
    return {
        "invoice": listed(of, [invoice])[0],
        "document": documents.of(of, invoice),
        "has_file": printing.file_of(of, invoice.id) is not None,
        "can_print": printing.can_print(),
        "deposit_id": invoice.deposit_id,
    }


def file(invoice: Invoice, kept: InvoiceFile) -> Response:
    """Its PDF, to be saved."""
    answer = make_response(kept.content)
    answer.content_type = "application/pdf"
    answer.headers["Content-Disposition"] = f'attachment; filename="{printing.file_name(invoice)}"'
    return answer
