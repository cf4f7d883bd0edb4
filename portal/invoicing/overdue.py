"""Remind resellers of invoices for months that are overdue: on the day after, then every week.

All sessions here are the operator's; days are those of its time zone.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from portal.infra.config import Settings
from portal.infra.db import ResellerSession
from portal.invoicing import cover_months, invoice_letters, invoices
from portal.invoicing.models import Invoice
from portal.invoicing.reminder_models import InvoiceReminder

AGAIN_AFTER: Final = timedelta(days=7)


def remind(session: ResellerSession, payer_id: int, *, installation: Settings) -> int:
    """Write to a reseller of each invoice that is overdue, if that is due; how many were written.

    After a standstill one mail stands for those that were missed, and none is written of what is
    paid meanwhile.
    """
    today = invoices.today(session)
    late = session.scalars(
        select(Invoice)
        .where(Invoice.payer_id == payer_id, Invoice.month.is_not(None), Invoice.due_on < today)
        .order_by(Invoice.id)
    ).all()
    left = cover_months.open_of(session, late)
    told = [each for each in late if left[each.id] and _is_due(session, each.id, today)]
    for each in told:
        invoice_letters.overdue(session, each, left=left[each.id], installation=installation)
    return len(told)


def _is_due(session: ResellerSession, invoice_id: int, today: date) -> bool:
    """Whether none was written in the week; then nobody else writes one on this day."""
    row = insert(InvoiceReminder).values(
        reseller_id=session.reseller_id, invoice_id=invoice_id, reminded_on=today
    )
    claimed = row.on_conflict_do_update(
        index_elements=["reseller_id", "invoice_id"],
        set_={"reminded_on": today},
        where=InvoiceReminder.reminded_on <= today - AGAIN_AFTER,
    ).returning(InvoiceReminder.invoice_id)
    return session.scalar(claimed) is not None
