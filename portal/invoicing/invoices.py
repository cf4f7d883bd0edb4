"""Issue invoices for deposits, and credit notes for what goes back of them.

Everything here happens in the transaction that moves the money, so that neither is there without
the other. An invoice is never changed: what is wrong with it is set right by another document.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_precision
from sqlalchemy import func, select

from portal.accounts import activity
from portal.accounts.actor import system
from portal.infra import clock, ids, queue
from portal.infra.db import ResellerSession
from portal.infra.months import Month
from portal.invoicing import buyers, exchanging, numbering, vat
from portal.invoicing.buyers import Buyer
from portal.invoicing.models import Invoice
from portal.invoicing.statuses import Kind
from portal.invoicing.vat import Applied
from portal.tenancy import resellers, settings
from portal.tenancy.invoice_rules import InvoiceRules

MAKE: Final = "invoices.make"
"""The job that makes an invoice's file and writes to the client."""


@dataclass(frozen=True, kw_only=True)
class Paid:
    """What a client has paid in; amounts are millionths."""

    deposit_id: int
    cause_id: int
    client_id: int | None
    payer_id: int | None = None
    """The reseller that has paid the operator; then there is no client."""
    amount: int
    currency: str
    paid_at: datetime
    method: str = ""


@dataclass(frozen=True, kw_only=True)
class GivenBack:
    """What went back of a deposit; the amount is in millionths."""

    deposit_id: int
    cause_id: int
    amount: int
    at: datetime
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Used:
    """What a reseller has used in a month and is to be invoiced; amounts are millionths."""

    payer_id: int
    month: Month
    amount: int
    due: int
    """What of it is not paid yet."""
    currency: str


def for_deposit(session: ResellerSession, paid: Paid) -> Invoice | None:
    """Issue the invoice for money that is credited in the same transaction; once for each cause.

    None where the reseller makes no invoices. The number is taken here, so nothing that waits for a
    wallet may follow.

    Raises:
        NotFound: there is nobody of whom it is.
    """
    rules = settings.read(session).invoices
    if not rules.is_open:
        return None
    known = session.scalars(
        select(Invoice).where(Invoice.kind == Kind.INVOICE, Invoice.cause_id == paid.cause_id)
    ).one_or_none()
    if known is not None:
        return known
    made = _for(
        session,
        rules,
        gross=paid.amount,
        currency=paid.currency,
        client_id=paid.client_id,
        payer_id=paid.payer_id,
        deposit_id=paid.deposit_id,
        paid_on=paid.paid_at.astimezone(_zone(session)).date(),
        method=paid.method,
    )
    return _issue(session, rules, made, cause_id=paid.cause_id)


def for_month(session: ResellerSession, used: Used) -> Invoice:
    """Issue the operator's invoice for what a reseller has used in a month, in its session.

    The row of the month is there, and nobody else can add one: that is what makes it one invoice.

    Raises:
        NotFound: there is no such reseller.
    """
    rules = settings.read(session).invoices
    made = _for(
        session,
        rules,
        gross=used.amount,
        currency=used.currency,
        payer_id=used.payer_id,
        month=used.month.first,
        paid_on=used.month.last,
        due=used.due,
        due_on=today(session) + timedelta(days=rules.due_days),
    )
    return _issue(session, rules, made)


def _for(
    session: ResellerSession, rules: InvoiceRules, *, gross: int, currency: str, **facts: Any
) -> Invoice:
    """An invoice with the names and the VAT of now, and no number yet."""
    payer_id: int | None = facts.get("payer_id")
    buyer = buyers.of(session, client_id=facts.get("client_id"), payer_id=payer_id)
    applied = treatment_of(rules, buyer)
    split = vat.parts(gross, rate=applied.rate, digits=get_currency_precision(currency))
    made = Invoice(
        kind=Kind.INVOICE,
        currency=currency,
        gross=gross,
        net=split.net,
        vat=split.vat,
        treatment=applied.treatment,
        rate=applied.rate,
        seller=_seller(session, rules),
        buyer=buyer.facts,
        language=buyer.language,
        note=rules.note,
        payment_note=rules.payment_note,
        **facts,
    )
    exchanging.apply(rules, made)
    return made


def for_refund(session: ResellerSession, given: GivenBack) -> list[Invoice]:
    """Issue credit notes for money of a deposit that goes back in the same transaction.

    One for each invoice of the deposit that it takes from, the newest first; mostly that is one,
    and none where the deposit has no invoice. Names and VAT are those of the invoice.
    """
    left, made = given.amount, []
    for invoice in reversed(_invoices_of(session, given.deposit_id)):
        before = _taken_back(session, invoice.id, besides=given.cause_id)
        share = min(left, invoice.gross - before)
        if share > 0:
            left -= share
            made.append(_credit_note(session, invoice, given, amount=share, before=before))
    return made


def for_return(session: ResellerSession, paid: Paid) -> Invoice | None:
    """Issue an invoice for money that went back and is credited again in the same transaction.

    For as much as the credit notes were that were issued when it went back; None without any.

    Raises:
        NotFound: there is no such client.
    """
    taken = session.scalar(
        select(func.sum(Invoice.gross)).where(
            Invoice.kind == Kind.CREDIT_NOTE, Invoice.cause_id == paid.cause_id
        )
    )
    if taken is None:
        return None
    return for_deposit(session, replace(paid, amount=min(paid.amount, int(taken))))


def _credit_note(
    session: ResellerSession, invoice: Invoice, given: GivenBack, *, amount: int, before: int
) -> Invoice:
    known = session.scalars(
        select(Invoice).where(
            Invoice.kind == Kind.CREDIT_NOTE,
            Invoice.cause_id == given.cause_id,
            Invoice.corrects_id == invoice.id,
        )
    ).one_or_none()
    if known is not None:
        return known
    digits = get_currency_precision(invoice.currency)
    split = vat.parts_taken_back(amount, before=before, rate=invoice.rate, digits=digits)
    made = Invoice(
        client_id=invoice.client_id,
        payer_id=invoice.payer_id,
        kind=Kind.CREDIT_NOTE,
        deposit_id=given.deposit_id,
        corrects_id=invoice.id,
        paid_on=given.at.astimezone(_zone(session)).date(),
        currency=invoice.currency,
        gross=amount,
        net=split.net,
        vat=split.vat,
        treatment=invoice.treatment,
        rate=invoice.rate,
        seller=invoice.seller,
        buyer=invoice.buyer,
        language=invoice.language,
        method=invoice.method,
        reason=given.reason,
        note=invoice.note,
    )
    exchanging.take_back(made, corrects=invoice, before=before)
    return _issue(session, settings.read(session).invoices, made, cause_id=given.cause_id)


def _issue(
    session: ResellerSession, rules: InvoiceRules, invoice: Invoice, *, cause_id: int | None = None
) -> Invoice:
    """Give it its number and its moment, and have its file made."""
    invoice.id = ids.new()
    invoice.cause_id = invoice.id if cause_id is None else cause_id
    invoice.issued_at = clock.now()
    invoice.issued_on = invoice.issued_at.astimezone(_zone(session)).date()
    invoice.series = numbering.series_of(rules.prefix, invoice.issued_on)
    invoice.number = numbering.take(session, invoice.series)
    session.add(invoice)
    session.flush()
    is_invoice = invoice.kind is Kind.INVOICE
    activity.record(
        session,
        by=system(session.reseller_id),
        what="invoice.issued" if is_invoice else "invoice.credited",
        client_id=invoice.client_id,
        about_id=invoice.id,
        number=invoice.label,
        amount=invoice.gross,
        currency=invoice.currency,
    )
    queue.enqueue(session, MAKE, reseller_id=session.reseller_id, invoice_id=invoice.id)
    return invoice


def treatment_of(rules: InvoiceRules, buyer: Buyer) -> Applied:
    """How VAT applies to a buyer now."""
    return vat.applied(
        charges_vat=rules.charges_vat,
        reverse_charge=rules.reverse_charge,
        country=rules.country,
        rates=rules.rates,
        client_country=buyer.country,
        is_business=buyer.is_business,
    )


def _seller(session: ResellerSession, rules: InvoiceRules) -> dict[str, Any]:
    named = rules.model_dump(
        include={
            "name", "address", "postal_code", "city", "country", "email", "register_number",
            "tax_number", "vat_id",
        }
    )  # fmt: skip
    return {**named, "number": str(resellers.own(session).number)}


def _invoices_of(session: ResellerSession, deposit_id: int) -> list[Invoice]:
    return list(
        session.scalars(
            select(Invoice)
            .where(Invoice.deposit_id == deposit_id, Invoice.kind == Kind.INVOICE)
            .order_by(Invoice.id)
        )
    )


def _taken_back(session: ResellerSession, invoice_id: int, *, besides: int) -> int:
    """How much of an invoice other credit notes have taken back."""
    found = session.scalar(
        select(func.coalesce(func.sum(Invoice.gross), 0)).where(
            Invoice.corrects_id == invoice_id, Invoice.cause_id != besides
        )
    )
    return int(found or 0)


def _zone(session: ResellerSession) -> ZoneInfo:
    return ZoneInfo(resellers.own(session).time_zone)


def today(session: ResellerSession) -> date:
    """The day that it is where the reseller is."""
    return clock.now().astimezone(_zone(session)).date()
