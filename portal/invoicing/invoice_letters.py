"""What clients are written when an invoice is there."""

from __future__ import annotations

from portal.accounts import letters
from portal.accounts.models import Client
from portal.infra.db import ResellerSession
from portal.invoicing import invoice_lists
from portal.invoicing.statuses import Kind
from portal.tenancy import links


def issued(session: ResellerSession, invoice_id: int, *, origin: str) -> None:
    """Write to a client that its invoice is there; of credit notes the mail of the refund tells.

    Raises:
        NotFound: there is no such invoice.
    """
    invoice = invoice_lists.by_id(session, invoice_id)
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
        )
