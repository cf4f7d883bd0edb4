"""What clients are written when an invoice is there."""

from __future__ import annotations

from portal.accounts import cover_letters, letters
from portal.accounts.models import Client
from portal.infra.config import Settings
from portal.infra.db import ResellerSession, in_scope_of
from portal.invoicing import invoice_lists, printing
from portal.invoicing.models import Invoice
from portal.invoicing.paper_words import Words
from portal.invoicing.statuses import Kind
from portal.tenancy import links, resellers


def issued(session: ResellerSession, invoice_id: int, *, installation: Settings) -> None:
    """Write to whom an invoice is for that it is there; of credit notes other mails tell.

    Raises:
        NotFound: there is no such invoice.
    """
    invoice = invoice_lists.by_id(session, invoice_id)
    if invoice.payer_id is not None:
        if invoice.kind is Kind.INVOICE:
            with in_scope_of(session, invoice.payer_id) as payer:
                _to_payer(payer, invoice, installation=installation)
        return
    origin = links.origin_of(session, installation)
    client = session.get_one(Client, (session.reseller_id, invoice.client_id))
    is_told = client.activated_at is not None and client.closed_at is None
    if invoice.kind is Kind.INVOICE and is_told:
        letters.write(
            session,
            client,
            "invoice",
            url=links.invoice(origin, invoice.id),
            amount=letters.amount(client, invoice.gross, currency=invoice.currency),
            number=invoice.label,
            papers=[printing.reference(invoice)],
        )


def overdue(
    session: ResellerSession, invoice: Invoice, *, left: int, installation: Settings
) -> None:
    """Write to whom the operator's invoice for a month is for that so much of it is overdue."""
    assert invoice.payer_id is not None
    with in_scope_of(session, invoice.payer_id) as payer:
        cover_letters.paid(
            payer,
            "cover_invoice_overdue",
            amount=invoice.gross,
            currency=invoice.currency,
            url=links.cover_invoice(links.origin_of(payer, installation), invoice.id),
            number=invoice.label,
            **_owed(invoice, Words(resellers.own(payer).language), left=left),
        )


def _to_payer(session: ResellerSession, invoice: Invoice, *, installation: Settings) -> None:
    """Write to the session's reseller that the operator has made an invoice for it."""
    origin = links.origin_of(session, installation)
    cover_letters.paid(
        session,
        "cover_invoice_due" if invoice.due else "cover_invoice",
        amount=invoice.gross,
        currency=invoice.currency,
        url=links.cover_invoice(origin, invoice.id),
        number=invoice.label,
        **_owed(invoice, Words(resellers.own(session).language), left=invoice.due),
    )


def _owed(invoice: Invoice, say: Words, *, left: int) -> dict[str, str]:
    """What is still to be paid of a month's invoice; nothing of one that is paid."""
    if not left or invoice.month is None or invoice.due_on is None:
        return {}
    return {
        "month": say.month(invoice.month),
        "due": say.money(left, invoice.currency),
        "until": say.day(invoice.due_on),
    }
