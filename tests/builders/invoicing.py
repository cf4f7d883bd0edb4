"""Resellers that make invoices, in one line."""

from __future__ import annotations

from portal.infra import ids
from portal.infra.clock import now
from portal.infra.db import ResellerSession
from portal.invoicing import invoices
from portal.invoicing.invoices import Paid
from portal.invoicing.models import Invoice
from portal.tenancy import settings
from portal.tenancy.invoice_rules import InvoiceRules
from tests.cast import UNIT, Firm

GERMAN = InvoiceRules(
    issuing=True,
    name="Sunny Text GmbH",
    address="Hauptstr. 1",
    postal_code="10115",
    city="Berlin",
    country="DE",
    vat_id="DE136695976",
    charges_vat=True,
    rates={"DE": 19_000, "AT": 20_000},
    reverse_charge=True,
    note="Thank you.",
    payment_note="Paid in full.",
    prefix="S-",
)


def make(session: ResellerSession, **changes: object) -> InvoiceRules:
    """Have the reseller make invoices as a German firm does, but for what is given."""
    rules = GERMAN.model_copy(update=changes)
    settings.change(session, invoices=rules.model_dump(mode="json"))
    return rules


def issue(
    session: ResellerSession, firm: Firm, *, amount: int = 10 * UNIT, currency: str = "EUR"
) -> Invoice:
    """An invoice for a deposit that nobody else knows of."""
    number = ids.new()
    made = invoices.for_deposit(
        session,
        Paid(
            deposit_id=number,
            cause_id=number,
            client_id=firm.client_id,
            amount=amount,
            currency=currency,
            paid_at=now(),
            method="Visa 4242",
        ),
    )
    assert made is not None
    return made
